"""The documents in clusters as flat columns, gathered from the partitions that hold them, without an object a document.

A document is a node here (`matching.lsh`): the ordinal of its partition in the upper 32 bits, its row in the lower.
Partitions are read one after the other, so that no more than one lies in memory beside what was gathered.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.signatures.digests import digests
from dedup.signatures.lists import flat
from shards.kernels import njit

RAGGED = ("sketch", "doses", "names")  # lists of uint32
COMPARED = ("doc_id", "content_hash", "page", *RAGGED)  # columns of signatures that verification reads


class Merits(NamedTuple):
    """What decides who wins, what is compared first, and how large each document is to compare; one value a member.

    `doc_id`, `content_hash`: (members, 2) uint64; `language`: uint16, 0 where unknown; `page`: uint64, 0 where there is
    none (`signatures.identity`); `elder`: whether it is of an earlier version, and never loses; `lengths`:
    (members, 3), of its lists.
    """

    node: np.ndarray
    priority: np.ndarray
    quality: np.ndarray
    doc_id: np.ndarray
    content_hash: np.ndarray
    language: np.ndarray
    page: np.ndarray
    elder: np.ndarray
    lengths: np.ndarray

    def order(self, cluster: np.ndarray) -> np.ndarray:
        """Places of the members, cluster by cluster (`cluster`: one number a member), in each the best first.

        Lower priority, higher quality, then smaller ids and hashes: content decides every tie but of equal copies.
        """
        (id_high, id_low), (hash_high, hash_low) = self.doc_id.T, self.content_hash.T
        ranks = self.node, hash_low, hash_high, id_low, id_high, -self.quality, self.priority, cluster
        return np.lexsort(ranks)


class Members(NamedTuple):
    """What documents are compared by. Of each list all values in a row, and `*_at`: where each member's begin."""

    doc_id: np.ndarray
    content_hash: np.ndarray
    language: np.ndarray
    page: np.ndarray
    elder: np.ndarray
    sketch: np.ndarray
    sketch_at: np.ndarray
    doses: np.ndarray
    doses_at: np.ndarray
    names: np.ndarray
    names_at: np.ndarray


def gather_merits(
    nodes: np.ndarray, signatures: Sequence[pa.Table], ranks: Sequence[pa.Table], elders: int = 0
) -> Merits:
    """Of these nodes (uint64), in their order; tables of all partitions, each of which is read once.

    `elders`: how many of the partitions, the last ones, are of earlier versions.
    """
    count = len(nodes)
    found = Merits(
        nodes,
        np.empty(count, np.int32),
        np.empty(count, np.float64),
        np.empty((count, 2), np.uint64),
        np.empty((count, 2), np.uint64),
        np.empty(count, np.uint16),
        np.empty(count, np.uint64),
        np.empty(count, np.bool_),
        np.empty((count, len(RAGGED)), np.int32),
    )
    for partition, places, rows in _by_partition(nodes):
        signed, ranked = signatures[partition], ranks[partition]
        chosen = pa.array(rows)
        for name in ("doc_id", "content_hash"):
            getattr(found, name)[places] = digests(signed[name].take(chosen))
        for name in ("priority", "quality"):
            getattr(found, name)[places] = ranked[name].take(chosen).to_numpy()
        found.language[places] = _codes(ranked["language"].take(chosen))
        found.page[places] = signed["page"].take(chosen).to_numpy()
        found.elder[places] = partition >= len(signatures) - elders
        for at, name in enumerate(RAGGED):
            offsets = flat(signed[name])[1]
            found.lengths[places, at] = offsets[rows + 1] - offsets[rows]
    return found


def gather_members(merits: Merits, chosen: np.ndarray, signatures: Sequence[pa.Table]) -> Members:
    """The members at these places, in their order."""
    ends = np.zeros((len(chosen) + 1, len(RAGGED)), np.int64)
    np.cumsum(merits.lengths[chosen], axis=0, out=ends[1:])
    starts = {name: np.ascontiguousarray(ends[:, at]) for at, name in enumerate(RAGGED)}
    values = {name: np.empty(starts[name][-1], np.uint32) for name in RAGGED}
    for partition, places, rows in _by_partition(merits.node[chosen]):
        signed = signatures[partition]
        for name in RAGGED:
            _copy(*flat(signed[name]), rows, values[name], starts[name], places)
    scalars = (merits.doc_id, merits.content_hash, merits.language, merits.page, merits.elder)
    lists = (column for name in RAGGED for column in (values[name], starts[name]))
    return Members(*(column[chosen] for column in scalars), *lists)


def _codes(languages: pa.ChunkedArray) -> np.ndarray:
    """The two letters of each language as a number (uint16); 0 for null."""
    coded = languages.combine_chunks().dictionary_encode(null_encoding="encode")
    numbers = [int.from_bytes(tag.encode()[:2], "big") if tag else 0 for tag in coded.dictionary.to_pylist()]
    return np.array(numbers or [0], np.uint16)[coded.indices.to_numpy()]


def _by_partition(nodes: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """(partition, places of its nodes among `nodes`, their rows), rows ascending."""
    order = np.argsort(nodes, kind="stable")
    partitions = (nodes[order] >> np.uint64(32)).astype(np.int64)
    cuts = [0, *(np.flatnonzero(np.diff(partitions)) + 1).tolist(), len(nodes)] if len(nodes) else [0]
    for start, stop in itertools.pairwise(cuts):
        places = order[start:stop]
        yield int(partitions[start]), places, (nodes[places] & np.uint64(0xFFFFFFFF)).astype(np.int64)


@njit(cache=True, nogil=True)
def _copy(values, offsets, rows, target, target_at, places):
    for at in range(len(rows)):
        start, length = offsets[rows[at]], offsets[rows[at] + 1] - offsets[rows[at]]
        place = target_at[places[at]]
        target[place : place + length] = values[start : start + length]
