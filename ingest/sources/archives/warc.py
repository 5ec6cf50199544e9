"""Web archives: WARC 1.0/1.1 and ARC 1 files, plain, gzip or LZ4.

An input is a capture with status 200 of an HTML, XHTML or PDF resource. Not inputs, and not counted: requests,
metadata, DNS, redirects, errors, other media types, revisit records, and a later capture of a URL in the same file with
the same payload. A later capture with another payload is an input of its own under the key `url#14-digit date`.
"""

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingest.extract.dates import parse_date
from ingest.sources.about import About
from ingest.sources.archives.arc import walk_arc
from ingest.sources.archives.body import BodyError, decode_body
from ingest.sources.archives.http import Response, header_opt_outs, parse_response
from ingest.sources.archives.records import Capture, Damage, walk_warc
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import find_files
from ingest.urls import canonical
from shards.errors import InputError
from shards.step import local

_TYPES = {
    "text/html": "text/html",
    "application/xhtml+xml": "application/xhtml+xml",
    "application/pdf": "application/pdf",
    "application/x-pdf": "application/pdf",
}
_UNSTATED = ("", "application/octet-stream", "binary/octet-stream", "unknown", "no-type")


@dataclasses.dataclass(frozen=True)
class Warc:
    """WARC and ARC files below `root`, one partition a file. `limit`: bytes of one decoded payload."""

    about: ClassVar[About] = About(
        title="Web archives: WARC and ARC files, Common Crawl's among them",
        languages=(),
        access="files that you have, or ranges of Common Crawl by its columnar index",
        license="per page: rel=license, JSON-LD, meta; else none",
        key="canonical URL (and the capture's date when a page was captured twice)",
        size="an archive of 1 GB holds about 40,000 pages",
        etiquette="Common Crawl: few connections, back off at any 403, 429 or 503",
        format="https://iipc.github.io/warc-specifications/",
        tested="real: archives of four collections (test_sources_warc.py)",
        fetch="common-crawl",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.warc", "**/*.warc.gz", "**/*.warc.lz4", "**/*.arc", "**/*.arc.gz"))
    limit: int = 64 << 20

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every input of the file once, in file order."""
        for name, path in partition.paths():
            yield from read_archive(path, name, self.limit)


def read_archive(path: Path, name: str, limit: int) -> Iterator[Record | Refusal]:
    """Records and refusals of one archive file called `name`; payloads above `limit` bytes are refused."""
    walk = walk_arc if ".arc" in Path(name).suffixes else walk_warc
    seen: dict[str, set[bytes]] = {}
    for item in walk(path, limit):
        if isinstance(item, Damage):
            if item.kind in ("", "response") and not _is_other(item.head):
                yield _refuse_damage(item, name)
        elif item.kind == "response" and (found := _input(item, limit)) is not None:
            response, mime, body, problem = found
            key = _identity(item.url)
            digest = hashlib.sha256(response.raw if body is None else body).digest()
            payloads = seen.setdefault(key, set())
            if digest in payloads:
                continue
            identity = f"{key}#{_stamp(item.date)}" if payloads else key
            payloads.add(digest)
            if body is None:
                yield Refusal(identity, "read", problem.reason, str(problem), name, item.offset, item.url, digest.hex())
                continue
            yield Record(
                identity, mime, name, item.offset, payload=body, charset=response.charset, url=item.url,
                canonical_url=key, fetched=parse_date(item.date), opt_out=header_opt_outs(response),
            )  # fmt: skip


def _is_other(head: bytes) -> bool:
    """Whether the start of a block already shows that it is no input: not HTTP, not status 200, another media type."""
    if b"\r\n\r\n" not in head and b"\n\n" not in head:
        return False
    response = parse_response(head)
    if response is None or response.status != 200:
        return True
    return response.mime not in _TYPES and response.mime not in _UNSTATED


def _input(item: Capture, limit: int) -> tuple[Response, str, bytes | None, BodyError | None] | None:
    """The capture's response, media type and body (or why there is none); None when it is not an input."""
    response = parse_response(item.block)
    if response is None or response.status != 200:
        return None
    mime = _TYPES.get(response.mime)
    if mime is None and response.mime not in _UNSTATED:
        return None
    try:
        if item.truncated:
            raise BodyError("truncated", f"cut by the crawler (WARC-Truncated: {item.truncated})")
        body = decode_body(response, limit)
    except BodyError as problem:
        return None if mime is None else (response, mime, None, problem)
    mime = mime or _sniff(body)
    return None if mime is None else (response, mime, body, None)


def _sniff(body: bytes) -> str | None:
    """Media type of a payload whose headers state none."""
    head = body[:1024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return "application/pdf"
    return "text/html" if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head else None


def _identity(url: str) -> str:
    """The canonical URL; an address that has none (old archives hold such) stands for itself."""
    try:
        return canonical(url)
    except InputError:
        return url


def _stamp(date: str) -> str:
    moment = parse_date(date)
    return moment.strftime("%Y%m%d%H%M%S") if moment else date


def _refuse_damage(item: Damage, name: str) -> Refusal:
    key = _identity(item.url) if item.url else f"{name}@{item.offset}"
    return Refusal(key, "read", item.reason, item.message, name, item.offset, item.url or None)
