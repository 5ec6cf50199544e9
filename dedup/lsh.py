"""Banding and matching: which documents may be duplicates of each other.

Each partition writes one small file of band keys: a record batch for each (band, prefix of the key), sorted by key. A
match task reads one batch number of every partition's file: an independent task in bounded memory, and no text moves.
Further bands hold the content hash (exact duplicates), the document id (the same key read twice) and the page that the
document's address names (`dedup.identity`).

A document is a *node* here: `ordinal of its partition << 32 | row`. Nodes are pointers inside one build; nothing that
is kept is named by them.
"""

import dataclasses
import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.identity import NONE
from dedup.minhash import band_keys
from shards import schema
from shards.step import Step

BANDED = pa.schema([pa.field("key", pa.uint64(), False), pa.field("row", pa.uint32(), False)])
EDGES = pa.schema([pa.field("hub", pa.uint64(), False), pa.field("node", pa.uint64(), False)])
IDENTITY_BANDS = 3  # content hash, document id, address
_ID_BAND = 1  # which of them holds the document id


@dataclasses.dataclass(frozen=True)
class Bands(Step):
    """`bands` of `rows` minima each: documents of Jaccard s meet with probability 1 - (1 - s^rows)^bands."""

    bands: int = 14
    rows: int = 8
    prefixes: int = 4

    name = "bands"
    version = 2

    def run(self, signatures: pa.Table, candidates: pa.Table) -> dict[str, list[pa.RecordBatch]]:
        """Band keys of the documents that are still kept: one batch (BANDED) for each (band, prefix)."""
        schema.check(candidates, schema.VERDICT, "candidates")
        kept = np.flatnonzero(pc.equal(candidates["verdict"], schema.KEEP).to_numpy())
        long_enough = kept[signatures["shingles"].to_numpy()[kept] > 0]
        minima = signatures["minhash"].take(pa.array(long_enough)).combine_chunks().flatten().to_numpy()
        keys = band_keys(minima.reshape(len(long_enough), self.bands * self.rows), self.bands, self.rows)
        columns = [(keys[:, band], long_enough) for band in range(self.bands)]
        columns += [(hex_keys(signatures[name].take(pa.array(kept))), kept) for name in ("content_hash", "doc_id")]
        urls = signatures["url"].to_numpy()
        addressed = kept[urls[kept] != NONE]
        columns.append((urls[addressed], addressed))
        return {"bands": [batch for keys, rows in columns for batch in split_by_prefix(keys, rows, self.prefixes)]}


def split_by_prefix(keys: np.ndarray, rows: np.ndarray, prefixes: int) -> list[pa.RecordBatch]:
    """Keys (uint64) of rows as BANDED batches: one a prefix of the key, sorted by key and row."""
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order].astype(np.uint32)
    of_key = ((keys >> np.uint64(32)) * np.uint64(prefixes)) >> np.uint64(32)
    cuts = np.searchsorted(of_key, np.arange(prefixes + 1))
    return [
        pa.record_batch([keys[start:stop], rows[start:stop]], schema=BANDED) for start, stop in itertools.pairwise(cuts)
    ]


def batches(bands: int, prefixes: int) -> int:
    """How many batches a `Bands` file has, hence how many match tasks there are."""
    return (bands + IDENTITY_BANDS) * prefixes


def id_batches(bands: int, prefixes: int) -> range:
    """The numbers of the batches of a `Bands` file that hold the document ids, by prefix."""
    start = (bands + _ID_BAND) * prefixes
    return range(start, start + prefixes)


def hex_keys(column: pa.ChunkedArray) -> np.ndarray:
    """The first 64 bits of a column of 32-digit hexadecimal hashes."""
    return np.array([int(value[:16], 16) for value in column.to_pylist()], dtype=np.uint64)


@dataclasses.dataclass(frozen=True)
class Match(Step):
    """Joins one (band, prefix) of all partitions: every bucket becomes a star around its smallest node."""

    name = "match"
    version = 1

    def run(self, bands: list[pa.Table]) -> dict[str, pa.Table]:
        """One BANDED table a partition, in the build's order -> EDGES; a bucket of n documents gives n - 1 edges."""
        keys = np.concatenate([table["key"].to_numpy() for table in bands])
        nodes = np.concatenate(
            [
                (np.uint64(at) << np.uint64(32)) | table["row"].to_numpy().astype(np.uint64)
                for at, table in enumerate(bands)
            ]
        )
        order = np.lexsort((nodes, keys))
        keys, nodes = keys[order], nodes[order]
        first = np.ones(len(keys), bool)
        first[1:] = keys[1:] != keys[:-1]
        hubs = nodes[np.maximum.accumulate(np.where(first, np.arange(len(keys)), 0))] if len(keys) else nodes
        return {"edges": pa.table([hubs[~first], nodes[~first]], schema=EDGES)}
