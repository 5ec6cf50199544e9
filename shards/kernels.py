"""numba's `njit`, with compiled kernels kept on disk until the source of any kernel changes.

numba itself compares the file of a function alone: a kernel that calls one of another file would stay as it was when
that other one changes. So the folder of the cache is named by the sources of all packages that have kernels.
"""

import hashlib
import os
from pathlib import Path

import numba
from numba import njit

__all__ = ["njit"]

_PACKAGES = ("shards", "dedup", "filters", "ingest/extract", "train")


def cache_folder(root: Path) -> Path:
    """Folder for compiled kernels: below NUMBA_CACHE_DIR or the user's cache, named by the sources under `root`."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            source = path.read_bytes()
            if b"njit" in source:
                digest.update(f"{path.relative_to(root)} {len(source)}\n".encode() + source)
    cache = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (Path(cache) if cache else user / "medcorpus" / "kernels") / digest.hexdigest()[:16]


numba.config.CACHE_DIR = str(cache_folder(Path(__file__).parents[1]))
