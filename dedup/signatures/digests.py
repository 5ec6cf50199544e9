"""Columns of 32 hexadecimal digits (document ids, content hashes) as pairs of integers, and back.

Pairs order as their digits do, and no Python object is made a document.
"""

import numpy as np
import pyarrow as pa

from dedup.signatures.words import text_buffers
from shards.errors import InputError
from shards.kernels import njit

DIGITS = 32
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def digests(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """(rows, 2) uint64: the upper and the lower 64 bits. `InputError` where a value is not 32 lower-case digits."""
    data, offsets = text_buffers(column)
    found = np.empty((len(offsets) - 1, 2), np.uint64)
    wrong = _parse(data, offsets, found)
    if wrong >= 0:
        raise InputError(f"not {DIGITS} lower-case hexadecimal digits: {column[wrong].as_py()!r} (row {wrong})")
    return found


def hex_digits(pairs: np.ndarray) -> pa.Array:
    """Inverse of `digests`: a string column."""
    data = _HEX[_nibbles(np.ascontiguousarray(pairs, np.uint64))]
    offsets = np.arange(0, DIGITS * len(pairs) + 1, DIGITS, dtype=np.int64)
    array = pa.LargeStringArray.from_buffers(len(pairs), pa.py_buffer(offsets), pa.py_buffer(data))
    return array.cast(pa.string())


@njit(cache=True, nogil=True)
def _parse(data, offsets, found):
    """Fill `found`; the first row that is no such number, else -1."""
    for row in range(len(offsets) - 1):
        start = offsets[row]
        if offsets[row + 1] - start != DIGITS:
            return row
        for half in range(2):
            value = np.uint64(0)
            for at in range(start + 16 * half, start + 16 * (half + 1)):
                byte = data[at]
                if 48 <= byte <= 57:
                    digit = byte - 48
                elif 97 <= byte <= 102:
                    digit = byte - 87
                else:
                    return row
                value = (value << np.uint64(4)) | np.uint64(digit)
            found[row, half] = value
    return -1


@njit(cache=True, nogil=True)
def _nibbles(pairs):
    found = np.empty(len(pairs) * DIGITS, np.uint8)
    for row in range(len(pairs)):
        for at in range(DIGITS):
            half, shift = at // 16, np.uint64(4 * (15 - at % 16))
            found[row * DIGITS + at] = (pairs[row, half] >> shift) & np.uint64(15)
    return found
