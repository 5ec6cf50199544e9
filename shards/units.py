"""Units of a text that may repeat from page to page: a line, or a whole list; found and cut out in one pass over bytes.

A list is one unit, because its items mean nothing alone: "- nausea" stands on every second page about a medicine, a
menu is the same list on all. Lines that hold structure, not words, are units that never go: rows of tables, rules, code
fences, numbered headings without a mark ("4.2 Posology").
"""

import dataclasses

import numpy as np
import pyarrow as pa

from shards.hashing import FNV_OFFSET, FNV_PRIME, finish
from shards.kernels import njit
from shards.texts import decode, utf8

TEXT, LIST, HEADING, STRUCTURE = range(4)  # values of `Units.kind`
_NEWLINE, _SPACE, _TAB, _CR, _HASH, _BAR, _FENCE, _DOT, _BRACKET = 10, 32, 9, 13, 35, 124, 96, 46, 41
_BULLETS = np.array([ord(bullet) for bullet in "-*+•‣▪●○◦·■–—"], np.int64)  # before a blank
_LIST_DEEP = 2  # blanks by which a line goes on with the item above it


@dataclasses.dataclass(frozen=True)
class Units:
    """The units of a batch of d documents: document i has the units `offsets[i]` to `offsets[i + 1]`.

    `start`, `end`: byte positions in `data`, end not included, without the line feed; all between is blank. `hash`: of
    the bytes, white space at the ends of lines left out. `level`: of a heading, 1 to 6, else 0. `words`: runs of
    characters that are not blank.
    """

    data: np.ndarray
    limits: np.ndarray
    offsets: np.ndarray
    start: np.ndarray
    end: np.ndarray
    hash: np.ndarray
    kind: np.ndarray
    level: np.ndarray
    words: np.ndarray
    has_digit: np.ndarray

    @property
    def document(self) -> np.ndarray:
        """Of each unit, the row of its document."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    def text(self, unit: int) -> str:
        """The unit as it stands in the text, without blanks around it."""
        return self.data[self.start[unit] : self.end[unit]].tobytes().decode().strip()


def find_units(texts: pa.LargeStringArray) -> Units:
    """Every unit of every text."""
    data, limits = utf8(texts)
    return Units(data, limits, *_scan(data, limits))


def keyed(hashes: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Hashes (uint64) that are equal only for equal units within equal groups."""
    mixed = (hashes ^ groups * np.uint64(0xD6E8FEB86659FD93)) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ mixed >> np.uint64(32)


def cut(units: Units, removed: np.ndarray) -> pa.LargeStringArray:
    """The texts without the units of `removed` (bool, units).

    What stays is the bytes that were there. Where units went, one line feed separates their neighbours, or a blank line
    if there was one; a text that loses none is not touched.
    """
    out, offsets = _cut(units.data, units.limits, units.offsets, units.start, units.end, removed)
    return pa.LargeStringArray.from_buffers(len(units.limits) - 1, pa.py_buffer(offsets), pa.py_buffer(out))


def drop_emptied_headings(units: Units, repeated: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """`removed` with those `repeated` headings whose whole section goes; a heading of an empty section stays."""
    return _drop_emptied(units.offsets, units.kind, units.level, repeated, removed.copy())


@njit(cache=True)
def _is_blank(byte):
    return byte in (_SPACE, _TAB, _CR)


@njit(cache=True)
def _is_digit(byte):
    return 48 <= byte <= 57


@njit(cache=True)
def _numbered(data, start, end):
    """How a line begins: 0 with no number, 1 "3." or "3)" and a blank, 2 "4.2" or "4.2.1" and a blank."""
    at, groups = start, 0
    while True:
        first = at
        while at < end and _is_digit(data[at]):
            at += 1
        if at == first:
            break
        groups += 1
        if at - first > 2 or groups > 3:
            return 0  # a year, an amount, a telephone number
        if at < end and data[at] == _DOT and at + 1 < end and _is_digit(data[at + 1]):
            at += 1
            continue
        break
    marked = at < end and (data[at] == _DOT or data[at] == _BRACKET)
    at += marked
    if groups == 0 or at >= end or not _is_blank(data[at]):
        return 0
    return 2 if groups > 1 else np.int64(marked)


@njit(cache=True)
def _is_item(data, start, end):
    point, size = decode(data, start)
    if start + size < end and _is_blank(data[start + size]):
        for bullet in _BULLETS:
            if point == bullet:
                return True
    return _numbered(data, start, end) == 1


@njit(cache=True)
def _has_letter(data, start, end):
    """Whether a byte of the line begins a letter: ASCII, or UTF-8's leads less punctuation, symbols and emoji."""
    for byte in data[start:end]:  # noqa: SIM110  numba compiles no any() over a generator
        if 97 <= (byte | 32) <= 122 or 0xC3 <= byte <= 0xE1 or 0xE3 <= byte <= 0xEE:
            return True
    return False


@njit(cache=True)
def _scan(data, limits):
    documents = len(limits) - 1
    room = documents
    for at in range(limits[0], limits[-1]):
        room += data[at] == _NEWLINE
    offsets = np.zeros(documents + 1, np.int64)
    starts, ends, words = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    hashes, kinds, levels = np.empty(room, np.uint64), np.empty(room, np.int8), np.empty(room, np.int8)
    digits = np.empty(room, np.bool_)
    unit, lines, numbered = 0, 0, False  # `lines`: of the open list; 0 when there is none
    value = FNV_OFFSET
    for document in range(documents):
        at, limit = limits[document], limits[document + 1]
        while at < limit:
            begin, end = at, at
            while end < limit and data[end] != _NEWLINE:
                end += 1
            at = end + 1
            first, last = begin, end
            while first < last and _is_blank(data[first]):
                first += 1
            while last > first and _is_blank(data[last - 1]):
                last -= 1
            if first == last:
                lines = 0
                continue
            item = _is_item(data, first, last)
            if lines > 0 and (item or first - begin >= _LIST_DEEP):  # the list goes on
                unit -= 1
                value = (hashes[unit] ^ np.uint64(_NEWLINE)) * FNV_PRIME
                lines += 1
            else:
                level = 0
                while first + level < last and data[first + level] == _HASH:
                    level += 1
                heading = 1 <= level <= 6 and first + level < last and _is_blank(data[first + level])
                lines = np.int64(item and not heading)
                numbered = lines == 1 and _is_digit(data[first])
                structure = data[first] == _BAR or _numbered(data, first, last) == 2
                structure = structure or not _has_letter(data, first, last)
                fence = last - first >= 3 and data[first] == data[first + 1] == data[first + 2] == _FENCE
                kinds[unit] = HEADING if heading else STRUCTURE if structure or fence else LIST if lines else TEXT
                levels[unit] = level if heading else 0
                starts[unit], words[unit], digits[unit] = begin, 0, False
                value = FNV_OFFSET
            blank_before = True
            for place in range(first, last):
                byte = data[place]
                value = (value ^ np.uint64(byte)) * FNV_PRIME
                digits[unit] |= _is_digit(byte)
                blank = _is_blank(byte)
                words[unit] += blank_before and not blank
                blank_before = blank
            hashes[unit], ends[unit] = value, end
            if lines == 1 and numbered:
                kinds[unit] = STRUCTURE  # "6. Further information" by itself is a heading
            elif lines == 2 and numbered:
                kinds[unit] = LIST
            unit += 1
        offsets[document + 1] = unit
        lines = 0
    for place in range(unit):
        hashes[place] = finish(hashes[place])
    return (offsets, starts[:unit], ends[:unit], hashes[:unit], kinds[:unit], levels[:unit], words[:unit],
            digits[:unit])  # fmt: skip


@njit(cache=True)
def _drop_emptied(offsets, kinds, levels, repeated, removed):
    kept, gone = np.zeros(8, np.bool_), np.zeros(8, np.bool_)  # by level: below a heading of it, what stays, what goes
    for document in range(len(offsets) - 1):
        kept[:], gone[:] = False, False
        for unit in range(offsets[document + 1] - 1, offsets[document] - 1, -1):
            level = 8
            if kinds[unit] == HEADING:
                level = levels[unit]
                removed[unit] = repeated[unit] and gone[level] and not kept[level]
                kept[level:], gone[level:] = False, False
            if removed[unit]:
                gone[:level] = True
            else:
                kept[:level] = True
    return removed


@njit(cache=True)
def _cut(data, limits, offsets, starts, ends, removed):
    out = np.empty(limits[-1] - limits[0], np.uint8)  # a separator is never longer than what it replaces
    out_limits = np.zeros(len(limits), np.int64)
    size = 0
    for document in range(len(limits) - 1):
        begin, limit = limits[document], limits[document + 1]
        first, last = offsets[document], offsets[document + 1]
        if not removed[first:last].any():
            out[size : size + limit - begin] = data[begin:limit]
            size += limit - begin
            out_limits[document + 1] = size
            continue
        before = -1  # the unit that was kept last
        for unit in range(first, last):
            if removed[unit]:
                continue
            if before == unit - 1:  # nothing went: all that stood between stays (or before the first unit)
                copy_from = ends[before] if before >= first else begin
            elif before < 0:
                copy_from = begin if unit == first else starts[unit]
            else:
                feeds = 1
                for other in range(before, unit):
                    feeds = max(feeds, _line_feeds(data, ends[other], starts[other + 1]))
                feeds = min(feeds, 2)
                out[size : size + feeds] = _NEWLINE
                size += feeds
                copy_from = starts[unit]
            out[size : size + ends[unit] - copy_from] = data[copy_from : ends[unit]]
            size += ends[unit] - copy_from
            before = unit
        if before == last - 1:
            out[size : size + limit - ends[before]] = data[ends[before] : limit]
            size += limit - ends[before]
        out_limits[document + 1] = size
    return out[:size].copy(), out_limits


@njit(cache=True)
def _line_feeds(data, start, end):
    count = 0
    for place in range(start, end):
        count += data[place] == _NEWLINE
    return count
