"""Sorting pairs by a hashed key: three passes over its upper bits, then a look at what those leave open.

Keys are spread evenly, so that their upper 33 bits tell nearly all of them apart; a comparison sort takes four times as
long here. Runs that are sorted already are merged faster by numpy's stable sort.
"""

import numpy as np

from shards.kernels import njit

_BITS = 11  # a digit; three of them are looked at
_DIGITS = 1 << _BITS
_LOWEST = 64 - 3 * _BITS


def merged_order(keys: np.ndarray) -> np.ndarray:
    """The stable order of keys that are a few sorted runs, one after the other: they are merged."""
    return np.argsort(keys, kind="stable")


@njit(cache=True, nogil=True)
def sorted_pairs(keys, values):
    """`keys` (uint64) in ascending order and their `values`, in new arrays; equal keys keep their order."""
    from_keys, from_values = keys.copy(), values.copy()
    to_keys, to_values = np.empty_like(keys), np.empty_like(values)
    for digit in range(3):
        shift = np.uint64(_LOWEST + _BITS * digit)
        place = np.zeros(_DIGITS + 1, np.int64)
        for key in from_keys:
            place[((key >> shift) & np.uint64(_DIGITS - 1)) + np.uint64(1)] += 1
        place = np.cumsum(place)
        for at in range(len(from_keys)):
            slot = (from_keys[at] >> shift) & np.uint64(_DIGITS - 1)
            to_keys[place[slot]], to_values[place[slot]] = from_keys[at], from_values[at]
            place[slot] += 1
        from_keys, to_keys, from_values, to_values = to_keys, from_keys, to_values, from_values
    _finish(from_keys, from_values)
    return from_keys, from_values


@njit(cache=True, nogil=True)
def _finish(keys, values):
    """Sort what the upper bits leave open."""
    start = 0
    while start < len(keys):
        stop, ordered = start + 1, True
        while stop < len(keys) and (keys[stop] ^ keys[start]) >> np.uint64(_LOWEST) == np.uint64(0):
            ordered &= keys[stop - 1] <= keys[stop]
            stop += 1
        if not ordered:
            order = np.argsort(keys[start:stop], kind="mergesort")
            keys[start:stop], values[start:stop] = keys[start:stop][order], values[start:stop][order]
        start = stop
