"""Reading compressed files over damage: what follows a broken gzip member or bzip2 stream is read all the same.

A file is given as the stretches that are intact, mostly one. Where a member is broken its bytes end in an error, and
the next stretch begins at the next place where a member can be decompressed (RFC 1952 section 2.2: a gzip file is a
series of members; a bzip2 file likewise of streams). What a broken member gave before its broken place is in the
stretch before.
"""

import bz2
import dataclasses
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.sources.archives.records import scan
from ingest.sources.base import Refusal
from ingest.sources.files import READ_ERRORS, open_stream, read_failure

_CHUNK = 1 << 16  # compressed bytes fed at once
_MOST = 1 << 20  # bytes that come out of them at once, so that a bomb stays small
_FINE = 256  # compressed bytes lost at a broken place
_PROOF = 1 << 16  # bytes that a place must give to be taken for a member, if it does not end well before
_GZIP = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
_BZIP2 = re.compile(rb"BZh[1-9]\x31\x41\x59\x26\x53\x59")
_WINDOW = 1 << 20


@dataclasses.dataclass(frozen=True)
class Stretch:
    """Decompressed bytes without a gap; `base`: how many came before them; `first`: nothing is lost before them."""

    stream: BinaryIO
    base: int
    first: bool


def stretches(path: Path) -> Iterator[Stretch]:
    """The stretches of a file in order; reading one raises one of `READ_ERRORS` where it ends in damage."""
    if path.suffix not in (".gz", ".bz2"):
        with open_stream(path) as stream:
            yield Stretch(stream, 0, True)
        return
    with path.open("rb") as file:
        members, first = _Members(file, gzip=path.suffix == ".gz"), True
        while True:
            reader = io.BufferedReader(members, _WINDOW)
            yield Stretch(reader, members.given, first)
            reader.detach()  # else it closes the file when it is forgotten
            if not members.damaged or not members.go_on():
                return
            first = False


def lost(name: str, error: Exception, offset: int) -> Refusal:
    """The row for what damage took from a file, after its decompressed byte (or row) `offset`."""
    message = f"after {offset}: {error or type(error).__name__}; what the damage holds cannot be told"
    return Refusal(f"{name}@lost-{offset}", "read", read_failure(error), message, name, offset)


def read_lines(path: Path, name: str, limit: int, whole: bytes = b"") -> Iterator[tuple[int, bytes] | Refusal]:
    """(number, line) of every line, over damage; a line of more than `limit` bytes is refused and never held.

    After damage the first line may lack its beginning, and is left out unless it begins with `whole`.
    """
    number = 0
    for stretch in stretches(path):
        skip = not stretch.first
        try:
            while line := stretch.stream.readline(limit + 1):
                if len(line) > limit and not line.endswith(b"\n"):
                    while not line.endswith(b"\n") and (line := stretch.stream.readline(_WINDOW)):
                        pass
                    message = f"a line of more than {limit} bytes"
                    yield Refusal(f"{name}@{number}", "read", "too-large", message, name, number)
                elif not skip or (whole and line.startswith(whole)):
                    yield number, line
                number, skip = number + 1, False
        except READ_ERRORS as error:
            yield lost(name, error, number)


class _Members(io.RawIOBase):
    """The members of a file one after the other; an error is raised once, and `go_on` finds what follows it."""

    def __init__(self, file: BinaryIO, *, gzip: bool):
        self.given, self.damaged = 0, False
        self._file, self._gzip = file, gzip
        self._inflater, self._input, self._start, self._error = None, b"", 0, None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, target) -> int:
        """Fill `target` as far as the next piece goes."""
        if self.damaged:
            return 0
        data = self._piece(min(len(target), _MOST))
        target[: len(data)] = data
        self.given += len(data)
        return len(data)

    def go_on(self) -> bool:
        """Whether there is a further member after the broken one; it is read from then on."""
        pattern = _GZIP if self._gzip else _BZIP2
        for place in scan(self._file, pattern, self._start + 1):
            self._file.seek(place)
            if self._proves(self._file.read(_WINDOW)):
                self._file.seek(place)
                self._inflater, self._input, self._start, self._error, self.damaged = None, b"", place, None, False
                return True
        return False

    def _piece(self, most: int) -> bytes:
        """The next bytes, empty at the end of the file; raises once what is wrong with the file."""
        while True:
            if self._error is not None:
                self.damaged = True
                raise self._error
            if self._inflater is None and not self._begin():
                return b""
            data = self._feed(most)
            if self._inflater.eof:
                self._input, self._inflater = self._inflater.unused_data, None
            if data:
                return data

    def _begin(self) -> bool:
        """Begin the next member; False at the end of the file (zeros at its end are padding)."""
        while not self._input.strip(b"\0"):
            self._input = self._file.read(_CHUNK)
            if not self._input:
                return False
        self._input = self._input.lstrip(b"\0")
        self._start = self._file.tell() - len(self._input)
        self._inflater = zlib.decompressobj(31) if self._gzip else bz2.BZ2Decompressor()
        return True

    def _feed(self, most: int) -> bytes:
        """What the next bytes of the file give; an error that they hold is kept for the next call."""
        if not self._input and (self._gzip or self._inflater.needs_input):
            self._input = self._file.read(_CHUNK)
            if not self._input:
                self._error = EOFError("the file ended before the end of its last member: it is truncated")
                return b""
        before = self._inflater.copy() if self._gzip else None
        try:
            data = self._inflater.decompress(self._input, most)
        except (zlib.error, OSError) as error:
            self._error = type(error)(f"{error} (in the member at byte {self._start})")
            return b"" if before is None else self._salvage(before)
        self._input = self._inflater.unconsumed_tail if self._gzip else b""
        return data

    def _salvage(self, inflater) -> bytes:
        """What comes before the broken place, bit by bit."""
        found = b""
        for start in range(0, len(self._input), _FINE):
            try:
                found += inflater.decompress(self._input[start : start + _FINE], _MOST)
            except zlib.error:
                break
        return found

    def _proves(self, data: bytes) -> bool:
        """Whether a member begins these bytes: it ends well (its checksum is right), or gives much."""
        inflater = zlib.decompressobj(31) if self._gzip else bz2.BZ2Decompressor()
        try:
            return len(inflater.decompress(data, _PROOF)) >= _PROOF or inflater.eof
        except (zlib.error, OSError):
            return False
