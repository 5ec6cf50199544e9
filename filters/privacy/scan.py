"""One pass over the bytes of a batch of texts: where an identifier could be, so that patterns are tried only there.

A *mark* is such a place. It is a hint, wide rather than narrow: what it is worth is decided by the recognisers.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from shards.hashing import FNV_OFFSET, FNV_PRIME
from shards.kernels import njit
from shards.texts import utf8

NUMBER, AT, URL, DOTTED, COLONS, FISCAL, WORD = range(7)  # kinds of marks
Anchors = tuple[np.ndarray, np.ndarray]  # hashes of words and what each announces, as an open-addressed table
MIN_DIGITS = 7  # of a number: a Spanish NIE has seven
_MAX_NUMBER = 48  # bytes; a longer run of numbers is cut, the recognisers look beyond its ends
_MIN_TOKEN = 4  # digits of a token amid a long run of numbers, as those of a payment card
_MAX_TOKEN = 34  # bytes: the longest IBAN
_MAX_GAP = 5  # bytes of separators inside a number, as in "+33 (0) 1" or "084 / 42"
_LOOK_AHEAD = 64  # bytes between an anchor word and the first digit after it
_MAX_DOMAIN = 255  # RFC 1035
_OTHER, _DIGIT, _LETTER, _SEPARATOR = range(4)
_LATIN_SIGNS, _GENERAL_SIGNS = 0xC2, 0xE2  # first bytes of U+0080 to U+00BF, two bytes, and U+2000 to U+2FFF, three


@dataclasses.dataclass(frozen=True)
class Marks:
    """Marks of a batch; document d has the rows `offsets[d]` to `offsets[d + 1]` of `rows`.

    A row is (start, end, kind, detail): byte positions in `data`, kind as above; the detail of a NUMBER is how many
    digits it has, that of a WORD what it announces.
    """

    data: np.ndarray
    limits: np.ndarray
    offsets: np.ndarray
    rows: np.ndarray


def find_marks(texts: pa.LargeStringArray, anchors: Anchors) -> Marks:
    """Marks of a batch of texts; `anchors` are words that count before a digit or in a bracket (see `anchor_table`)."""
    data, limits = utf8(texts)
    return Marks(data, limits, *_scan(data, limits, _BYTE_CLASSES, *anchors))


def anchor_table(words: Mapping[str, int]) -> Anchors:
    """Table of words and what they announce (bits, added where two words are one); at most a quarter full.

    ASCII capitals are lowered, other letters are as they are.
    """
    size = 1 << (4 * len(words)).bit_length()
    hashes, details = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for word, detail in words.items():
        value = _hash(word)
        place = value % size
        while hashes[place] not in (0, value):
            place = (place + 1) % size
        hashes[place] = value
        details[place] |= detail
    return hashes, details


def _hash(word: str) -> int:
    value = int(FNV_OFFSET)
    for byte in word.encode():
        value = (value ^ (byte | 0x20 if 65 <= byte <= 90 else byte)) * int(FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return value


def _byte_classes() -> np.ndarray:
    classes = np.full(256, _OTHER, np.uint8)
    for byte in range(256):
        char = chr(byte)
        if char in "0123456789":
            classes[byte] = _DIGIT
        elif char in " .-/()+,":
            classes[byte] = _SEPARATOR
        elif (char.isascii() and char.isalpha()) or byte >= 0x80:
            classes[byte] = _LETTER
    classes[_LATIN_SIGNS] = classes[_GENERAL_SIGNS] = _SEPARATOR  # spaces, dashes, quotes, signs
    return classes


_BYTE_CLASSES = _byte_classes()


@njit(cache=True)
def _announces(data, first, at, begin, limit):
    """Whether the word from `first` to `at` stands soon before a digit, or in a bracket."""
    found = first > begin and (data[first - 1] == 40 or data[first - 1] == 91)
    for place in range(at, min(at + _LOOK_AHEAD, limit)):
        found = found or 48 <= data[place] <= 57
    return found


@njit(cache=True)
def _is_ascii_letter(data, at, limit):
    return at < limit and 65 <= (data[at] & 0xDF) <= 90


@njit(cache=True)
def _is_corsica(data, first, size):
    """2A and 2B, departments in the midst of a French number."""
    return size == 2 and data[first] == 50 and 65 <= (data[first + 1] & 0xDF) <= 66


@njit(cache=True)
def _dotted_end(data, at, limit):
    """End of four groups of one to three digits with dots between them at `at`, or 0."""
    groups = 0
    while groups < 4:
        first = at
        while at < limit and at - first < 4 and 48 <= data[at] <= 57:
            at += 1
        if at == first or at - first > 3:
            return 0
        groups += 1
        if groups < 4:
            if at >= limit or data[at] != 46:
                return 0
            at += 1
    return at


@njit(cache=True)
def _is_fiscal(data, first, size):
    """Whether the token could be a codice fiscale (16), its first eleven characters, or its date alone (5)."""
    date = first + 6 if size > 5 else first
    for place in range(first, date):
        if 48 <= data[place] <= 57:
            return False
    digits = 0
    for place in (date, date + 1, date + 3, date + 4):
        byte = data[place]
        digits += 48 <= byte <= 57
        letter = byte & 0xDF
        if not (48 <= byte <= 57 or (76 <= letter <= 86 and letter != 79)):
            return False
    month = data[date + 2]
    return month >= 65 and (size > 5 or (month <= 90 and digits > 1))


@njit(cache=True)
def _domain_follows(data, at, limit):
    """Whether a dot with a letter after it comes before anything that no host name has."""
    for place in range(at, min(at + _MAX_DOMAIN, limit - 1)):
        byte = data[place]
        letter = 65 <= (byte & 0xDF) <= 90 or byte >= 0x80
        if byte == 46 and place > at and (65 <= (data[place + 1] & 0xDF) <= 90 or data[place + 1] >= 0x80):
            return True
        if not (letter or 48 <= byte <= 57 or byte == 45 or byte == 46):
            return False
    return False


@njit(cache=True)
def _colon_run(data, at, start, limit):
    """(first, end) of the hexadecimal digits and colons around the colon at `at`, and whether IPv6 fits."""
    first = at
    while first > start and at - first < 4 and (48 <= data[first - 1] <= 57 or 65 <= (data[first - 1] & 0xDF) <= 70):
        first -= 1
    end, colons, doubled, digits = first, 0, False, 0
    while end < limit and end - first < 48:
        byte = data[end]
        if byte == 58:
            colons += 1
            doubled = doubled or (end > first and data[end - 1] == 58)
        elif 48 <= byte <= 57:
            digits += 1
        elif not 65 <= (byte & 0xDF) <= 70:
            break
        end += 1
    return first, end, digits > 0 and (colons >= 7 or (doubled and colons >= 2))


@njit(cache=True)
def _put(marks, count, start, end, kind, detail):
    marks[count, 0], marks[count, 1], marks[count, 2], marks[count, 3] = start, end, kind, detail
    return count + 1


@njit(cache=True)
def _scan(data, limits, classes, anchors, announced):
    documents = len(limits) - 1
    offsets = np.zeros(documents + 1, np.int64)
    marks, count = np.empty((limits[-1] - limits[0] + documents, 4), np.int64), 0  # never more than a byte each
    last_place = np.uint64(len(anchors) - 1)
    for document in range(documents):
        at, begin, limit = limits[document], limits[document], limits[document + 1]
        number, number_end, digits = -1, begin, 0  # the number being read: where it starts, its digits; -1: none
        longest, continued = 0, False  # digits of its longest token; whether it is cut from one before
        colons_end = begin
        while at < limit:
            byte = data[at]
            if classes[byte] == _DIGIT or classes[byte] == _LETTER:
                # A token: letters and digits up to white space or a sign; the points of D.O.B. are part of it.
                first, own, value, since_point = at, 0, FNV_OFFSET, 0
                while at < limit:
                    byte = data[at]
                    if classes[byte] == _DIGIT or classes[byte] == _LETTER:
                        own += classes[byte] == _DIGIT
                        value = (value ^ np.uint64(byte | 0x20 if 65 <= byte <= 90 else byte)) * FNV_PRIME
                        since_point += 1
                    elif byte == 46 and own == 0 and since_point == 1 and _is_ascii_letter(data, at + 1, limit):
                        since_point = 0
                    else:
                        break
                    at += 1
                size = at - first
                if own == 0:
                    place = value & last_place
                    while anchors[place] != 0 and anchors[place] != value:
                        place = (place + np.uint64(1)) & last_place
                    if anchors[place] == value and _announces(data, first, at, begin, limit):
                        count = _put(marks, count, first, at, WORD, announced[place])
                    continue
                if (size == 16 or size == 11 or size == 5) and own < size and _is_fiscal(data, first, size):
                    count = _put(marks, count, first, at, FISCAL, own)
                if own == size and size <= 3 and at < limit and data[at] == 46:
                    end = _dotted_end(data, first, limit)
                    if end:
                        count = _put(marks, count, first, end, DOTTED, 0)
                # "678Z" is part of a number, "3x" is not.
                joins = size <= _MAX_TOKEN and (own == size or own >= 3 or _is_corsica(data, first, size))
                ends = not joins or first - number_end > _MAX_GAP
                if number >= 0 and (ends or at - number > _MAX_NUMBER):
                    # Amid a table of short numbers there is nothing to find, and much to look at.
                    if digits >= MIN_DIGITS and (ends or not continued or longest >= _MIN_TOKEN):
                        count = _put(marks, count, number, number_end, NUMBER, digits)
                    number, continued = -1, not ends
                if joins:
                    if number < 0:
                        number, digits, longest = first, 0, 0
                    number_end = at
                    digits += own
                    longest = max(longest, own)
                continue
            if classes[byte] == _OTHER and number >= 0:
                if digits >= MIN_DIGITS:
                    count = _put(marks, count, number, number_end, NUMBER, digits)
                number, continued = -1, False
            if byte == 64 and at > begin and _domain_follows(data, at + 1, limit):
                count = _put(marks, count, at, at + 1, AT, 0)
            elif byte == 58 and at + 2 < limit and data[at + 1] == 47 and data[at + 2] == 47:
                count = _put(marks, count, at, at + 3, URL, 0)
            elif byte == 58 and at >= colons_end:
                first, colons_end, fits = _colon_run(data, at, begin, limit)
                if fits:
                    count = _put(marks, count, first, colons_end, COLONS, 0)
            at += 3 if byte == _GENERAL_SIGNS else 2 if byte == _LATIN_SIGNS else 1
        if number >= 0 and digits >= MIN_DIGITS:
            count = _put(marks, count, number, number_end, NUMBER, digits)
        offsets[document + 1] = count
    return offsets, marks[:count].copy()
