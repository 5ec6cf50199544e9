"""Proof that nothing was left: the kept documents are searched again, by a method that shares no code with the first.

Both have only the list of items in common, and which of them are long enough to be decided. There are no words and no
hashes here: a text is its letters and digits only (NFKD, lower case), an item the windows of `window` characters that
it consists of, each half over the one before, and all windows are searched as exact strings by polars' automaton (Aho
and Corasick 1975).
"""

import dataclasses
from collections.abc import Iterator
from typing import ClassVar

import polars as pl
import pyarrow as pa

from shards.errors import InputError
from shards.step import Step

WINDOWS = pa.schema(
    [
        pa.field("benchmark", pa.string(), False),
        pa.field("item", pa.string(), False),
        pa.field("number", pa.uint32(), False),  # of the item among all
        pa.field("window", pa.large_string(), False),
    ]
)
OVERLAPS = pa.schema(
    [
        pa.field("doc_id", pa.string(), False),
        pa.field("benchmark", pa.string(), False),
        pa.field("item", pa.string(), False),
        pa.field("found", pa.int32(), False),  # windows of the item that the document has
        pa.field("windows", pa.int32(), False),  # windows that the item has
        pa.field("left", pa.bool_(), False),  # residual overlap: as much as must have been removed
    ]
)
SEARCHED = pa.schema(
    [
        pa.field("benchmark", pa.string(), False),
        pa.field("items", pa.int64(), False),  # that were searched for: those long enough to be decided
        pa.field("windows", pa.int64(), False),
        pa.field("documents", pa.int64(), False),
        pa.field("characters", pa.int64(), False),  # letters and digits of the documents
    ]
)
_SPELT = {"œ": "oe", "æ": "ae", "ß": "ss"}
_BATCH_BYTES = 64 << 20  # of documents
_PATTERN_BYTES = 4 << 20  # of windows in one automaton: some 300 MB


@dataclasses.dataclass(frozen=True)
class Windows(Step):
    """Cuts the items of at least `min_words` countable words into windows of `window` characters, once for all shards.

    Windows that stand in more than `common` items of a benchmark are templates and left out, unless `enough` of an
    item follow each other; an item of which less than half remains is not searched for.
    """

    name: ClassVar[str] = "residual-windows"
    libraries: ClassVar[tuple[str, ...]] = ("polars",)
    memory: ClassVar[int] = 2 << 30

    window: int = 50
    enough: int = 5
    min_words: int = 13
    common: int = 5

    def __post_init__(self) -> None:
        if self.window < 10 or min(self.enough, self.min_words, self.common) < 1:
            raise InputError(
                "residual windows need window >= 10 and enough, min_words, common >= 1: "
                f"{self.window}, {self.enough}, {self.min_words}, {self.common}"
            )

    def run(self, items: pa.Table) -> dict[str, pa.Table]:
        """The index's items -> windows (WINDOWS), in the order of the items; the last of an item ends with it."""
        frame = pl.from_arrow(items.select(["benchmark", "item", "countable", "text"])).with_row_index("number")
        frame = frame.filter(pl.col("countable") >= self.min_words).with_columns(letters_and_digits("text"))
        size = pl.col("text").str.len_chars().cast(pl.Int64)
        frame = frame.filter(size >= self.window)
        starts = pl.int_ranges(0, size - self.window + 1, self.window // 2)
        last = (size - self.window).alias("last")
        cut = frame.with_columns(starts.alias("start"), last).with_columns(
            pl.col("start").list.concat(pl.col("last")).list.unique(maintain_order=True)
        )
        cut = cut.explode("start").with_columns(pl.col("text").str.slice(pl.col("start"), self.window).alias("window"))
        windows = self._without_templates(cut.select(WINDOWS.names), frame)
        return {"windows": windows.to_arrow().cast(WINDOWS)}

    def _without_templates(self, windows: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
        kept = []
        for (benchmark,), own in windows.group_by("benchmark", maintain_order=True):
            texts = items.filter(pl.col("benchmark") == benchmark).select("number", "text")
            spread = _hits(texts.rename({"number": "row"}), own["window"].unique(maintain_order=True))
            common = spread.unique().group_by("window").len().filter(pl.col("len") > self.common)["window"]
            marked = own.with_columns(pl.col("window").is_in(common.implode()).alias("template"))
            run = (pl.col("template").rle_id()).over("number")
            length = pl.len().over("number", "run")
            marked = marked.with_columns(run.alias("run")).with_columns(length.alias("length"))
            marked = marked.with_columns(pl.len().over("number").alias("all"))
            telling = marked.filter(~pl.col("template") | (pl.col("length") >= self.enough))
            kept.append(telling.filter(2 * pl.len().over("number") >= pl.col("all")).select(windows.columns))
        return pl.concat([windows.clear(), *kept])


@dataclasses.dataclass(frozen=True)
class Residual(Step):
    """Searches kept documents for the windows of items.

    A document has residual overlap with an item when it has all its windows, or more than `share` of them and at least
    `enough`. Words and characters measure a little differently: `share` must be somewhat above the rule's. Memory:
    bounded by a batch of 64 MB of documents and an automaton of 4 MB of windows.
    """

    name: ClassVar[str] = "residual"
    libraries: ClassVar[tuple[str, ...]] = ("polars",)
    memory: ClassVar[int] = 2 << 30

    share: float = 0.5
    enough: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.share < 1 or self.enough < 1:
            raise InputError(f"residual needs 0 < share < 1 and enough >= 1: {self.share}, {self.enough}")

    def run(self, documents: pa.Table, windows: pa.Table) -> dict[str, pa.Table]:
        """documents (doc_id, text) and WINDOWS -> overlaps (OVERLAPS), searched (SEARCHED)."""
        wanted = pl.from_arrow(windows)
        found = [_found(batch, wanted) for batch in _batches(documents)]
        facts = wanted.group_by("benchmark", maintain_order=True).agg(
            pl.col("number").n_unique().cast(pl.Int64).alias("items"), pl.len().cast(pl.Int64).alias("windows")
        )
        totals = facts.with_columns(
            pl.lit(documents.num_rows, pl.Int64).alias("documents"),
            pl.lit(sum(characters for _, characters in found), pl.Int64).alias("characters"),
        )
        overlaps = pl.concat([_nothing(), *(hits for hits, _ in found)])
        sizes = wanted.group_by("number").agg(pl.len().cast(pl.Int32).alias("windows"))
        names = wanted.select("number", "benchmark", "item").unique()
        whole = pl.col("found") == pl.col("windows")
        most = (pl.col("found") > self.share * pl.col("windows")) & (pl.col("found") >= self.enough)
        overlaps = overlaps.join(sizes, on="number").join(names, on="number").with_columns((whole | most).alias("left"))
        overlaps = overlaps.sort("row", "number").select(OVERLAPS.names)
        return {
            "overlaps": overlaps.to_arrow().cast(OVERLAPS),
            "searched": totals.select(SEARCHED.names).to_arrow().cast(SEARCHED),
        }


def letters_and_digits(column: str) -> pl.Expr:
    """The column's letters and digits in lower case, accents and everything else gone."""
    plain = pl.col(column).str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    return plain.str.replace_many(_SPELT)


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.UInt32, "doc_id": pl.String, "number": pl.UInt32, "found": pl.Int32})


def _batches(documents: pa.Table) -> Iterator[pl.DataFrame]:
    """row, doc_id, text, some megabytes of it at a time."""
    frame = pl.from_arrow(documents.select(["doc_id", "text"])).with_row_index("row")
    held = frame["text"].str.len_bytes().cast(pl.Int64).cum_sum()
    part = (held // _BATCH_BYTES).alias("part")
    yield from (batch.drop("part") for batch in frame.with_columns(part).partition_by("part", maintain_order=True))


def _found(documents: pl.DataFrame, windows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """(row, doc_id, number, found of each document and item that share a window; characters searched)."""
    texts = documents.select("row", letters_and_digits("text"))
    hits = _hits(texts, windows["window"].unique(maintain_order=True))
    pairs = hits.unique().join(windows, on="window")
    counts = pairs.group_by("row", "number").agg(pl.len().cast(pl.Int32).alias("found"))
    named = counts.join(documents.select("row", "doc_id"), on="row").select("row", "doc_id", "number", "found")
    return named, texts["text"].str.len_chars().sum()


def _hits(texts: pl.DataFrame, patterns: pl.Series) -> pl.DataFrame:
    """(row, window) of every occurrence of a pattern in a text."""
    found = [pl.DataFrame(schema={"row": pl.UInt32, "window": pl.String})]
    held = (patterns.str.len_bytes().cast(pl.Int64).cum_sum() // _PATTERN_BYTES).alias("part")
    for part in pl.DataFrame([patterns, held]).partition_by("part", maintain_order=True):
        hits = texts.select(
            "row", pl.col("text").str.extract_many(part["window"].implode(), overlapping=True).alias("window")
        )
        found.append(hits.filter(pl.col("window").list.len() > 0).explode("window"))
    return pl.concat(found)
