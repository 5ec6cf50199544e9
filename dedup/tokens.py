"""Words, shingles and doses of UTF-8 text as integers, straight from Arrow buffers, without a Python object a word.

A word is a run of letters and digits; a number keeps its decimal mark ("2,5" and "2.5" are one word) and ends where
its unit begins ("500mg" is "500", "mg"). Case does not count, but is told; accents and scripts are kept.
"""

import numpy as np
import pyarrow as pa

from shards.kernels import njit

# Units that make the number before them a dose.
UNITS = (
    *("mg", "g", "kg", "µg", "μg", "mcg", "ug", "ng", "ml", "l", "dl", "cl", "%"),
    *("ui", "iu", "u", "mui", "miu", "mmol", "µmol", "mol", "meq", "mbq", "gbq", "kbq"),
    *("mm", "cm", "h", "hours", "heures", "ore", "horas"),
)

_FNV_OFFSET = np.uint64(0xCBF29CE484222325)  # FNV-1a, for the bytes of a word
_FNV_PRIME = np.uint64(0x100000001B3)
_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the polynomial over the words of a shingle

_SEPARATOR, _DIGIT, _LETTER, _PERCENT, _WIDE = 0, 1, 2, 3, 4
NUMBER, CAPITAL = 1, 2  # marks of a word; 0: neither
_OFTEN = 3  # times a capitalised word occurs to be a name that a text is about


def _ascii_kinds() -> np.ndarray:
    """The class of each byte that begins a character; `_WIDE`: of one beyond ASCII."""
    kinds = np.full(256, _WIDE, np.uint8)
    kinds[:128] = [_DIGIT if chr(c).isdigit() else _LETTER if chr(c).isalpha() or c == 0x5F else _SEPARATOR
                   for c in range(128)]  # fmt: skip
    kinds[0x25] = _PERCENT
    return kinds


def _lower_case() -> np.ndarray:
    """Of each code point of the Basic Multilingual Plane, the UTF-8 bytes of its lower case, first byte lowest."""
    lower = [chr(point).lower().encode(errors="surrogatepass")[:4] for point in range(1 << 16)]
    return np.array([int.from_bytes(encoded, "little") for encoded in lower], np.uint32)


_ASCII, _LOWER = _ascii_kinds(), _lower_case()


def text_buffers(texts: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Bytes (uint8) and offsets (int64, one more than rows) of a string column."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64, count=len(array) + 1 + array.offset)[array.offset :]
    return np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, np.uint8), starts


@njit(cache=True, nogil=True)
def mix(value):
    """SplitMix64's finaliser: spreads any change over all 64 bits (Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _kind(data, at, end):
    """Class and length in bytes of the character at `at`, which is none of ASCII."""
    byte = data[at]
    if byte < 0xE0:
        if byte == 0xC2 and at + 1 < end:  # Latin-1 punctuation; the letters among it are a, mu and o
            second = data[at + 1]
            letter = second == 0xAA or second == 0xB5 or second == 0xBA or second in (0xB2, 0xB3, 0xB9)
            return (_LETTER, 2) if letter else (_SEPARATOR, 2)
        return _LETTER, 2
    if byte < 0xF0:
        if byte == 0xE2 and at + 2 < end:  # U+2000..U+2FFF is punctuation and symbols, but for super- and subscripts
            raised = (data[at + 1] == 0x81 and data[at + 2] >= 0xB0) or (data[at + 1] == 0x82 and data[at + 2] <= 0x9F)
            return (_LETTER, 3) if raised else (_SEPARATOR, 3)
        if byte == 0xE3 and at + 1 < end and data[at + 1] == 0x80:  # CJK punctuation
            return _SEPARATOR, 3
        return _LETTER, 3
    return _LETTER, 4


@njit(cache=True, nogil=True)
def _lower(data, at, size):
    """UTF-8 bytes of the lower case of the character of two or three bytes at `at`, first byte lowest."""
    point = np.uint32(data[at] & (0x1F if size == 2 else 0x0F))
    for place in range(at + 1, at + size):
        point = point << np.uint32(6) | np.uint32(data[place] & 0x3F)
    return _LOWER[point]


@njit(cache=True, nogil=True)
def _is_capital(data, at, size):
    """Whether the letter at `at` has a lower case of its own."""
    if size == 1:
        return 0x41 <= data[at] <= 0x5A
    if size == 4:
        return False
    same = np.uint32(0)
    for place in range(size):
        same |= np.uint32(data[at + place]) << np.uint32(8 * place)
    return _lower(data, at, size) != same


@njit(cache=True, nogil=True)
def _hash_wide(value, data, at, size):
    """FNV-1a of the character's lower case, onwards from `value`; beyond the plane there is no case worth a table."""
    if size == 4:
        for place in range(at, at + 4):
            value = (value ^ np.uint64(data[place])) * _FNV_PRIME
        return value
    lower = np.uint64(_lower(data, at, size))
    while lower:
        value = (value ^ (lower & np.uint64(0xFF))) * _FNV_PRIME
        lower >>= np.uint64(8)
    return value


@njit(cache=True, nogil=True)
def words_of(data, start, end, hashes, marks):
    """Hash the words of `data[start:end]` into `hashes`, say in `marks` what each is; return how many there are."""
    count = np.int64(0)
    at = start
    while at < end:
        kind = _ASCII[data[at]]
        size = 1
        if kind == _WIDE:
            kind, size = _kind(data, at, end)
        if kind == _SEPARATOR:
            at += size
            continue
        value = _FNV_OFFSET
        mark = 0
        if kind == _PERCENT:
            value = (value ^ np.uint64(0x25)) * _FNV_PRIME
            at += 1
        elif kind == _DIGIT:
            mark = NUMBER
            while at < end:
                byte = data[at]
                if _ASCII[byte] != _DIGIT:
                    decimal = (byte == 0x2E or byte == 0x2C) and at + 1 < end and _ASCII[data[at + 1]] == _DIGIT
                    if not decimal:
                        break
                    byte = np.uint8(0x2E)
                value = (value ^ np.uint64(byte)) * _FNV_PRIME
                at += 1
        else:
            if _is_capital(data, at, size):
                mark = CAPITAL
            while at < end:
                byte = data[at]
                kind = _ASCII[byte]
                if kind == _LETTER or kind == _DIGIT:  # noqa: SIM109 (a tuple would be built for each byte)
                    value = (value ^ np.uint64(byte | 0x20 if 0x41 <= byte <= 0x5A else byte)) * _FNV_PRIME
                    at += 1
                    continue
                if kind != _WIDE:
                    break
                kind, size = _kind(data, at, end)
                if kind != _LETTER:
                    break
                value = _hash_wide(value, data, at, size)
                at += size
        hashes[count] = mix(value)
        marks[count] = mark
        count += 1
    return count


@njit(cache=True, nogil=True)
def shingles_of(hashes, count, ngram):
    """Sorted distinct 64-bit hashes of the `ngram`-word shingles of `count` hashed words; none if fewer words."""
    if count < ngram:
        return np.zeros(0, np.uint64)
    leading = np.uint64(1)
    for _ in range(ngram - 1):
        leading *= _BASE
    found = np.empty(count - ngram + 1, np.uint64)
    rolling = np.uint64(0)
    for position in range(count):
        if position >= ngram:
            rolling -= hashes[position - ngram] * leading
        rolling = rolling * _BASE + hashes[position]
        if position >= ngram - 1:
            found[position - ngram + 1] = mix(rolling)
    found.sort()
    distinct = 1
    for position in range(1, len(found)):
        if found[position] != found[distinct - 1]:
            found[distinct] = found[position]
            distinct += 1
    return found[:distinct]


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
