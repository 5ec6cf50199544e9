"""Tokens: the words and marks that n-grams and Gopher's word rules count, found in a document's bytes.

A token is, between white space,
  - a run of letters, digits and combining marks; a hyphen between two of them belongs to it (beta-lactam), so does one
    of . , : / between two digits (7.5, 120/80), and so does an apostrophe before another, but that ends it (l'eau is l'
    and eau);
  - or a run of one other character (..., |, ##).
These are nearly the tokens of spaCy's blank models, which datatrove takes, by a rule that is the same in all languages.
"""

import numpy as np

from filters.quality.characters import (
    DIGIT,
    ELLIPSIS,
    FULL_STOP,
    HASH,
    LETTER,
    SPACE,
    SYMBOL,
    WORD,
    flags_of,
    read,
)
from filters.quality.hashes import extend, powers, slot_of
from filters.quality.stop_words import LANGUAGES
from shards.kernels import njit

_FULL_STOP, _COMMA, _COLON, _SLASH, _HYPHEN, _APOSTROPHE, _QUOTE = (ord(character) for character in ".,:/-'’")
_LISTS = len(LANGUAGES)

BYTES, CHARS, FLAGS = range(3)  # columns of a token's facts
PROSE = 1 << 16  # flag of a token beside those of its characters: it stands in a line of prose
# What `count_tokens` returns. Words are tokens with a character that is no punctuation mark, as datatrove has them.
TOKENS, WORDS, WORD_CHARS, LETTER_TOKENS, HASHES, ELLIPSES = range(6)


@njit(cache=True)
def read_tokens(data, start, end, mark, table, hashes, facts, number):
    """Append the tokens between two bytes to a document's, of which there are `number`; returns how many there are now.

    `hashes`: uint64, one a token; `facts`: int32, shape (tokens, 3): bytes, characters, and the flags of all its
    characters, of which SYMBOL is set only where all are punctuation marks, and `mark` is added.
    """
    at = start
    while at < end:
        point, size = read(data, at)
        flags = flags_of(table, point)
        if flags & SPACE:
            at += size
            continue
        begin, chars, value = at, 0, np.uint64(0)
        union, marks = flags, flags & SYMBOL
        if flags & WORD:
            at, chars, value, union, marks = _read_word(data, at, end, table)
        else:
            first = point
            while point == first:
                for byte in range(at, at + size):
                    value = extend(value, data[byte])
                at += size
                chars += 1
                if at == end:
                    break
                point, size = read(data, at)
        hashes[number] = value
        facts[number, BYTES], facts[number, CHARS] = at - begin, chars
        facts[number, FLAGS] = (union & ~SYMBOL) | marks | mark
        number += 1
    return number


@njit(cache=True)
def _read_word(data, at, end, table):
    """(end, characters, hash, flags of any character, SYMBOL if all are punctuation) of the word from `at` on."""
    chars, value, union, marks, before = 0, np.uint64(0), np.int64(0), np.int64(SYMBOL), np.int64(0)
    while at < end:
        point, size = read(data, at)
        flags = flags_of(table, point)
        last = False
        if not flags & WORD:
            if at + size == end:
                break
            after = flags_of(table, read(data, at + size)[0])
            if point in (_FULL_STOP, _COMMA, _COLON, _SLASH):
                joins = before & DIGIT and after & DIGIT
            else:
                last = point in (_APOSTROPHE, _QUOTE)
                joins = (last or point == _HYPHEN) and after & WORD
            if not joins:
                break
        else:
            union |= flags
        for byte in range(at, at + size):
            value = extend(value, data[byte])
        marks &= flags
        at += size
        chars += 1
        before = flags
        if last:
            break
    return at, chars, value, union, marks


@njit(cache=True)
def count_tokens(facts, number):
    """Counts of a document's tokens, in the order of `TOKENS` and its fellows."""
    words, chars, lettered, hashes, ellipses = 0, 0, 0, 0, 0
    for token in range(number):
        flags, size = facts[token, FLAGS], facts[token, CHARS]
        if not flags & SYMBOL:
            words += 1
            chars += size
        lettered += flags & LETTER != 0
        if flags & WORD == 0:
            if flags & HASH:
                hashes += size
            elif flags & ELLIPSIS:
                ellipses += size
            elif flags & FULL_STOP:
                ellipses += size // 3
    return number, words, chars, lettered, hashes, ellipses


@njit(cache=True)
def count_stop_words(hashes, facts, number, stops, row, seen, found):
    """Stop words of document `row`, by list and language, into `found`: int64, shape (3, languages).

    The rows: distinct ones of Gopher's lists, as spelt there; distinct ones of ours; occurrences of ours in prose.
    `stops` is `stop_table()`; `seen`: int64, shape (2, words), the row in which each word was seen last.
    """
    keys, words, exact, members, longest = stops
    mask = np.uint64(len(keys) - 1)
    found[:] = 0
    for token in range(number):
        if facts[token, BYTES] > longest or not facts[token, FLAGS] & LETTER:
            continue
        slot = slot_of(keys, mask, hashes[token])
        if keys[slot] == 0:
            continue
        word = words[slot]
        new, running = seen[1, word] != row, facts[token, FLAGS] & PROSE != 0
        new_as_spelt = exact[slot] and seen[0, word] != row
        seen[1, word] = row
        if exact[slot]:
            seen[0, word] = row
        for language in range(_LISTS):
            found[0, language] += new_as_spelt and members[word, language]
            ours = members[word, _LISTS + language]
            found[1, language] += new and ours
            found[2, language] += running and ours


@njit(cache=True)
def join(hashes, facts, number, sums, products, chars):
    """Prefix sums by which n-grams are hashed and measured: each of `number` + 1 entries.

    The text of tokens i to j without spaces has the hash `products[j] * (sums[j] - sums[i])` and
    `chars[j] - chars[i]` characters.
    """
    product, inverse = np.uint64(1), np.uint64(1)
    sums[0], products[0], chars[0] = 0, product, 0
    for token in range(number):
        forward, backward = powers(facts[token, BYTES])
        product *= forward
        inverse *= backward
        sums[token + 1] = sums[token] + hashes[token] * inverse
        products[token + 1] = product
        chars[token + 1] = chars[token] + facts[token, CHARS]


@njit(cache=True)
def keep_prose(hashes, facts, number):
    """Move the tokens of prose to the front; how many there are."""
    kept = 0
    for token in range(number):
        if facts[token, FLAGS] & PROSE:
            hashes[kept] = hashes[token]
            facts[kept] = facts[token]
            kept += 1
    return kept
