"""Terms of all lexicons found in a whole batch of words at once, without a Python object a word.

Each distinct word is folded and looked up whole, by each of its beginnings and by each of its ends, in hash tables
made of the lexicons once a process; then one pass over all words finds phrases and adds up each document.
`filters.domain.terms.Lexicon.weight` says the same of one word, in Python: the tests compare the two.
"""

import dataclasses
from functools import cache

import numpy as np

from filters.domain.terms import LONGEST_PHRASE, SHORTEST_AFFIX, lexicons
from filters.words import Words, fold_table
from shards.hashing import FNV_OFFSET, FNV_PRIME, finish
from shards.kernels import njit
from shards.texts import decode

_LONGEST_WORD = 64  # code units of a word that are looked at; longer ones (sequences, base 64) are no terms
_EMPTY = np.uint64(0)


@dataclasses.dataclass(frozen=True)
class _Hashed:
    """A hash table: `keys` (0: free slot) and the row of `weights` (rows, languages; NaN: not in that lexicon)."""

    keys: np.ndarray
    rows: np.ndarray
    weights: np.ndarray


@dataclasses.dataclass(frozen=True)
class _Tables:
    whole: _Hashed
    prefixes: _Hashed
    suffixes: _Hashed
    phrases: _Hashed  # by the hashes of their words
    parts: _Hashed  # words that stand in a phrase; weights mean nothing
    longest_affix: int


@dataclasses.dataclass(frozen=True)
class Tally:
    """Of each document and each of `LANGUAGES` (documents, 4): distinct terms above 0, the sum of the weights of all
    distinct ones, the sum of the weights of all words, and the sum of their absolute values (which lexicon knows the
    text); and of each document its words that hold a letter (documents)."""

    terms: np.ndarray
    weighted: np.ndarray
    cover: np.ndarray
    known: np.ndarray
    lettered: np.ndarray


def tally(words: Words) -> Tally:
    """What the shipped lexicons find in each document of a batch."""
    codes, first = words.distinct()
    tables = _tables()
    weights, parts = _weigh_words(
        words.data, words.starts[first], words.ends[first], words.has_letter[first], fold_table(),
        tables.whole.keys, tables.whole.rows, tables.whole.weights,
        tables.prefixes.keys, tables.prefixes.rows, tables.prefixes.weights,
        tables.suffixes.keys, tables.suffixes.rows, tables.suffixes.weights,
        tables.parts.keys, tables.longest_affix,
    )  # fmt: skip
    counted = _count(
        words.offsets, codes, words.has_letter, weights, parts,
        tables.phrases.keys, tables.phrases.rows, tables.phrases.weights,
    )  # fmt: skip
    return Tally(*counted)


@cache
def _tables() -> _Tables:
    lexicon = lexicons()
    affixes = [affix for each in lexicon for affix in (*each.prefixes, *each.suffixes)]
    parts = {word: 0.0 for each in lexicon for phrase in each.phrases for word in phrase}
    return _Tables(
        _hashed([_by_hash(each.words, _hash_word) for each in lexicon]),
        _hashed([_by_hash(each.prefixes, _hash_word) for each in lexicon]),
        _hashed([_by_hash(each.suffixes, lambda suffix: _hash_word(suffix[::-1])) for each in lexicon]),
        _hashed([_by_hash(each.phrases, _hash_phrase) for each in lexicon]),
        _hashed([_by_hash(parts, _hash_word)]),
        max(map(len, affixes)),
    )


def _by_hash(terms: dict, hashing) -> dict[int, float]:
    return {hashing(term): weight for term, weight in terms.items()}


def _hash_word(word: str) -> int:
    units = np.frombuffer(word.encode("utf-16-le"), np.uint16)
    return int(_hash_units(units.astype(np.uint64), len(units)))


def _hash_phrase(phrase: tuple[str, ...]) -> int:
    value = np.uint64(_hash_word(phrase[0]))
    for word in phrase[1:]:
        value = np.uint64(_join(value, np.uint64(_hash_word(word))))
    return int(value)


def _hashed(by_language: list[dict[int, float]]) -> _Hashed:
    keys = sorted(set().union(*by_language))
    weights = np.array([[table.get(key, np.nan) for table in by_language] for key in keys], np.float32)
    size = 16
    while size < 4 * len(keys):  # a quarter full: most look-ups fail, and at the first slot
        size *= 2
    slots, rows = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    for row, key in enumerate(keys):
        slot = key & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot], rows[slot] = key, row
    return _Hashed(slots, rows, weights.reshape(-1, len(by_language)))


@njit(cache=True)
def _hash_units(units, length):
    value = FNV_OFFSET
    for at in range(length):
        value = (value ^ units[at]) * FNV_PRIME
    return _finish(value)


@njit(cache=True)
def _finish(value):
    value = finish(value)
    return value if value != _EMPTY else np.uint64(1)


@njit(cache=True)
def _join(left, right):
    return _finish((left * FNV_PRIME) ^ right)


@njit(cache=True)
def _find(keys, rows, key):
    mask = np.uint64(len(keys) - 1)
    slot = key & mask
    while keys[slot] != _EMPTY:
        if keys[slot] == key:
            return rows[slot]
        slot = (slot + np.uint64(1)) & mask
    return np.int64(-1)


@njit(cache=True)
def _weigh_words(
    data, starts, ends, has_letter, table,
    whole_keys, whole_rows, whole_weights, prefix_keys, prefix_rows, prefix_weights,
    suffix_keys, suffix_rows, suffix_weights, part_keys, longest_affix,
):  # fmt: skip
    """(weights (words, languages), hash of each word that is part of a phrase or 0) of words in UTF-8."""
    languages = whole_weights.shape[1]
    weights = np.zeros((len(starts), languages), np.float32)
    parts = np.zeros(len(starts), np.uint64)
    units = np.empty(_LONGEST_WORD + 3, np.uint64)
    settled = np.empty(languages, np.bool_)
    no_rows = np.zeros(len(part_keys), np.int64)
    for word in range(len(starts)):
        if not has_letter[word]:
            continue
        length, at = 0, starts[word]
        while at < ends[word] and length <= _LONGEST_WORD:
            point, size = decode(data, at)
            packed = table[point] if point < 0x10000 else np.uint64(0)
            if packed > 1:
                while packed:
                    units[length] = packed & np.uint64(0xFFFF)
                    length += 1
                    packed >>= np.uint64(16)
            at += size
        if length > _LONGEST_WORD:
            continue
        key = _hash_units(units, length)
        if _find(part_keys, no_rows, key) >= 0:
            parts[word] = key
        settled[:] = False
        row = _find(whole_keys, whole_rows, key)
        if row >= 0:
            for language in range(languages):
                if not np.isnan(whole_weights[row, language]):
                    weights[word, language] = whole_weights[row, language]
                    settled[language] = True
        front, back = FNV_OFFSET, FNV_OFFSET
        for taken in range(min(length, longest_affix)):  # a longer affix overwrites a shorter one
            front = (front ^ units[taken]) * FNV_PRIME
            back = (back ^ units[length - 1 - taken]) * FNV_PRIME
            if taken + 1 < SHORTEST_AFFIX:
                continue
            prefix = _find(prefix_keys, prefix_rows, _finish(front))
            suffix = _find(suffix_keys, suffix_rows, _finish(back))
            if prefix < 0 and suffix < 0:
                continue
            for language in range(languages):
                if settled[language]:
                    continue
                one = prefix_weights[prefix, language] if prefix >= 0 else np.float32(np.nan)
                other = suffix_weights[suffix, language] if suffix >= 0 else np.float32(np.nan)
                if not np.isnan(one) and not np.isnan(other):
                    weights[word, language] = max(one, other)
                elif not np.isnan(one):
                    weights[word, language] = one
                elif not np.isnan(other):
                    weights[word, language] = other
    return weights, parts


@njit(cache=True)
def _count(offsets, codes, has_letter, weights, parts, phrase_keys, phrase_rows, phrase_weights):
    """(terms, weighted, cover, known, lettered): see `Tally`. A word in a phrase weighs the heavier of the two, or
    what the phrase weighs where that is below 0."""
    documents, languages = len(offsets) - 1, weights.shape[1]
    terms = np.zeros((documents, languages), np.int32)
    weighted, cover = np.zeros((documents, languages)), np.zeros((documents, languages))
    known = np.zeros((documents, languages))
    lettered = np.zeros(documents, np.int64)
    word_seen = np.full(len(weights), -1, np.int64)  # the last document that held the word
    phrase_seen = np.full(len(phrase_weights), -1, np.int64)
    ahead = np.zeros((LONGEST_PHRASE, languages), np.float32)  # phrase weights of this word and the next ones
    for document in range(documents):
        ahead[:] = 0
        for at in range(offsets[document], offsets[document + 1]):
            code = codes[at]
            lettered[document] += has_letter[at]
            is_new = word_seen[code] != document
            word_seen[code] = document
            if parts[code]:
                key = parts[code]
                for place in range(1, LONGEST_PHRASE):
                    if at + place >= offsets[document + 1] or parts[codes[at + place]] == _EMPTY:
                        break
                    key = _join(key, parts[codes[at + place]])
                    row = _find(phrase_keys, phrase_rows, key)
                    if row < 0:
                        continue
                    phrase_is_new = phrase_seen[row] != document
                    phrase_seen[row] = document
                    for language in range(languages):
                        weight = phrase_weights[row, language]
                        if np.isnan(weight):
                            continue
                        for inside in range(place + 1):
                            if weight < 0:
                                ahead[inside, language] = weight
                            elif ahead[inside, language] >= 0:
                                ahead[inside, language] = max(ahead[inside, language], weight)
                        if phrase_is_new:
                            terms[document, language] += weight > 0
                            weighted[document, language] += weight
            for language in range(languages):
                weight = weights[code, language]
                phrase = ahead[0, language]
                in_text = phrase if phrase < 0 else weight if phrase == 0 else max(weight, phrase)
                cover[document, language] += in_text
                known[document, language] += abs(in_text)
                if is_new:
                    terms[document, language] += weight > 0
                    weighted[document, language] += weight
            for place in range(LONGEST_PHRASE - 1):
                ahead[place] = ahead[place + 1]
            ahead[LONGEST_PHRASE - 1] = 0
    return terms, weighted, cover, known, lettered
