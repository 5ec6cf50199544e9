"""The rule: whether two documents are one, by which method, and how similar they are.

Two texts that agree in their template but not in their doses, or that call what they are about by another name, are
different medicines, however much of their text is one: what tells them apart is what recurs in one and not in the
other (`dedup.terms`, docs/dedup.md). Two editions of one leaflet pass: what one adds, the other need not lack.

Two captures of one page in one source are one document unless hardly anything is common to them (`dedup.identity`):
a page may change its doses. Texts in two languages are never one, however many numbers and names they share.
"""

from typing import NamedTuple

from dedup.signature import MOST_NAMES
from dedup.terms import different, jaccard
from shards.kernels import njit

METHODS = ("", "same-key", "exact-duplicate", "near-duplicate", "same-url")
DISTINCT, SAME_KEY, EXACT, NEAR, SAME_URL = range(5)
# Of an own term: its least times, how often one that is not told occurs at most, how long a list is a sample.
_DOSES = 3, 0, 1 << 31
_NAMES = 4, 1, MOST_NAMES


class Rule(NamedTuple):
    """`threshold`: Jaccard of shingles, from sketches of `sketch` values; `dose_threshold`: Jaccard of doses (0: they
    do not count); `names`: whether texts with names of their own are different; `page_threshold`: Jaccard of captures
    of one page.
    """

    threshold: float
    dose_threshold: float
    names: bool
    sketch: int
    page_threshold: float


@njit(cache=True, nogil=True)
def compare(rule, members, a, b):
    """(number in METHODS, similarity 0 to 1) of two of `members` (`dedup.members.Members`); DISTINCT: not the same."""
    method, certain = same(members, a, b)
    if method != DISTINCT:
        return method, certain
    if members.language[a] != members.language[b] and members.language[a] and members.language[b]:
        return DISTINCT, 0.0
    sketch_a = members.sketch[members.sketch_at[a] : members.sketch_at[a + 1]]
    sketch_b = members.sketch[members.sketch_at[b] : members.sketch_at[b + 1]]
    if len(sketch_a) == 0 or len(sketch_b) == 0:
        return DISTINCT, 0.0
    similarity = sketch_jaccard(sketch_a, sketch_b, rule.sketch)
    if members.page[a] and members.page[a] == members.page[b] and similarity >= rule.page_threshold:
        return SAME_URL, similarity
    if similarity < rule.threshold:
        return DISTINCT, similarity
    doses_a = members.doses[members.doses_at[a] : members.doses_at[a + 1]]
    doses_b = members.doses[members.doses_at[b] : members.doses_at[b + 1]]
    alike = rule.dose_threshold == 0 or jaccard(doses_a, doses_b) >= rule.dose_threshold
    if not alike or (rule.dose_threshold > 0 and different(doses_a, doses_b, *_DOSES)):
        return DISTINCT, similarity
    names_a = members.names[members.names_at[a] : members.names_at[a + 1]]
    names_b = members.names[members.names_at[b] : members.names_at[b + 1]]
    if rule.names and different(names_a, names_b, *_NAMES):
        return DISTINCT, similarity
    return NEAR, similarity


@njit(cache=True, nogil=True)
def same(members, a, b):
    """`compare` by identity alone: of one key, or of one text."""
    if same_digest(members.doc_id, a, b):
        return SAME_KEY, 1.0
    if same_digest(members.content_hash, a, b):
        return EXACT, 1.0
    return DISTINCT, 0.0


@njit(cache=True, nogil=True)
def same_digest(pairs, a, b):
    """Whether rows a and b of (n, 2) digests are equal."""
    return pairs[a, 0] == pairs[b, 0] and pairs[a, 1] == pairs[b, 1]


@njit(cache=True, nogil=True)
def sketch_jaccard(a, b, k):
    """Jaccard from two bottom-k sketches (sorted uint32): matches among the k smallest of the union (Broder 1997)."""
    at_a = at_b = union = both = 0
    while union < k and (at_a < len(a) or at_b < len(b)):
        if at_b >= len(b) or (at_a < len(a) and a[at_a] < b[at_b]):
            at_a += 1
        elif at_a >= len(a) or b[at_b] < a[at_a]:
            at_b += 1
        else:
            at_a += 1
            at_b += 1
            both += 1
        union += 1
    return both / union if union else 0.0
