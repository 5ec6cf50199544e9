"""Rows of MySQL dumps (`mysqldump`, as Wikimedia publishes its link tables), read in passing.

Escapes: https://dev.mysql.com/doc/refman/8.4/en/string-literals.html. The statements of a dump are written by a
program: one CREATE TABLE with a column a line, then INSERT statements of many rows, on one line or a row a line. Memory
is that of one chunk and one row, whatever the size of a statement.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ingest.sources.files import READ_ERRORS, open_stream
from shards.errors import InputError

Value = bytes | int | None

_CHUNK = 1 << 20
_LONGEST = 1 << 24  # bytes of one row: MySQL's max_allowed_packet is no smaller
_COLUMN = re.compile(rb"^\s*`([^`]+)`\s", re.M)
_CREATE = re.compile(rb"CREATE TABLE (?:IF NOT EXISTS )?`[^`]+` \((.*?)\n\)", re.S)
_INSERT = re.compile(rb"INSERT INTO `[^`]+`\s*(?:\(([^)]*)\)\s*)?VALUES\s*")
_OPENING = 1 << 16  # bytes in which the opening of an INSERT statement ends
# A quoted string, with escapes or doubled quotes, or a bare word: a number, NULL, 0x...
_VALUE = rb"(?:'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'|[^,()'\s]++|_binary '[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+')"
_ESCAPE = re.compile(rb"\\(.)|''", re.S)
_ESCAPED = {b"0": b"\0", b"b": b"\b", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"Z": b"\x1a"}
_NUMBER = re.compile(rb"-?\d+")


def columns_of(path: Path) -> tuple[str, ...]:
    """The columns of the table that the file creates, in their order; raises `InputError` when it creates none."""
    with open_stream(path) as stream:
        return _created(path, stream.read(_OPENING))


def read_rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """The `wanted` columns of every row, in file order: strings as bytes, whole numbers as int, NULL as None.

    Raises `InputError` for a damaged or cut file: a part of a table says something else than the table.
    """
    try:
        with open_stream(path) as stream:
            names = _created(path, stream.read(_OPENING))
        with open_stream(path) as stream:
            yield from parse_rows(stream, names, wanted)
    except (*READ_ERRORS, ValueError) as error:
        raise InputError(f"{path} cannot be read to its end ({error}); delete it and fetch it again") from error


def parse_rows(
    stream: BinaryIO, names: Sequence[str], wanted: Sequence[str], chunk: int = _CHUNK
) -> Iterator[tuple[Value, ...]]:
    """As `read_rows`, of a stream whose table has the columns `names`; raises `ValueError` for what is no dump."""
    if missing := [name for name in wanted if name not in names]:
        raise ValueError(f"no column {', '.join(missing)}; there are {', '.join(names)}")
    row, order = _row_pattern(names, wanted)
    buffer, position, inside, ended = b"", 0, False, False
    while True:
        if not inside:
            start = _INSERT.search(buffer, position)
            if start is not None:
                if start[1] is not None:
                    row, order = _row_pattern([part.strip(" `") for part in start[1].decode().split(",")], wanted)
                position, inside = start.end(), True
            elif ended:
                return
            else:
                position = max(position, len(buffer) - _OPENING)
        while inside and (match := row.match(buffer, position)):
            groups = match.groups()
            values = [groups[at] for at in order]
            yield tuple([int(raw) if raw.isdigit() else _value(raw) for raw in values])
            position, inside = match.end(), groups[-1] == b","
        if inside and ended:
            raise ValueError(f"it ends inside a row: {buffer[position : position + 80]!r}")
        if inside and len(buffer) - position > _LONGEST:
            raise ValueError(f"no row of {len(names)} values: {buffer[position : position + 80]!r}")
        piece = b"" if ended else stream.read(chunk)
        ended = not piece
        if piece:
            buffer, position = buffer[position:] + piece, 0


def _created(path: Path, head: bytes) -> tuple[str, ...]:
    created = _CREATE.search(head)
    if created is None:
        raise InputError(f"{path}: no CREATE TABLE in the first {_OPENING} bytes; is this a dump of a MySQL table?")
    return tuple(name.decode() for name in _COLUMN.findall(created[1]))


def _row_pattern(names: Sequence[str], wanted: Sequence[str]) -> tuple[re.Pattern[bytes], list[int]]:
    """The pattern of a row with what follows it (`,` or `;`), and the group of each wanted column."""
    groups = [name for name in names if name in wanted]
    values = rb",".join(b"(" + _VALUE + b")" if name in groups else _VALUE for name in names)
    return re.compile(rb"\s*+\(" + values + rb"\)([,;])", re.S), [groups.index(name) for name in wanted]


def _value(raw: bytes) -> Value:
    if raw == b"NULL":
        return None
    raw = raw.removeprefix(b"_binary ")
    if raw[:1] != b"'":
        return int(raw) if _NUMBER.fullmatch(raw) else raw
    text = raw[1:-1]
    if b"\\" in text or b"''" in text:
        return _ESCAPE.sub(lambda match: b"'" if match[1] is None else _ESCAPED.get(match[1], match[1]), text)
    return text
