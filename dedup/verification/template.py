"""What the documents of a cluster share because they are written from one template.

The documents that a first walk keeps in a cluster are distinct as far as doses and names tell. Where there are enough
of them, a shingle that at least half of them hold belongs to their template, and two documents must also agree in what
is left without it. It is read off their sketches: bottom-k sketches are samples of one and the same hashes, so a
shingle counts among those documents whose sketches reach as far as it.
"""

import numpy as np

from shards.kernels import njit

FEWEST = 8  # distinct documents of a cluster below which no template is told
MOST = 64  # of them are asked, the best
SHARE = 0.5  # of them hold a shingle of the template
_LEAST = 16  # shingles that are left of two documents below which they say nothing


def template(sketches: list[np.ndarray], size: int) -> np.ndarray:
    """Shingles (sorted uint32) that at least SHARE of the sketches of at most `size` values hold."""
    values, counts = np.unique(np.concatenate(sketches), return_counts=True)
    reach = np.sort([int(one[-1]) if len(one) >= size else 1 << 32 for one in sketches if len(one)])
    asked = len(reach) - np.searchsorted(reach, values)
    return values[(asked >= FEWEST) & (counts >= SHARE * asked)]


@njit(cache=True, nogil=True)
def residual(a, b, shared, k):
    """Jaccard of two bottom-k sketches without the shingles of a template (all sorted uint32); 1 if too few are left.

    As `rule.sketch_jaccard`, the k smallest of the union are asked.
    """
    at_a = at_b = at = seen = union = both = 0
    while seen < k and (at_a < len(a) or at_b < len(b)):
        in_a = at_b >= len(b) or (at_a < len(a) and a[at_a] <= b[at_b])
        in_b = at_a >= len(a) or (at_b < len(b) and b[at_b] <= a[at_a])
        value = a[at_a] if in_a else b[at_b]
        at_a += in_a
        at_b += in_b
        seen += 1
        while at < len(shared) and shared[at] < value:
            at += 1
        if at < len(shared) and shared[at] == value:
            continue
        union += 1
        both += in_a and in_b
    return both / union if union >= _LEAST else 1.0
