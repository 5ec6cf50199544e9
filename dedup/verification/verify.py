"""Verification: a candidate is a duplicate only if it is similar enough to the document that wins against it.

Unverified chains of LSH matches collapse templated medical text (leaflets, trial records). So each cluster is walked
in the order of merit (`walk`: older version, source priority, quality, then id) and its members are measured
against the best of it (`rule`). Memory is bounded whatever a cluster's size: what documents are compared by is
gathered for some thousands at a time, and of a larger cluster only the winners are carried on.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.signatures.digests import hex_digits
from dedup.verification.members import Merits, gather_members, gather_merits
from dedup.verification.rule import EXACT, METHODS, Rule
from dedup.verification.template import FEWEST, MOST, template
from dedup.verification.walk import REST, identical, walk
from shards.step import Step

DUPLICATES = pa.schema(
    [
        pa.field("row", pa.uint32(), False),
        pa.field("winner", pa.string(), False),  # its doc_id; of an earlier version: doc_id@version
        pa.field("similarity", pa.float64(), False),
        pa.field("method", pa.string(), False),  # of rule.METHODS
    ]
)
LARGE = pa.schema(
    [
        pa.field("winner", pa.string(), False),
        pa.field("removed", pa.int64(), False),
        pa.field("methods", pa.list_(pa.string()), False),
        pa.field("least_similarity", pa.float64(), False),
    ]
)
GATHERED = 1 << 26  # values (of 4 bytes) that are compared at a time


@dataclasses.dataclass(frozen=True)
class Verify(Step):
    """`threshold`: Jaccard of shingles; `dose_threshold`: Jaccard of doses (0: they do not count); `names`: whether
    texts with names of their own are different; `page_threshold`: Jaccard of captures of one page;
    `residual_threshold`: Jaccard without the cluster's template (0: it does not count); `containment`: share of a text
    in a longer one that is kept, from which it goes (0: never); `max_winners`: of one cluster's walk.

    `elders`: of the partitions that are of earlier versions, which follow the build's own, the version of each.
    `list_over`: documents removed for one from which it is told.
    """

    threshold: float = 0.8
    dose_threshold: float = 0.4
    max_winners: int = 1024
    sketch: int = 512
    names: bool = True
    page_threshold: float = 0.3
    residual_threshold: float = 0.5
    containment: float = 0.0
    elders: tuple[str, ...] = ()
    list_over: int = 50

    name = "verify"
    version = 6
    memory = 2 << 30
    lazy = ("signatures", "ranks")

    @property
    def rule(self) -> Rule:
        """What two documents are compared by."""
        return Rule(
            self.threshold, self.dose_threshold, self.names, self.sketch, self.page_threshold,
            self.residual_threshold, self.containment,
        )  # fmt: skip

    def run(
        self, clusters: pa.Table, signatures: Sequence[pa.Table], ranks: Sequence[pa.Table]
    ) -> dict[str, list[pa.RecordBatch] | pa.Table]:
        """Clusters, and signatures and ranks of all partitions -> duplicates, one DUPLICATES batch a partition of the
        build's own, and large (LARGE): the documents that removed more than `list_over` others.
        """
        merits = gather_merits(clusters["node"].to_numpy(), signatures, ranks, len(self.elders))
        _, cluster = np.unique(clusters["cluster"].to_numpy(), return_inverse=True)
        order = merits.order(cluster)
        winner, method, similarity = self._fates(merits, cluster[order], order, signatures)
        lost = np.flatnonzero((method > 0) & ~merits.elder)
        lost = lost[np.argsort(merits.node[lost])]
        similarity[lost] = _rounded(similarity[lost], method[lost])
        own = len(signatures) - len(self.elders)
        partitions = (merits.node[lost] >> np.uint64(32)).astype(np.int64)
        cuts = np.searchsorted(partitions, np.arange(own + 1))
        removals = pa.record_batch(
            [
                pa.array((merits.node[lost] & np.uint64(0xFFFFFFFF)).astype(np.uint32)),
                self._named(merits, winner[lost], own),
                pa.array(similarity[lost]),
                pa.array(METHODS).take(pa.array(method[lost])),
            ],
            schema=DUPLICATES,
        )
        return {
            "duplicates": [removals.slice(start, stop - start) for start, stop in itertools.pairwise(cuts)],
            "large": self._large(removals, winner[lost]),
        }

    def _named(self, merits: Merits, winners: np.ndarray, own: int) -> pa.Array:
        """What evidence calls these members: by id, and those of the partitions after `own` by version, too."""
        names = hex_digits(merits.doc_id[winners])
        if not self.elders:
            return names
        partitions = (merits.node[winners] >> np.uint64(32)).astype(np.int64)
        versions = pa.array(["", *(f"@{version}" for version in self.elders)])
        return pc.binary_join_element_wise(names, versions.take(pa.array(np.maximum(partitions - own + 1, 0))), "")

    def _large(self, removals: pa.RecordBatch, winners: np.ndarray) -> pa.Table:
        """What the LARGE winners removed; `winners`: of each removal, the place of its winner."""
        order = np.argsort(winners, kind="stable")
        cuts = np.append(np.flatnonzero(np.diff(winners[order], prepend=-1)), len(order))
        found = []
        for at in np.flatnonzero(np.diff(cuts) > self.list_over):
            mine = removals.take(pa.array(order[cuts[at] : cuts[at + 1]]))
            found.append({
                "winner": mine["winner"][0].as_py(), "removed": mine.num_rows,
                "methods": sorted(mine["method"].unique().to_pylist()),
                "least_similarity": pc.min(mine["similarity"]).as_py(),
            })  # fmt: skip
        return pa.Table.from_pylist(found, schema=LARGE)

    def _fates(
        self, merits: Merits, cluster: np.ndarray, order: np.ndarray, signatures: Sequence[pa.Table]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each member its winner (a place among them), method and similarity; `cluster` of those in `order`."""
        fates = np.full(len(order), REST, np.int64), np.zeros(len(order), np.uint8), np.zeros(len(order))
        winner, method, similarity = fates
        self._walk(merits, cluster, order, signatures, {}, fates)
        if self.residual_threshold > 0 and (templates := self._templates(merits, cluster, order, signatures, winner)):
            again = np.isin(cluster, list(templates))
            winner[order[again]], method[order[again]], similarity[order[again]] = REST, 0, 0.0
            self._walk(merits, cluster[again], order[again], signatures, templates, fates)
        unmeasured = np.flatnonzero(winner[order] == REST)
        for rest in np.split(order[unmeasured], np.flatnonzero(np.diff(cluster[unmeasured])) + 1):
            winner[rest], method[rest] = identical(rest, merits.doc_id, merits.content_hash)
            similarity[rest] = method[rest] > 0
        return fates

    def _templates(
        self, merits: Merits, cluster: np.ndarray, order: np.ndarray, signatures: Sequence[pa.Table], winner: np.ndarray
    ) -> dict[int, np.ndarray]:
        """By cluster the template of those that have one; documents of many clusters are gathered at a time."""
        kept = order[winner[order] == order]
        numbers, starts, counts = np.unique(cluster[winner[order] == order], return_index=True, return_counts=True)
        many = counts >= FEWEST
        numbers, starts, counts = numbers[many], starts[many], np.minimum(counts[many], MOST)
        cuts = np.concatenate([[0], np.cumsum(counts)])
        asked = kept[np.repeat(starts - cuts[:-1], counts) + np.arange(cuts[-1])]
        values = np.concatenate([[0], np.cumsum(merits.lengths[asked].sum(axis=1))])[cuts]
        found = {}
        for first, last in _pieces(np.diff(values), np.arange(len(cuts))):
            members = gather_members(merits, asked[cuts[first] : cuts[last]], signatures)
            sketches = np.split(members.sketch, members.sketch_at[1:-1])
            for at in range(first, last):
                shared = template(sketches[cuts[at] - cuts[first] : cuts[at + 1] - cuts[first]], self.sketch)
                if len(shared):
                    found[int(numbers[at])] = shared
        return found

    def _walk(
        self, merits: Merits, cluster: np.ndarray, order: np.ndarray, signatures: Sequence[pa.Table],
        templates: dict[int, np.ndarray], fates: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:  # fmt: skip
        """Walk these clusters, piece by piece; `templates` of all of them, or of none."""
        winner, method, similarity = fates
        bounds = np.append(np.flatnonzero(np.diff(cluster, prepend=-1)), len(order))
        for start, stop in _pieces(merits.lengths[order].sum(axis=1), bounds):
            after = np.searchsorted(bounds, start, side="right")
            inner = bounds[after : np.searchsorted(bounds, stop, side="left")]
            before = order[bounds[after - 1] : start]  # of a cluster that the piece begins amidst
            winners = before[winner[before] == before]
            chosen = np.concatenate([winners, order[start:stop]])
            cuts = np.concatenate([[0], inner - start + len(winners), [len(chosen)]])
            members = gather_members(merits, chosen, signatures)
            shared, shared_at = np.empty(0, np.uint32), np.zeros(len(cuts), np.int64)
            if templates:
                found = [templates[number] for number in np.unique(cluster[start:stop]).tolist()]
                shared, shared_at = np.concatenate(found), np.cumsum([0, *map(len, found)])
            places, methods, similarities = walk(
                self.rule, members, cuts, len(winners), self.max_winners, shared, shared_at
            )
            mine = slice(len(winners), None)
            winner[chosen[mine]] = np.where(places == REST, REST, chosen[places])[mine]
            method[chosen[mine]], similarity[chosen[mine]] = methods[mine], similarities[mine]


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
    return np.where(method > EXACT, rounded, similarity) if len(values) else similarity
