"""Digests of raw files, remembered between runs: a corpus of 100 GB is not read again only to see what has changed.

As git and DVC do it, a file is taken for unchanged while its size, times of change, inode and device are; a file that
changed within the last seconds is never remembered, because it could change again in the same tick of the clock. The
memory lies in $MEDCORPUS_CACHE, else in the user's cache folder; it may be deleted at any time.
"""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

_TICK = 2 * 10**9  # nanoseconds: the coarsest clock of a file system in use (FAT)
_TABLE = """CREATE TABLE IF NOT EXISTS digests (root TEXT, name TEXT, state TEXT, sha256 TEXT, PRIMARY KEY (root, name))
WITHOUT ROWID"""
_WAIT = 60.0  # seconds that another process may write


def digest_file(path: Path) -> str:
    """SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_files(root: Path, names: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each file below `root`, from memory where it has not changed; the others are read in parallel."""
    root = root.resolve()
    with _memory() as memory:
        rows = memory.execute("SELECT name, state, sha256 FROM digests WHERE root = ?", (str(root),)) if memory else ()
        known = {name: (state, sha256) for name, state, sha256 in rows}
        states = {name: _state(root / name) for name in names}
        found = {name: known[name][1] for name, (state, _) in states.items() if known.get(name, ("",))[0] == state}
        unknown = [name for name in names if name not in found]
        begun = time.time_ns()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            fresh = dict(zip(unknown, pool.map(lambda name: digest_file(root / name), unknown), strict=True))
        settled = [
            (str(root), name, states[name][0], digest)
            for name, digest in fresh.items()
            if begun - states[name][1] > _TICK
        ]
        if memory and settled:
            with memory:
                memory.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", settled)
    return found | fresh


def _state(path: Path) -> tuple[str, int]:
    """What changes when a file does, and when it last did (nanoseconds)."""
    facts = path.stat()
    times = (facts.st_mtime_ns, facts.st_ctime_ns)
    return f"{facts.st_size} {times[0]} {times[1]} {facts.st_ino} {facts.st_dev}", max(times)


def cache_folder() -> Path | None:
    """The folder of what can be found out again ($MEDCORPUS_CACHE, else the user's); None where it cannot be made."""
    try:
        users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = Path(os.environ.get("MEDCORPUS_CACHE") or users / "medcorpus")
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder


@contextmanager
def _memory() -> Iterator[sqlite3.Connection | None]:
    """The memory; None where there is no folder for it, and then every file is read."""
    folder = cache_folder()
    try:
        connection = sqlite3.connect(folder / "digests.db", timeout=_WAIT) if folder else None
        if connection:
            connection.execute(_TABLE)
    except sqlite3.Error:
        connection = None
    if connection is None:
        yield None
        return
    with closing(connection):
        yield connection
