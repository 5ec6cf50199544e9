"""Sketches of token sequences: which documents share much of their text, found from 64 bytes each.

A sketch is `HASHES` minima of hashed 5-grams of ids (MinHash, Broder 1997): two documents agree in each with a
probability equal to the Jaccard similarity of their 5-grams.
"""

import numpy as np

from shards.hashing import mix
from shards.kernels import njit

HASHES = 16
SAME = 6  # equal minima of near-duplicates, two of them neighbours: see docs/training-data.md for what that finds
GRAM = 5
_ODD = mix(np.arange(1, HASHES + 1, dtype=np.uint64)) | np.uint64(1)
_ADD = mix(np.arange(101, HASHES + 101, dtype=np.uint64))


def sketches(values: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Sketch of each document, `values[offsets[i]:offsets[i + 1]]`: uint32, (documents, HASHES).

    A document of fewer than five tokens has one shingle, an empty one none: it is like no other.
    """
    return _sketches(values, offsets, _ODD, _ADD)


@njit(cache=True, nogil=True)
def _sketches(values, offsets, odd, add):
    found = np.full((len(offsets) - 1, HASHES), np.uint32(0xFFFFFFFF))
    for row in range(len(found)):
        begin, end = offsets[row], offsets[row + 1]
        for at in range(begin, max(end - GRAM + 1, min(end, begin + 1))):
            gram = np.uint64(0)
            for k in range(at, min(at + GRAM, end)):
                gram = gram * np.uint64(0x9E3779B97F4A7C15) + np.uint64(values[k]) + np.uint64(1)
            gram = mix(gram)
            for k in range(HASHES):
                found[row, k] = min(found[row, k], np.uint32((gram * odd[k] + add[k]) >> np.uint64(32)))
    return found


@njit(cache=True, nogil=True)
def near(few, many):
    """Which of the sketches `few` are near-duplicates of one of `many`: bool, at least `SAME` equal minima.

    Candidates share two minima that are neighbours, found by a hash table of all such pairs of `few`: a phrase that all
    documents have makes few candidates. What was found leaves the table, so a template of thousands costs little.
    """
    bits = 1
    while 1 << bits < 2 * few.size:
        bits += 1
    heads, following = np.full(1 << bits, -1, np.int64), np.full(few.size, -1, np.int64)
    for entry in range(few.size):
        slot = _slot(few[entry // HASHES], entry % HASHES, bits)
        following[entry], heads[slot] = heads[slot], entry
    found = np.zeros(len(few), np.bool_)
    for row in range(len(many)):
        for k in range(HASHES):
            slot, before, neighbour = _slot(many[row], k, bits), -1, (k + 1) % HASHES
            entry = heads[slot]
            while entry >= 0:
                other = entry // HASHES
                equal = few[other, k] == many[row, k] and few[other, neighbour] == many[row, neighbour]
                if equal and not found[other]:
                    found[other] = _same(few[other], many[row]) >= SAME
                if not found[other]:
                    before = entry
                elif before < 0:
                    heads[slot] = following[entry]
                else:
                    following[before] = following[entry]
                entry = following[entry]
    return found


@njit(cache=True, nogil=True)
def _slot(sketch, k, bits):
    pair = np.uint64(sketch[k]) | np.uint64(sketch[(k + 1) % HASHES]) << np.uint64(32)
    return np.int64(mix(mix(pair) + np.uint64(k)) >> np.uint64(64 - bits))


@njit(cache=True, nogil=True)
def _same(one, other):
    equal = 0
    for k in range(HASHES):
        equal += one[k] == other[k]
    return equal
