"""Finding a source's files and opening them, compressed or not, for one pass of reading."""

import bz2
import gzip
import zlib
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from ingest.sources.base import Refusal
from shards.errors import InputError

# What reading a damaged or cut compressed file raises, whatever the compression.
READ_ERRORS = (OSError, EOFError, zlib.error, pa.ArrowException)
COMPRESSED = (".gz", ".bz2", ".zst")


def find_files(source: str, root: str, patterns: tuple[str, ...]) -> list[str]:
    """Names relative to `root` (POSIX, sorted, each once) of the files that match a glob pattern; links are left out.

    Raises `InputError` if the root is missing or nothing matches.
    """
    base = Path(root)
    if not base.is_dir():
        raise InputError(f"source {source}: folder {root!r} does not exist; correct `root`")
    found = {
        path.relative_to(base).as_posix()
        for pattern in patterns
        for path in base.glob(pattern)
        if path.is_file() and not path.is_symlink()
    }
    if not found:
        raise InputError(f"source {source}: no file under {root!r} matches {list(patterns)}; correct the pattern")
    return sorted(found)


def open_stream(path: Path) -> BinaryIO:
    """The file's bytes, decompressed by suffix (.gz, .bz2, .zst)."""
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix == ".bz2":
        return bz2.open(path, "rb")
    if path.suffix == ".zst":
        return pa.input_stream(str(path), compression="zstd")
    return path.open("rb")


def read_capped(path: Path, limit: int) -> bytes | None:
    """The file's bytes, decompressed; None when there are more than `limit` (a decompression bomb stays small)."""
    with open_stream(path) as stream:
        data = stream.read(limit + 1)
    return data if len(data) <= limit else None


def read_input(path: Path, name: str, limit: int) -> bytes | Refusal:
    """All of an input file called `name`, or its refusal when it is damaged or larger than `limit` bytes."""
    try:
        data = read_capped(path, limit)
    except READ_ERRORS as error:
        return Refusal(name, "read", read_failure(error), str(error), name)
    return Refusal(name, "read", "too-large", f"more than {limit} bytes", name) if data is None else data


def plain_suffix(name: str) -> str:
    """The suffix under the compression's: `.html` for `page.html.gz`, lower case."""
    path = Path(name.lower())
    return path.with_suffix("").suffix if path.suffix in COMPRESSED else path.suffix


def read_failure(error: Exception) -> str:
    """Quarantine reason of one of `READ_ERRORS`."""
    cut = isinstance(error, EOFError) or "truncated" in str(error).lower() or "ended before" in str(error).lower()
    return "truncated" if cut else "malformed"
