"""What repeats over the pages of a site or a source: units counted by partition, summed over all of them.

`CountUnits` looks at one partition, `Repeated` at the counts of all; both see hashes only. The nearest relative is the
line deduplication of CCNet (Wenzek et al. 2020, arXiv 1911.00359), which keeps a line's first copy; here a unit goes
from every page, because a menu is no better the first time.
"""

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa

from filters.words import distinct
from shards.cuts import cut_by_prefix
from shards.step import Step
from shards.texts import batches
from shards.units import STRUCTURE, find_units, keyed

By = Literal["host", "source"]
COUNTS = pa.schema(
    [
        pa.field("unit", pa.uint64(), False),  # hash of the unit within its group
        pa.field("group", pa.uint64(), False),
        pa.field("documents", pa.uint32(), False),  # of the partition that have it
    ]
)
GROUPS = pa.schema([pa.field("group", pa.uint64(), False), pa.field("documents", pa.uint32(), False)])
REPEATED = pa.schema([pa.field("unit", pa.uint64(), False)])
_HOST = r"(?i)^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?(\[[^/?#\]]*\]|[^/?#:\[\]]+)"  # RFC 3986, appendix B
TOTALS = pa.schema(
    [
        pa.field("unit", pa.uint64(), False),
        pa.field("documents", pa.uint64(), False),  # of the group that have it
        pa.field("of", pa.uint64(), False),  # documents of the group
    ]
)


@dataclasses.dataclass(frozen=True)
class CountUnits(Step):
    """Counts in how many documents each unit stands; `tasks`: record batches of the counts, by the units' hashes."""

    by: By = "host"
    tasks: int = 1

    name = "units"
    libraries = ("polars",)

    def run(self, documents: pa.Table) -> dict[str, pa.Table | list[pa.RecordBatch]]:
        """documents (text, url, canonical_url) -> counts (`COUNTS`, `tasks` batches) and groups (`GROUPS`)."""
        groups, _ = groups_of(documents, self.by)
        found, place = [(np.zeros(0, np.uint64), np.zeros(0, np.uint64))], 0
        for batch in batches(documents["text"]):
            units = find_units(batch)
            words = np.flatnonzero(units.kind != STRUCTURE)
            owner = units.document[words]
            group = groups[place + owner]
            unit = keyed(units.hash[words], group)
            _, first = distinct(keyed(unit, owner.astype(np.uint64)))  # a document counts once
            found.append((unit[first], group[first]))
            place += len(batch)
        units, of = (np.concatenate(column) for column in zip(*found, strict=True))
        codes, first = distinct(units)
        counts = np.bincount(codes, minlength=len(first)).astype(np.uint32)
        order = np.argsort(units[first])
        columns = units[first][order], of[first][order], counts[order]
        names, sizes = np.unique(groups, return_counts=True)
        parts = cut_by_prefix(columns[0], columns, self.tasks, COUNTS)
        return {"counts": parts, "groups": pa.table([names, sizes.astype(np.uint32)], schema=GROUPS)}


@dataclasses.dataclass(frozen=True)
class Repeated(Step):
    """A unit repeats when at least `min_documents` and at least `min_share` of its group's documents have it.

    The set has a table of its own: as long as it stays what it was, a new partition makes no other one be read again.
    """

    min_documents: int
    min_share: float

    name = "repeated"
    libraries = ("polars",)
    memory = 4 << 30

    def run(self, counts: list[pa.Table], groups: list[pa.Table]) -> dict[str, pa.Table]:
        """Counts and groups of all partitions -> repeated (`REPEATED`) and totals (`TOTALS`), by unit."""
        sizes = _concat(groups).group_by("group").agg(pl.col("documents").cast(pl.UInt64).sum().alias("of"))
        sums = pl.col("documents").cast(pl.UInt64).sum(), pl.col("group").first()
        often = _concat(counts).group_by("unit").agg(*sums).filter(pl.col("documents") >= self.min_documents)
        often = often.join(sizes, on="group").filter(pl.col("documents") >= self.min_share * pl.col("of"))
        often = often.sort("unit")
        tables = {"repeated": (REPEATED, ["unit"]), "totals": (TOTALS, ["unit", "documents", "of"])}
        return {
            name: often.select(columns).to_arrow().cast(kind).combine_chunks()
            for name, (kind, columns) in tables.items()
        }


def groups_of(documents: pa.Table, by: By) -> tuple[np.ndarray, list[str]]:
    """(hash, name) of each document's group: its host, or the whole source where it has none or `by` says so."""
    names = [""] * documents.num_rows if by == "source" else hosts_of(documents)
    known = {name: _hash(name) for name in set(names)}
    return np.array([known[name] for name in names], np.uint64), names


def hosts_of(documents: pa.Table) -> list[str]:
    """The host of each document's canonical URL or URL, lower-case and without `www.`; empty where there is none.

    Not the registrable domain: fr.example.org and shop.example.org have templates of their own.
    """
    urls = pl.from_arrow(documents.select(["canonical_url", "url"])).with_columns(pl.all().str.extract(_HOST, 1))
    return urls.select(pl.coalesce("canonical_url", "url", pl.lit("")).str.to_lowercase()).to_series().to_list()


def is_among(units: np.ndarray, repeated: Sequence[pa.Table]) -> np.ndarray:
    """Which of the units (uint64) are in one of the `REPEATED` tables."""
    known = np.sort(np.concatenate([table["unit"].to_numpy() for table in repeated]))
    if not len(known):
        return np.zeros(len(units), bool)
    return known[np.minimum(np.searchsorted(known, units), len(known) - 1)] == units


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(errors="replace"), digest_size=8).digest(), "little")


def _concat(tables: list[pa.Table]) -> pl.DataFrame:
    return pl.concat([pl.from_arrow(table) for table in tables])
