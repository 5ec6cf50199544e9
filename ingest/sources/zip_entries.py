"""The entries of a zip archive, each alone, also of an archive whose end is cut off.

A zip archive's table of contents stands at its end (APPNOTE.TXT 4.3.12). Without it the entries are found by their own
headers (4.3.7), one after the other.
"""

import dataclasses
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct("<4s5H3I2H")
_MAGIC = b"PK\x03\x04"
_DESCRIPTOR, _UTF8 = 0x08, 0x800  # flags: sizes follow the data; the name is UTF-8
_STORED, _DEFLATED = 0, 8
_CHUNK = 1 << 16
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of an archive: its bytes, or why there are none (`reason`, `message`)."""

    name: str
    data: bytes = b""
    reason: str = ""
    message: str = ""


def zip_entries(path: Path, suffix: str, limit: int) -> Iterator[Entry]:
    """Every entry named `...suffix` of at most `limit` bytes; last, without a name, what is wrong at the end."""
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        with path.open("rb") as file:
            yield from _walk(file, suffix, limit)
        yield Entry("", reason="truncated", message=f"its table of contents is damaged or cut off: {error}")
        return
    with archive:
        for info in archive.infolist():
            if not info.filename.endswith(suffix):
                continue
            try:
                with archive.open(info) as file:
                    data = file.read(limit + 1)
            except _BROKEN as error:
                yield Entry(info.filename, reason="malformed", message=str(error) or type(error).__name__)
                continue
            yield Entry(info.filename, data) if len(data) <= limit else _too_large(info.filename, limit)


def _walk(file: BinaryIO, suffix: str, limit: int) -> Iterator[Entry]:
    """The complete entries of a file without a table of contents, by their headers."""
    position = 0
    while (position := _find(file, position)) is not None:
        file.seek(position)
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size:
            return
        _, _, flags, method, _, _, crc, packed, _, name_length, extra = _HEADER.unpack(head)
        name = file.read(name_length).decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        start = file.seek(extra, 1)
        position += len(_MAGIC)
        if not name.endswith(suffix) or method not in (_STORED, _DEFLATED):
            continue
        data, end = _unpack(file, method, packed if not flags & _DESCRIPTOR else None, limit)
        if data is None:
            continue  # cut: it is part of what the last row tells
        position = max(position, start + end)
        if len(data) > limit:
            yield _too_large(name, limit)
        elif not flags & _DESCRIPTOR and zlib.crc32(data) != crc:
            yield Entry(name, reason="malformed", message="its checksum is wrong")
        else:
            yield Entry(name, data)


def _unpack(file: BinaryIO, method: int, packed: int | None, limit: int) -> tuple[bytes | None, int]:
    """(bytes, or None when they are cut or broken; packed bytes read). `packed` is not known of every entry."""
    if method == _STORED:
        data = file.read(min(packed or 0, limit + 1))
        return (data if packed is not None and len(data) == min(packed, limit + 1) else None), packed or 0
    inflater, found, read = zlib.decompressobj(-15), bytearray(), 0
    while not inflater.eof and len(found) <= limit:
        piece = inflater.unconsumed_tail or file.read(_CHUNK)
        read += 0 if inflater.unconsumed_tail else len(piece)
        if not piece:
            return None, read
        try:
            found += inflater.decompress(piece, limit + 1)
        except zlib.error:
            return None, read
    return bytes(found), read - len(inflater.unused_data)


def _find(file: BinaryIO, position: int) -> int | None:
    """Position of the next header at or after `position`."""
    while True:
        file.seek(position)
        window = file.read(_CHUNK + len(_MAGIC) - 1)
        if (at := window.find(_MAGIC)) >= 0:
            return position + at
        if len(window) < _CHUNK:
            return None
        position += _CHUNK


def _too_large(name: str, limit: int) -> Entry:
    return Entry(name, reason="too-large", message=f"more than {limit} bytes")
