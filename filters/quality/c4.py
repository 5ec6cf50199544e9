"""What C4's rules would make of a document: which of its lines they would drop, and why, and what would be left.

Source: Raffel et al. 2020 (arXiv 1910.10683), section 2.2, as read by datatrove's `c4_filters.py`: a line goes with the
first of its reasons; placeholder text and curly brackets count only in lines that came so far. Nothing is dropped here.

A sentence ends with a run of . ! ? … and closing marks before white space, but not after an initial (J. Smith).
"""

import numpy as np

from filters.quality.characters import (
    BREAK,
    CLOSER,
    DIGIT,
    ELLIPSIS,
    FULL_STOP,
    SPACE,
    UPPER,
    WORD,
    flags_of,
    read,
    strip,
)
from filters.quality.phrases import JAVASCRIPT, LOREM_IPSUM, POLICY
from shards.kernels import njit

_LONGEST_WORD, _LEAST_WORDS = 1000, 3
_RETURN, _FEED, _OPEN, _CLOSE, _CURLY, _DASH, _ROUND_BULLET, _PERIOD = (ord(mark) for mark in "\r\n[]{-•.")
_EXCLAMATION, _QUESTION, _QUOTE, _APOSTROPHE = (ord(mark) for mark in "!?\"'")
_NOTES = (np.frombuffer(b"[edit]", np.uint8), np.frombuffer(b"[citation needed]", np.uint8))

COLUMNS = (
    "gopher_bullet_line_share",  # lines that start with • or -, of all lines, empty ones included; at most 0.9
    "gopher_ellipsis_line_share",  # at most 0.3
    "c4_sentences",  # in the lines that are left; at least 5
    "c4_lorem_ipsum",  # lines that say it and came so far; at most 0
    "c4_curly_bracket",  # at most 0
    "c4_kept_line_share",  # of the lines that are not blank, as all that follow
    "c4_long_word_line_share",  # a word of more than 1000 characters
    "c4_no_end_line_share",  # no . ? ! " or ' at the end, or an ellipsis
    "c4_few_words_line_share",  # less than three
    "c4_javascript_line_share",
    "c4_policy_line_share",
    "c4_kept_chars",  # share of the characters of these lines
    "c4_long_word_chars",
    "c4_no_end_chars",
    "c4_few_words_chars",
    "c4_javascript_chars",
    "c4_policy_chars",
)
_KEPT, _LONG_WORD, _NO_END, _FEW_WORDS, _JAVASCRIPT, _POLICY = range(6)


@njit(cache=True)
def measure_c4(data, start, end, table, moves, ends, line, out):
    """Fill `out` (float64, COLUMNS) for the text between two bytes. `line`: uint8 scratch as long as the text."""
    lines, blank, bullets, ellipses = 0, 0, 0, 0
    sentences, lorem, curly, whole = 0, 0, 0, 0
    fates, chars = np.zeros(6, np.int64), np.zeros(6, np.int64)
    at = start
    while at < end:
        begin = at
        stop, at = _line_end(data, at, end, table)
        lines += 1
        first, last = strip(data, begin, stop, table)
        if first == last:
            blank += 1
            continue
        opening = read(data, first)[0]
        bullets += opening in (_DASH, _ROUND_BULLET)
        ellipses += _trails_off(data, first, last)
        size, words, longest = _count_words(data, first, last, table)
        whole += size
        if longest > _LONGEST_WORD:
            fate = _LONG_WORD
        else:
            length = _without_citations(data, first, last, table, line)
            if length < last - first:
                fate, placeholder, bracket, ended = _judge(line, 0, length, words, table, moves, ends)
            else:
                fate, placeholder, bracket, ended = _judge(data, first, last, words, table, moves, ends)
            lorem, curly, sentences = lorem + placeholder, curly + bracket, sentences + ended
        fates[fate] += 1
        chars[fate] += size
    filled = max(1, lines - blank)
    out[0], out[1] = bullets / max(1, lines), ellipses / max(1, lines)
    out[2], out[3], out[4] = sentences, lorem, curly
    for fate in range(6):
        out[5 + fate] = fates[fate] / filled
        out[11 + fate] = chars[fate] / max(1, whole)


@njit(cache=True)
def _line_end(data, at, end, table):
    """(end of the line that starts at `at`, start of the next), as str.splitlines."""
    while at < end:
        if 32 <= data[at] < 128:  # none of ASCII's breaks
            at += 1
            continue
        point, size = read(data, at)
        if flags_of(table, point) & BREAK:
            both = point == _RETURN and at + 1 < end and data[at + 1] == _FEED
            return at, at + size + both
        at += size
    return end, end


@njit(cache=True)
def _trails_off(data, first, last):
    """Whether the bytes end in "..." or "…"."""
    if last - first < 3:
        return False
    a, b, c = data[last - 3], data[last - 2], data[last - 1]
    return (a == _PERIOD and b == _PERIOD and c == _PERIOD) or (a == 0xE2 and b == 0x80 and c == 0xA6)


@njit(cache=True)
def _count_words(data, at, end, table):
    """(characters, words between white space, characters of the longest)."""
    chars, words, longest, run = 0, 0, 0, 0
    while at < end:
        point, size = read(data, at)
        at += size
        chars += 1
        if flags_of(table, point) & SPACE:
            run = 0
        else:
            words += run == 0
            run += 1
            longest = max(longest, run)
    return chars, words, longest


@njit(cache=True)
def _without_citations(data, at, end, table, line):
    r"""Copy the bytes to `line` without what matches \[\d*]|\[edit]|\[citation needed]; the number of bytes copied."""
    length = 0
    while at < end:
        if data[at] == _OPEN:
            skipped = _citation(data, at, end, table)
            if skipped:
                at += skipped
                continue
        line[length] = data[at]
        length += 1
        at += 1
    return length


@njit(cache=True)
def _citation(data, start, end, table):
    """Length in bytes of the citation that starts at `start`, 0 if none does."""
    at = start + 1
    while at < end:
        point, size = read(data, at)
        if point == _CLOSE:
            return at + 1 - start
        if not flags_of(table, point) & DIGIT:
            break
        at += size
    for note in _NOTES:
        if end - start >= len(note) and np.all(data[start : start + len(note)] == note):
            return len(note)
    return 0


@njit(cache=True)
def _judge(line, start, end, words, table, moves, ends):
    """(fate of a line of so many words; whether it has placeholder text, a curly bracket; sentences if it is kept)."""
    if not _ends_well(line, start, end):
        return _NO_END, False, False, 0
    if words < _LEAST_WORDS:
        return _FEW_WORDS, False, False, 0
    state, kinds, bracket = np.int64(0), np.int64(0), False
    for at in range(start, end):
        state = np.int64(moves[state, line[at]])
        kinds |= ends[state]
        bracket = bracket or line[at] == _CURLY
    placeholder = kinds & LOREM_IPSUM != 0
    if kinds & JAVASCRIPT:
        return _JAVASCRIPT, placeholder, False, 0
    if kinds & POLICY:
        return _POLICY, placeholder, bracket, 0
    return _KEPT, placeholder, bracket, count_sentences(line, start, end, table)


@njit(cache=True)
def _ends_well(line, start, end):
    """Whether a line ends in one of C4's marks, and not in three points."""
    if start == end:
        return False
    mark = line[end - 1]
    if mark == _PERIOD:
        return not (end - start >= 3 and line[end - 2] == _PERIOD and line[end - 3] == _PERIOD)
    return mark in (_QUESTION, _EXCLAMATION, _QUOTE, _APOSTROPHE)


@njit(cache=True)
def count_sentences(data, at, end, table):
    """Sentences of a line that is not blank."""
    sentences, run, initial = 1, 0, False  # run: length of the word before
    marked, spaced = 0, False  # marks of a sentence's end; white space after them
    while at < end:
        point, size = read(data, at)
        at += size
        flags = flags_of(table, point)
        if flags & SPACE:
            spaced = marked > 0
            run = 0
            continue
        if spaced:
            sentences += 1
            marked, spaced = 0, False
        if flags & (FULL_STOP | ELLIPSIS) or point in (_EXCLAMATION, _QUESTION):
            marked = 1 if marked or not (initial and run == 1 and flags & FULL_STOP) else 0
        elif marked and not flags & CLOSER:
            marked = 0
        if flags & WORD:
            run += 1
            initial = run == 1 and flags & UPPER != 0
        else:
            run = 0
    return sentences
