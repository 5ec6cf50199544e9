"""The content-addressed store: immutable objects named by their SHA-256, on any fsspec file system.

    objects/ab/<digest>.arrow     what a step made; readable by polars.scan_ipc, pyarrow, DuckDB ...
    receipts/<step>/<key>.json    which objects a step made from what: if it exists, the work is done
    manifests/<id>.json           one version of a corpus

An object appears under its name complete or not at all (see `shards.disk`). Nothing is ever rewritten: a damaged
object is deleted, and the next build makes it anew.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import fsspec
import pyarrow as pa
from fsspec.implementations.local import LocalFileSystem

from shards import disk
from shards.errors import CorruptionError, InputError

RESTORE = "build it again: `python -m ingest run` makes missing objects anew; delete this file first if it is damaged"


@dataclasses.dataclass(frozen=True)
class Blob:
    """A stored object: its digest (64 hex digits), size in bytes, rows (of a table) and file suffix."""

    digest: str
    bytes: int
    rows: int | None = None
    suffix: str = ".arrow"

    @property
    def path(self) -> str:
        """Where it lies, relative to the store's root."""
        return f"objects/{self.digest[:2]}/{self.digest}{self.suffix}"


class Store:
    """Objects and small JSON records under one root, a local path or an fsspec URL (s3://, gs://, hf://, memory://)."""

    def __init__(self, root: str | Path):
        self.root = str(root)
        self.fs, self._base = fsspec.core.url_to_fs(self.root)

    @property
    def is_local(self) -> bool:
        """Whether the store lies on a disk of this machine, where objects can be memory-mapped."""
        return isinstance(self.fs, LocalFileSystem)

    def path(self, relative: str) -> str:
        """Full path of `relative` on the store's file system."""
        return f"{self._base.rstrip('/')}/{relative}"

    # ---- objects

    def put_bytes(self, data: bytes | pa.Buffer, suffix: str = ".arrow", rows: int | None = None) -> Blob:
        """Store `data` under its digest; nothing is written when it is there already."""
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data), rows, suffix)
        if not self.exists(blob.path):
            self._write(blob.path, data)
        return blob

    def put_table(self, table: pa.Table | Sequence[pa.RecordBatch], compression: str | None = "zstd") -> Blob:
        """Store a table as an Arrow IPC file, one record batch a chunk; equal tables give equal bytes.

        A sequence of record batches is kept batch for batch, empty ones too, so that each can be read alone.
        """
        if not isinstance(table, pa.Table) and not table:
            raise InputError("a table without record batches has no schema; give at least one batch, be it empty")
        batches = table.to_batches() if isinstance(table, pa.Table) else table
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression=compression)
        with pa.ipc.new_file(
            sink, table.schema if isinstance(table, pa.Table) else batches[0].schema, options=options
        ) as writer:
            for batch in batches:
                writer.write_batch(batch)
        return self.put_bytes(sink.getvalue(), rows=sum(batch.num_rows for batch in batches))

    def put_file(self, path: Path, suffix: str, rows: int | None = None) -> Blob:
        """Store a file too large for memory and remove it; on the store's disk it is moved, not copied."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        blob = Blob(digest, path.stat().st_size, rows, suffix)
        if self.exists(blob.path):
            path.unlink()
        elif self.is_local:
            disk.move(path, Path(self.path(blob.path)))
        else:
            self.fs.put_file(str(path), self.path(blob.path))
            path.unlink()
        return blob

    def get_bytes(self, blob: Blob) -> bytes:
        """The object's bytes, checked against its digest; `CorruptionError` if they differ."""
        with self.reading(blob):
            data = self.fs.cat_file(self.path(blob.path))
        found = hashlib.sha256(data).hexdigest()
        if found != blob.digest:
            raise CorruptionError(f"{self.path(blob.path)}: digest is {found}, must be {blob.digest}; {RESTORE}")
        return data

    def open_table(self, blob: Blob, columns: Sequence[str] | None = None) -> pa.ipc.RecordBatchFileReader:
        """Reader over the object's record batches; memory-mapped when the store is local.

        Of `columns` it reads and decompresses only these; they come in the file's order. Read inside `reading`.
        """
        with self.reading(blob):
            path = self.path(blob.path)
            source = pa.memory_map(path) if self.is_local else self.fs.open(path, "rb")
            reader = pa.ipc.open_file(source)
            if columns is None:
                return reader
            names = reader.schema.names
            if missing := [name for name in columns if name not in names]:
                raise InputError(f"{path}: no column {missing[0]!r}; it has {', '.join(names)}")
            # An empty list would mean all: one column then stands for the number of rows.
            included = [names.index(name) for name in columns] or [0]
            return pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(included_fields=included))

    def get_table(self, blob: Blob, columns: Sequence[str] | None = None, batch: int | None = None) -> pa.Table:
        """The object as a table, or `columns` of it in that order, or its record batch number `batch` alone."""
        reader = self.open_table(blob, columns)
        with self.reading(blob):
            table = reader.read_all() if batch is None else pa.Table.from_batches([reader.get_batch(batch)])
        return table.select(list(columns)) if columns is not None else table

    @contextmanager
    def reading(self, blob: Blob) -> Iterator[None]:
        """Inside it, an object that is not there or cannot be decoded is a `CorruptionError` that names it.

        Other troubles of the disk, the network or memory stay what they are: the object may be whole.
        """
        path = self.path(blob.path)
        try:
            yield
        except FileNotFoundError as error:
            raise CorruptionError(f"{path}: missing; {RESTORE}") from error
        except (pa.ArrowInvalid, OSError) as error:
            # Arrow decodes with OSErrors that have no number; those of the system have one, or a class of their own.
            if isinstance(error, OSError) and (type(error) is not OSError or error.errno is not None):
                raise
            raise CorruptionError(f"{path}: damaged ({error}); {RESTORE}") from error

    def verify(self, blob: Blob) -> None:
        """Read the object again and compare size and digest; raise `CorruptionError` naming it if they differ."""
        path = self.path(blob.path)
        if not self.fs.exists(path):
            raise CorruptionError(f"{path}: missing; {RESTORE}")
        hasher, size = hashlib.sha256(), 0
        with self.fs.open(path, "rb") as file:
            while chunk := file.read(1 << 22):
                hasher.update(chunk)
                size += len(chunk)
        if size != blob.bytes:
            raise CorruptionError(f"{path}: {size} bytes, must be {blob.bytes}; {RESTORE}")
        if hasher.hexdigest() != blob.digest:
            raise CorruptionError(f"{path}: digest is {hasher.hexdigest()}, must be {blob.digest}; {RESTORE}")

    # ---- records: small JSON files with a name of their own

    def put_json(self, relative: str, value: dict) -> None:
        """Write a record. A name that exists keeps its first content: records, too, are never rewritten."""
        if not self.exists(relative):
            self._write(relative, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode())

    def get_json(self, relative: str) -> dict | None:
        """The record of that name, or None when there is none."""
        try:
            data = self.fs.cat_file(self.path(relative))
        except FileNotFoundError:
            return None
        try:
            return json.loads(data)
        except ValueError as error:
            raise CorruptionError(f"{self.path(relative)}: not JSON ({error}); delete it and run again") from error

    def list(self, prefix: str) -> Iterator[str]:
        """Names of the records and objects below `prefix`, sorted, without unfinished temporary files."""
        if self.fs.isdir(self.path(prefix)):
            base = len(self.path(""))
            for path in sorted(self.fs.find(self.path(prefix))):
                if not disk.is_unfinished(path):
                    yield path[base:]

    def exists(self, relative: str) -> bool:
        """Whether that name has been written."""
        return self.fs.exists(self.path(relative))

    def delete(self, relative: str) -> None:
        """Remove a name; used by takedowns and garbage collection only."""
        if not PurePosixPath(relative).parts or relative.startswith("/") or ".." in PurePosixPath(relative).parts:
            raise InputError(f"not a name inside the store: {relative!r}")
        self.fs.rm_file(self.path(relative))

    def sweep(self, older_than: float) -> tuple[str, ...]:
        """Delete what killed writers left unfinished and nobody touched for `older_than` seconds; returns the paths.

        Stores that are not local have none: there, a put shows only when it is complete.
        """
        return tuple(str(path) for path in disk.sweep(Path(self.path("")), older_than)) if self.is_local else ()

    def _write(self, relative: str, data: bytes | pa.Buffer) -> None:
        target = self.path(relative)
        if self.is_local:
            disk.write(Path(target), memoryview(data))
        else:  # object stores show a put only when it is complete
            self.fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
            self.fs.pipe_file(target, bytes(data))
