"""Verification: a candidate is a duplicate only if it is similar enough to the document that wins against it.

Unverified chains of LSH matches collapse templated medical text (leaflets, trial records). So each cluster is walked
in the order of merit (`dedup.walk`: source priority, quality, then id) and its members are measured against the best
of it (`dedup.rule`). Memory is bounded whatever a cluster's size: what documents are compared by is gathered for some
thousands at a time, and of a larger cluster only the winners are carried on.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from dedup.digests import hex_digits
from dedup.members import Merits, gather_members, gather_merits
from dedup.rule import METHODS, NEAR, Rule
from dedup.walk import REST, identical, walk
from shards.step import Step

DUPLICATES = pa.schema(
    [
        pa.field("row", pa.uint32(), False),
        pa.field("winner", pa.string(), False),
        pa.field("similarity", pa.float64(), False),
        pa.field("method", pa.string(), False),  # same-key, exact-duplicate or near-duplicate
    ]
)
GATHERED = 1 << 26  # values (of 4 bytes) that are compared at a time


@dataclasses.dataclass(frozen=True)
class Verify(Step):
    """`threshold`: Jaccard of shingles; `dose_threshold`: Jaccard of doses; `names`: whether texts with different names
    are different; `max_winners`: of one cluster's walk.
    """

    threshold: float = 0.8
    dose_threshold: float = 0.8
    max_winners: int = 64
    sketch: int = 512
    names: bool = True

    name = "verify"
    version = 3
    memory = 2 << 30

    @property
    def rule(self) -> Rule:
        """What two documents are compared by."""
        return Rule(self.threshold, self.dose_threshold, self.names, self.sketch)

    def run(
        self, clusters: pa.Table, signatures: Sequence[pa.Table], ranks: Sequence[pa.Table]
    ) -> dict[str, list[pa.RecordBatch]]:
        """Clusters, and signatures and ranks of all partitions -> one DUPLICATES batch a partition."""
        merits = gather_merits(clusters["node"].to_numpy(), signatures, ranks)
        _, cluster = np.unique(clusters["cluster"].to_numpy(), return_inverse=True)
        order = merits.order(cluster)
        winner, method, similarity = self._fates(merits, cluster[order], order, signatures)
        lost = np.flatnonzero(method)
        lost = lost[np.argsort(merits.node[lost])]
        similarity[lost] = _rounded(similarity[lost], method[lost])
        partitions = (merits.node[lost] >> np.uint64(32)).astype(np.int64)
        cuts = np.searchsorted(partitions, np.arange(len(signatures) + 1))
        return {
            "duplicates": [
                _batch(merits, lost[start:stop], winner, method, similarity) for start, stop in itertools.pairwise(cuts)
            ]
        }

    def _fates(
        self, merits: Merits, cluster: np.ndarray, order: np.ndarray, signatures: Sequence[pa.Table]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each member its winner (a place among them), method and similarity; `cluster` of those in `order`."""
        winner = np.full(len(order), REST, np.int64)
        method, similarity = np.zeros(len(order), np.uint8), np.zeros(len(order))
        bounds = np.append(np.flatnonzero(np.diff(cluster, prepend=-1)), len(order))
        for start, stop in _pieces(merits.size[order], bounds):
            after = np.searchsorted(bounds, start, side="right")
            inner = bounds[after : np.searchsorted(bounds, stop, side="left")]
            before = order[bounds[after - 1] : start]  # of a cluster that the piece begins amidst
            winners = before[winner[before] == before]
            chosen = np.concatenate([winners, order[start:stop]])
            cuts = np.concatenate([[0], inner - start + len(winners), [len(chosen)]])
            members = gather_members(merits, chosen, signatures)
            places, methods, similarities = walk(self.rule, members, cuts, len(winners), self.max_winners)
            mine = slice(len(winners), None)
            winner[chosen[mine]] = np.where(places == REST, REST, chosen[places])[mine]
            method[chosen[mine]], similarity[chosen[mine]] = methods[mine], similarities[mine]
        unmeasured = np.flatnonzero(winner[order] == REST)
        for rest in np.split(order[unmeasured], np.flatnonzero(np.diff(cluster[unmeasured])) + 1):
            winner[rest], method[rest] = identical(rest, merits.doc_id, merits.content_hash)
            similarity[rest] = method[rest] > 0
        return winner, method, similarity


def _pieces(size: np.ndarray, bounds: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of members, of whole clusters where those hold at most GATHERED values; `size`: values a member."""
    ends, start = np.cumsum(size), 0
    while start < len(size):
        reach = np.searchsorted(ends, (ends[start - 1] if start else 0) + GATHERED, side="right")
        bound = bounds[np.searchsorted(bounds, reach, side="right") - 1]
        stop = int(bound if bound > start else max(reach, start + 1))
        yield start, stop
        start = stop


def _rounded(similarity: np.ndarray, method: np.ndarray) -> np.ndarray:
    """Measured similarities to four digits, as Python rounds; there are few different ones."""
    values, places = np.unique(similarity, return_inverse=True)
    rounded = np.array([round(value, 4) for value in values.tolist()])[places]
    return np.where(method == NEAR, rounded, similarity) if len(values) else similarity


def _batch(
    merits: Merits, lost: np.ndarray, winner: np.ndarray, method: np.ndarray, similarity: np.ndarray
) -> pa.RecordBatch:
    rows = (merits.node[lost] & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    names = pa.array(METHODS).take(pa.array(method[lost]))
    winners = hex_digits(merits.doc_id[winner[lost]])
    return pa.record_batch([pa.array(rows), winners, pa.array(similarity[lost]), names], schema=DUPLICATES)
