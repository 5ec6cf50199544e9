"""Content-Encoding undone piece by piece, with limits, so that a small body cannot fill the memory.

RFC 9110, section 8.4: gzip (RFC 1952, any number of members), deflate (RFC 1950, and bare RFC 1951), br (RFC 7932).
"""

import zlib

import brotli

BOMB_FLOOR = 1 << 20  # bytes; below this no ratio is suspicious
IDENTITY = ("", "identity", "none", "utf-8")  # the last two are servers' mistakes and encode nothing
GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16


class BodyError(Exception):
    """A body that cannot be accepted; `reason` is too-large, bomb, bad-encoding or truncated."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def coding_of(name: str) -> str:
    """A content coding's registered name, lower case (x-gzip is gzip)."""
    return name.strip().lower().removeprefix("x-")


class Decoder:
    """Decodes one of `codings` or nothing. `max_bytes` limits the output, `max_ratio` the output to the input."""

    def __init__(self, encoding: str, max_bytes: int, max_ratio: float, codings: tuple[str, ...] = ("gzip", "deflate")):
        self._encoding = coding_of(encoding)
        self._max_bytes, self._max_ratio = max_bytes, max_ratio
        self._received, self._body = 0, bytearray()
        self._inflate = zlib.decompressobj(31) if self._encoding == "gzip" else None
        self._brotli = brotli.Decompressor() if self._encoding == "br" else None
        if self._encoding not in (*IDENTITY, *codings):
            raise BodyError("bad-encoding", f"Content-Encoding {encoding!r} is not one of {', '.join(codings)}")

    def feed(self, data: bytes) -> None:
        """Take received bytes; raises `BodyError` as soon as a limit is passed or the data is damaged."""
        if not self._received and self._encoding == "deflate" and data:
            # "deflate" is zlib by RFC 9110, 8.4.1.2, but some servers send the bare stream.
            self._inflate = zlib.decompressobj(15 if data[0] & 0x0F == 8 else -15)
        self._received += len(data)
        if self._inflate is None and self._brotli is None:
            self._body += data
            self._check()
            return
        try:
            for start in range(0, len(data), _CHUNK):  # zlib copies what it has not read yet, at every call
                piece = data[start : start + _CHUNK]
                if self._inflate is not None:
                    self._gunzip(piece)
                else:
                    self._unbrotli(piece)
        except (zlib.error, brotli.error) as error:
            raise BodyError("bad-encoding", f"damaged {self._encoding} data: {error}") from error

    def finish(self) -> bytes:
        """The whole decoded body."""
        complete = self._inflate is None or self._inflate.eof
        if not complete or (self._brotli is not None and not self._brotli.is_finished()):
            raise BodyError("truncated", f"{self._encoding} data ends after {self._received} bytes, before its end")
        return bytes(self._body)

    def cut(self) -> bytes:
        """What has been decoded so far, up to the limit."""
        return bytes(self._body[: self._max_bytes])

    def _gunzip(self, data: bytes) -> None:
        while data:
            self._body += self._inflate.decompress(data, _CHUNK)
            self._check()
            data = self._inflate.unconsumed_tail
            if self._inflate.eof and self._encoding == "gzip" and self._inflate.unused_data[:2] == GZIP_MAGIC:
                data, self._inflate = self._inflate.unused_data, zlib.decompressobj(31)

    def _unbrotli(self, data: bytes) -> None:
        while not self._brotli.is_finished() and (data or not self._brotli.can_accept_more_data()):
            self._body += self._brotli.process(data, output_buffer_limit=_CHUNK)
            self._check()
            data = b""

    def _check(self) -> None:
        size = len(self._body)
        if size > max(BOMB_FLOOR, self._max_ratio * self._received):
            raise BodyError("bomb", f"{self._received} bytes decode to {size} and more, over {self._max_ratio:g} times")
        if size > self._max_bytes:
            raise BodyError("too-large", f"body has more than {self._max_bytes} bytes")
