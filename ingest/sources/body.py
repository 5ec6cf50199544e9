"""Transfer and content codings of an HTTP body undone, within a limit (RFC 9110, section 8.4; RFC 9112, section 7)."""

import zlib

import brotli

from ingest.sources.http import Response


class BodyError(Exception):
    """A body that its headers do not decode: `reason` is a quarantine reason."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def decode_body(response: Response, limit: int) -> bytes:
    """The body without transfer and content coding, at most `limit` bytes; raises `BodyError` (truncated, bomb, ...).

    Archives often keep a header whose coding they have already undone, so a coding is removed only where it is there.
    """
    body = response.raw
    if "chunked" in response.get("transfer-encoding").lower():
        body = _unchunk(body)
    else:
        stated = response.get("content-length")
        as_sent = not response.get("content-encoding") or body[:2] == b"\x1f\x8b"  # else it was stored decoded
        if as_sent and stated.isdigit() and len(body) < int(stated):
            raise BodyError("truncated", f"body has {len(body)} of {stated} bytes")
    for coding in reversed([part.strip().lower() for part in response.get("content-encoding").split(",")]):
        body = _decode(body, coding, limit)
    if len(body) > limit:
        raise BodyError("too-large", f"body has {len(body)} bytes, the limit is {limit}")
    return body


def _unchunk(body: bytes) -> bytes:
    pieces, position = [], 0
    while True:
        end = body.find(b"\n", position)
        size = body[position:end].split(b";")[0].strip() if end >= 0 else b""
        try:
            length = int(size, 16)
        except ValueError:
            if not pieces:
                return body  # stored without its chunks
            raise BodyError("truncated", f"no chunk header at byte {position} of the body") from None
        if length == 0:
            return b"".join(pieces)
        if length < 0 or end + 1 + length > len(body):
            if not pieces:
                return body
            raise BodyError("truncated", f"chunk at byte {position} is cut: {length} bytes stated")
        pieces.append(body[end + 1 : end + 1 + length])
        position = end + 1 + length
        while body[position : position + 1] in (b"\r", b"\n") and position < len(body):
            position += 1


def _decode(body: bytes, coding: str, limit: int) -> bytes:
    try:
        if coding in ("gzip", "x-gzip") and body[:2] == b"\x1f\x8b":
            return _inflate(body, 31, limit)
        if coding == "deflate" and body:
            return _inflate(body, 15 if body[0] & 15 == 8 else -15, limit)
        if coding == "br" and body:
            return _unbrotli(body, limit)
    except zlib.error as error:
        raise BodyError("malformed", f"content coding {coding}: {error}") from error
    return body


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(window)
    data = inflater.decompress(body, limit + 1)
    if len(data) > limit:
        raise BodyError("bomb", f"{len(body)} compressed bytes become more than {limit}")
    if not inflater.eof:
        raise BodyError("truncated", f"compressed body ends early after {len(data)} bytes")
    return data


def _unbrotli(body: bytes, limit: int) -> bytes:
    decoder, pieces, total, rest = brotli.Decompressor(), [], 0, body
    try:
        while not decoder.is_finished():
            piece = decoder.process(rest, output_buffer_limit=1 << 20)
            rest = b""
            pieces.append(piece)
            total += len(piece)
            if total > limit:
                raise BodyError("bomb", f"{len(body)} compressed bytes become more than {limit}")
            if not piece and decoder.can_accept_more_data():
                raise BodyError("truncated", f"compressed body ends early after {total} bytes")
    except brotli.error as error:
        if total == 0:
            return body  # stored decoded
        raise BodyError("malformed", f"content coding br: {error}") from error
    return b"".join(pieces)
