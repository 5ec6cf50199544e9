"""How much of a document repeats itself: lines, paragraphs and n-grams, as Gopher's rules and datatrove count them.

Source: Rae et al. 2021 (arXiv 2112.11446), table A1; datatrove's `gopher_repetition_filter.py`, whose readings of it
these are: the most frequent n-gram counts even where it occurs once, and a search for repeated n-grams jumps over each
that it finds.
"""

import numpy as np

from filters.quality.hashes import add, room, slot_of
from shards.kernels import njit

_STEP = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True)
def repeated(hashes, sizes, number, keys):
    """(pieces, characters) in those of `number` pieces whose hash is that of an earlier one. `keys`: scratch."""
    size = room(number)
    keys[:size] = 0
    mask = np.uint64(size - 1)
    pieces, chars = 0, 0
    for piece in range(number):
        if add(keys, mask, hashes[piece]):
            pieces += 1
            chars += sizes[piece]
    return pieces, chars


@njit(cache=True)
def top_ngram(hashes, chars, number, n, keys, counts, firsts):
    """(characters in all occurrences of the most frequent n-gram, spaces between its words included; their number).

    Of equally frequent ones the first counts; (0, 0) when there are less than n tokens. `chars`: see `join`; `keys`,
    `counts`, `firsts`: scratch of `room(number)` entries.
    """
    grams = number - n + 1
    if grams < 1:
        return 0, 0
    size = room(grams)
    keys[:size] = 0
    mask = np.uint64(size - 1)
    best, most = 0, 0
    for start in range(grams):
        key = hashes[start]
        for token in range(start + 1, start + n):
            key = (key ^ key >> np.uint64(29)) * _STEP + hashes[token]
        if key == 0:
            key = np.uint64(1)
        slot = slot_of(keys, mask, key)
        if keys[slot] == 0:
            keys[slot], counts[slot], firsts[slot] = key, 0, start
        count = counts[slot] + 1
        counts[slot] = count
        if count > most or (count == most and firsts[slot] < best):
            most, best = count, firsts[slot]
    return (chars[best + n] - chars[best] + n - 1) * most, most


@njit(cache=True)
def repeated_ngrams(sums, products, chars, number, n, keys):
    """Characters in n-grams that occurred before, from left to right; the search goes on behind each that it finds.

    N-grams are compared as their tokens joined without spaces, and those jumped over are not remembered. `sums`,
    `products`, `chars`: see `join`; `keys`: scratch of `room(number)` entries.
    """
    size = room(number)
    keys[:size] = 0
    mask = np.uint64(size - 1)
    start, found = 0, 0
    while start + n <= number:
        if add(keys, mask, products[start + n] * (sums[start + n] - sums[start])):
            found += chars[start + n] - chars[start]
            start += n
        else:
            start += 1
    return found
