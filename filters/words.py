"""Words of a whole batch of texts as arrays: found, folded and hashed once, without a Python string a word.

A word is a maximal run of letters, digits and combining marks, so an apostrophe ends it: l'insuline is two words.
Folded means: case and accents gone, ligatures spelt out (œdème, ŒDEME and oedeme are one word).
"""

import dataclasses
import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa

from filters.folding import fold
from shards.hashing import FNV_OFFSET, FNV_PRIME, finish
from shards.kernels import njit
from shards.texts import decode, utf8


@dataclasses.dataclass(frozen=True)
class Words:
    """Words of a batch: document d has the words `offsets[d]` to `offsets[d + 1]`.

    `hashes` are 64-bit hashes of the folded words; `starts`, `ends` are byte positions in `data` (UTF-8);
    `has_letter` tells words from bare numbers.
    """

    data: np.ndarray
    offsets: np.ndarray
    hashes: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    has_letter: np.ndarray

    def word(self, index: int) -> str:
        """The word as it stands in the text."""
        return self.data[self.starts[index] : self.ends[index]].tobytes().decode()

    def distinct(self) -> tuple[np.ndarray, np.ndarray]:
        """(code of each word, index of the first word of each code); codes count up in order of appearance."""
        return distinct(self.hashes)


def find_words(texts: pa.LargeStringArray) -> Words:
    """Every word of every text."""
    data, limits = utf8(texts)
    return Words(data, *_scan(data, limits, fold_table()))


def hash_words(words: list[str]) -> np.ndarray:
    """Hashes of single words, sorted; equal to `Words.hashes` of the same words."""
    return np.sort(find_words(pa.array(words, pa.large_string())).hashes)


@cache
def fold_table() -> np.ndarray:
    """What each code point of the Basic Multilingual Plane is in a word: up to three folded code units, packed.

    0: no part of a word; 1: a combining mark, which leaves no trace; else 16 bits a unit, digits included.
    """
    table = np.zeros(1 << 16, np.uint64)
    for point in range(1 << 16):
        category = unicodedata.category(chr(point))
        if category == "Mn":
            table[point] = 1
        elif category[0] == "L" or category == "Nd":
            units = [ord(unit) & 0xFFFF for unit in fold(chr(point))[:3]]
            table[point] = sum(unit << (16 * place) for place, unit in enumerate(units)) or 1
    return table


@njit(cache=True)
def _scan(data, limits, table):
    documents = len(limits) - 1
    room = (limits[-1] - limits[0]) // 2 + documents + 1  # a word and its end take two bytes, except at a text's end
    offsets = np.zeros(documents + 1, np.int64)
    hashes, starts, ends = np.empty(room, np.uint64), np.empty(room, np.int64), np.empty(room, np.int64)
    has_letter = np.empty(room, np.bool_)
    count = 0
    for document in range(documents):
        at, limit = limits[document], limits[document + 1]
        inside, letter, value = False, False, FNV_OFFSET
        while at < limit:
            point, size = decode(data, at)
            units = table[point] if point < 0x10000 else np.uint64(0)
            if units > 1:
                if not inside:
                    inside, letter, value, starts[count] = True, False, FNV_OFFSET, at
                while units:
                    unit = units & np.uint64(0xFFFF)
                    letter = letter or not (np.uint64(48) <= unit <= np.uint64(57))
                    value = (value ^ unit) * FNV_PRIME
                    units >>= np.uint64(16)
            elif inside and units == 0:
                hashes[count], ends[count], has_letter[count] = finish(value), at, letter
                count += 1
                inside = False
            at += size
        if inside:
            hashes[count], ends[count], has_letter[count] = finish(value), limit, letter
            count += 1
        offsets[document + 1] = count
    return offsets, hashes[:count], starts[:count], ends[:count], has_letter[:count]


@njit(cache=True)
def distinct(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(code of each hash, index of the first hash of each code); codes count up in order of appearance."""
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    slots, mask = np.full(size, -1, np.int64), np.uint64(size - 1)
    codes, first = np.empty(len(hashes), np.int64), np.empty(len(hashes), np.int64)
    count = 0
    for index in range(len(hashes)):
        slot = hashes[index] & mask
        while slots[slot] >= 0 and hashes[first[slots[slot]]] != hashes[index]:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot] = count
            first[count] = index
            count += 1
        codes[index] = slots[slot]
    return codes, first[:count].copy()
