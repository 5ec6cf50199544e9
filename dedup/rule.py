"""The rule: whether two documents are one, by which method, and how similar they are.

Two texts that agree in their template but not in their doses, or that call what they are about by another name, are
different medicines: a near duplicate must also share its doses (numbers with units), and neither text may have a name
of its own, a capitalised word that recurs in it and is nowhere in the other. Two editions of one leaflet pass: what
one adds, the other need not lack a name for.

Two captures of one page in one source are one document unless hardly anything is common to them (`dedup.identity`):
a page may change its doses. Texts in two languages are never one, however many numbers and names they share.
"""

from typing import NamedTuple

from dedup.signature import MOST_NAMES
from shards.kernels import njit

METHODS = ("", "same-key", "exact-duplicate", "near-duplicate", "same-url")
DISTINCT, SAME_KEY, EXACT, NEAR, SAME_URL = range(5)


class Rule(NamedTuple):
    """`threshold`: Jaccard of shingles, from sketches of `sketch` values; `dose_threshold`: Jaccard of doses; `names`:
    whether texts with different names are different; `page_threshold`: Jaccard of captures of one page.
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
    if jaccard(doses_a, doses_b) < rule.dose_threshold:
        return DISTINCT, similarity
    names_a = members.names[members.names_at[a] : members.names_at[a + 1]]
    names_b = members.names[members.names_at[b] : members.names_at[b + 1]]
    if rule.names and renamed(names_a, names_b):
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


@njit(cache=True, nogil=True)
def jaccard(a, b):
    """Jaccard of two sorted arrays of distinct values; 1 for two empty ones."""
    at_a = at_b = both = 0
    while at_a < len(a) and at_b < len(b):
        if a[at_a] == b[at_b]:
            both += 1
            at_a += 1
            at_b += 1
        elif a[at_a] < b[at_b]:
            at_a += 1
        else:
            at_b += 1
    union = len(a) + len(b) - both
    return both / union if union else 1.0


@njit(cache=True, nogil=True)
def renamed(a, b):
    """Whether each of two texts has a name that recurs in it and is nowhere in the other (`tokens.names_of`)."""
    return _has_own_name(a, b) and _has_own_name(b, a)


@njit(cache=True, nogil=True)
def _has_own_name(a, b):
    at_b = 0
    for name in a:
        while at_b < len(b) and (b[at_b] | 1) < (name | 1):
            at_b += 1
        if at_b == len(b) and len(b) >= MOST_NAMES:
            return False  # of a longer text only the smallest hashes are known: no more can be said
        if name & 1 and (at_b == len(b) or (b[at_b] | 1) != name):
            return True
    return False
