"""The guard rail: a source that loses more to deduplication than the recipe allows stops the build."""

from collections.abc import Iterable, Sequence

import polars as pl
import pyarrow as pa

from dedup.evidence import STAGE, find_stored, removals, sizes
from shards import schema
from shards.errors import BuildError
from shards.store import Blob, Store

_FEWEST = 100  # documents of a source and language below which a share says little
_SHOWN = 5


def check_removals(tallies: Iterable[pa.Table], verdicts: Sequence[Blob], store: Store, most: float) -> None:
    """Raise `BuildError` with the largest clusters when dedup removes over `most` (0 to 1) of a source and language.

    `tallies`: tables with source, language, verdict, why ("stage.reason") and documents. Of what reached dedup, the
    share that it removed counts; sources with fewer than a hundred such documents in a language are let be. The same
    key read again, in this build or in a version whose documents are left out, is no likeness and does not count.
    """
    counts = pl.concat([pl.from_arrow(tally) for tally in tallies]).filter(pl.col("why") != f"{STAGE}.same-key")
    late = pl.col("why").str.starts_with(f"{STAGE}.")
    reached = (
        counts.filter((pl.col("verdict") == schema.KEEP) | late)
        .group_by("source", "language")
        .agg(pl.col("documents").sum().alias("reached"), pl.col("documents").filter(late).sum().alias("removed"))
    )
    over = reached.filter((pl.col("reached") >= _FEWEST) & (pl.col("removed") > most * pl.col("reached")))
    if over.is_empty():
        return
    lines = [
        f"  {row['source']} ({row['language']}): {row['removed']:,} of {row['reached']:,} documents"
        for row in over.sort("removed", descending=True).iter_rows(named=True)
    ]
    clusters = sizes(removals(store, verdicts)).head(_SHOWN)
    named = find_stored(store, clusters["winner"].to_list(), {})
    lines += ["the largest clusters, by the document that was kept:"]
    for row in clusters.iter_rows(named=True):
        lines += [
            f"  {row['winner']}: removed {row['removed']:,} ({row['methods']}, least {row['least_similarity']:.3f})"
        ]
        if document := named.get(row["winner"]):
            lines += [f"    {document.source}/{document.source_id} {document.title or ''}".rstrip()]
    raise BuildError(
        f"deduplication would remove more than dedup.max_removed = {most:g}, so nothing is committed:\n"
        + "\n".join(lines)
        + "\nlook at them, then raise dedup.threshold, or dedup.max_removed where they are duplicates indeed"
    )
