"""Word shingles as 32-bit hashes: sorted, distinct, in linear time."""

import numpy as np

from shards.hashing import mix
from shards.kernels import njit

_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial over the words of a shingle


@njit(cache=True, nogil=True)
def shingles_of(hashes, count, ngram):
    """Sorted distinct hashes (uint32) of the `ngram`-word shingles of `count` hashed words; none if fewer words.

    Two shingles of one text share their hash by chance once in 2^32 pairs.
    """
    if count < ngram:
        return np.zeros(0, np.uint32)
    leading = np.uint64(1)
    for _ in range(ngram - 1):
        leading *= _BASE
    found = np.empty(count - ngram + 1, np.uint32)
    rolling = np.uint64(0)
    for position in range(count):
        if position >= ngram:
            rolling -= hashes[position - ngram] * leading
        rolling = rolling * _BASE + hashes[position]
        if position >= ngram - 1:
            found[position - ngram + 1] = np.uint32(mix(rolling) >> np.uint64(32))
    return sorted_distinct(found)


@njit(cache=True, nogil=True)
def sorted_distinct(hashes):
    """The distinct ones of hashes (uint32), ascending.

    Hashes are spread evenly, so that one pass puts each next to its place and insertion does the rest.
    """
    size = len(hashes)
    bits = 1
    while bits < 31 and (1 << bits) < size:
        bits += 1
    shift = np.uint32(32 - bits)
    ends = np.zeros((1 << bits) + 1, np.uint32)
    for value in hashes:
        ends[(value >> shift) + np.uint32(1)] += np.uint32(1)
    for bucket in range(1, len(ends)):
        ends[bucket] += ends[bucket - 1]
    ordered = np.empty(size, np.uint32)
    for value in hashes:
        bucket = value >> shift
        ordered[ends[bucket]] = value
        ends[bucket] += np.uint32(1)
    distinct = 0
    for place in range(size):
        value = ordered[place]
        before = distinct
        while before > 0 and ordered[before - 1] > value:
            before -= 1
        if before > 0 and ordered[before - 1] == value:
            continue
        for moved in range(distinct, before, -1):
            ordered[moved] = ordered[moved - 1]
        ordered[before] = value
        distinct += 1
    return ordered[:distinct]
