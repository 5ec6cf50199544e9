"""The walk of clusters in the order of merit: who stays, and who loses against whom.

The best document of a cluster is kept. Every other is measured against the documents kept so far, best first; one that
is the duplicate of any is dropped with that winner as evidence, one that is of none is kept, too. Of a cluster with
`most` winners the rest is measured against those only, and kept, but for identical copies among it: no document is
dropped unmeasured. Documents of earlier versions come first and stay winners, whatever they have in common; of copies
among them the older is enough.
"""

import numpy as np

from dedup.verification.rule import DISTINCT, EXACT, SAME_KEY, compare, same, same_digest
from shards.kernels import njit

REST = -1  # in place of a winner: neither a winner nor a loser


@njit(cache=True, nogil=True)
def walk(rule, members, cuts, known, most, templates, templates_at):
    """Walk clusters of `members`: cluster c has those from cuts[c] to cuts[c + 1], the best first.

    The first `known` members are winners of the first cluster already, from an earlier part of it. Cluster c has the
    template from templates_at[c] to templates_at[c + 1]. Returns of each member its winner (itself, or REST), the
    number of the method and the similarity.
    """
    count = cuts[-1]
    winner = np.empty(count, np.int64)
    method = np.zeros(count, np.uint8)
    similarity = np.zeros(count, np.float64)
    winners = np.empty(most, np.int64)
    for cluster in range(len(cuts) - 1):
        kept = 0
        shared = templates[templates_at[cluster] : templates_at[cluster + 1]]
        for member in range(cuts[cluster], cuts[cluster + 1]):
            found = DISTINCT
            if member >= known:
                for at in range(kept):
                    if members.elder[member]:
                        found, measured = same(members, winners[at], member)
                    else:
                        found, measured = compare(rule, members, winners[at], member, shared)
                    if found != DISTINCT:
                        winner[member], method[member], similarity[member] = winners[at], found, measured
                        break
            if found == DISTINCT:
                if kept < most:
                    winners[kept] = member
                    kept += 1
                    winner[member] = member
                else:
                    winner[member] = REST
    return winner, method, similarity


@njit(cache=True, nogil=True)
def identical(rest, doc_id, content_hash):
    """Of what a long walk leaves unmeasured, the copies with the same key or text, which are never kept twice.

    `rest`: rows of the digests, the best first. Returns of each its winner (itself where it is kept) and the method.
    """
    slots = 2
    while slots < 2 * len(rest):
        slots *= 2
    by_key, by_text = np.full(slots, -1, np.int64), np.full(slots, -1, np.int64)
    winner, method = rest.copy(), np.zeros(len(rest), np.uint8)
    for at in range(len(rest)):
        key_slot = _slot(by_key, doc_id, rest[at])
        text_slot = _slot(by_text, content_hash, rest[at])
        if by_key[key_slot] >= 0:
            winner[at], method[at] = by_key[key_slot], SAME_KEY
        elif by_text[text_slot] >= 0:
            winner[at], method[at] = by_text[text_slot], EXACT
        else:
            by_key[key_slot] = by_text[text_slot] = rest[at]
    return winner, method


@njit(cache=True, nogil=True)
def _slot(table, pairs, row):
    """Where the digest of that row lies in a table of rows, or would: open addressing, as digests are random."""
    mask = len(table) - 1
    slot = np.int64(pairs[row, 1] & np.uint64(mask))
    while table[slot] >= 0 and not same_digest(pairs, table[slot], row):
        slot = (slot + 1) & mask
    return slot
