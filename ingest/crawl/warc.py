"""WARC/1.1 files (ISO 28500:2017): one gzip member a record, appended, synchronised, and cut back after a kill."""

import io
import os
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.crawl.config import CrawlConfig
from ingest.crawl.fetch import Answer

# The body is stored decoded; its old framing is kept under names that no reader acts upon.
_FRAMING = ("content-encoding", "transfer-encoding", "content-length")


def info_record(config: CrawlConfig, name: str) -> bytes:
    """The first record of a file: who made it, and how."""
    return _record(
        lambda writer: writer.create_warcinfo_record(
            name,
            {
                "software": config.user_agent,
                "operator": config.contact,
                "http-header-user-agent": config.headers["User-Agent"],
                "robots": "RFC 9309",
                "format": "WARC file version 1.1",
                "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            },
        )
    )


def response_record(answer: Answer) -> bytes:
    """A response record with block and payload digests, as one gzip member.

    Content-Encoding and chunks are undone, and `Content-Encoding`, `Transfer-Encoding` and `Content-Length` as received
    become `X-Orig-*`; `Content-Length` is the length of the stored body.
    """
    headers = [(f"X-Orig-{key}" if key.lower() in _FRAMING else key, value) for key, value in answer.headers]
    headers.append(("Content-Length", str(len(answer.body))))
    http = StatusAndHeaders(f"{answer.status} {answer.phrase}".strip(), headers, protocol=answer.version)
    fields = {"WARC-Date": answer.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    body = io.BytesIO(answer.body)
    return _record(
        lambda writer: writer.create_warc_record(
            answer.url, "response", payload=body, length=len(answer.body), http_headers=http, warc_headers_dict=fields
        )
    )


def append(path: Path, offset: int, data: bytes) -> int:
    """Write `data` at the end of a file that is `offset` bytes long and force it to disk; returns the new length."""
    with path.open("r+b" if path.exists() else "xb") as file:
        file.seek(offset)
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return offset + len(data)


def cut_back(folder: Path, prefix: str, lengths: dict[str, int]) -> None:
    """Undo what was written but never committed: cut files to their committed `lengths`, remove unknown ones."""
    for path in sorted(folder.glob(f"{prefix}*.warc.gz")):
        if path.name not in lengths:
            path.unlink()
        elif path.stat().st_size > lengths[path.name]:
            os.truncate(path, lengths[path.name])


def _record(create) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="WARC/1.1")
    writer.write_record(create(writer))
    return buffer.getvalue()
