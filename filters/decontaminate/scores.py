"""How much of a test item a document holds, and how much of a document is test items."""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.decontaminate.coverage import Covered, Index, cover_documents, cover_items, find, make_sieve
from filters.words import find_words
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step
from shards.texts import batches

SCHEMA = scores_schema(
    pa.field("item_share", pa.float32(), nullable=False),  # of the item most covered: share of its countable words
    pa.field("item_words", pa.int32(), nullable=False),  # how many words that are
    pa.field("item_benchmark", pa.string()),  # whose item it is; null: none is decided
    pa.field("item", pa.string()),  # file#line, file#row or file#id
    pa.field("document_share", pa.float32(), nullable=False),  # of its words, in n-grams of one benchmark: the largest
    pa.field("document_words", pa.int32(), nullable=False),  # how many words that are
    pa.field("document_benchmark", pa.string()),  # which benchmark it is
)
TOUCHED = pa.schema(
    [
        pa.field("row", pa.uint32(), False),  # of the documents
        pa.field("item", pa.uint32(), False),  # number of the item
        pa.field("words", pa.int32(), False),  # of the item that the document covers
        pa.field("item_share", pa.float32(), False),  # 0 where too little is covered to decide
        pa.field("document_share", pa.float32(), False),  # of the document, by n-grams of the item's benchmark
        pa.field("size", pa.int32(), False),  # words of the document
    ]
)


@dataclasses.dataclass(frozen=True)
class Decontaminate(Step):
    """Scores each document against the index of the benchmarks; `ngram` is the index's.

    A share counts from `enough` words on, or where an item or a document of `min_words` to `enough` words is covered
    whole; else it is 0. Shorter ones are never decided: they occur by chance.
    """

    name: ClassVar[str] = "decontaminate"

    ngram: int = 8
    min_words: int = 13
    enough: int = 20

    def __post_init__(self) -> None:
        if not 2 <= self.ngram <= self.min_words <= self.enough:
            raise InputError(
                f"decontaminate needs 2 <= ngram <= min_words <= enough: {self.ngram}, {self.min_words}, {self.enough}"
            )

    def run(self, documents: pa.Table, ngrams: pa.Table, items: pa.Table) -> dict[str, pa.Table]:
        """-> scores (SCHEMA), one row a document; touched (TOUCHED), one row a document and item with a common n-gram.

        `items` without its texts will do.
        """
        names, codes = np.unique(items["benchmark"].to_numpy(zero_copy_only=False), return_inverse=True)
        hashes = _numbers(ngrams, "hash")
        index = Index(
            self.ngram, hashes, _numbers(ngrams, "position"), _numbers(items, "start").astype(np.int64), codes,
            make_sieve(hashes),
        )  # fmt: skip
        countable = _numbers(items, "countable").astype(np.int64)
        lengths: list[np.ndarray] = []
        of_items: list[Covered] = []
        of_documents: list[Covered] = []
        row = 0
        for batch in batches(documents["text"]):
            words = find_words(batch)
            places, rows = find(words.hashes, words.offsets, self.ngram, hashes, index.sieve)
            owners = np.searchsorted(words.offsets, places, side="right") - 1
            of_items.append(_shifted(cover_items(owners, rows, index), row))
            of_documents.append(_shifted(cover_documents(owners, places, rows, index), row))
            lengths.append(np.diff(words.offsets))
            row += len(batch)
        size = np.concatenate([np.zeros(0, np.int64), *lengths])
        pairs, wholes = _joined(of_items), _joined(of_documents)
        share = self._share(pairs.words, countable[pairs.others])
        document_share = self._share(wholes.words, size[wholes.documents])
        scores = _scores(documents["doc_id"], items, names, pairs, share, wholes, document_share)
        touched = [
            pairs.documents, pairs.others, pairs.words, share,
            _of_benchmark(pairs, codes, wholes, document_share, max(1, len(names))), size[pairs.documents],
        ]  # fmt: skip
        columns = [pa.array(c).cast(f.type) for c, f in zip(touched, TOUCHED, strict=True)]
        return {"scores": scores, "touched": pa.table(columns, schema=TOUCHED)}

    def _share(self, covered: np.ndarray, whole: np.ndarray) -> np.ndarray:
        decided = (whole >= self.min_words) & (covered >= np.minimum(whole, self.enough))
        return np.divide(covered, whole, out=np.zeros(len(whole)), where=decided).astype(np.float32)


def evidence(scores: pa.Table, column: str) -> list[str | None]:
    """What a verdict says about each document: benchmark, item and overlap. `column`: item_share or document_share."""
    if column == "item_share":
        rows = scores.select(["item_benchmark", "item", "item_share", "item_words"]).to_pydict().values()
        return [
            None if name is None else f"{name}:{item} ({_percent(share)} of the item, {words} words)"
            for name, item, share, words in zip(*rows, strict=True)
        ]
    if column == "document_share":
        rows = scores.select(["document_benchmark", "document_share", "document_words"]).to_pydict().values()
        return [
            None if name is None else f"{name} ({_percent(share)} of the document, {words} words)"
            for name, share, words in zip(*rows, strict=True)
        ]
    raise InputError(f"decontaminate has no evidence for {column!r}; it has it for item_share and document_share")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _numbers(table: pa.Table, column: str) -> np.ndarray:
    return table[column].combine_chunks().to_numpy(zero_copy_only=False)


def _shifted(covered: Covered, row: int) -> Covered:
    return dataclasses.replace(covered, documents=covered.documents + row)


def _joined(parts: list[Covered]) -> Covered:
    nothing = np.zeros(0, np.int64)
    columns = zip(*((part.documents, part.others, part.words) for part in parts), strict=True)
    return Covered(*map(np.concatenate, columns)) if parts else Covered(nothing, nothing, nothing)


def _scores(
    doc_ids: pa.ChunkedArray,
    items: pa.Table,
    names: np.ndarray,
    pairs: Covered,
    share: np.ndarray,
    wholes: Covered,
    whole_share: np.ndarray,
) -> pa.Table:
    rows = len(doc_ids)
    item_row, at = _best(pairs, share)
    of_item = items.select(["benchmark", "item"]).take(pa.array(pairs.others[at], pa.int64()))
    document_row, most = _best(wholes, whole_share)
    columns = [
        doc_ids,
        _placed(share[at], item_row, rows, 0),
        _placed(pairs.words[at], item_row, rows, 0),
        _placed(of_item["benchmark"].to_numpy(zero_copy_only=False), item_row, rows, None),
        _placed(of_item["item"].to_numpy(zero_copy_only=False), item_row, rows, None),
        _placed(whole_share[most], document_row, rows, 0),
        _placed(wholes.words[most], document_row, rows, 0),
        _placed(names[wholes.others[most]], document_row, rows, None),
    ]
    arrays = [
        c if isinstance(c, pa.ChunkedArray) else pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)
    ]
    return pa.table(arrays, schema=SCHEMA)


def _best(covered: Covered, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(documents that have a share, entry of their largest); of equal shares the one of more words, then the first."""
    order = np.lexsort((covered.others, -covered.words, -share, covered.documents))
    order = order[share[order] > 0]
    documents, first = np.unique(covered.documents[order], return_index=True)
    return documents, order[first]


def _placed(values: np.ndarray, at: np.ndarray, rows: int, empty: object) -> np.ndarray:
    column = np.full(rows, empty, object if empty is None else values.dtype)
    column[at] = values
    return column


def _of_benchmark(pairs: Covered, codes: np.ndarray, wholes: Covered, share: np.ndarray, benchmarks: int) -> np.ndarray:
    """The share of its document that each pair's benchmark covers; every pair has one."""
    keys = wholes.documents * benchmarks + wholes.others  # ascending
    return share[np.searchsorted(keys, pairs.documents * benchmarks + codes[pairs.others])]
