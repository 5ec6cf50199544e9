"""Shards of a version: documents of one language in one Arrow IPC file, with digest and statistics."""

import dataclasses
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from shards import schema
from shards.errors import CorruptionError
from shards.store import Blob, Store

BATCH_ROWS = 1024  # rows a record batch: the unit of random access


@dataclasses.dataclass(frozen=True)
class Shard:
    """A shard's entry in a manifest."""

    language: str
    blob: Blob
    rows: int
    words: int
    chars: int

    def as_json(self) -> dict:
        """Plain data for the manifest."""
        return {"language": self.language, "rows": self.rows, "words": self.words, "chars": self.chars,
                "path": self.blob.path, "sha256": self.blob.digest, "bytes": self.blob.bytes}  # fmt: skip

    @classmethod
    def from_json(cls, entry: dict) -> "Shard":
        """Inverse of `as_json`."""
        blob = Blob(entry["sha256"], entry["bytes"], entry["rows"])
        return cls(entry["language"], blob, entry["rows"], entry["words"], entry["chars"])


def split_rows(table: pa.Table, max_bytes: int) -> list[pa.Table]:
    """Cut a table into runs of whole rows of at most `max_bytes` of text each (one row may exceed it alone)."""
    sizes = pc.binary_length(table["text"].cast(pa.binary())).to_pylist()
    pieces, start, filled = [], 0, 0
    for row, size in enumerate(sizes):
        if filled and filled + size > max_bytes:
            pieces.append(table.slice(start, row - start))
            start, filled = row, 0
        filled += size
    if table.num_rows > start:
        pieces.append(table.slice(start))
    return pieces


def rebatch(table: pa.Table, rows: int = BATCH_ROWS) -> pa.Table:
    """The same rows in record batches of `rows` rows, so that equal rows give equal bytes."""
    return pa.Table.from_batches(table.combine_chunks().to_batches(max_chunksize=rows), schema=table.schema)


def describe(language: str, blob: Blob, table: pa.Table) -> Shard:
    """Statistics of a documents table that was stored as `blob`."""
    return Shard(
        language, blob, table.num_rows, pc.sum(table["words"]).as_py() or 0, pc.sum(table["chars"]).as_py() or 0
    )


def read(store: Store, shard: Shard, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The shard's record batches, in order, `columns` only; memory-mapped where the store is local."""
    reader = store.open_table(shard.blob, columns)
    for index in range(reader.num_record_batches):
        with store.reading(shard.blob):
            batch = reader.get_batch(index)
        yield batch if columns is None else batch.select(columns)


def verify(store: Store, shard: Shard) -> None:
    """Check schema, ids and statistics of a shard whose bytes are sound (`Store.verify`); raise `CorruptionError`."""
    table = schema.check_documents(store.get_table(shard.blob), store.path(shard.blob.path))
    found = describe(shard.language, shard.blob, table)
    if found != shard:
        raise CorruptionError(f"{store.path(shard.blob.path)}: statistics {found} differ from the manifest's {shard}")
    if pc.count_distinct(table["doc_id"]).as_py() != table.num_rows:
        raise CorruptionError(f"{store.path(shard.blob.path)}: doc_ids are not unique")
