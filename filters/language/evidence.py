"""Evidence for one language among its neighbours: the short words and spellings that belong to some and not to others.

Statistical models confuse Galician with Spanish and Portuguese, Asturian and Ladino with Spanish, Corsican with
Italian: most of their words and n-grams are the same. Their articles, contractions, pronouns and endings are not. The
lists in `lexicon/` hold those, in three bands of frequency. A window's evidence for a language is the sum over
its words of the log-odds that the language writes such a word, as naive Bayes has it: by the band of a listed word, by
its spelling where the word is not listed, less a little for each word that is not listed.
"""

import dataclasses
import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from filters.language.windows import Windows
from shards.errors import InputError
from shards.hashing import FNV_OFFSET, FNV_PRIME
from shards.kernels import njit

_FOLDER = Path(__file__).parent / "lexicon"
_PATTERNS = "patterns"
_BANDS = {"1": 4.5, "2": 3.3, "3": 2.2}  # log-odds of a word of that band: over 0.7 %, 0.1 %, 0.01 % of running words
_UNLISTED = -0.8
_SPELLING = 1.0  # an unlisted word with a spelling of the language
_SHORTEST = 3  # letters before an ending, so that short words are not all ending
_INSIDE, _ENDING, _WORD = 1, 2, 3  # what a key of the table is


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """The lists as one open-addressed table: slot s holds `keys[s]`, whose log-odds are `weights[rows[s]]`.

    `languages`: ISO codes, the columns of `weights` (entries, languages). `kinds`: word, ending or inside; 0 is free.
    `heads[b]`: whether an inside begins with byte b.
    """

    languages: tuple[str, ...]
    keys: np.ndarray
    kinds: np.ndarray
    rows: np.ndarray
    weights: np.ndarray
    heads: np.ndarray


def evidence(windows: Windows) -> np.ndarray:
    """(windows, languages of `lexicon()`) log-odds, float32: above 0 for a text in the language, below for others."""
    table = lexicon()
    return _sum(windows.data, windows.offsets, table.keys, table.kinds, table.rows, table.weights, table.heads)


@cache
def lexicon() -> Lexicon:
    """All lists of the folder. Raises `InputError` for a list that is not one."""
    files = sorted(file for file in _FOLDER.glob("*.txt") if file.stem != _PATTERNS)
    languages = tuple(file.stem for file in files)
    entries: dict[tuple[int, bytes], np.ndarray] = {}

    def weigh(kind: int, text: str, language: str, weight: float) -> None:
        key = (kind, text.encode())
        entries.setdefault(key, np.zeros(len(languages), np.float32))[languages.index(language)] = weight

    for file in files:
        for word, band in words_of(file).items():
            weigh(_WORD, word, file.stem, _BANDS[band] - _UNLISTED)
    for pattern, homes in patterns_of(_FOLDER / f"{_PATTERNS}.txt").items():
        for home in homes:
            if home not in languages:
                raise InputError(f"{_PATTERNS}.txt: {pattern} names {home!r}, which has no list")
            weigh(_ENDING if pattern[0] == "-" else _INSIDE, pattern.lstrip("-"), home, _SPELLING)
    return _table(languages, entries)


@cache
def digest() -> str:
    """SHA-256 of the shipped lists, 64 hex digits: it is part of every key that they shape."""
    files = sorted(_FOLDER.glob("*.txt"))
    return hashlib.sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)).hexdigest()


def words_of(file: Path) -> dict[str, str]:
    """Word -> band of a language's list: a line "[1]" begins a band, words stand between white space."""
    bands: dict[str, str] = {}
    band = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            band = line.strip("[] ")
            if band not in _BANDS:
                raise InputError(f"{file.name}: band {band!r}; bands are {', '.join(_BANDS)}")
            continue
        for word in line.split():
            if not band or word in bands:
                raise InputError(f"{file.name}: {word!r} stands before the first band or twice")
            bands[word] = band
    return bands


def patterns_of(file: Path) -> dict[str, tuple[str, ...]]:
    """Pattern -> its languages: lines "-ending: codes" and "inside: codes"; # begins a remark."""
    homes: dict[str, tuple[str, ...]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        pattern, _, codes = line.partition(":")
        if not pattern or not codes or pattern in homes:
            raise InputError(f"{file.name}: {line!r} is not 'pattern: codes', or stands twice")
        homes[pattern] = tuple(codes.split())
    return homes


def _table(languages: tuple[str, ...], entries: dict[tuple[int, bytes], np.ndarray]) -> Lexicon:
    size = 16
    while size < 3 * len(entries):
        size *= 2
    keys, kinds, rows = np.zeros(size, np.uint64), np.zeros(size, np.int8), np.zeros(size, np.int32)
    heads = np.zeros(256, np.bool_)
    for row, (kind, text) in enumerate(entries):
        key = np.uint64(_hash(np.frombuffer(text if kind != _ENDING else text[::-1], np.uint8)))
        slot = _slot(key, kind, size)
        while kinds[slot]:
            slot = (slot + 1) % size
        keys[slot], kinds[slot], rows[slot] = key, kind, row
        if kind == _INSIDE:
            heads[text[0]] = True
    return Lexicon(languages, keys, kinds, rows, np.stack(list(entries.values())), heads)


@njit(cache=True)
def _hash(text):
    key = FNV_OFFSET
    for byte in text:
        key = (key ^ np.uint64(byte)) * FNV_PRIME
    return key


@njit(cache=True)
def _slot(key, kind, size):
    return np.int64(((key ^ (key >> np.uint64(29))) + np.uint64(kind)) & np.uint64(size - 1))


@njit(cache=True, inline="always")
def _find(key, kind, keys, kinds, rows):
    slot = _slot(key, kind, len(keys))
    while kinds[slot]:
        if keys[slot] == key and kinds[slot] == kind:
            return rows[slot]
        slot = (slot + 1) & (len(keys) - 1)
    return np.int32(-1)


@njit(cache=True)
def _add(row, weights, total):
    for language in range(weights.shape[1]):
        total[language] += weights[row, language]


@njit(cache=True)
def _sum(data, offsets, keys, kinds, rows, weights, heads):
    total = np.zeros((len(offsets) - 1, weights.shape[1]), np.float32)
    for window in range(len(offsets) - 1):
        at, limit = offsets[window], offsets[window + 1]
        words = 0
        while at < limit:
            # A word ends at a space or hyphen; an elided one (l', qu') takes its apostrophe along.
            start, key = at, FNV_OFFSET
            while at < limit and data[at] != 32 and data[at] != 45 and data[at] != 39:
                key = (key ^ np.uint64(data[at])) * FNV_PRIME
                at += 1
            end = at
            row = np.int32(-1)
            if at < limit and data[at] == 39:
                row = _find((key ^ np.uint64(39)) * FNV_PRIME, _WORD, keys, kinds, rows)
            at += 1
            if end == start:
                continue
            words += 1
            if row < 0:
                row = _find(key, _WORD, keys, kinds, rows)
            if row >= 0:
                _add(row, weights, total[window])
                continue
            # Its spelling: the longest known ending after at least _SHORTEST bytes, then what stands inside.
            key = FNV_OFFSET
            for back in range(end - 1, start + _SHORTEST - 1, -1):
                key = (key ^ np.uint64(data[back])) * FNV_PRIME
                if data[back] & 0xC0 != 0x80:
                    ending = _find(key, _ENDING, keys, kinds, rows)
                    row = ending if ending >= 0 else row
                if end - back >= 9:
                    break
            if row >= 0:
                _add(row, weights, total[window])
            for first in range(start, end):
                if heads[data[first]]:
                    key = FNV_OFFSET
                    for inner in range(first, min(end, first + 5)):
                        key = (key ^ np.uint64(data[inner])) * FNV_PRIME
                        row = _find(key, _INSIDE, keys, kinds, rows)
                        if row >= 0:
                            _add(row, weights, total[window])
        for language in range(weights.shape[1]):
            total[window, language] += _UNLISTED * words
    return total
