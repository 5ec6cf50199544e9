"""Unpacking a fetched archive beside itself, bounded: no path leaves the folder, no bomb fills the disk."""

import fnmatch
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from shards import disk
from shards.errors import InputError

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_DONE = ".unpacked"  # suffix of the mark beside an archive that has been unpacked whole


class UnpackError(InputError):
    """An archive that cannot be unpacked: damaged, dishonest about its size, or with paths that leave the folder."""


def is_archive(name: str) -> bool:
    """Whether files of that name are unpacked."""
    return name.lower().endswith(ARCHIVES)


def unpack(path: Path, patterns: tuple[str, ...], most: int) -> int:
    """Bring the members of an archive that match one of `patterns` to its folder; returns how many.

    Done once: a mark beside the archive says so. `most`: bytes that all members may have. Links and devices are left
    out. Raises `UnpackError`; what was unpacked before it stays, and the next call begins anew.
    """
    mark = path.with_name(f".{path.name}{_DONE}")
    if mark.exists():
        return 0
    count, left = 0, most
    try:
        for name, size, stream in _members(path):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                continue
            left -= size
            if left < 0:
                raise UnpackError(
                    f"{path}: its members have more than {most:,} bytes; raise `most_unpacked`, or take less"
                )
            _write(_target(path.parent, name, path), stream, size)
            count += 1
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnpackError(f"{path} cannot be unpacked ({error}); delete it and fetch it again") from error
    if not count:
        raise UnpackError(f"{path}: no member matches {list(patterns)}")
    disk.write(mark, memoryview(f"{count}\n".encode()))
    return count


def _members(path: Path) -> Iterator[tuple[str, int, BinaryIO]]:
    """(name, stated size, bytes) of each regular file of the archive."""
    if path.name.lower().endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as stream:
                        yield entry.filename, entry.file_size, stream
        return
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if member.isfile() and (stream := archive.extractfile(member)) is not None:
                yield member.name, member.size, stream


def _target(folder: Path, name: str, archive: Path) -> Path:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise UnpackError(f"{archive}: the member {name!r} would leave the folder; this archive is not to be trusted")
    return folder.joinpath(*parts)


def _write(target: Path, stream: BinaryIO, size: int) -> None:
    disk.make_folder(target.parent)
    part = target.with_name(f"{disk.TEMPORARY}{target.name}")
    with part.open("wb") as file:
        shutil.copyfileobj(_Capped(stream, size), file, 1 << 20)
    disk.move(part, target)


class _Capped:
    """A stream that raises once it gives more bytes than were stated."""

    def __init__(self, stream: BinaryIO, size: int):
        self._stream, self._left = stream, size

    def read(self, count: int) -> bytes:
        data = self._stream.read(count)
        self._left -= len(data)
        if self._left < 0:
            raise EOFError("a member has more bytes than it states")
        return data
