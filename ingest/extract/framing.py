"""Messages over a pipe: a JSON header and raw bytes, both length-prefixed. No pickle: the child may be compromised.

Layout: 4 bytes header length, 8 bytes payload length (big endian), header (UTF-8 JSON object), payload.
"""

import json
import struct
from typing import BinaryIO

_PREFIX = struct.Struct(">IQ")
MAX_HEADER = 1 << 20  # bytes
MAX_PAYLOAD = 1 << 30


class FramingError(Exception):
    """The other side sent something that is no message."""


def encode(header: dict, payload: bytes = b"") -> bytes:
    """The bytes of a message."""
    head = json.dumps(header).encode()
    if len(head) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise FramingError(f"message of {len(head)} + {len(payload)} bytes is over the limit")
    return _PREFIX.pack(len(head), len(payload)) + head + payload


class Decoder:
    """Takes bytes as they arrive and gives a message when it is complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> tuple[dict, bytes] | None:
        """(header, payload) of the first complete message, else None; raises `FramingError` for a senseless one."""
        self._buffer += data
        if len(self._buffer) < _PREFIX.size:
            return None
        head, size = _PREFIX.unpack_from(self._buffer)
        if head > MAX_HEADER or size > MAX_PAYLOAD:
            raise FramingError(f"message claims {head} + {size} bytes")
        end = _PREFIX.size + head + size
        if len(self._buffer) < end:
            return None
        try:
            header = json.loads(bytes(self._buffer[_PREFIX.size : _PREFIX.size + head]))
        except ValueError as error:
            raise FramingError(f"header is not JSON: {error}") from error
        if not isinstance(header, dict):
            raise FramingError(f"header is {type(header).__name__}, not an object")
        payload = bytes(self._buffer[_PREFIX.size + head : end])
        del self._buffer[:end]
        return header, payload


def read_message(stream: BinaryIO) -> tuple[dict, bytes] | None:
    """The next message of a blocking stream; None at its end."""
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size:
        raise FramingError("stream ends inside a message")
    head, size = _PREFIX.unpack(prefix)
    decoder = Decoder()
    decoder.feed(prefix)
    message = decoder.feed(stream.read(head + size))
    if message is None:
        raise FramingError("stream ends inside a message")
    return message
