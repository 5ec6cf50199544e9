"""MinHash of a set of hashed shingles, classical or with one permutation, and the keys of its bands.

For two sets of Jaccard similarity J each value agrees with probability J; a band of r values agrees with J^r.
"""

import numpy as np

from shards.hashing import mix
from shards.kernels import njit

_EMPTY = np.uint32(0xFFFFFFFF)


def permutations(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Odd multipliers and offsets (uint32) of `count` permutations x -> a x + b of the 32-bit numbers."""
    random = np.random.Generator(np.random.Philox(seed))
    draws = random.integers(0, 1 << 32, size=(2, count), dtype=np.uint32)
    return draws[0] | np.uint32(1), draws[1]


@njit(cache=True, nogil=True)
def minhash(shingles, multipliers, offsets, minima):
    """Fill `minima` (uint32, one a permutation) with each permutation's minimum over at least one shingle (uint32)."""
    minima[:] = _EMPTY
    for shingle in shingles:
        for index in range(len(minima)):
            value = np.uint32(shingle * multipliers[index] + offsets[index])
            minima[index] = min(minima[index], value)


@njit(cache=True, nogil=True)
def one_permutation_minhash(shingles, minima):
    """Fill `minima` (uint32) with the smallest of at least one shingle (sorted uint32) in each of as many equal ranges.

    Shingles are hashes, so that their order is one permutation. An empty range borrows from ranges that a hash of its
    number and the attempt names, so that its value, too, agrees with probability J (optimal densification, Shrivastava
    2017, arXiv 1703.04664).
    """
    bins = len(minima)
    filled = np.zeros(bins, np.bool_)
    for shingle in shingles[::-1]:
        place = (np.uint64(shingle) * np.uint64(bins)) >> np.uint64(32)
        minima[place] = shingle  # the smallest comes last
        filled[place] = True
    for place in range(bins):
        if filled[place]:
            continue
        attempt = np.uint64(1)
        while True:
            probe = mix(np.uint64(place) << np.uint64(32) | attempt)
            lender = np.int64(((probe >> np.uint64(32)) * np.uint64(bins)) >> np.uint64(32))
            if filled[lender]:
                minima[place] = minima[lender]
                break
            attempt += np.uint64(1)


@njit(cache=True, nogil=True)
def band_keys(minima, bands, rows):
    """One 64-bit key a band of `rows` minima; minima is (documents, bands * rows), keys (documents, bands)."""
    keys = np.empty((minima.shape[0], bands), np.uint64)
    for document in range(minima.shape[0]):
        for band in range(bands):
            value = np.uint64(band + 1)
            for row in range(rows):
                value = mix(value ^ np.uint64(minima[document, band * rows + row]))
            keys[document, band] = value
    return keys
