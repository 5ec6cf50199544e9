"""A benchmark's files as items: what is tested, with an id that a person can look up; a reader a format, streaming."""

import csv
import dataclasses
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from filters.decontaminate.benchmark import PACKED, Benchmark
from filters.decontaminate.files import streams
from filters.decontaminate.iob import read_items
from shards.errors import InputError

_BATCH_ROWS = 1024


@dataclasses.dataclass(frozen=True)
class Item:
    """One test item. `id` is `file#line` (or row, from 1 on), or `file#id` where the benchmark has an id field."""

    id: str
    text: str


def read(benchmark: Benchmark) -> Iterator[Item]:
    """All items, in the order of files and rows. Raises `InputError` naming file and line of what cannot be read."""
    for name, stream in streams(benchmark):
        reader = _reader(benchmark, name)
        try:
            yield from (Item(f"{name}#{place}", text) for place, text in reader(benchmark, stream))
        except UnicodeDecodeError as error:
            raise InputError(
                f"benchmark {benchmark.name}: {name} is not UTF-8 ({error}); convert it, or set `lenient = true`"
            ) from error
        except InputError as error:
            raise InputError(f"benchmark {benchmark.name}: {name}: {error}") from error


def text_of(row: dict[str, Any], fields: tuple[str, ...]) -> str:
    """The texts of the named columns, one a line: strings, numbers, and all of those in lists and objects."""
    found: list[str] = []
    for field in fields:
        value: Any = row
        for part in field.split("."):
            if not isinstance(value, dict) or part not in value:
                raise InputError(f"there is no field {field!r}; there are: {', '.join(map(str, row))[:300]}")
            value = value[part]
        found += _strings(value)
    return "\n".join(found)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [string for part in value for string in _strings(part)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


Rows = Iterator[tuple[str, str]]  # (line, row or id; text)


def _reader(benchmark: Benchmark, name: str) -> Callable[[Benchmark, IO[bytes]], Rows]:
    form: str = benchmark.format
    if form == "hf":
        suffixes = [part for part in name.lower().split(".") if f".{part}" not in PACKED]
        form = suffixes[-1]
    return _READERS[form]


def _text(benchmark: Benchmark, stream: IO[bytes], newline: str | None = None) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, "utf-8-sig", "replace" if benchmark.lenient else "strict", newline)


def _lines(benchmark: Benchmark, stream: IO[bytes]) -> Iterator[tuple[int, str]]:
    return enumerate((line.rstrip("\n") for line in _text(benchmark, stream)), 1)


def _from_row(benchmark: Benchmark, place: int, row: Any) -> tuple[str, str]:
    if not isinstance(row, dict):
        raise InputError(f"line or row {place} is no object with fields: {str(row)[:100]!r}")
    try:
        key = text_of(row, (benchmark.id_field,)) if benchmark.id_field else str(place)
        return key, text_of(row, benchmark.fields)
    except InputError as error:
        raise InputError(f"line or row {place}: {error}") from error


def _jsonl(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    return _of_lines(benchmark, _lines(benchmark, stream))


def _of_lines(benchmark: Benchmark, lines: Iterable[tuple[int, str]]) -> Rows:
    for number, line in lines:
        if line.strip():
            yield _from_row(benchmark, number, _parsed(line, f"line {number}"))


def _json(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    text = _text(benchmark, stream).read()
    if benchmark.format == "hf" and not benchmark.rows and not text.lstrip().startswith("["):
        yield from _of_lines(benchmark, enumerate(text.split("\n"), 1))  # the Hub calls JSON lines .json, too
        return
    rows = _parsed(text, "the file")
    for part in filter(None, benchmark.rows.split(".")):
        rows = rows.get(part) if isinstance(rows, dict) else None
    if isinstance(rows, dict):  # id -> row
        rows = list(rows.values())
    if not isinstance(rows, list):
        raise InputError(f"there is no list of items at {benchmark.rows or 'the top'!r}; name it with `rows`")
    for number, row in enumerate(rows, 1):
        yield _from_row(benchmark, number, row)


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not JSON: {error}") from error


def _csv(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    rows = csv.DictReader(_text(benchmark, stream, newline=""))
    number = 1
    try:
        for row in rows:
            yield _from_row(benchmark, number + 1, row)
            number = rows.line_num
    except csv.Error as error:
        raise InputError(f"line {rows.line_num}: {error}") from error


def _tsv(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    # By IANA's definition: no quotes. Fields that are all numbers are columns, from 0 on, and there is no header.
    headless = all(field.isdigit() for field in benchmark.fields)
    header: list[str] | None = None
    for number, line in _lines(benchmark, stream):
        cells = line.split("\t")
        if header is None and not headless:
            header = cells
        elif line.strip():
            yield _from_row(benchmark, number, dict(zip(header or map(str, range(len(cells))), cells, strict=False)))


def _parquet(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    try:
        yield from _table_rows(benchmark, pq.ParquetFile(stream).iter_batches(_BATCH_ROWS))
    except pa.ArrowException as error:
        raise InputError(f"it is no Parquet file: {error}") from error


def _arrow(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    try:
        yield from _table_rows(benchmark, pa.ipc.open_stream(stream))  # as `datasets` saves them
    except pa.ArrowException as error:
        raise InputError(f"it is no Arrow stream: {error}") from error


def _table_rows(benchmark: Benchmark, batches: Iterator[pa.RecordBatch]) -> Rows:
    number = 0
    for batch in batches:
        for row in batch.to_pylist():
            number += 1
            yield _from_row(benchmark, number, row)


def _txt(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    yield "1", _text(benchmark, stream).read()  # a note, an abstract: the file is the item


def _iob(benchmark: Benchmark, stream: IO[bytes]) -> Rows:
    items = read_items(_lines(benchmark, stream), benchmark.unit, benchmark.item_words, benchmark.marker)
    yield from ((str(line), text) for line, text in items)


_READERS: dict[str, Callable[[Benchmark, IO[bytes]], Rows]] = {
    "jsonl": _jsonl, "json": _json, "csv": _csv, "tsv": _tsv, "parquet": _parquet, "arrow": _arrow,
    "txt": _txt, "iob": _iob,
}  # fmt: skip
