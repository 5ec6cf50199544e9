"""The lines of a document: what each is made of, and what kind of line it is.

A line is what stands between line feeds; empty ones are passed over. Kinds are told by form alone: rows of tables,
headings and list items of light Markdown, entries of a bibliography, lines that end like a sentence. What is neither a
row of a table nor an entry of a bibliography is *prose*.
"""

import numpy as np

from filters.quality.characters import (
    BULLET,
    DIGIT,
    ELLIPSIS,
    ENDING,
    FULL_STOP,
    HASH,
    LETTER,
    SPACE,
    TERMINAL,
    flags_of,
    read,
    strip,
)
from filters.quality.hashes import extend
from filters.quality.phrases import CITATION
from shards.kernels import njit

# Columns of a line. Its bytes, the line feeds before it, its kind and phrases; characters with and without the white
# space at its ends; then of words (between white space, with a letter or digit) their number, characters, and how many
# have a letter; then letters, characters that are no white space, and runs of # and ellipses.
START, END, FEEDS, KIND, PHRASES, RAW_CHARS, CHARS, WORDS, WORD_CHARS, LETTER_WORDS, LETTERS, INK, MARKS = range(13)
FIELDS = 13

# Kinds; a line may be of several. CLOSED is FineWeb's reading of ENDS: a mark of Sentence_Terminal, nothing after it.
BLANK, TABLE, HEADING, ITEM, TRAILS_OFF, ENDS, CLOSED, NUMBERED, KEYED, REFERENCE = (1 << bit for bit in range(10))
NOT_PROSE = TABLE | REFERENCE

_FEED, _BAR, _TAB, _SPACE, _COLON, _SEMICOLON, _PARENTHESIS, _CLOSE = (ord(mark) for mark in "\n|\t :;()")
_ROUND_BULLET, _ZERO, _NINE = ord("•"), ord("0"), ord("9")
_LONGEST_REFERENCE = 700  # characters: a paragraph that cites is no entry


@njit(cache=True)
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
        line, begin = lines[number], at
        at, hashes[number], chars, phrases, kind = _read_bytes(data, at, end, moves, ends)
        line[START], line[END], line[FEEDS], line[RAW_CHARS], line[PHRASES] = begin, at, feeds, chars, phrases
        first, last = strip(data, begin, at, table)
        kind |= _read_words(data, first, last, table, line)
        if last == at and last > first and flags_of(table, _last(data, at)) & TERMINAL:
            kind |= CLOSED
        line[KIND] = kind & ~REFERENCE if kind & TABLE else kind
        number, feeds = number + 1, 0
    return number, feeds


@njit(cache=True)
def _last(data, end):
    """Code point of the character that ends before byte `end`."""
    at = end - 1
    while data[at] & 0xC0 == 0x80:
        at -= 1
    return read(data, at)[0]


@njit(cache=True)
def _read_bytes(data, start, end, moves, ends):
    """(end, hash, characters, phrases, kind by its digits and colons) of the line that starts at `start`.

    An entry of a bibliography has a year and, beside it, "et al", an identifier, or the numbers of volume, issue and
    pages joined as in 2011;45(3):123.
    """
    value, chars, state, phrases = np.uint64(0), 0, np.int64(0), np.int64(0)
    kind, run, dated, joints, joint = 0, 0, False, 0, False
    at = start
    while at < end and data[at] != _FEED:
        byte = np.int64(data[at])
        at += 1
        value = extend(value, byte)
        chars += byte & 0xC0 != 0x80
        state = np.int64(moves[state, byte])
        phrases |= ends[state]
        if _ZERO <= byte <= _NINE:
            kind |= NUMBERED
            joints += joint
            run, joint = run + 1, False
            continue
        if run == 4:
            dated = dated or _is_year(data, at - 1)
        kind |= KEYED if byte == _COLON and at < end and data[at] == _SPACE else 0
        joint = run > 0 and (byte in (_COLON, _SEMICOLON, _PARENTHESIS))
        run = run if byte == _CLOSE else 0  # as after an issue: 45(3):123
    if run == 4:
        dated = dated or _is_year(data, at)
    cited = joints >= 2 or phrases & CITATION
    return at, value, chars, phrases, kind | (REFERENCE if dated and cited and chars <= _LONGEST_REFERENCE else 0)


@njit(cache=True)
def _is_year(data, end):
    """Whether the four digits before a byte are a year from 1900 to 2099."""
    century = (data[end - 4] - _ZERO) * 10 + data[end - 3] - _ZERO
    return century == 19 or century == 20


@njit(cache=True)
def _read_words(data, at, end, table, line):
    """Fill the counts of a line without white space at its ends; its kind by its characters."""
    kind, size, words, word_chars, letter_words, letters, ink, marks = 0, 0, 0, 0, 0, 0, 0, 0
    bars, tabs, stops, before, heading = 0, 0, 0, np.int64(0), False
    chars, union, flags = 0, np.int64(0), np.int64(0)
    if at == end:
        kind = BLANK
    else:
        opening, width = read(data, at)
        opens = flags_of(table, opening)
        # A dash or star is a bullet only before a space: "-5 °C" and "*" emphasis are not.
        spaced = at + width < end and flags_of(table, read(data, at + width)[0]) & SPACE
        kind |= ITEM if opens & BULLET and (opening >= _ROUND_BULLET or spaced) else 0
        heading = opens & HASH != 0
        kind |= HEADING if heading else 0
    while at < end:
        point, width = read(data, at)
        at += width
        flags = flags_of(table, point)
        size += 1
        stops = stops + 1 if flags & FULL_STOP else 0
        if flags & SPACE:
            tabs += point == _TAB
            if union & (LETTER | DIGIT):
                words += 1
                word_chars += chars
                letter_words += union & LETTER != 0
            chars, union, heading = 0, np.int64(0), False
        else:
            ink += 1
            letters += flags & LETTER != 0
            chars += 1
            union |= flags
            bars += point == _BAR
            marks += stops == 3 or flags & ELLIPSIS != 0 or (flags & HASH and not before & HASH and not heading)
        before = flags
    if union & (LETTER | DIGIT):
        words += 1
        word_chars += chars
        letter_words += union & LETTER != 0
    kind |= TABLE if bars >= 2 or tabs >= 2 else 0
    kind |= TRAILS_OFF if stops >= 3 or flags & ELLIPSIS else 0
    kind |= ENDS if flags & ENDING else 0
    line[CHARS], line[INK], line[LETTERS], line[MARKS] = size, ink, letters, marks
    line[WORDS], line[WORD_CHARS], line[LETTER_WORDS] = words, word_chars, letter_words
    return kind
