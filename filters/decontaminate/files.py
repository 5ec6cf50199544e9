"""The files of a benchmark as streams of bytes, members of archives among them, in an order that is always the same."""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa

from filters.decontaminate.benchmark import Benchmark, is_archive
from shards.errors import InputError

_CODECS = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}


def streams(benchmark: Benchmark) -> Iterator[tuple[str, IO[bytes]]]:
    """(relative name, unpacked bytes) of each file; a member of one of several archives is named `archive/member`."""
    alone = len(benchmark.files) == 1
    for file in benchmark.files:
        path = benchmark.checked(file)
        if is_archive(file.name):
            found = False
            for member, stream in _members(path):
                if benchmark.wants(member):
                    found = True
                    yield member if alone else f"{file.name}/{member}", _unpacked(member, stream)
            if alone and not found:
                raise InputError(
                    f"benchmark {benchmark.name}: no member of {path} is wanted; check `only` and `format`"
                )
        else:
            with path.open("rb") as stream:
                yield file.name, _unpacked(file.name, stream)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in sorted(name for name in archive.namelist() if not name.endswith("/")):
                    with archive.open(member) as stream:
                        yield member, stream
        else:
            with tarfile.open(path) as archive:
                for entry in archive:
                    if entry.isfile() and (stream := archive.extractfile(entry)) is not None:
                        yield entry.name, stream
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise InputError(f"{path} is no sound archive ({error}); fetch it again") from error


def _unpacked(name: str, stream: IO[bytes]) -> IO[bytes]:
    codec = _CODECS.get(Path(name).suffix.lower())
    return pa.CompressedInputStream(pa.PythonFile(stream, "r"), codec) if codec else stream
