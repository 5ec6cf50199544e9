"""Later revisions: of a source whose files overrule each other (updates, deletions), the newest word counts.

A stage sees one file only, so this is a step of its own over what all files of a source say: `revisions` tables of the
extract step, in which each document names its subject (all documents of one citation, say) and its revision.
"""

import dataclasses
import hashlib

import numpy as np
import polars as pl
import pyarrow as pa

from shards.step import Step

REVISIONS = pa.schema(
    [
        pa.field("subject", pa.uint64(), False),  # hash of what the document is about: 64 bits of BLAKE2b
        pa.field("revision", pa.string(), False),  # of two, the one that sorts later counts
        pa.field("row", pa.int32(), False),  # of the documents table; -1: the subject is withdrawn
    ]
)
SUPERSEDED = pa.schema(
    [
        pa.field("row", pa.uint32(), False),
        pa.field("reason", pa.string(), False),  # superseded or withdrawn
        pa.field("evidence", pa.string(), False),  # the revision that overrules the document
    ]
)


@dataclasses.dataclass(frozen=True)
class Follow(Step):
    """Where documents were split after they were read, what overrules a document overrules all its parts."""

    name = "follow"

    def run(self, superseded: pa.Table, origin: pa.Table) -> dict[str, pa.Table]:
        """`SUPERSEDED` by rows as read and `language.split.ORIGIN` -> superseded by rows as split, ascending."""
        rows = origin["origin"].to_numpy()
        lost = superseded["row"].to_numpy()
        at = np.searchsorted(lost, rows)  # both ascend
        found = np.append(lost, np.uint32(0))[at] == rows
        found &= at < len(lost)
        taken = superseded.take(pa.array(at[found]))
        rows = pa.array(np.flatnonzero(found), pa.uint32())
        return {"superseded": taken.set_column(0, SUPERSEDED.field("row"), rows).combine_chunks()}


@dataclasses.dataclass(frozen=True)
class Supersede(Step):
    """Finds the documents of a source that a later revision overrules. About 30 bytes of memory a document."""

    name = "supersede"
    version = 1
    memory = 4 << 30

    def run(self, revisions: list[pa.Table]) -> dict[str, list]:
        """`REVISIONS` of all partitions -> one `SUPERSEDED` batch a partition, rows ascending."""
        frames = [
            pl.from_arrow(table).with_columns(pl.lit(at, pl.UInt32).alias("partition"))
            for at, table in enumerate(revisions)
        ]
        every = pl.concat(frames)
        newest = every.group_by("subject").agg(pl.col("revision").max().alias("evidence"))
        joined = every.join(newest, on="subject")
        ended = joined.filter((pl.col("row") < 0) & (pl.col("revision") == pl.col("evidence"))).select("subject")
        withdrawn = pl.col("subject").is_in(ended["subject"].unique().implode())
        lost = joined.filter((pl.col("row") >= 0) & (withdrawn | (pl.col("revision") < pl.col("evidence"))))
        reason = pl.when(withdrawn).then(pl.lit("withdrawn")).otherwise(pl.lit("superseded")).alias("reason")
        lost = lost.with_columns(reason, pl.col("row").cast(pl.UInt32)).sort("partition", "row")
        batches = []
        for at in range(len(revisions)):
            mine = lost.filter(pl.col("partition") == at).select("row", "reason", "evidence")
            table = mine.to_arrow().cast(SUPERSEDED).combine_chunks()
            batches.append(pa.record_batch([column.combine_chunks() for column in table.columns], schema=SUPERSEDED))
        return {"superseded": batches}


def subject_hash(source: str, subject: str) -> int:
    """The subject as 64 bits."""
    digest = hashlib.blake2b(f"{source}\x00{subject}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
