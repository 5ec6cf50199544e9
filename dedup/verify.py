"""Verification: a candidate is a duplicate only if it is similar enough to the document that wins against it.

Unverified chains of LSH matches collapse templated medical text (leaflets, trial records). So each cluster is walked
in the order of merit (source priority, quality, then id): the best document is kept, every other member that measures
as its duplicate is dropped with the winner and the similarity as evidence, and the rest are walked again.

Two texts that agree in their template but not in their doses, or that call what they are about by another name, are
different medicines: a near duplicate must also share its doses (numbers with units), and neither text may have a name
of its own, a capitalised word that recurs in it and is nowhere in the other. Two editions of one leaflet pass: what
one adds, the other need not lack a name for.
"""

import dataclasses
import itertools

import numpy as np
import pyarrow as pa

from dedup.signature import MOST_NAMES
from shards.kernels import njit
from shards.step import Step

DUPLICATES = pa.schema(
    [
        pa.field("row", pa.uint32(), False),
        pa.field("winner", pa.string(), False),
        pa.field("similarity", pa.float64(), False),
        pa.field("method", pa.string(), False),  # same-key, exact-duplicate or near-duplicate
    ]
)


@dataclasses.dataclass(frozen=True)
class Verify(Step):
    """`threshold`: Jaccard of shingles; `dose_threshold`: Jaccard of doses; `names`: whether texts with different names
    are different; `max_winners`: of one cluster's walk.

    What is left of a cluster after `max_winners` winners is kept, but for identical copies: no document is dropped
    unmeasured.
    """

    threshold: float = 0.8
    dose_threshold: float = 0.8
    max_winners: int = 64
    sketch: int = 512
    names: bool = True

    name = "verify"
    version = 3
    memory = 2 << 30

    def run(self, clusters: pa.Table, signatures: list[pa.Table], ranks: list[pa.Table]) -> dict[str, list]:
        """Clusters, and signatures and ranks of all partitions -> one DUPLICATES batch a partition."""
        members = _Members(clusters["node"].to_numpy(), signatures, ranks)
        names = clusters["cluster"].to_numpy()
        cuts = np.concatenate([[0], np.flatnonzero(names[1:] != names[:-1]) + 1, [len(names)]]) if len(names) else [0]
        found: list[list[tuple]] = [[] for _ in signatures]
        for start, stop in itertools.pairwise(cuts):
            for loser, winner, similarity, method in self._walk(members, range(start, stop)):
                found[members.partition[loser]].append((members.row[loser], members.doc_id[winner], similarity, method))
        return {"duplicates": [_batch(sorted(rows)) for rows in found]}

    def _walk(self, members: "_Members", cluster: range) -> list[tuple[int, int, float, str]]:
        remaining = sorted(cluster, key=members.merit)
        losers = []
        for _ in range(self.max_winners):
            if len(remaining) < 2:
                break
            winner, *others = remaining
            remaining = []
            for other in others:
                method, similarity = self._compare(members, winner, other)
                if method:
                    losers.append((other, winner, similarity, method))
                else:
                    remaining.append(other)
        return losers + _identical(members, remaining)

    def _compare(self, members: "_Members", a: int, b: int) -> tuple[str | None, float]:
        if members.doc_id[a] == members.doc_id[b]:
            return "same-key", 1.0
        if members.content_hash[a] == members.content_hash[b]:
            return "exact-duplicate", 1.0
        if not (len(members.sketch[a]) and len(members.sketch[b])):
            return None, 0.0
        similarity = sketch_jaccard(members.sketch[a], members.sketch[b], self.sketch)
        if similarity < self.threshold or jaccard(members.doses[a], members.doses[b]) < self.dose_threshold:
            return None, similarity
        if self.names and renamed(members.names[a], members.names[b]):
            return None, similarity
        return "near-duplicate", round(similarity, 4)


def _identical(members: "_Members", remaining: list[int]) -> list[tuple[int, int, float, str]]:
    """Of what a long walk leaves unmeasured, the copies with the same key or text, which are never kept twice."""
    losers, kept = [], {}
    for member in remaining:
        names = ("same-key", members.doc_id[member]), ("exact-duplicate", members.content_hash[member])
        known = next((name for name in names if name in kept), None)
        if known:
            losers.append((member, kept[known], 1.0, known[0]))
        else:
            kept |= dict.fromkeys(names, member)
    return losers


class _Members:
    """The columns of the documents in clusters, gathered from the partitions that hold them."""

    def __init__(self, nodes: np.ndarray, signatures: list[pa.Table], ranks: list[pa.Table]):
        self.partition = (nodes >> np.uint64(32)).astype(int).tolist()
        self.row = (nodes & np.uint64(0xFFFFFFFF)).astype(int).tolist()
        size = len(nodes)
        self.doc_id, self.content_hash, self.priority, self.quality = ([None] * size for _ in range(4))
        self.sketch, self.doses, self.names = ([None] * size for _ in range(3))
        places: dict[int, list[int]] = {}
        for place, partition in enumerate(self.partition):
            places.setdefault(partition, []).append(place)
        for partition, mine in places.items():
            rows = pa.array([self.row[place] for place in mine])
            taken = signatures[partition].take(rows)
            rank = ranks[partition].take(rows)
            columns = (
                (self.doc_id, taken["doc_id"].to_pylist()),
                (self.content_hash, taken["content_hash"].to_pylist()),
                (self.sketch, [value.values.to_numpy() for value in taken["sketch"]]),
                (self.doses, [value.values.to_numpy() for value in taken["doses"]]),
                (self.names, [value.values.to_numpy() for value in taken["names"]]),
                (self.priority, rank["priority"].to_pylist()),
                (self.quality, rank["quality"].to_pylist()),
            )
            for target, values in columns:
                for place, value in zip(mine, values, strict=True):
                    target[place] = value

    def merit(self, member: int) -> tuple:
        """Sort key of the total order: the smallest is kept. Content decides every tie."""
        return self.priority[member], -self.quality[member], self.doc_id[member], self.content_hash[member], member


@njit(cache=True, nogil=True)
def sketch_jaccard(a, b, k):
    """Jaccard from two bottom-k sketches (sorted uint32): matches among the k smallest of the union (Broder 1997)."""
    at_a = at_b = union = both = 0
    while union < k and (at_a < len(a) or at_b < len(b)):
        if at_b >= len(b) or (at_a < len(a) and a[at_a] < b[at_b]):
            at_a += 1
        elif at_a >= len(a) or b[at_b] < a[at_a]:
            at_b += 1
        else:
            at_a += 1
            at_b += 1
            both += 1
        union += 1
    return both / union if union else 0.0


@njit(cache=True, nogil=True)
def jaccard(a, b):
    """Jaccard of two sorted arrays of distinct values; 1 for two empty ones."""
    at_a = at_b = both = 0
    while at_a < len(a) and at_b < len(b):
        if a[at_a] == b[at_b]:
            both += 1
            at_a += 1
            at_b += 1
        elif a[at_a] < b[at_b]:
            at_a += 1
        else:
            at_b += 1
    union = len(a) + len(b) - both
    return both / union if union else 1.0


@njit(cache=True, nogil=True)
def renamed(a, b):
    """Whether each of two texts has a name that recurs in it and is nowhere in the other (`tokens.names_of`)."""
    return _has_own_name(a, b) and _has_own_name(b, a)


@njit(cache=True, nogil=True)
def _has_own_name(a, b):
    at_b = 0
    for name in a:
        while at_b < len(b) and (b[at_b] | 1) < (name | 1):
            at_b += 1
        if at_b == len(b) and len(b) >= MOST_NAMES:
            return False  # of a longer text only the smallest hashes are known: no more can be said
        if name & 1 and (at_b == len(b) or (b[at_b] | 1) != name):
            return True
    return False


def _batch(rows: list[tuple]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in DUPLICATES]
    return pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, DUPLICATES, strict=True)], schema=DUPLICATES)
