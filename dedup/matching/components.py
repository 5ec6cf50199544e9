"""Connected components over the edges: the clusters of documents that may be duplicates."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dedup.matching.union_find import ALONE, arrange, join, number, widen
from shards.cuts import cut_rows
from shards.step import Step

CLUSTERS = pa.schema([pa.field("cluster", pa.uint64(), False), pa.field("node", pa.uint64(), False)])


@dataclasses.dataclass(frozen=True)
class Components(Step):
    """Only documents with an edge enter. Output: `parts` batches, whole clusters each, to be verified apart.

    Edges are read table by table, twice. In memory lie 4 bytes a document (8 from 2^31 on) and, of those with an edge,
    20 more: so many that this one step of a build, which cannot be divided, takes three billion documents.
    """

    parts: int = 4

    name = "components"
    version = 1
    memory = 2 << 30
    lazy = ("edges",)

    def run(self, edges: Sequence[pa.Table]) -> dict[str, list[pa.RecordBatch]]:
        """EDGES tables -> CLUSTERS; a cluster is named by its smallest node; sorted by (cluster, node)."""
        extent = np.zeros(0, np.int64)
        for table in edges:
            for column in ("hub", "node"):
                extent = widen(extent, table[column].to_numpy())
        base = np.cumsum(extent) - extent
        rows = int(extent.sum())
        parent = np.full(rows, ALONE, np.int32 if rows < 1 << 31 else np.int64)
        for table in edges:
            join(parent, base, table["hub"].to_numpy(), table["node"].to_numpy())
        smallest = number(parent, extent)
        members, nodes, cuts = arrange(parent, extent, len(smallest), self.parts)
        del parent
        return {"clusters": cut_rows((smallest[members], nodes), cuts, CLUSTERS)}
