"""Blocks of a text that may be taken out: a paragraph (a line of prose), a whole list, a whole table.

Two blocks are the same when their characters are, with case and white space folded as Python folds them. Numbers,
accents and punctuation count: "5 mg" is not "50 mg". Headings, rules and code fences are no blocks, so they never go.
"""

import dataclasses
from functools import cache
from typing import Literal

import numpy as np
import pyarrow as pa

from shards.hashing import FNV_OFFSET, FNV_PRIME, finish
from shards.kernels import njit
from shards.texts import decode
from shards.units import LIST, STRUCTURE, TEXT, Units, find_units

Kind = Literal["text", "list", "table"]
KINDS: tuple[Kind, ...] = ("text", "list", "table")
_NEWLINE, _SPACE, _TAB, _BAR = 10, 32, 9, 124
_BASE = np.uint64(0x9E3779B97F4A7C15)  # of the second hash, a polynomial


@dataclasses.dataclass(frozen=True)
class Blocks:
    """The blocks of a batch of texts, in order.

    `document`: row of its text. `first`, `last`: its units, the last not included. `key`, `check`: 64 and 32 bits of
    two hashes, together the block's identity: among 60 billion paragraphs a false match has odds of 1 in 40 million.
    `words`: white-space separated, as a document's.
    """

    units: Units
    document: np.ndarray
    first: np.ndarray
    last: np.ndarray
    key: np.ndarray
    check: np.ndarray
    words: np.ndarray

    def unit_mask(self, chosen: np.ndarray) -> np.ndarray:
        """Which units are of the `chosen` blocks (bool, blocks): what `shards.units.cut` takes."""
        edges = np.zeros(len(self.units.kind) + 1, np.int64)
        np.add.at(edges, self.first[chosen], 1)
        np.add.at(edges, self.last[chosen], -1)
        return np.cumsum(edges)[:-1] > 0

    def text(self, block: int) -> str:
        """The block as it stands in the text."""
        units = self.units
        return units.data[units.start[self.first[block]] : units.end[self.last[block] - 1]].tobytes().decode().strip()


def find_blocks(
    texts: pa.LargeStringArray, kinds: tuple[Kind, ...] = KINDS, min_words: int = 0, min_chars: int = 0
) -> Blocks:
    """Every block of these kinds that has so many words and characters (blanks folded) or more."""
    units = find_units(texts)
    wanted = np.array([kind in kinds for kind in KINDS])
    found = _scan(
        units.data, units.offsets, units.start, units.end, units.kind, wanted, min_words, min_chars, fold_table()
    )  # fmt: skip
    return Blocks(units, *found)


@cache
def fold_table() -> np.ndarray:
    """What each code point of the Basic Multilingual Plane folds to: up to three, 16 bits each; 0: white space."""
    table = np.zeros(1 << 16, np.uint64)
    for point in range(1 << 16):
        if not chr(point).isspace():
            table[point] = sum(ord(char) << 16 * place for place, char in enumerate(chr(point).casefold()))
    return table


@njit(cache=True)
def _scan(data, offsets, starts, ends, kinds, wanted, min_words, min_chars, table):
    room = len(starts)
    documents, firsts, lasts = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    keys, checks, words = np.empty(room, np.uint64), np.empty(room, np.uint32), np.empty(room, np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        unit, stop = offsets[document], offsets[document + 1]
        while unit < stop:
            first = unit
            unit += 1
            what = 0 if kinds[first] == TEXT else 1 if kinds[first] == LIST else -1
            if kinds[first] == STRUCTURE and _is_row(data, starts[first], ends[first]):
                what = 2
                while unit < stop and starts[unit] == ends[unit - 1] + 1 and _is_row(data, starts[unit], ends[unit]):
                    unit += 1
            if what < 0 or not wanted[what] or ends[unit - 1] - starts[first] < min_chars:  # bytes: no fewer
                continue
            key, check, chars, total = _hash(data, starts[first], ends[unit - 1], table)
            if chars >= min_chars and total >= min_words:
                documents[count], firsts[count], lasts[count] = document, first, unit
                keys[count], checks[count], words[count] = key, check, total
                count += 1
    return documents[:count], firsts[:count], lasts[:count], keys[:count], checks[:count], words[:count]


@njit(cache=True)
def _is_row(data, start, end):
    while start < end and (data[start] == _SPACE or data[start] == _TAB):
        start += 1
    return start < end and data[start] == _BAR


@njit(cache=True)
def _hash(data, start, end, table):
    """(64 bits, 32 bits, characters, words) of a text with case and white space folded."""
    value, other, chars, words, blank = FNV_OFFSET, _BASE, np.int64(0), np.int64(0), True
    at = start
    while at < end:
        point, size = decode(data, at)
        if size == 4:  # beyond the plane: as it stands
            point = np.int64(data[at] & 0x07) << 18 | np.int64(data[at + 1] & 0x3F) << 12
            folded = np.uint64(point | np.int64(data[at + 2] & 0x3F) << 6 | np.int64(data[at + 3] & 0x3F))
            bits = np.uint64(32)
        else:
            folded, bits = table[point], np.uint64(16)
        at += size
        if folded == 0:
            blank = True
            continue
        words += blank
        if blank and chars:
            value = (value ^ np.uint64(_SPACE)) * FNV_PRIME
            other = other * _BASE + np.uint64(_SPACE)
            chars += 1
        blank = False
        while folded:
            unit = folded & ((np.uint64(1) << bits) - np.uint64(1))
            value = (value ^ unit) * FNV_PRIME
            other = other * _BASE + unit
            folded >>= bits
            chars += 1
    return finish(value), np.uint32(finish(other) >> np.uint64(32)), chars, words
