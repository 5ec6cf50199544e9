"""Terms of two texts compared: whether they are about different things, whatever text they share.

A term (`tokens`) is a text's *own* where it recurs there and is at least thrice as frequent as in the other. Two
texts are about different things where each has an own term: "5 mg" here and "10 mg" there, one substance here and
another there. Both are asked for, because an edition may well add something; so are the heads, where a title names
what a text is about: each has a term that the other's lacks, or one has an own term there.
"""

import numpy as np

from dedup.signatures.tokens import STEPS, TERM_BITS
from shards.kernels import njit

OWN = 3  # times as frequent as in the other


@njit(cache=True, nogil=True)
def different(a, b, often, rarest, most, titled=True):
    """Whether terms `a` and `b` (sorted uint32) of two texts are those of different things.

    `often`: least times of an own term. `rarest`: how often a term that is not told may occur at most. A list of `most`
    terms is a sample: of what lies beyond its last, nothing is said. `titled`: whether the heads are asked, too; the
    head of a text that is a part of another is no title.
    """
    own_a, head_a, both_a = _own(a, b, often, rarest, most)
    own_b, head_b, both_b = _own(b, a, often, rarest, most)
    return (own_a and own_b) or (titled and ((head_a and head_b) or both_a or both_b))


@njit(cache=True, nogil=True)
def _own(a, b, often, rarest, most):
    """(whether `a` has an own term, one in its head that is not in that of `b`, one that is both)."""
    own = head = both = False
    at = 0
    for term in a:
        key = term >> TERM_BITS
        while at < len(b) and b[at] >> TERM_BITS < key:
            at += 1
        if at == len(b) and len(b) >= most:
            break
        told = at < len(b) and b[at] >> TERM_BITS == key
        times, other = _times(term), _times(b[at]) if told else rarest
        in_head = (term & np.uint32(1)) == 1 and not (told and (b[at] & np.uint32(1)) == 1)
        is_own = times >= often and times >= OWN * other
        own |= is_own
        head |= in_head and times >= 2 * other
        both |= is_own and in_head
    return own, head, both


@njit(cache=True, nogil=True)
def _times(term):
    return STEPS[(term >> np.uint32(1)) & np.uint32(15)]


@njit(cache=True, nogil=True)
def jaccard(a, b):
    """Jaccard of the terms of two texts, however often they occur; 1 for two empty lists."""
    at_a = at_b = both = 0
    while at_a < len(a) and at_b < len(b):
        key_a, key_b = a[at_a] >> TERM_BITS, b[at_b] >> TERM_BITS
        both += key_a == key_b
        at_a += key_a <= key_b
        at_b += key_b <= key_a
    union = len(a) + len(b) - both
    return both / union if union else 1.0
