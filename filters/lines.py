"""Lines, paragraphs and white-space words of a batch of texts, counted in one pass over their bytes.

A line is what stands between line feeds, without white space at its ends; blank lines separate paragraphs and are not
lines themselves.
"""

import dataclasses

import numba
import numpy as np
import pyarrow as pa

from filters.words import decode, fold_table, utf8

WORDS, WORD_CHARS, TEXT_WORDS, LETTER_WORDS, SYMBOLS, LETTERS = range(6)  # columns of `Layout.counts`
_BULLETS = np.array([ord(bullet) for bullet in "•‣▪●○◦·■–—-*"], np.int64)
_TERMINAL = np.array([ord(mark) for mark in ".!?…\"'”’»"], np.int64)
_UNICODE_SPACES = [0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
_SPACES = np.array([9, 11, 12, 13, 32, *_UNICODE_SPACES], np.int64)
_HASH, _PERIOD, _ELLIPSIS, _ROUND_BULLET = ord("#"), ord("."), ord("…"), ord("•")


@dataclasses.dataclass(frozen=True)
class Layout:
    """What a batch of d documents is made of.

    `counts`: shape (d, 6), see the names above (words split at white space; text words have a letter or a digit, which
    a bullet or the bar of a table has not; characters are code points; symbols are runs of `#`, and ellipses).
    `line_*`: one entry a line: its document, paragraph (counted through the batch), hash, characters, and whether it
    starts with a bullet, ends in an ellipsis or ends like a sentence.
    """

    counts: np.ndarray
    line_document: np.ndarray
    line_paragraph: np.ndarray
    line_hash: np.ndarray
    line_chars: np.ndarray
    line_bullet: np.ndarray
    line_ellipsis: np.ndarray
    line_terminal: np.ndarray


def find_lines(texts: pa.LargeStringArray) -> Layout:
    """The layout of a batch of texts."""
    data, limits = utf8(texts)
    return Layout(*_scan(data, limits, fold_table(), _SPACES, _BULLETS, _TERMINAL))


@numba.njit(cache=True)
def _contains(points, point):
    found = False
    for index in range(len(points)):  # the lists are short: a loop beats a search
        found = found or points[index] == point
    return found


@numba.njit(cache=True)
def _scan(data, limits, table, spaces, bullets, terminal):
    documents = len(limits) - 1
    room = documents
    for at in range(limits[0], limits[-1]):
        room += data[at] == 10
    counts = np.zeros((documents, 6), np.int64)
    line_document, line_paragraph = np.empty(room, np.int64), np.empty(room, np.int64)
    line_hash, line_chars = np.empty(room, np.uint64), np.empty(room, np.int64)
    line_bullet, line_ellipsis = np.empty(room, np.bool_), np.empty(room, np.bool_)
    line_terminal = np.empty(room, np.bool_)
    line, paragraph = 0, -1
    for document in range(documents):
        at, limit = limits[document], limits[document + 1]
        blank_before = True
        while at < limit:
            # One line: from `at` to the next line feed or the end of the text.
            value, chars, last_chars = np.uint64(0xCBF29CE484222325), 0, 0
            last_value, first, second, last, periods, last_periods = value, 0, 0, 0, 0, 0
            in_word, has_text, has_letter = False, False, False
            while at < limit and data[at] != 10:
                point, size = decode(data, at)
                at += size
                space = (point <= 32 or point >= 0x85) and _contains(spaces, point)
                if space and chars == 0:
                    continue
                chars += 1
                value = (value ^ np.uint64(point)) * np.uint64(0x100000001B3)
                if chars == 2:
                    second = point
                if space:
                    counts[document, TEXT_WORDS] += has_text
                    counts[document, LETTER_WORDS] += has_letter
                    in_word, has_text, has_letter, periods = False, False, False, 0
                    continue
                if chars == 1:
                    first = point
                if not in_word:
                    in_word = True
                    counts[document, WORDS] += 1
                counts[document, WORD_CHARS] += 1
                units = table[point] if point < 0x10000 else np.uint64(0)
                low = units & np.uint64(0xFFFF)
                has_text = has_text or units > 1
                if units > 1 and not (np.uint64(48) <= low <= np.uint64(57)):
                    has_letter = True
                    counts[document, LETTERS] += 1
                periods = periods + 1 if point == _PERIOD else 0
                if point == _ELLIPSIS or periods == 3 or (point == _HASH and last != _HASH):
                    counts[document, SYMBOLS] += 1
                last, last_value, last_chars, last_periods = point, value, chars, periods
            counts[document, TEXT_WORDS] += has_text
            counts[document, LETTER_WORDS] += has_letter
            at += 1
            if last_chars == 0:
                blank_before = True
                continue
            paragraph += blank_before
            blank_before = False
            line_document[line], line_paragraph[line] = document, paragraph
            line_hash[line], line_chars[line] = last_value, last_chars
            # A dash or star is a bullet only before a space: "-5 °C" and "*" emphasis are not.
            line_bullet[line] = _contains(bullets, first) and (first >= _ROUND_BULLET or _contains(spaces, second))
            line_ellipsis[line] = last == _ELLIPSIS or last_periods >= 3
            line_terminal[line] = _contains(terminal, last)
            line += 1
    return (counts, line_document[:line], line_paragraph[:line], line_hash[:line], line_chars[:line],
            line_bullet[:line], line_ellipsis[:line], line_terminal[:line])  # fmt: skip
