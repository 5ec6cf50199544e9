"""Tables of documents: JSON lines, CSV/TSV and Parquet, with a mapping from document fields to columns."""

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow.parquet as pq

from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.dates import parse_date
from ingest.sources.files import READ_ERRORS, find_files, open_stream, plain_suffix, read_failure
from ingest.sources.licenses import spdx
from shards.errors import InputError
from shards.step import local

_MIMES = {".jsonl": "application/jsonl", ".ndjson": "application/jsonl", ".csv": "text/csv",
          ".tsv": "text/tab-separated-values", ".parquet": "application/vnd.apache.parquet"}  # fmt: skip
_BATCH = 256  # Parquet rows in memory at once


@dataclasses.dataclass(frozen=True)
class Columns:
    """Which column holds what; a dotted name (`meta.url`) goes into nested JSON objects or Parquet structs.

    Without `key`, the URL is the key, and without that a hash of the text.
    """

    text: str = "text"
    key: str | None = None
    title: str | None = None
    language: str | None = None
    url: str | None = None
    published: str | None = None
    license: str | None = None


@dataclasses.dataclass(frozen=True)
class Tables:
    """Table files below `root`: one partition a file, and a Parquet file above `rows` rows in runs of row groups.

    `language`, `license`, `license_evidence` state what holds for rows that do not say otherwise.
    """

    about: ClassVar[About] = About(
        title="JSON lines, CSV, TSV and Parquet files with a mapping of columns",
        languages=(),
        access="files that you have",
        license="the mapped column, read as SPDX; else `license` of the recipe",
        key="the mapped column, else the URL, else a hash of the text",
        size="yours",
        etiquette="none is needed",
        format="https://jsonlines.org, https://parquet.apache.org/docs/file-format/",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.jsonl", "**/*.jsonl.gz", "**/*.jsonl.zst", "**/*.parquet"))
    columns: Columns = Columns()
    rows: int = local(default=100_000)
    language: str | None = None
    license: str | None = None
    license_evidence: str | None = None

    def partitions(self) -> list[Partition]:
        """Files by name, Parquet row ranges in order; raises `InputError` for an unknown type of file."""
        found = []
        for partition in batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1):
            suffix = plain_suffix(partition.files[0])
            if suffix not in _MIMES:
                raise InputError(f"source {self.name}: {partition.files[0]} is not one of {sorted(_MIMES)}")
            found += self._split(partition) if suffix == ".parquet" else [partition]
        return found

    def _split(self, partition: Partition) -> list[Partition]:
        try:
            with pq.ParquetFile(Path(self.root) / partition.files[0]) as file:
                sizes = [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)]
        except READ_ERRORS:
            return [partition]  # reading it says why, as a refusal
        if sum(sizes) <= self.rows:
            return [partition]
        ranges, start, end = [], 0, 0
        for index, size in enumerate(sizes):
            end += size
            if end - start >= self.rows or index == len(sizes) - 1:
                share = partition.bytes * end // sum(sizes) - partition.bytes * start // sum(sizes)
                ranges.append(dataclasses.replace(partition, rows=(start, end), bytes=share))
                start = end
        return ranges

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """One record or refusal a row; a file that cannot be read on ends in one refusal more."""
        for name, path in partition.paths():
            mime, number = _MIMES[plain_suffix(name)], partition.rows[0] if partition.rows else 0
            try:
                for number, row, problem in self._rows(path, partition.rows):
                    yield self._document(row, problem, name, number, mime)
            except (*READ_ERRORS, csv.Error, UnicodeDecodeError) as error:
                key = f"{name}@{number}"
                yield Refusal(
                    key, "read", read_failure(error), f"reading stopped after row {number}: {error}", name, number
                )

    def _rows(self, path: Path, rows: tuple[int, int] | None) -> Iterator[tuple[int, dict, str]]:
        """(number, row, problem) of each row of the file."""
        suffix = plain_suffix(path.name)
        if suffix == ".parquet":
            return _parquet(path, rows, self._named())
        return _delimited(path) if suffix in (".csv", ".tsv") else json_lines(path)

    def _named(self) -> list[str]:
        """The columns that are read, by the names that the recipe gives them."""
        named = (getattr(self.columns, field.name) for field in dataclasses.fields(Columns))
        return [name for name in named if name is not None]

    def _document(self, row: dict, problem: str, name: str, number: int, mime: str) -> Record | Refusal:
        values = {field.name: _lookup(row, getattr(self.columns, field.name)) for field in dataclasses.fields(Columns)}
        text, url = values["text"], values["url"]
        identity = url or None if values["key"] in (None, "") else values["key"]
        if problem or not isinstance(text, str):
            reason = "malformed" if problem else "no-text"
            message = (
                problem or f"column {self.columns.text!r} holds {type(text).__name__}; columns: {sorted(row)[:20]}"
            )
            key = f"{name}@{number}" if identity is None else str(identity)
            return Refusal(key, "read", reason, message, name, number)
        digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
        key = f"text:{digest}" if identity is None else identity
        stated = values["license"]
        return Record(
            str(key), mime, name, number, text=text, title=_string(values["title"]),
            language=_string(values["language"]) or self.language, url=_string(url),
            canonical_url=canonical_or_none(_string(url)),
            published=parse_date(_string(values["published"])), license=spdx(str(stated)) if stated else self.license,
            license_evidence=f"column {self.columns.license}: {stated}"[:300] if stated else self.license_evidence,
        )  # fmt: skip


def _string(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _lookup(row: dict, column: str | None) -> object:
    value: object = row
    if column is None:
        return None
    if column in row:
        return row[column]
    for part in column.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def json_lines(path: Path) -> Iterator[tuple[int, dict, str]]:
    with open_stream(path) as stream:
        for number, line in enumerate(io.BufferedReader(stream) if not hasattr(stream, "readline") else stream):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8-sig"))
                yield (
                    (number, row, "")
                    if isinstance(row, dict)
                    else (number, {}, f"not an object but {type(row).__name__}")
                )
            except (ValueError, RecursionError) as error:
                yield number, {}, f"line {number + 1}: {error}"


def _delimited(path: Path) -> Iterator[tuple[int, dict, str]]:
    with open_stream(path) as stream:
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        dialect = "excel-tab" if plain_suffix(path.name) == ".tsv" else "excel"
        csv.field_size_limit(1 << 30)  # documents are longer than the 128 KiB the module allows
        for number, row in enumerate(csv.DictReader(lines, dialect=dialect)):
            yield number, row, f"row {number + 1} has more cells than the header" if None in row else ""


def _parquet(path: Path, rows: tuple[int, int] | None, named: list[str]) -> Iterator[tuple[int, dict, str]]:
    """Rows with the columns (at the top level) that hold those `named`; with all where there is none of them."""
    with pq.ParquetFile(path) as file:
        present = set(file.schema_arrow.names)
        wanted = sorted({name if name in present else name.split(".")[0] for name in named} & present)
        first = 0
        for index in range(file.num_row_groups):
            size = file.metadata.row_group(index).num_rows
            if rows is None or rows[0] <= first < rows[1]:
                number = first
                for batch in file.iter_batches(batch_size=_BATCH, row_groups=[index], columns=wanted or None):
                    batch.validate(full=True)  # bytes from outside may lie about offsets and UTF-8
                    for row in batch.to_pylist():
                        yield number, row, ""
                        number += 1
            first += size
