"""Doses and names among the hashed words of a text: what tells two medicines apart whose leaflets agree."""

import numpy as np

from dedup.words import CAPITAL, NUMBER, mix, words_of
from shards.kernels import njit

# Units that make the number before them a dose.
UNITS = (
    *("mg", "g", "kg", "µg", "μg", "mcg", "ug", "ng", "ml", "l", "dl", "cl", "%"),
    *("ui", "iu", "u", "mui", "miu", "mmol", "µmol", "mol", "meq", "mbq", "gbq", "kbq"),
    *("mm", "cm", "h", "hours", "heures", "ore", "horas"),
)

_OFTEN = 3  # times a capitalised word occurs to be a name that a text is about


@njit(cache=True, nogil=True)
def doses_of(hashes, marks, count, units):
    """Sorted distinct 32-bit hashes of the number-and-unit pairs; `units` is sorted."""
    numbers = 0
    for position in range(count - 1):
        numbers += marks[position] == NUMBER
    found = np.empty(numbers, np.uint32)
    if numbers == 0:
        return found
    filled = 0
    for position in range(count - 1):
        if marks[position] == NUMBER:
            unit = hashes[position + 1]
            place = np.searchsorted(units, unit)
            if place < len(units) and units[place] == unit:
                found[filled] = np.uint32(mix(hashes[position] * np.uint64(31) + unit) >> np.uint64(32))
                filled += 1
    return np.unique(found[:filled])


@njit(cache=True, nogil=True)
def names_of(hashes, marks, count, most):
    """Hashes of the distinct capitalised words, sorted: 31 bits each, the lowest bit set where the word recurs.

    Of more than `most` the smallest hashes are kept, so that two texts keep the same words where they share them.
    """
    capitals = 0
    for position in range(count):
        capitals += marks[position] == CAPITAL
    found = np.empty(capitals, np.uint32)
    filled = 0
    for position in range(count):
        if marks[position] == CAPITAL:
            found[filled] = np.uint32(hashes[position] >> np.uint64(32)) & np.uint32(0xFFFFFFFE)
            filled += 1
    found.sort()
    distinct = start = 0
    while start < filled and distinct < most:
        stop = start + 1
        while stop < filled and found[stop] == found[start]:
            stop += 1
        found[distinct] = found[start] | np.uint32(1 if stop - start >= _OFTEN else 0)
        distinct += 1
        start = stop
    return found[:distinct]


def unit_hashes() -> np.ndarray:
    """The hashes of `UNITS`, sorted, as `doses_of` wants them."""
    hashes, marks = np.empty(4, np.uint64), np.empty(4, np.uint8)
    found = []
    for unit in UNITS:
        data = np.frombuffer(unit.encode(), np.uint8)
        words_of(data, 0, len(data), hashes, marks)
        found.append(hashes[0])
    return np.unique(np.array(found, np.uint64))
