"""Quality of a document's text, after the rules of Gopher, C4 and FineWeb, as scores without thresholds.

Sources: Gopher, Rae et al. 2021 (arXiv 2112.11446), appendix A.1.1 and table A1; C4, Raffel et al. 2020
(arXiv 1910.10683), section 2.2; FineWeb, Penedo et al. 2024 (arXiv 2406.17557). The usual bound stands beside each
column below. Medical tables and leaflets repeat themselves by nature: looser bounds suit them.
"""

import dataclasses
from functools import cache
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.lines import LETTER_WORDS, LETTERS, SYMBOLS, TEXT_WORDS, WORD_CHARS, WORDS, Layout, find_lines
from filters.words import Words, batches, distinct, find_words, hash_words
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step


def _share(name: str) -> pa.Field:
    return pa.field(name, pa.float32(), nullable=False)


SCHEMA = scores_schema(
    pa.field("words", pa.int32(), nullable=False),  # between white space; Gopher: 50 to 100,000
    _share("mean_word_length"),  # code points; Gopher: 3 to 10
    _share("symbol_word_ratio"),  # `#` and ellipses a word; Gopher: at most 0.1
    _share("letter_word_share"),  # words with a letter, of those with letter or digit; Gopher: at least 0.8 of all
    _share("alphabetic_share"),  # letters among the characters that are not white space
    pa.field("stop_words", pa.int32(), nullable=False),  # distinct ones of the best-fitting language; Gopher: 2 of 8
    pa.field("lines", pa.int32(), nullable=False),  # not blank
    _share("bullet_line_share"),  # Gopher: at most 0.9
    _share("ellipsis_line_share"),  # Gopher: at most 0.3
    _share("terminal_line_share"),  # lines that end like a sentence; C4 keeps no others, FineWeb: at least 0.12
    _share("short_line_share"),  # lines of at most `short_line` characters, as in menus; FineWeb: at most 0.67
    _share("duplicate_line_share"),  # lines that repeat an earlier one; Gopher: at most 0.3
    _share("duplicate_line_chars"),  # characters in them; Gopher: at most 0.2
    _share("duplicate_paragraph_share"),  # Gopher: at most 0.3
    _share("duplicate_paragraph_chars"),  # Gopher: at most 0.2
    _share("top_2gram_chars"),  # bytes in the most frequent pair of words, of all bytes in words; Gopher: at most 0.20
    _share("top_3gram_chars"),  # Gopher: at most 0.18
    _share("top_4gram_chars"),  # Gopher: at most 0.16
)

_STOP_WORDS = {
    "en": "the be to of and that have with is in for was this are on as by from at it which or not an can",
    "fr": "le la les de des du et un une que qui dans pour est avec sur par ce il sont au aux ne pas plus ou",
    "it": "il lo la i gli le di del della e un una che per in con non è sono da nel si al come più o",
    "es": "el la los las de del y un una que en por con para es se no su al como más o son lo entre",
}


@dataclasses.dataclass(frozen=True)
class Quality(Step):
    """Counts what Gopher-like rules need. A document without text scores 0 everywhere."""

    name: ClassVar[str] = "quality"
    version: ClassVar[int] = 2

    short_line: int = 30

    def __post_init__(self) -> None:
        if self.short_line < 1:
            raise InputError(f"quality: short_line is {self.short_line}, must be at least 1 character")

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document."""
        parts: list[dict[str, np.ndarray]] = []
        for batch in batches(documents["text"]):
            words, layout = find_words(batch), find_lines(batch)
            parts.append(_of_words(layout) | _of_lines(layout, self.short_line) | _of_repetition(words)
                         | {"stop_words": _stop_words(words)})  # fmt: skip
        fields = list(SCHEMA)[1:]
        columns = [np.concatenate([part[field.name] for part in parts]) if parts else [] for field in fields]
        arrays = [pa.array(column).cast(field.type) for column, field in zip(columns, fields, strict=True)]
        return {"scores": pa.table([documents["doc_id"], *arrays], schema=SCHEMA)}


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0).astype(np.float32)


def _of_words(layout: Layout) -> dict[str, np.ndarray]:
    counts = layout.counts
    words = counts[:, WORDS]
    return {
        "words": words.astype(np.int32),
        "mean_word_length": _ratio(counts[:, WORD_CHARS], words),
        "symbol_word_ratio": _ratio(counts[:, SYMBOLS], words),
        "letter_word_share": _ratio(counts[:, LETTER_WORDS], counts[:, TEXT_WORDS]),
        "alphabetic_share": _ratio(counts[:, LETTERS], counts[:, WORD_CHARS]),
    }


def _of_lines(layout: Layout, short_line: int) -> dict[str, np.ndarray]:
    owner, documents = layout.line_document, len(layout.counts)
    lines = np.bincount(owner, minlength=documents)
    marks = {
        "bullet_line_share": layout.line_bullet,
        "ellipsis_line_share": layout.line_ellipsis,
        "terminal_line_share": layout.line_terminal,
        "short_line_share": layout.line_chars <= short_line,
    }
    shares = {name: _ratio(np.bincount(owner, mark, documents), lines) for name, mark in marks.items()}
    repeated, repeated_chars = _duplicates(owner, layout.line_hash, layout.line_chars, documents)

    # A paragraph is its lines: combine their hashes so that the order of the lines matters.
    place = np.arange(len(owner), dtype=np.uint64)
    _, starts = np.unique(layout.line_paragraph, return_index=True)
    rank = place - np.repeat(place[starts], np.diff(np.append(starts, len(owner))))
    rolled = layout.line_hash * (2 * rank + np.uint64(1))
    paragraphs = np.add.reduceat(rolled, starts) if len(starts) else rolled
    sizes = np.add.reduceat(layout.line_chars, starts) if len(starts) else layout.line_chars
    repeated_paragraphs, paragraph_chars = _duplicates(owner[starts], paragraphs, sizes, documents)
    return shares | {
        "lines": lines.astype(np.int32),
        "duplicate_line_share": repeated,
        "duplicate_line_chars": repeated_chars,
        "duplicate_paragraph_share": repeated_paragraphs,
        "duplicate_paragraph_chars": paragraph_chars,
    }


def _duplicates(
    owner: np.ndarray, hashes: np.ndarray, chars: np.ndarray, documents: int
) -> tuple[np.ndarray, np.ndarray]:
    """(share of the pieces, share of the characters) of each document in pieces that repeat an earlier one of it."""
    _, first = distinct(_within(owner, hashes))
    repeated = np.ones(len(owner))
    repeated[first] = 0
    pieces = _ratio(np.bincount(owner, repeated, documents), np.bincount(owner, minlength=documents))
    return pieces, _ratio(np.bincount(owner, repeated * chars, documents), np.bincount(owner, chars, documents))


def _of_repetition(words: Words) -> dict[str, np.ndarray]:
    """Share of the bytes of all words that the occurrences of the most frequent n-gram take; 0 when none recurs.

    Among equally frequent n-grams the longest counts. Occurrences may overlap, hence the cap at 1.
    """
    documents = len(words.offsets) - 1
    owner = np.repeat(np.arange(documents), np.diff(words.offsets))
    sizes = words.ends - words.starts
    total = np.bincount(owner, sizes, documents)
    rolled, lengths = words.hashes, sizes
    shares = {}
    for n in range(2, 5):
        if len(rolled) > 1:
            rolled = rolled[:-1] * np.uint64(0x9E3779B97F4A7C15) ^ words.hashes[n - 1 :]
            lengths = lengths[:-1] + sizes[n - 1 :]
        else:
            rolled, lengths = rolled[:0], lengths[:0]
        inside = np.flatnonzero(owner[: len(rolled)] == owner[len(owner) - len(rolled) :])
        codes, first = distinct(_within(owner[inside], rolled[inside]))
        counts = np.bincount(codes, minlength=len(first))
        where = inside[first]
        ranked = np.where(counts > 1, counts << 32 | lengths[where], 0)
        top = np.zeros(documents, np.int64)
        np.maximum.at(top, owner[where], ranked)
        shares[f"top_{n}gram_chars"] = np.minimum(_ratio((top >> 32) * (top & 0xFFFFFFFF), total), np.float32(1))
    return shares


def _within(owner: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """Hashes that are equal only within one document."""
    mixed = (hashes ^ (owner.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93))) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ mixed >> np.uint64(32)


@cache
def _stop_table() -> tuple[np.ndarray, np.ndarray]:
    """(sorted hashes of the stop words of all languages; shape (words, languages): whether the language has it)."""
    lists = [hash_words(words.split()) for words in _STOP_WORDS.values()]
    union = np.unique(np.concatenate(lists))
    return union, np.stack([np.isin(union, own) for own in lists], axis=1)


def _stop_words(words: Words) -> np.ndarray:
    union, of_language = _stop_table()
    documents = len(words.offsets) - 1
    owner = np.repeat(np.arange(documents), np.diff(words.offsets))
    position = np.minimum(np.searchsorted(union, words.hashes), len(union) - 1)
    hit = union[position] == words.hashes
    seen = np.zeros((documents, len(union)), np.int32)
    seen[owner[hit], position[hit]] = 1
    return (seen @ of_language.astype(np.int32)).max(axis=1, initial=0).astype(np.int32)
