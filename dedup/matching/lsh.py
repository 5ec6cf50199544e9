"""Banding and matching: which documents may be duplicates of each other.

Each partition writes one small file of band keys: a record batch for each (band, prefix of the key), sorted by key. A
match task reads one batch number of every partition's file: an independent task in bounded memory, and no text moves.
Further bands hold the content hash (exact duplicates), the document id (the same key read twice) and the page that the
document's address names (`signatures.identity`).

A bucket of more than `max_bucket` documents is left unmatched as a whole, as no order could choose among its documents
without changing what survives, and is reported. Equal hashes and ids are always matched.

A document is a *node* here: `ordinal of its partition << 32 | row`. Nodes are pointers inside one build; nothing that
is kept is named by them.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.matching.sorting import merged_order, sorted_pairs
from dedup.signatures.digests import digests
from dedup.signatures.identity import NONE
from dedup.signatures.lists import flat
from dedup.signatures.minhash import band_keys
from shards import schema
from shards.cuts import cut_by_prefix
from shards.kernels import njit
from shards.step import Step

BANDED = pa.schema([pa.field("key", pa.uint64(), False), pa.field("row", pa.uint32(), False)])
EDGES = pa.schema([pa.field("hub", pa.uint64(), False), pa.field("node", pa.uint64(), False)])
IDENTITY_BANDS = 3  # content hash, document id, address
_ID_BAND = 1  # which of them holds the document id
_EXACT_BANDS = 2  # the first so many of them
CAPPED = pa.schema(
    [
        pa.field("band", pa.int32(), False),
        pa.field("key", pa.uint64(), False),
        pa.field("documents", pa.int64(), False),  # in the bucket, none of them matched by it
    ]
)


@dataclasses.dataclass(frozen=True)
class Bands(Step):
    """`bands` of `rows` minima each: documents of Jaccard s meet with probability 1 - (1 - s^rows)^bands."""

    bands: int = 14
    rows: int = 8
    prefixes: int = 4

    name = "bands"
    version = 3
    compression = None  # keys are random: nothing to gain

    def run(self, signatures: pa.Table, candidates: pa.Table) -> dict[str, list[pa.RecordBatch]]:
        """Band keys of the documents that are still kept: one batch (BANDED) for each (band, prefix)."""
        schema.check(candidates, schema.VERDICT, "candidates")
        kept = pc.equal(candidates["verdict"], schema.KEEP).to_numpy()
        long_enough = signatures["shingles"].to_numpy() > 0
        values, at = flat(signatures["minhash"])
        minima = values[at[0] : at[-1]].reshape(np.count_nonzero(long_enough), self.bands * self.rows)
        keys = band_keys(minima, self.bands, self.rows)[kept[long_enough]]
        rows = np.flatnonzero(kept & long_enough)
        columns = [(keys[:, band], rows) for band in range(self.bands)]
        rows = np.flatnonzero(kept)
        columns += [(hex_keys(signatures[name])[rows], rows) for name in ("content_hash", "doc_id")]
        urls = signatures["url"].to_numpy()
        addressed = rows[urls[rows] != NONE]
        columns.append((urls[addressed], addressed))
        return {"bands": [batch for keys, rows in columns for batch in banded(keys, rows, self.prefixes)]}


def banded(keys: np.ndarray, rows: np.ndarray, prefixes: int) -> list[pa.RecordBatch]:
    """Keys (uint64) of ascending rows as BANDED batches: one a prefix of the key, sorted by key and row."""
    pairs = sorted_pairs(np.ascontiguousarray(keys), rows.astype(np.uint32))
    return cut_by_prefix(pairs[0], pairs, prefixes, BANDED)


def batches(bands: int, prefixes: int) -> int:
    """How many batches a `Bands` file has, hence how many match tasks there are."""
    return (bands + IDENTITY_BANDS) * prefixes


def is_exact(band: int, bands: int) -> bool:
    """Whether that band of a `Bands` file holds what proves a duplicate, not what only proposes one."""
    return bands <= band < bands + _EXACT_BANDS


def id_batches(bands: int, prefixes: int) -> range:
    """The numbers of the batches of a `Bands` file that hold the document ids, by prefix."""
    start = (bands + _ID_BAND) * prefixes
    return range(start, start + prefixes)


def hex_keys(column: pa.ChunkedArray) -> np.ndarray:
    """The first 64 bits of a column of 32-digit hexadecimal hashes."""
    return digests(column)[:, 0].copy()


@dataclasses.dataclass(frozen=True)
class Match(Step):
    """Joins one (band, prefix) of all partitions: every bucket becomes a star around its smallest node.

    `band`: which one, for the report. `max_bucket`: documents in the largest bucket that is matched; 0: any.
    """

    band: int = 0
    max_bucket: int = 0

    name = "match"
    version = 2
    memory = 2 << 30
    lazy = ("bands",)

    def run(self, bands: Sequence[pa.Table]) -> dict[str, pa.Table]:
        """One BANDED table a partition, in the build's order -> EDGES, n - 1 of a bucket of n documents; and CAPPED."""
        parts = [(table["key"].to_numpy(), _nodes(at, table["row"])) for at, table in enumerate(bands)]
        keys, nodes = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        del parts
        order = merged_order(keys)  # stable, so that nodes ascend in a bucket
        keys, nodes = keys[order], nodes[order]
        hubs, others, capped, sizes = _stars(keys, nodes, self.max_bucket or len(keys))
        band = pa.array(np.full(len(capped), self.band, np.int32))
        return {
            "edges": pa.table([hubs, others], schema=EDGES),
            "capped": pa.table([band, capped, sizes], schema=CAPPED),
        }


def _nodes(partition: int, rows: pa.ChunkedArray) -> np.ndarray:
    return np.uint64(partition << 32) | rows.to_numpy().astype(np.uint64)


@njit(cache=True, nogil=True)
def _stars(keys, nodes, most):
    """Edges (hub, other) of sorted keys, and key and size of each bucket of more than `most`."""
    edges = over = 0
    for fill in (False, True):
        if fill:
            hubs, others = np.empty(edges, np.uint64), np.empty(edges, np.uint64)
            capped, sizes = np.empty(over, np.uint64), np.empty(over, np.int64)
        edges = over = start = 0
        while start < len(keys):
            stop = start + 1
            while stop < len(keys) and keys[stop] == keys[start]:
                stop += 1
            if stop - start > most:
                if fill:
                    capped[over], sizes[over] = keys[start], stop - start
                over += 1
            else:
                if fill:
                    hubs[edges : edges + stop - start - 1] = nodes[start]
                    others[edges : edges + stop - start - 1] = nodes[start + 1 : stop]
                edges += stop - start - 1
            start = stop
    return hubs, others, capped, sizes
