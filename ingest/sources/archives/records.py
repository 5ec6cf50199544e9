"""Walks WARC 1.0/1.1 files (plain, gzip, LZ4) record by record and over damage: a broken record costs only itself.

A record is handed out only when what follows it is a record too, or the end of the file: a wrong Content-Length shows
only there. After damage the walk goes on at the next byte position where a record can be parsed.
"""

import base64
import dataclasses
import hashlib
import re
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

GZIP_MAGIC, _LZ4_MAGIC = b"\x1f\x8b\x08", b"\x04\x22\x4d\x18"
_PLAIN_START = re.compile(rb"WARC/1\.[01]\r?\n")
HEAD = 1 << 16  # bytes of a block that are kept of a record that is not read
_SCAN = 1 << 20  # bytes looked at in one step of the search for the next record


@dataclasses.dataclass(frozen=True)
class Capture:
    """One archived record: `block` is the HTTP message (or whatever the record holds), `date` as written."""

    offset: int
    kind: str  # response, revisit, request, resource, ...
    url: str
    date: str
    block: bytes
    mime: str = ""
    truncated: str = ""  # WARC-Truncated, if the crawler cut the payload


@dataclasses.dataclass(frozen=True)
class Damage:
    """A stretch of the file that holds no readable record; `url` if its header could be read.

    `head` is the start of the block of a record that is too large or cut: it tells whether it is an input at all.
    """

    offset: int
    reason: str
    message: str
    kind: str = ""
    url: str = ""
    head: bytes = b""


def walk_warc(path: Path, limit: int) -> Iterator[Capture | Damage]:
    """Every record of the file in order, responses with their block (at most `limit` bytes), and every damage."""
    with path.open("rb") as file:
        magic = file.read(4)
        start: int | None = 0
        unexplained: Damage | None = None
        while start is not None:
            start, unexplained = yield from _walk_run(file, magic, start, limit, unexplained)
        if unexplained is not None:
            yield unexplained


def _walk_run(
    file: BinaryIO, magic: bytes, start: int, limit: int, unexplained: Damage | None
) -> Generator[Capture | Damage, None, tuple[int | None, Damage | None]]:
    """Yield from `start` to the end or the next damage; return where to go on (None: nowhere).

    `unexplained` is the damage before `start`. If the record at `start` fails too, it is that damage, and counted once.
    """
    file.seek(start)
    held: Capture | Damage | None = None
    sound, message = False, ""
    try:
        for record in ArchiveIterator(file, parse_http=False, record_types=WarcRecordType.any_type):
            if held is not None:
                yield held
            elif unexplained is not None:
                yield unexplained
            unexplained = None
            held, sound = _take(record, start + record.stream_pos, limit)
    except OSError as error:
        message = str(error)
    if held is None:
        if not message:
            return None, unexplained
        yield Damage(start, "malformed", message)
        return _next_start(file, magic, start + 1), None
    following = _next_start(file, magic, held.offset + 1) if message or isinstance(held, Damage) else None
    if message and not sound and isinstance(held, Capture) and "header" in message.lower():
        lie = f"no record follows: wrong Content-Length? ({message})"
        yield Damage(held.offset, "malformed", lie, held.kind, held.url)
        return following, None
    yield held
    if message and isinstance(held, Capture):
        return following, Damage(held.offset, "malformed", f"after the record here: {message}")
    return following, None


def _take(record, offset: int, limit: int) -> tuple[Capture | Damage, bool]:
    """The record, and whether its digest proves that its block is what was written."""
    headers = record.headers
    kind = (headers.get("WARC-Type") or "").strip().lower()
    url = (headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")
    length = record.content_length
    if kind != "response":
        return Capture(offset, kind, url, headers.get("WARC-Date") or "", b""), False
    if length > limit:
        head = record.reader.read(HEAD)
        return Damage(offset, "too-large", f"record of {length} bytes, the limit is {limit}", kind, url, head), False
    block = record.reader.read()
    if len(block) != length:
        message = f"record has {len(block)} of {length} bytes"
        return Damage(offset, "truncated", message, kind, url, block[:HEAD]), False
    digest = headers.get("WARC-Block-Digest") or ""
    sound = digest == "sha1:" + base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode()
    truncated = headers.get("WARC-Truncated") or ""
    return Capture(
        offset, kind, url, headers.get("WARC-Date") or "", block, headers.get("Content-Type") or "", truncated
    ), sound


def _next_start(file: BinaryIO, magic: bytes, position: int) -> int | None:
    """Byte position of the next record start at or after `position`, None when there is none."""
    for candidate in scan(file, _start_pattern(magic), position):
        file.seek(candidate)
        if magic[:3] != GZIP_MAGIC or starts_with(file, b"WARC/"):
            return candidate
    return None


def _start_pattern(magic: bytes) -> re.Pattern[bytes]:
    if magic[:3] == GZIP_MAGIC:
        return re.compile(re.escape(GZIP_MAGIC))
    return re.compile(re.escape(_LZ4_MAGIC)) if magic == _LZ4_MAGIC else _PLAIN_START


def scan(file: BinaryIO, pattern: re.Pattern[bytes], position: int) -> Iterator[int]:
    """Positions at or after `position` where the pattern (at most 16 bytes long) matches, in bounded memory."""
    while True:
        file.seek(position)
        window = file.read(_SCAN + 16)
        for match in pattern.finditer(window):
            if match.start() < _SCAN:
                yield position + match.start()
        if len(window) <= _SCAN:
            return
        position += _SCAN


def starts_with(file: BinaryIO, prefix: bytes) -> bool:
    """Whether a gzip member at the file's position decompresses to something that starts with `prefix`."""
    try:
        return zlib.decompressobj(31).decompress(file.read(4096), len(prefix)) == prefix
    except zlib.error:
        return False
