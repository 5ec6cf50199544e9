"""What decontamination did, per benchmark: for the manifest and the card."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from filters.decontaminate.residual import OVERLAPS, SEARCHED
from filters.decontaminate.scores import TOUCHED
from shards.errors import BuildError

STAGE = "decontaminate"  # of the verdicts that count as removed


@dataclasses.dataclass(frozen=True)
class BenchmarkReport:
    """One benchmark. The last four are None until the kept documents have been searched (`with_residual`)."""

    benchmark: str
    items: int
    too_short: int  # items that are never decided
    touched: int  # items that share an n-gram with a document
    covered: int  # items whose share in a document is above the recipe's bound
    documents_removed: int
    words_removed: int
    items_searched: int | None = None
    documents_searched: int | None = None
    residual_overlaps: int | None = None  # pairs of a kept document with an item it still holds; must be 0
    largest_residual_share: float | None = None  # of an item's windows in one kept document

    def as_json(self) -> dict[str, Any]:
        """Plain data for the manifest."""
        return dataclasses.asdict(self)


def report(
    items: pa.Table,
    partitions: Sequence[tuple[pa.Table, pa.Table]],
    max_item_share: float,
    max_document_share: float,
    min_words: int,
) -> list[BenchmarkReport]:
    """One entry a benchmark, in the index's order.

    `items`: the index's, its texts not needed. `partitions`: of each, touched (`scores.TOUCHED`) and verdicts
    (`schema.VERDICT`; documents first, of which `stage` is read). A document that breaks a rule for two benchmarks
    counts for both; one that another rule dropped counts for none. Words are runs of letters and digits.
    """
    known = pl.from_arrow(items.select(["benchmark", "countable"])).with_row_index("item")
    totals = known.group_by("benchmark", maintain_order=True).agg(
        pl.len().alias("items"), (pl.col("countable") < min_words).sum().alias("too_short")
    )
    pairs = pl.concat([_PAIRS.clear(), *(_pairs(number, *partition) for number, partition in enumerate(partitions))])
    pairs = pairs.join(known.select("item", "benchmark"), on="item")
    covers = pl.col("item_share") > max_item_share
    of_items = pairs.group_by("benchmark").agg(
        pl.col("item").n_unique().alias("touched"), pl.col("item").filter(covers).n_unique().alias("covered")
    )
    breaks = covers | (pl.col("document_share") > max_document_share)
    removed = pairs.filter(breaks & (pl.col("stage") == STAGE)).unique(["benchmark", "partition", "row"])
    of_documents = removed.group_by("benchmark").agg(
        pl.len().alias("documents_removed"), pl.col("size").cast(pl.Int64).sum().alias("words_removed")
    )
    for counts in (of_items, of_documents):
        totals = totals.join(counts, on="benchmark", how="left", maintain_order="left")
    return [BenchmarkReport(**row) for row in totals.fill_null(0).iter_rows(named=True)]


_PAIRS = pl.concat(
    [pl.from_arrow(TOUCHED.empty_table()), pl.DataFrame(schema={"stage": pl.String, "partition": pl.Int64})],
    how="horizontal",
)


def _pairs(number: int, touched: pa.Table, verdicts: pa.Table) -> pl.DataFrame:
    stages = pl.DataFrame({"stage": pl.from_arrow(verdicts["stage"])}).with_row_index("row")
    return pl.from_arrow(touched).join(stages, on="row").with_columns(pl.lit(number, pl.Int64).alias("partition"))


def with_residual(
    reports: Sequence[BenchmarkReport], searches: Sequence[tuple[pa.Table, pa.Table]]
) -> list[BenchmarkReport]:
    """The same with what `Residual` found: `searches` are (overlaps, searched) of each shard."""
    overlaps = pl.from_arrow(pa.concat_tables([OVERLAPS.empty_table(), *(search[0] for search in searches)]))
    searched = pl.from_arrow(pa.concat_tables([SEARCHED.empty_table(), *(search[1] for search in searches)]))
    done = []
    for entry in reports:
        facts = searched.filter(pl.col("benchmark") == entry.benchmark)
        own = overlaps.filter(pl.col("benchmark") == entry.benchmark)
        share = (own["found"] / own["windows"]).max()
        done.append(
            dataclasses.replace(
                entry,
                items_searched=facts["items"].max() or 0,
                documents_searched=facts["documents"].sum(),
                residual_overlaps=own["left"].sum(),
                largest_residual_share=0.0 if share is None else share,
            )
        )
    return done


def refuse_residual(searches: Sequence[tuple[pa.Table, pa.Table]]) -> None:
    """Raise `BuildError` naming the kept documents that still hold an item; nothing when there are none."""
    overlaps = pl.from_arrow(pa.concat_tables([OVERLAPS.empty_table(), *(search[0] for search in searches)]))
    left = overlaps.filter(pl.col("left"))
    if left.height:
        named = [
            f"{row['doc_id']} holds {row['benchmark']}:{row['item']}" for row in left.head(5).iter_rows(named=True)
        ]
        raise BuildError(
            f"{left.height} overlaps with benchmarks are left after decontamination: {'; '.join(named)} ...; lower "
            "max_item_share, or report this bug with one of the documents"
        )
