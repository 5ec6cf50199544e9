"""MinHash of a set of hashed shingles, classical or with one permutation, and the keys of its bands.

For two sets of Jaccard similarity J each value agrees with probability J; a band of r values agrees with J^r.
"""

import numpy as np

from dedup.words import mix
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
def one_permutation_minhash(shingles, seed, minima):
    """Fill `minima` (uint32) with the minimum of each of as many bins, every shingle being hashed once.

    An empty bin borrows from bins that a hash of its number and the attempt names, so that its value, too, agrees with
    probability J (optimal densification, Shrivastava 2017, arXiv 1703.04664). Needs at least one shingle.
    """
    bins = len(minima)
    filled = np.zeros(bins, np.bool_)
    minima[:] = _EMPTY
    for shingle in shingles:
        value = mix(np.uint64(shingle) ^ seed)
        place = np.int64(((value >> np.uint64(32)) * np.uint64(bins)) >> np.uint64(32))
        low = np.uint32(value & np.uint64(0xFFFFFFFF))
        if not filled[place] or low < minima[place]:
            minima[place] = low
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
