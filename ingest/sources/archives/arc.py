"""Walks ARC version 1 files, plain or gzip (the Internet Archive's format before WARC), over damage.

Format: https://archive.org/web/researcher/ArcFileFormat.php. A record is one line `URL IP date mime length`, then
`length` bytes.
"""

import mmap
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.sources.archives.records import GZIP_MAGIC, HEAD, Capture, Damage, scan

_HEADER = re.compile(rb"^([a-z][a-z0-9+.-]*:[^\n]*?) (\S+) (\d{14}\d*) (\S*) (\d{1,18})\r?$", re.M | re.I)
_LINE = 1 << 16  # bytes in which a record line must end
_LOOKS_LIKE = re.compile(rb"^[a-z][a-z0-9+.-]*:\S[^\n]* \S+ \d+ \S+ \S+\r?$", re.M | re.I)


def walk_arc(path: Path, limit: int) -> Iterator[Capture | Damage]:
    """Every record of the file in order (`kind` response), and every damage.

    `limit` caps the bytes of a record and of a gzip member. A plain file is mapped, not read: memory stays at a record.
    """
    with path.open("rb") as file:
        magic = file.read(3)
        if magic == GZIP_MAGIC:
            for offset, member in _members(file, limit):
                if isinstance(member, Damage):
                    yield member
                else:
                    yield from _records(member, offset, limit, inside=True)
        elif magic:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield from _records(data, 0, limit, inside=False)


def _records(data: bytes | mmap.mmap, base: int, limit: int, *, inside: bool) -> Iterator[Capture | Damage]:
    """Records in `data`; offsets are `base` alone when the data are `inside` a gzip member."""
    position = 0
    while position < len(data):
        end = data.find(b"\n", position, position + _LINE)
        line = data[position : end if end >= 0 else position + _LINE]
        offset = base if inside else base + position
        if not line.strip():
            position += len(line) + (end >= 0)
            continue
        match = _HEADER.match(line)
        if match and end >= 0:
            url, length = match[1].decode("utf-8", "replace"), int(match[5])
            kind = "filedesc" if url.startswith("filedesc:") else "response"
            there, head = min(length, len(data) - end - 1), data[end + 1 : end + 1 + min(length, HEAD)]
            if there == length:
                if length > limit:
                    yield Damage(offset, "too-large", f"record of {length} bytes, limit {limit}", kind, url, head)
                else:
                    block = data[end + 1 : end + 1 + length]
                    yield Capture(offset, kind, url, match[3].decode(), block, match[4].decode("latin-1"))
                position = end + 1 + length
                continue
            yield Damage(offset, "truncated", f"record has {there} of {length} bytes", "response", url, head)
        elif not line.startswith(b"filedesc:"):
            url = line.split(b" ")[0].decode("utf-8", "replace")
            yield Damage(offset, "malformed", f"not an ARC record line: {line[:100]!r}", "response", url)
        following = _LOOKS_LIKE.search(data, position + len(line) + (end >= 0))
        position = following.start() if following else len(data)


def _members(file: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | Damage]]:
    """(offset, bytes) of each gzip member; a damaged member is a `Damage` and the walk goes on at the next magic."""
    starts = re.compile(re.escape(GZIP_MAGIC))
    position: int | None = 0
    while position is not None:
        file.seek(position)
        inflater, pieces, size = zlib.decompressobj(31), [], 0
        consumed = 0
        try:
            while not inflater.eof and (chunk := file.read(1 << 16)) and size <= limit:
                consumed += len(chunk)
                pieces.append(inflater.decompress(chunk))
                size += len(pieces[-1])
            consumed -= len(inflater.unused_data)
            if inflater.eof:
                yield position, b"".join(pieces)
                position = next(scan(file, starts, position + consumed), None)
                continue
            problem = "too-large" if size > limit else "truncated"
            message = f"gzip member has {size} bytes" + ("" if size <= limit else f", the limit is {limit}")
        except zlib.error as error:
            problem, message = "malformed", str(error)
        data = b"".join(pieces)[: _LINE + HEAD]
        match = _HEADER.match(data)
        url, head = (match[1].decode("utf-8", "replace"), data[match.end() + 1 :]) if match else ("", b"")
        yield position, Damage(position, problem, message, "response" if url else "", url, head)
        position = next(scan(file, starts, position + 1), None)
