"""Content-Encoding undone piece by piece, with limits, so that a small body cannot fill the memory."""

import zlib

BOMB_FLOOR = 1 << 20  # bytes; below this no ratio is suspicious
_CHUNK = 1 << 16
_IDENTITY = ("", "identity", "none", "utf-8")  # the last two are servers' mistakes and encode nothing


class BodyError(Exception):
    """A body that cannot be accepted; `reason` is too-large, bomb, bad-encoding or truncated."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


class Decoder:
    """Decodes gzip, deflate (both kinds) or nothing. `max_bytes` limits the output, `max_ratio` output to input."""

    def __init__(self, encoding: str, max_bytes: int, max_ratio: float):
        self._encoding = encoding.strip().lower().removeprefix("x-")
        self._max_bytes, self._max_ratio = max_bytes, max_ratio
        self._received, self._body = 0, bytearray()
        self._inflate = None
        if self._encoding == "gzip":
            self._inflate = zlib.decompressobj(31)
        elif self._encoding not in (*_IDENTITY, "deflate"):
            raise BodyError("bad-encoding", f"Content-Encoding {encoding!r} was not asked for")

    def feed(self, data: bytes) -> None:
        """Take received bytes; raises `BodyError` as soon as a limit is passed or the data is damaged."""
        if not self._received and self._encoding == "deflate" and data:
            # "deflate" is zlib by RFC 9110, 8.4.1.2, but some servers send the bare stream.
            self._inflate = zlib.decompressobj(15 if data[0] & 0x0F == 8 else -15)
        self._received += len(data)
        if self._inflate is None:
            self._body += data
            self._check()
            return
        try:
            while data:
                self._body += self._inflate.decompress(data, _CHUNK)
                self._check()
                data = self._inflate.unconsumed_tail
                if self._inflate.eof and self._encoding == "gzip" and self._inflate.unused_data[:2] == b"\x1f\x8b":
                    data, self._inflate = self._inflate.unused_data, zlib.decompressobj(31)
        except zlib.error as error:
            raise BodyError("bad-encoding", f"damaged {self._encoding} data: {error}") from error

    def finish(self) -> bytes:
        """The whole decoded body."""
        if self._inflate is not None and not self._inflate.eof:
            raise BodyError("truncated", f"{self._encoding} data ends after {self._received} bytes, before its end")
        return bytes(self._body)

    def cut(self) -> bytes:
        """What has been decoded so far, up to the limit."""
        return bytes(self._body[: self._max_bytes])

    def _check(self) -> None:
        size = len(self._body)
        if size > max(BOMB_FLOOR, self._max_ratio * self._received):
            raise BodyError("bomb", f"{self._received} bytes decode to {size} and more, over {self._max_ratio:g} times")
        if size > self._max_bytes:
            raise BodyError("too-large", f"body has more than {self._max_bytes} bytes")
