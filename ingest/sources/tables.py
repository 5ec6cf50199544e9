"""Tables of documents: JSON lines, CSV/TSV and Parquet, with a mapping from document fields to columns."""

import csv
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow.parquet as pq

from ingest.extract.dates import parse_date
from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import READ_ERRORS, find_files, plain_suffix
from ingest.sources.stretches import lost, read_lines
from shards.errors import InputError
from shards.step import local

_MIMES = {".jsonl": "application/jsonl", ".ndjson": "application/jsonl", ".csv": "text/csv",
          ".tsv": "text/tab-separated-values", ".parquet": "application/vnd.apache.parquet"}  # fmt: skip
_BATCH = 256  # Parquet rows in memory at once
_LONE = re.compile("[\ud800-\udfff]")


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
    author: str | None = None
    site: str | None = None


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
        tested="written (test_sources_readers.py, test_sources_damage.py)",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.jsonl", "**/*.jsonl.gz", "**/*.jsonl.zst", "**/*.parquet"))
    columns: Columns = Columns()
    rows: int = local(default=100_000)
    language: str | None = None
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 64 << 20  # bytes of one row

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
            mime = _MIMES[plain_suffix(name)]
            for item in self._rows(path, name, partition.rows):
                yield item if isinstance(item, Refusal) else self._document(item[1], item[2], name, item[0], mime)

    def _rows(self, path: Path, name: str, rows: tuple[int, int] | None) -> Iterator[tuple[int, dict, str] | Refusal]:
        """(number, row, problem) of each row of the file, or the refusal of what damage took."""
        suffix = plain_suffix(name)
        if suffix == ".parquet":
            return parquet_rows(path, name, rows, self._named(), _BATCH)
        return _delimited(path, name, self.limit) if suffix in (".csv", ".tsv") else json_lines(path, name, self.limit)

    def _named(self) -> list[str]:
        """The columns that are read, by the names that the recipe gives them."""
        named = (getattr(self.columns, field.name) for field in dataclasses.fields(Columns))
        return [name for name in named if name is not None]

    def _document(self, row: dict, problem: str, name: str, number: int, mime: str) -> Record | Refusal:
        values = {field.name: _lookup(row, getattr(self.columns, field.name)) for field in dataclasses.fields(Columns)}
        text, url = values["text"], values["url"]
        identity = url or None if values["key"] in (None, "") else values["key"]
        if not problem and isinstance(text, str) and "\0" in text:
            problem = "its text holds zero characters"
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
            author=_string(values["author"]), site=_string(values["site"]),
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


def json_lines(path: Path, name: str, limit: int) -> Iterator[tuple[int, dict, str] | Refusal]:
    """(number, object, problem) of each line of a JSON lines file, and refusals of what damage took."""
    for item in read_lines(path, name, limit, whole=b"{"):
        if isinstance(item, Refusal):
            yield item
            continue
        number, line = item
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            yield number, {}, f"line {number + 1}: {error}"
            continue
        is_object = isinstance(row, dict)
        yield number, row if is_object else {}, "" if is_object else f"not an object but {type(row).__name__}"


def parquet_rows(
    path: Path, name: str, rows: tuple[int, int] | None, named: list[str], batch: int
) -> Iterator[tuple[int, dict, str] | Refusal]:
    """(number, row, "") of each row, a row group after the other: a damaged one is a refusal, the others are read.

    Rows have the columns (at the top level) that hold those `named`, or all where there is none of them. `rows`: the
    first and one past the last.
    """
    try:
        file = pq.ParquetFile(path)
    except READ_ERRORS as error:  # without its end a file says nothing of where its columns lie
        yield lost(name, error, rows[0] if rows else 0)
        return
    with file:
        present = set(file.schema_arrow.names)
        wanted = sorted({column if column in present else column.split(".")[0] for column in named} & present)
        first = 0
        for index in range(file.num_row_groups):
            size, number = file.metadata.row_group(index).num_rows, first
            if rows is None or rows[0] <= first < rows[1]:
                try:
                    for part in file.iter_batches(batch_size=batch, row_groups=[index], columns=wanted or None):
                        part.validate(full=True)  # bytes from outside may lie about offsets and UTF-8
                        for row in part.to_pylist():
                            yield number, row, ""
                            number += 1
                except READ_ERRORS as error:
                    yield lost(name, error, number)
            first += size


def _delimited(path: Path, name: str, limit: int) -> Iterator[tuple[int, dict, str] | Refusal]:
    """(number, row, problem) of each row of a CSV or TSV file; a row that cannot be read costs itself alone."""
    refusals: list[Refusal] = []

    def lines() -> Iterator[str]:
        for at, item in enumerate(read_lines(path, name, limit)):
            if isinstance(item, Refusal):
                refusals.append(item)
            else:  # bytes that are not UTF-8 become lone surrogates, by which their rows are known
                yield item[1].decode("utf-8-sig" if at == 0 else "utf-8", errors="surrogateescape")

    csv.field_size_limit(limit)  # documents are longer than the 128 KiB the module allows
    dialect = "excel-tab" if plain_suffix(name) == ".tsv" else "excel"
    number, table = 0, csv.DictReader(lines(), dialect=dialect)
    while True:
        row, problem = {}, ""
        try:
            row = next(table, None)
        except csv.Error as error:
            problem = f"row {number + 1}: {error}"
        yield from refusals
        refusals.clear()
        if row is None:
            return
        if None in row:
            problem = f"row {number + 1} has more cells than the header"
        elif not problem and _LONE.search("".join(value for value in row.values() if isinstance(value, str))):
            problem = f"row {number + 1} has bytes that are not UTF-8"
        yield number, {key: value for key, value in row.items() if key is not None}, problem
        number += 1
