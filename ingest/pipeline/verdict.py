"""The last word: rules, duplicates and quarantine become one verdict for every input of a partition, and a tally."""

import dataclasses

import numpy as np
import polars as pl
import pyarrow as pa

from shards import schema
from shards.step import Step

TALLY = pa.schema(
    [
        pa.field("source", pa.string(), False),
        pa.field("verdict", pa.string(), False),
        pa.field("why", pa.string(), False),  # stage.reason; empty for keep
        pa.field("language", pa.string()),
        pa.field("license", pa.string()),
        pa.field("documents", pa.int64(), False),
        pa.field("words", pa.int64(), False),
        pa.field("chars", pa.int64(), False),
    ]
)
LENGTHS = pa.schema(
    [
        pa.field("language", pa.string(), False),
        pa.field("bin", pa.int32(), False),  # documents of [2^bin, 2^(bin+1)) words
        pa.field("documents", pa.int64(), False),
    ]
)
IDENTIFIERS = pa.schema(
    [
        pa.field("kind", pa.string(), False),  # of filters.privacy.KINDS
        pa.field("language", pa.string(), False),
        pa.field("documents", pa.int64(), False),  # kept ones that held any
        pa.field("identifiers", pa.int64(), False),
    ]
)
_COUNTED = ["source", "verdict", "why", "language", "license"]


@dataclasses.dataclass(frozen=True)
class Verdict(Step):
    """Joins what is known of one partition's inputs. The tally is all that the driver ever reads of it."""

    source: str
    duplicate_threshold: float
    page_threshold: float
    containment: float = 0.0

    name = "verdict"
    version = 4

    def run(
        self,
        documents: pa.Table,
        candidates: pa.Table,
        quarantine: pa.Table,
        rejected: pa.Table,
        duplicates: list[pa.Table],
        privacy: pa.Table | None = None,
    ) -> dict[str, pa.Table]:
        """-> verdicts (`schema.VERDICT`: documents in their order, then quarantined, then rejected), tally, lengths,
        identifiers (of persons, found in the kept documents).
        """
        judged = self._drop_duplicates(candidates, duplicates)
        verdicts = pa.concat_tables([judged, _quarantined(quarantine), rejected])
        counts = _count(self.source, documents, verdicts)
        return {"verdicts": verdicts} | counts | {"identifiers": _identifiers(judged, privacy)}

    def _drop_duplicates(self, candidates: pa.Table, duplicates: list[pa.Table]) -> pa.Table:
        lost = pa.concat_tables(duplicates)
        rows = lost["row"].to_numpy()
        columns = {name: candidates[name].to_numpy(zero_copy_only=False).copy() for name in schema.VERDICT.names}
        columns["verdict"][rows] = schema.DROP
        columns["stage"][rows] = "dedup"
        columns["reason"][rows] = lost["method"].to_numpy(zero_copy_only=False)
        columns["value"][rows] = lost["similarity"].to_numpy()
        methods = columns["reason"][rows]
        thresholds = {
            "near-duplicate": self.duplicate_threshold, "same-url": self.page_threshold, "contained": self.containment,
        }  # fmt: skip
        conditions = [methods == method for method in thresholds]
        columns["threshold"][rows] = np.select(conditions, list(thresholds.values()), 1.0)
        columns["evidence"][rows] = lost["winner"].to_numpy(zero_copy_only=False)
        return pa.table(
            [pa.array(columns[f.name], f.type, from_pandas=True) for f in schema.VERDICT], schema=schema.VERDICT
        )


@dataclasses.dataclass(frozen=True)
class Recount(Step):
    """The counts of `Verdict` once more, over documents that have lost paragraphs since."""

    source: str

    name = "recount"
    version = 1

    def run(self, documents: pa.Table, verdicts: pa.Table) -> dict[str, pa.Table]:
        """documents (license, words, chars) and their verdicts -> tally and lengths."""
        return _count(self.source, documents, verdicts)


def _count(source: str, documents: pa.Table, verdicts: pa.Table) -> dict[str, pa.Table]:
    facts = pl.from_arrow(documents.select(["license", "words", "chars"]))
    facts = pl.concat([facts, facts.clear(verdicts.num_rows - facts.height)])  # nothing is known of what gave no text
    why = pl.when(pl.col("verdict") == schema.KEEP).then(pl.lit(""))
    why = why.otherwise(pl.col("stage") + "." + pl.col("reason")).alias("why")
    frame = pl.from_arrow(verdicts).hstack(facts).with_columns(pl.lit(source).alias("source"), why)
    sums = (pl.len().alias("documents"), pl.col("words").sum(), pl.col("chars").sum())
    tally = frame.group_by(_COUNTED).agg(sums).sort(_COUNTED, nulls_last=True)
    bins = pl.col("words").clip(lower_bound=1).log(2).floor().cast(pl.Int32).alias("bin")
    kept = frame.filter(pl.col("verdict") == schema.KEEP)
    lengths = kept.group_by("language", bins).agg(pl.len().alias("documents")).sort("language", "bin")
    return {
        "tally": tally.select(TALLY.names).to_arrow().cast(TALLY),
        "lengths": lengths.to_arrow().cast(LENGTHS),
    }


def _identifiers(judged: pa.Table, privacy: pa.Table | None) -> pa.Table:
    if privacy is None:
        return IDENTIFIERS.empty_table()
    frame = pl.from_arrow(judged.select(["verdict", "language"])).hstack(pl.from_arrow(privacy.drop(["doc_id"])))
    kept = frame.filter(pl.col("verdict") == schema.KEEP).drop("verdict")
    counts = kept.unpivot(index="language", variable_name="kind", value_name="found").filter(pl.col("found") > 0)
    sums = pl.len().alias("documents"), pl.col("found").sum().alias("identifiers")
    return counts.group_by("kind", "language").agg(sums).sort("kind", "language").to_arrow().cast(IDENTIFIERS)


def _quarantined(quarantine: pa.Table) -> pa.Table:
    rows = quarantine.num_rows
    columns = {
        "doc_id": quarantine["doc_id"],
        "verdict": pa.array([schema.QUARANTINED] * rows, pa.string()),
        "stage": quarantine["stage"],
        "reason": quarantine["reason"],
        "evidence": quarantine["message"],
    }
    return pa.table([columns.get(f.name, pa.nulls(rows, f.type)) for f in schema.VERDICT], schema=schema.VERDICT)
