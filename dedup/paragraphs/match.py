"""Which document keeps a paragraph that several have: the best of them, by priority, quality and id."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dedup.matching.sorting import merged_order
from dedup.paragraphs.hashes import PARAGRAPHS
from shards.cuts import cut_rows
from shards.kernels import njit
from shards.step import Step

REMOVALS = pa.schema(
    [
        pa.field("document", pa.uint64(), False),  # the first 64 bits of the doc_id that loses the paragraph
        pa.field("key", pa.uint64(), False),
        pa.field("check", pa.uint32(), False),
        pa.field("keeper", pa.uint64(), False),  # the first 64 bits of the doc_id that keeps it
    ]
)


@dataclasses.dataclass(frozen=True)
class MatchParagraphs(Step):
    """`losing`: of runs of tables, how many they are and whether their documents lose paragraphs. All may keep.

    The order is that of near duplicates: priority, then quality (here as float32), then id. About 80 bytes of memory a
    paragraph of the task's prefix.
    """

    losing: tuple[tuple[int, bool], ...]

    name = "paragraph-match"
    version = 2
    memory = 2 << 30
    lazy = ("paragraphs",)

    def run(self, paragraphs: Sequence[pa.Table]) -> dict[str, list[pa.RecordBatch]]:
        """One `PARAGRAPHS` table a partition, in the build's order -> one REMOVALS batch a partition, by document."""
        parts = [[table[name].to_numpy() for name in PARAGRAPHS.names] for table in paragraphs]  # each is read once
        partition = np.repeat(np.arange(len(parts), dtype=np.uint32), [len(part[0]) for part in parts])
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        del parts
        order = merged_order(columns[0])
        for at in range(len(columns)):
            columns[at] = columns[at][order]
        keys, checks, *merit, documents = columns
        partition = partition[order]
        losing = np.array([loses for count, loses in self.losing for _ in range(count)], bool)
        keeper = documents[_keepers(keys, checks, *merit, documents)]
        lost = np.flatnonzero((keeper != documents) & losing[partition])
        lost = lost[np.lexsort((checks[lost], keys[lost], documents[lost], partition[lost]))]
        cuts = np.searchsorted(partition[lost], np.arange(len(paragraphs) + 1))
        taken = documents[lost], keys[lost], checks[lost], keeper[lost]
        return {"removals": cut_rows(taken, cuts, REMOVALS)}


@njit(cache=True)
def _keepers(keys, checks, priorities, qualities, documents):
    """Of each paragraph, the place of the same one in the best document; keys are sorted."""
    keeper = np.arange(len(keys))
    start = 0
    while start < len(keys):
        stop = start + 1
        while stop < len(keys) and keys[stop] == keys[start]:
            stop += 1
        if stop - start > 1:
            keeper[start:stop] = -1
            for first in range(start, stop):
                if keeper[first] >= 0:
                    continue
                best = first
                for place in range(first + 1, stop):
                    if checks[place] == checks[first] and _is_better(place, best, priorities, qualities, documents):
                        best = place
                for place in range(first, stop):
                    if checks[place] == checks[first]:
                        keeper[place] = best
        start = stop
    return keeper


@njit(cache=True)
def _is_better(one, other, priorities, qualities, documents):
    if priorities[one] != priorities[other]:
        return priorities[one] < priorities[other]
    if qualities[one] != qualities[other]:
        return qualities[one] > qualities[other]
    return documents[one] < documents[other]
