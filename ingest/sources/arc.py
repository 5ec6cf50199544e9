"""Walks ARC version 1 files, plain or gzip (the Internet Archive's format before WARC), over damage.

Format: https://archive.org/web/researcher/ArcFileFormat.php. A record is one line `URL IP date mime length`, then
`length` bytes.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.sources.archive import GZIP_MAGIC, Capture, Damage, scan

_HEADER = re.compile(rb"^([a-z][a-z0-9+.-]*:[^\n]*?) (\S+) (\d{14}\d*) (\S*) (\d+)\r?$", re.M | re.I)
_LOOKS_LIKE = re.compile(rb"^[a-z][a-z0-9+.-]*:\S[^\n]* \S+ \d+ \S+ \S+\r?$", re.M | re.I)


def walk_arc(path: Path, limit: int) -> Iterator[Capture | Damage]:
    """Every record of the file in order (`kind` response), and every damage; `limit` caps a gzip member's bytes."""
    with path.open("rb") as file:
        if file.read(3) == GZIP_MAGIC:
            for offset, member in _members(file, limit):
                if isinstance(member, Damage):
                    yield member
                else:
                    yield from _records(member, offset, inside=True)
        else:
            file.seek(0)
            yield from _records(file.read(), 0, inside=False)


def _records(data: bytes, base: int, *, inside: bool) -> Iterator[Capture | Damage]:
    """Records in `data`; offsets are `base` alone when the data are `inside` a gzip member."""
    position = 0
    while position < len(data):
        end = data.find(b"\n", position)
        line = data[position : end if end >= 0 else len(data)]
        offset = base if inside else base + position
        if not line.strip():
            position += len(line) + 1
            continue
        match = _HEADER.match(line)
        if match and end >= 0:
            url, length = match[1].decode("utf-8", "replace"), int(match[5])
            block = data[end + 1 : end + 1 + length]
            if len(block) == length:
                kind = "filedesc" if url.startswith("filedesc:") else "response"
                yield Capture(offset, kind, url, match[3].decode(), block, match[4].decode("latin-1"))
                position = end + 1 + length
                continue
            yield Damage(offset, "truncated", f"record has {len(block)} of {length} bytes", "response", url)
        elif not line.startswith(b"filedesc:"):
            url = line.split(b" ")[0].decode("utf-8", "replace")
            yield Damage(offset, "malformed", f"not an ARC record line: {line[:100]!r}", "response", url)
        following = _LOOKS_LIKE.search(data, position + len(line) + 1)
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
        yield position, Damage(position, problem, message)
        position = next(scan(file, starts, position + 1), None)
