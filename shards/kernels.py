"""numba's `njit`, with compiled kernels kept on disk until the source of any kernel changes.

numba itself compares the file of a function alone: a kernel that calls one of another file would stay as it was when
that other one changes. So the folder of the cache is named by the sources of all packages that have kernels.
"""

import hashlib
import os
from pathlib import Path

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

__all__ = ["load_word", "njit"]

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


@intrinsic
def _unaligned_word(context, data, at):
    """The eight bytes of `data` (uint8) from `at` as they lie in memory, at whatever address."""

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)

    return types.uint64(data, types.int64), generate


@njit(cache=True, nogil=True, inline="always")  # else numba would call it, which costs more than it does
def load_word(data, at, end):
    """The eight bytes of `data` (uint8, C-contiguous) from `at`, first one lowest; zeros from `end` on."""
    if at + 8 <= end:
        return _unaligned_word(data, np.int64(at))
    word = np.uint64(0)
    for place in range(at, end):
        word |= np.uint64(data[place]) << np.uint64(8 * (place - at))
    return word


numba.config.CACHE_DIR = str(cache_folder(Path(__file__).parents[1]))
