"""The lines of a document: what each is made of, and what kind of line it is.

A line is what stands between line feeds; empty ones are passed over. Kinds are told by form alone: rows of tables,
headings and list items of light Markdown, entries of a bibliography, lines that end like a sentence. What is neither a
row of a table nor an entry of a bibliography is *prose*.
"""

import numba
import numpy as np

from filters.quality_characters import (
    BULLET, DIGIT, ELLIPSIS, ENDING, FULL_STOP, HASH, LETTER, SPACE, TERMINAL, flags_of, read, strip,
)  # fmt: skip
from filters.quality_hashes import extend
from filters.quality_phrases import CITATION, phrases_in

# Columns of a line. Its bytes, the line feeds before it, its kind and phrases; characters with and without the white
# space at its ends; then of words (between white space, with a letter or digit) their number, characters, and how many
# have a letter; then letters, characters that are no white space, and runs of # and ellipses.
START, END, FEEDS, KIND, PHRASES, RAW_CHARS, CHARS, WORDS, WORD_CHARS, LETTER_WORDS, LETTERS, INK, MARKS = range(13)
FIELDS = 13

# Kinds; a line may be of several. CLOSED is FineWeb's reading of ENDS: a mark of Sentence_Terminal and nothing after it.
BLANK, TABLE, HEADING, ITEM, TRAILS_OFF, ENDS, CLOSED, NUMBERED, KEYED, REFERENCE = (1 << bit for bit in range(10))
NOT_PROSE = TABLE | REFERENCE

_FEED, _BAR, _TAB, _COLON, _SEMICOLON, _PARENTHESIS, _ROUND_BULLET = (ord(mark) for mark in "\n|\t:;(•")
_ZERO, _NINE = ord("0"), ord("9")
_LONGEST_REFERENCE = 700  # characters: a paragraph that cites is no entry


@numba.njit(cache=True)
def read_lines(data, start, end, table, moves, ends, lines, hashes):
    """Read the lines between two bytes into `lines` (int32, shape (lines, FIELDS)) and `hashes` (of their bytes).

    `table`: `character_table()`; `moves`, `ends`: `automaton()`. Returns (lines, line feeds after the last).
    """
    number, feeds, at = 0, 0, start
    while at < end:
        if data[at] == _FEED:
            feeds += 1
            at += 1
            continue
        line = lines[number]
        line[:] = 0
        line[START], line[FEEDS] = at, feeds
        value = np.uint64(0)
        while at < end and data[at] != _FEED:
            value = extend(value, data[at])
            line[RAW_CHARS] += data[at] & 0xC0 != 0x80
            at += 1
        line[END], hashes[number] = at, value
        first, last = strip(data, line[START], at, table)
        if first == last:
            line[KIND] = BLANK
        else:
            line[PHRASES] = phrases_in(data, first, last, moves, ends)
            line[KIND] = _read_words(data, first, last, table, line) | _read_numbers(data, first, last, line)
            if flags_of(table, _last(data, at)) & TERMINAL:
                line[KIND] |= CLOSED
            if line[KIND] & TABLE:
                line[KIND] &= ~REFERENCE
        number, feeds = number + 1, 0
    return number, feeds


@numba.njit(cache=True)
def _last(data, end):
    """Code point of the character that ends before byte `end`."""
    at = end - 1
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return read(data, at)[0]


@numba.njit(cache=True)
def _read_words(data, at, end, table, line):
    """Fill the counts of a line without white space at its ends; its kind by its characters."""
    opening, size = read(data, at)
    opens = flags_of(table, opening)
    # A dash or star is a bullet only before a space: "-5 °C" and "*" emphasis are not.
    spaced = at + size < end and flags_of(table, read(data, at + size)[0]) & SPACE
    kind = ITEM if opens & BULLET and (opening >= _ROUND_BULLET or spaced) else 0
    heading = opens & HASH != 0
    kind |= HEADING if heading else 0
    bars, tabs, stops, before = 0, 0, 0, np.int64(0)
    chars, union, flags = 0, np.int64(0), np.int64(0)
    while at < end:
        point, size = read(data, at)
        at += size
        flags = flags_of(table, point)
        line[CHARS] += 1
        stops = stops + 1 if flags & FULL_STOP else 0
        if flags & SPACE:
            tabs += point == _TAB
            if union & (LETTER | DIGIT):
                line[WORDS] += 1
                line[WORD_CHARS] += chars
                line[LETTER_WORDS] += union & LETTER != 0
            chars, union, heading = 0, np.int64(0), False
        else:
            line[INK] += 1
            line[LETTERS] += flags & LETTER != 0
            chars += 1
            union |= flags
            bars += point == _BAR
            if stops == 3 or flags & ELLIPSIS or (flags & HASH and not before & HASH and not heading):
                line[MARKS] += 1
        before = flags
    if union & (LETTER | DIGIT):
        line[WORDS] += 1
        line[WORD_CHARS] += chars
        line[LETTER_WORDS] += union & LETTER != 0
    kind |= TABLE if bars >= 2 or tabs >= 2 else 0
    kind |= TRAILS_OFF if stops >= 3 or flags & ELLIPSIS else 0
    return kind | (ENDS if flags & ENDING else 0)


@numba.njit(cache=True)
def _read_numbers(data, start, end, line):
    """Kind of a line by its digits and colons.

    An entry of a bibliography has a year and, beside it, "et al", an identifier, or the numbers of volume, issue and
    pages joined as in 2011;45(3):123.
    """
    kind, run, dated, joints = 0, 0, False, 0
    for at in range(start, end):
        byte = data[at]
        if _ZERO <= byte <= _NINE:
            kind |= NUMBERED
            run += 1
            continue
        dated = dated or (run == 4 and _is_year(data, at))
        followed = at + 1 < end
        if byte == _COLON or byte == _SEMICOLON or byte == _PARENTHESIS:
            joints += run > 0 and followed and _ZERO <= data[at + 1] <= _NINE
            kind |= KEYED if byte == _COLON and followed and data[at + 1] == 32 else 0
        run = 0 if byte != ord(")") else run  # as after an issue: 45(3):123
    dated = dated or (run == 4 and _is_year(data, end))
    told = joints >= 2 or line[PHRASES] & CITATION
    return kind | (REFERENCE if dated and told and line[CHARS] <= _LONGEST_REFERENCE else 0)


@numba.njit(cache=True)
def _is_year(data, end):
    """Whether the four digits before a byte are a year from 1900 to 2099."""
    century = (data[end - 4] - _ZERO) * 10 + data[end - 3] - _ZERO
    return century == 19 or century == 20
