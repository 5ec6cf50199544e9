"""Seniority: of two duplicates the one that an earlier version kept stays, whatever its source and its score.

The documents of parents are named by their verdicts; no text and no signature of theirs is read. Keys of 64 bits of
the ids are joined by prefix: each task has its share of them in memory, whatever the size of the versions.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.matching.lsh import banded, hex_keys
from shards import schema
from shards.step import Step

SENIORS = pa.schema([pa.field("row", pa.uint32(), False), pa.field("priority", pa.int32(), False)])


@dataclasses.dataclass(frozen=True)
class KeptKeys(Step):
    """Keys of the documents that an earlier version kept, in `prefixes` batches."""

    prefixes: int

    name = "kept-keys"
    version = 2

    def run(self, verdicts: pa.Table) -> dict[str, list[pa.RecordBatch]]:
        """Verdicts (doc_id, verdict) of one partition -> keys (`matching.lsh.BANDED`), one batch a prefix."""
        kept = np.flatnonzero(pc.equal(verdicts["verdict"], schema.KEEP).to_numpy())
        keys = hex_keys(verdicts["doc_id"].take(pa.array(kept)))
        return {"keys": banded(keys, kept, self.prefixes)}


@dataclasses.dataclass(frozen=True)
class Seniors(Step):
    """`priorities`: of each table of keys that an earlier version kept, below 0, the oldest version's the lowest."""

    priorities: tuple[int, ...]

    name = "seniors"

    def run(self, own: Sequence[pa.Table], kept: Sequence[pa.Table]) -> dict[str, list[pa.RecordBatch]]:
        """One prefix of the ids of all partitions, and of earlier versions -> one SENIORS batch a partition."""
        keys = np.concatenate([np.empty(0, np.uint64), *(table["key"].to_numpy() for table in kept)])
        sizes = [table.num_rows for table in kept]
        priorities = np.repeat(np.array(self.priorities, np.int32), sizes)
        order = np.lexsort((priorities, keys))  # of a key in several versions the oldest comes first
        keys, priorities = keys[order], priorities[order]
        return {"seniors": [self._batch(table, keys, priorities) for table in own]}

    def _batch(self, table: pa.Table, keys: np.ndarray, priorities: np.ndarray) -> pa.RecordBatch:
        mine = table["key"].to_numpy()
        at = np.searchsorted(keys, mine)
        found = np.flatnonzero(at < len(keys))
        found = found[keys[at[found]] == mine[found]]
        rows = table["row"].to_numpy()[found]
        return pa.record_batch([pa.array(rows), pa.array(priorities[at[found]])], schema=SENIORS)


@dataclasses.dataclass(frozen=True)
class Promote(Step):
    """Gives the documents that an earlier version kept its priority in place of their source's."""

    name = "promote"

    def run(self, ranks: pa.Table, seniors: Sequence[pa.Table]) -> dict[str, pa.Table]:
        """Ranks (`schema.RANK`) of a partition and what `Seniors` found of it, by prefix -> ranks."""
        priority = ranks["priority"].to_numpy().copy()
        for table in seniors:
            priority[table["row"].to_numpy()] = table["priority"].to_numpy()
        return {"ranks": ranks.set_column(0, schema.RANK.field("priority"), pa.array(priority))}
