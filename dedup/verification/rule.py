"""The rule: whether two documents are one, by which method, and how similar they are.

Two texts that agree in their template but not in their doses, or that call what they are about by another name, are
different medicines, however much of their text is one: what tells them apart is what recurs in one and not in the
other (`terms`, docs/dedup.md). Two editions of one leaflet pass: what one adds, the other need not lack.

Two captures of one page in one source (`signatures.identity`) are one document unless hardly anything is common to
them: a page may change its doses. Texts in two languages are never one, however many numbers and names they share.
"""

from typing import NamedTuple

from dedup.signatures.signature import MOST_NAMES
from dedup.verification.template import residual
from dedup.verification.terms import different, jaccard
from shards.kernels import njit

METHODS = ("", "same-key", "exact-duplicate", "near-duplicate", "same-url", "contained")
DISTINCT, SAME_KEY, EXACT, NEAR, SAME_URL, CONTAINED = range(6)
# Of an own term: its least times, how often one that is not told occurs at most, how long a list is a sample.
_DOSES = 3, 0, 1 << 31
_NAMES = 4, 1, MOST_NAMES
_LEAST = 16  # shingles of a text that must be seen to call it contained


class Rule(NamedTuple):
    """`threshold`: Jaccard of shingles, from sketches of `sketch` values; `dose_threshold`: Jaccard of doses (0: they
    do not count); `names`: whether texts with names of their own are different; `page_threshold`: Jaccard of captures
    of one page; `residual_threshold`: Jaccard without the cluster's template (0: it does not count);
    `containment`: share of the second's shingles that are in the first (0: no text is removed as a part of another).
    """

    threshold: float
    dose_threshold: float
    names: bool
    sketch: int
    page_threshold: float
    residual_threshold: float
    containment: float


@njit(cache=True, nogil=True)
def compare(rule, members, a, b, shared):
    """(number in METHODS, similarity 0 to 1) of two of `members` (`members.Members`); DISTINCT: not the same.

    Only b may be the part of a, as it is a that is kept: then the similarity is the share of b.
    `shared`: shingles of their cluster's template (`template`), sorted.
    """
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
    part = 0.0
    if similarity < rule.threshold:
        part = inside(sketch_a, sketch_b, rule.sketch) if rule.containment > 0 else 0.0
        if part == 0 or part < rule.containment:
            return DISTINCT, similarity
    doses_a = members.doses[members.doses_at[a] : members.doses_at[a + 1]]
    doses_b = members.doses[members.doses_at[b] : members.doses_at[b + 1]]
    if rule.dose_threshold > 0:
        alike = part > 0 or jaccard(doses_a, doses_b) >= rule.dose_threshold  # a part has some doses of the whole
        if not alike or different(doses_a, doses_b, *_DOSES, part == 0):
            return DISTINCT, similarity
    names_a = members.names[members.names_at[a] : members.names_at[a + 1]]
    names_b = members.names[members.names_at[b] : members.names_at[b + 1]]
    if rule.names and different(names_a, names_b, *_NAMES, part == 0):
        return DISTINCT, similarity
    if part > 0:
        return CONTAINED, part
    if len(shared) and residual(sketch_a, sketch_b, shared, rule.sketch) < rule.residual_threshold:
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
def inside(a, b, k):
    """Share of the shingles of `b` that are in `a`, from bottom-k sketches; 0 where too few of `b` are seen.

    Among the k smallest of the union, as for Jaccard: of a `b` that is a tenth of `a`, a tenth of k values tell.
    """
    at_a = at_b = seen = mine = both = 0
    while seen < k and (at_a < len(a) or at_b < len(b)):
        in_a = at_b >= len(b) or (at_a < len(a) and a[at_a] <= b[at_b])
        in_b = at_a >= len(a) or (at_b < len(b) and b[at_b] <= a[at_a])
        at_a += in_a
        at_b += in_b
        mine += in_b
        both += in_a and in_b
        seen += 1
    return both / mine if mine >= _LEAST else 0.0
