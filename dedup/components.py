"""Connected components over the edges: the clusters of documents that may be duplicates."""

import dataclasses

import numpy as np
import pyarrow as pa

from shards.step import Step

CLUSTERS = pa.schema([pa.field("cluster", pa.uint64(), False), pa.field("node", pa.uint64(), False)])


@dataclasses.dataclass(frozen=True)
class Components(Step):
    """Only documents with an edge enter. Output: `parts` batches, whole clusters each, to be verified apart."""

    parts: int = 4

    name = "components"
    version = 1

    def run(self, edges: list[pa.Table]) -> dict[str, list[pa.RecordBatch]]:
        """EDGES tables -> CLUSTERS; a cluster is named by its smallest node; sorted by (cluster, node)."""
        from scipy.sparse import coo_matrix  # here, because loading it takes longer than any other module's import
        from scipy.sparse.csgraph import connected_components

        hubs = np.concatenate([table["hub"].to_numpy() for table in edges])
        others = np.concatenate([table["node"].to_numpy() for table in edges])
        nodes, indices = np.unique(np.concatenate([hubs, others]), return_inverse=True)
        graph = coo_matrix(
            (np.ones(len(hubs), np.int8), (indices[: len(hubs)], indices[len(hubs) :])), shape=(len(nodes), len(nodes))
        )
        labels = connected_components(graph, directed=False)[1] if len(nodes) else np.zeros(0, np.int32)
        smallest = np.full(labels.max(initial=-1) + 1, np.iinfo(np.uint64).max, np.uint64)
        np.minimum.at(smallest, labels, nodes)
        clusters = smallest[labels]
        part = (np.argsort(np.argsort(smallest)) % self.parts)[labels] if len(nodes) else labels
        order = np.lexsort((nodes, clusters))
        return {"clusters": [self._batch(clusters, nodes, order[part[order] == at]) for at in range(self.parts)]}

    def _batch(self, clusters: np.ndarray, nodes: np.ndarray, chosen: np.ndarray) -> pa.RecordBatch:
        return pa.record_batch([clusters[chosen], nodes[chosen]], schema=CLUSTERS)
