"""Transfer and content codings of an HTTP body undone, within a limit (RFC 9110, section 8.4; RFC 9112, section 7)."""

import math
import re

from ingest.decode import GZIP_MAGIC, IDENTITY, BodyError, Decoder, coding_of
from ingest.sources.archives.http import Response

__all__ = ["BodyError", "decode_body"]

_CODINGS = ("gzip", "deflate", "br")
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")


def decode_body(response: Response, limit: int) -> bytes:
    """The body without transfer and content coding, at most `limit` bytes.

    Raises `BodyError` with a quarantine reason: truncated, bomb, too-large, malformed, or bad-encoding for a coding
    that is not known here. Archives often keep a header whose coding they have already undone, so a coding is removed
    only where it is there.
    """
    body = response.raw
    if "chunked" in response.get("transfer-encoding").lower():
        body = _unchunk(body)
    else:
        stated = response.get("content-length")
        as_sent = not response.get("content-encoding") or body[:2] == GZIP_MAGIC  # else it was stored decoded
        if as_sent and _LENGTH.fullmatch(stated) and len(body) < int(stated):
            raise BodyError("truncated", f"body has {len(body)} of {stated} bytes")
    codings = [coding_of(name) for value in response.values("content-encoding") for name in value.split(",")]
    for coding in reversed(codings):
        body = _decode(body, coding, limit)
    if len(body) > limit:
        raise BodyError("too-large", f"body has {len(body)} bytes, the limit is {limit}")
    return body


def _unchunk(body: bytes) -> bytes:
    pieces, position = [], 0
    while True:
        end = body.find(b"\n", position)
        size = body[position:end].split(b";")[0].strip() if end >= 0 else b""
        if not _CHUNK_SIZE.fullmatch(size):
            if not pieces:
                return body  # stored without its chunks
            raise BodyError("truncated", f"no chunk header at byte {position} of the body")
        length = int(size, 16)
        if length == 0:
            return b"".join(pieces)
        if end + 1 + length > len(body):
            if not pieces:
                return body
            raise BodyError("truncated", f"chunk at byte {position} is cut: {length} bytes stated")
        pieces.append(body[end + 1 : end + 1 + length])
        position = end + 1 + length
        while body[position : position + 1] in (b"\r", b"\n") and position < len(body):
            position += 1


def _decode(body: bytes, coding: str, limit: int) -> bytes:
    if not body or coding in IDENTITY or (coding == "gzip" and body[:2] != GZIP_MAGIC):
        return body
    if coding not in _CODINGS:
        if _is_plain(body):
            return body
        raise BodyError("bad-encoding", f"content coding {coding!r} is not known here: {', '.join(_CODINGS)} are")
    try:
        decoder = Decoder(coding, limit, math.inf, _CODINGS)
        decoder.feed(body)
        return decoder.finish()
    except BodyError as error:
        if error.reason == "bad-encoding":
            if _is_plain(body):
                return body
            raise BodyError("malformed", f"content coding {coding}: {error}") from error
        if error.reason == "too-large":
            raise BodyError("bomb", f"{len(body)} compressed bytes become more than {limit}") from error
        raise


def _is_plain(body: bytes) -> bool:
    """Whether a body with a coding in its header is a page or a PDF as it is: stored decoded."""
    return body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"%PDF-"))
