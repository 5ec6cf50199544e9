"""Files on a local disk that survive a power cut: whole under their name, and the name itself on disk.

A file is flushed, renamed to its name, and then its folder is flushed: POSIX promises the first for the file's bytes
only, so that without the last a later file could outlive an earlier one.
"""

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp-"  # how the names of unfinished files begin


def is_unfinished(path: str | Path) -> bool:
    """Whether it is a file that a writer has not finished; what its folders are called does not count."""
    return Path(path).name.startswith(TEMPORARY)


def write(target: Path, data: memoryview) -> None:
    """Write a file, flushed and named; a file of that name is replaced."""
    with _unfinished(target) as file:
        file.write(data)


def move(path: Path, target: Path) -> None:
    """Move a file to `target`; from another disk it is copied, so that `target` never holds half of it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    make_folder(target.parent)
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with path.open("rb") as file, _unfinished(target) as copy:
            shutil.copyfileobj(file, copy, 1 << 22)
        path.unlink()
    else:
        _sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; their names, too, are on disk afterwards."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def sweep(root: Path, older_than: float) -> list[Path]:
    """Delete unfinished files below `root` that nobody wrote to for `older_than` seconds; returns their paths."""
    swept = []
    for path in sorted(root.rglob(f"{TEMPORARY}*")):
        try:
            if path.is_file() and time.time() - path.stat().st_mtime > older_than:
                path.unlink()
                swept.append(path)
        except FileNotFoundError:  # its writer finished, or another sweep was faster
            continue
    return swept


@contextmanager
def _unfinished(target: Path) -> Iterator[BinaryIO]:
    make_folder(target.parent)
    temporary = target.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # SMB and some of FUSE: the server keeps the names
            raise
    finally:
        os.close(descriptor)
