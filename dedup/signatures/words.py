"""Words of UTF-8 text as 64-bit hashes, straight from Arrow buffers, without a Python object a word.

A word is a run of letters and digits; a number keeps its decimal mark ("2,5" and "2.5" are one word) and ends where
its unit begins ("500mg" is "500", "mg"). Case does not count; accents and scripts are kept.

The bytes of a word's lower case enter its hash in chunks of eight, the last one filled with zeros, so that most words
cost one multiplication. ASCII is read eight characters at a time.
"""

import numpy as np
import pyarrow as pa

from dedup.signatures.characters import ASCII, DIGIT, LETTER, PERCENT, SEPARATOR, WIDE, kind_of, lower_bytes
from shards.hashing import mix
from shards.kernels import load_word, njit
from shards.texts import utf8

NUMBER = 1  # the mark of a word; 0: another word

_SEED = np.uint64(0xCBF29CE484222325)
_PERCENT_HASH = np.uint64(0x2545F4914F6CDD1D)
_FOLD = np.uint64(0x9FB21C651E98DF25)  # odd: what a full chunk is multiplied by
_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_CASE = np.uint64(0x2020202020202020)  # what sets ASCII letters in lower case, and keeps word characters distinct


def text_buffers(texts: pa.ChunkedArray | pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Bytes (uint8) and offsets (int64, one more than rows) of a string column."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return utf8(array.cast(pa.large_string()))


@njit(cache=True, nogil=True)
def _leading(chunk):
    """How many of the eight characters of `chunk`, first one lowest, are letters, digits or "_" before any other."""
    low = chunk & ~_HIGH
    folded = low | _CASE
    letter = (folded + np.uint64(0x1F) * _ONES) & ~(folded + np.uint64(0x05) * _ONES)  # "a" to "z"
    digit = (low + np.uint64(0x50) * _ONES) & ~(low + np.uint64(0x46) * _ONES)  # "0" to "9"
    line = ~((low ^ np.uint64(0x5F) * _ONES) + np.uint64(0x7F) * _ONES)  # "_"
    other = ~((letter | digit | line) & ~chunk) & _HIGH
    below = other ^ (other - np.uint64(1))  # up to the first other character, else all
    return np.int64((((below >> np.uint64(7)) & _ONES) * _ONES) >> np.uint64(56)) - np.int64(other != 0)


@njit(cache=True, nogil=True)
def _mask(size):
    """The lowest `size` <= 8 bytes set."""
    half = np.uint64(4 * size)  # in two steps: a shift by all 64 bits is undefined
    return ((np.uint64(1) << half) << half) - np.uint64(1)


@njit(cache=True, nogil=True)
def _fold(state, chunk):
    """State of a hash after a full chunk."""
    state = (state ^ chunk) * _FOLD
    return state ^ (state >> np.uint64(32))


@njit(cache=True, nogil=True)
def _append(state, pending, length, chunk, size):
    """(state, pending bytes, length) of a hash after `size` <= 8 more bytes, the lowest of `chunk`, zeros above."""
    filled = np.uint64(length & 7)
    pending |= chunk << (np.uint64(8) * filled)
    if np.int64(filled) + size >= 8:
        state = _fold(state, pending)
        pending = (chunk >> np.uint64(1)) >> (np.uint64(63) - np.uint64(8) * filled)  # by up to 64 bits
    return state, pending, length + size


@njit(cache=True, nogil=True)
def _number(data, at, end):
    """(hash, end) of the number at `at`."""
    state, pending, length = _SEED, np.uint64(0), np.int64(0)
    while at < end:
        byte = data[at]
        if ASCII[byte] != DIGIT:
            decimal = (byte == 0x2E or byte == 0x2C) and at + 1 < end and ASCII[data[at + 1]] == DIGIT
            if not decimal:
                break
            byte = np.uint8(0x2E)
        state, pending, length = _append(state, pending, length, np.uint64(byte), 1)
        at += 1
    return _finish(state, pending, length), at


@njit(cache=True, nogil=True)
def _word(data, at, end):
    """(hash, end) of the word at `at`, of any length and script."""
    state, pending, length = _SEED, np.uint64(0), np.int64(0)
    while at < end:
        chunk = load_word(data, at, end)
        size = _leading(chunk)
        if size:
            state, pending, length = _append(state, pending, length, (chunk | _CASE) & _mask(size), size)
            at += size
            continue
        if data[at] < 0x80:
            break
        kind, size = kind_of(data, at, end)
        if kind != LETTER:
            break
        lower, wide = lower_bytes(data, at, size)
        state, pending, length = _append(state, pending, length, lower, wide)
        at += size
    return _finish(state, pending, length), at


@njit(cache=True, nogil=True)
def _finish(state, pending, length):
    if length < 8:  # two chunks at least, as words under sixteen letters have below, without a branch
        return mix(_fold(state, pending))
    return mix(state ^ pending)


@njit(cache=True, nogil=True)
def words_of(data, start, end, hashes, marks):
    """Hash the words of `data[start:end]` into `hashes`, say in `marks` what each is; return how many there are."""
    count = np.int64(0)
    at = start
    while at < end:
        kind = ASCII[data[at]]
        size = 1
        if kind == LETTER and at + 16 < end:
            first, second = load_word(data, at, end), load_word(data, at + 8, end)
            head = _leading(first)
            tail = _leading(second) * (head >> 3)
            if head + tail < 16 and data[at + head + tail] < 0x80:
                state = _fold(_SEED, (first | _CASE) & _mask(head))
                hashes[count] = mix(state ^ ((second | _CASE) & _mask(tail)))
                marks[count] = 0
                count += 1
                at += head + tail
                continue
        if kind == WIDE:
            kind, size = kind_of(data, at, end)
        if kind == SEPARATOR:
            at += size
            continue
        if kind == PERCENT:
            hashes[count], marks[count] = _PERCENT_HASH, 0
            at += 1
        elif kind == DIGIT:
            hashes[count], at = _number(data, at, end)
            marks[count] = NUMBER
        else:
            marks[count] = 0
            hashes[count], at = _word(data, at, end)
        count += 1
    return count
