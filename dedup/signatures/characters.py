"""Characters of UTF-8 text: which make words, and their lower case. Told from bytes, without decoding."""

import numpy as np

from shards.kernels import njit

SEPARATOR, DIGIT, LETTER, PERCENT, WIDE = 0, 1, 2, 3, 4


def _ascii_kinds() -> np.ndarray:
    """The class of each byte that begins a character; `WIDE`: of one beyond ASCII."""
    kinds = np.full(256, WIDE, np.uint8)
    kinds[:128] = [DIGIT if chr(c).isdigit() else LETTER if chr(c).isalpha() or c == 0x5F else SEPARATOR
                   for c in range(128)]  # fmt: skip
    kinds[0x25] = PERCENT
    return kinds


def _lower_case() -> np.ndarray:
    """Of each code point of the Basic Multilingual Plane, the UTF-8 bytes of its lower case, first byte lowest."""
    lower = [chr(point).lower().encode(errors="surrogatepass")[:4] for point in range(1 << 16)]
    return np.array([int.from_bytes(encoded, "little") for encoded in lower], np.uint32)


ASCII, _LOWER = _ascii_kinds(), _lower_case()


@njit(cache=True, nogil=True)
def kind_of(data, at, end):
    """Class and length in bytes of the character at `at`, which is none of ASCII."""
    byte = data[at]
    if byte < 0xE0:
        if byte == 0xC2 and at + 1 < end:  # Latin-1 punctuation; the letters among it are a, mu and o
            second = data[at + 1]
            letter = second == 0xAA or second == 0xB5 or second == 0xBA or second in (0xB2, 0xB3, 0xB9)
            return (LETTER, 2) if letter else (SEPARATOR, 2)
        return LETTER, 2
    if byte < 0xF0:
        if byte == 0xE2 and at + 2 < end:  # U+2000..U+2FFF is punctuation and symbols, but for super- and subscripts
            raised = (data[at + 1] == 0x81 and data[at + 2] >= 0xB0) or (data[at + 1] == 0x82 and data[at + 2] <= 0x9F)
            return (LETTER, 3) if raised else (SEPARATOR, 3)
        if byte == 0xE3 and at + 1 < end and data[at + 1] == 0x80:  # CJK punctuation
            return SEPARATOR, 3
        return LETTER, 3
    return LETTER, 4


@njit(cache=True, nogil=True)
def _lower(data, at, size):
    """UTF-8 bytes of the lower case of the character of two or three bytes at `at`, first byte lowest."""
    point = np.uint32(data[at] & (0x1F if size == 2 else 0x0F))
    for place in range(at + 1, at + size):
        point = point << np.uint32(6) | np.uint32(data[place] & 0x3F)
    return _LOWER[point]


@njit(cache=True, nogil=True)
def lower_bytes(data, at, size):
    """UTF-8 of the lower case of the character of `size` >= 2 bytes at `at`, first byte lowest, and its length."""
    if size == 4:  # beyond the plane there is no case worth a table
        point = np.uint64(0)
        for place in range(4):
            point |= np.uint64(data[at + place]) << np.uint64(8 * place)
        return point, 4
    lower = np.uint64(_lower(data, at, size))
    return lower, 1 + (lower > 0xFF) + (lower > 0xFFFF) + (lower > 0xFFFFFF)
