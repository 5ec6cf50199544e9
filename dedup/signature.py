"""Signatures: MinHash and a bottom-k sketch over word shingles, and the doses, of every document of a partition.

MinHash (Broder 1997) finds candidates; the sketch measures their similarity: exact for documents of at most
`sketch` shingles, else an estimate with standard error sqrt(J(1-J)/sketch). Documents with fewer than `min_shingles`
shingles get neither and are compared by content hash alone.
"""

import dataclasses
from functools import cache

import numpy as np
import polars as pl
import pyarrow as pa
from numba import njit

from dedup.tokens import doses_of, mix, shingles_of, text_buffers, unit_hashes, words_of
from shards import schema
from shards.step import Step


@dataclasses.dataclass(frozen=True)
class Signature(Step):
    """`ngram` words a shingle; `permutations` = bands x rows; `sketch` the k of bottom-k."""

    ngram: int = 5
    permutations: int = 112
    sketch: int = 512
    min_shingles: int = 16
    seed: int = 1

    name = "signature"
    version = 1
    libraries = ("polars",)  # lower-casing
    compression = None  # read row by row from memory maps when candidates are verified

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """documents -> signatures (schema.SIGNATURE), same rows."""
        lowered = pl.from_arrow(documents["text"]).str.to_lowercase().to_arrow()
        data, offsets = text_buffers(lowered)
        multipliers, offsets_b = permutations(self.permutations, self.seed)
        minima, sketches, doses, counts = _signatures(
            data, offsets, self.ngram, self.min_shingles, self.sketch, multipliers, offsets_b, _units()
        )
        table = pa.table(
            [
                documents["doc_id"],
                documents["content_hash"],
                pa.array(counts[:, 0], pa.int32()),
                _lists(minima, counts[:, 1]),
                _lists(sketches, counts[:, 2]),
                _lists(doses, counts[:, 3]),
            ],
            schema=schema.SIGNATURE,
        )
        return {"signatures": table}


def permutations(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Odd multipliers and offsets (uint64) of `count` multiply-shift hash functions (Dietzfelbinger et al. 1997)."""
    random = np.random.Generator(np.random.Philox(seed))
    draws = random.integers(0, 1 << 64, size=(2, count), dtype=np.uint64)
    return draws[0] | np.uint64(1), draws[1]


@cache
def _units() -> np.ndarray:
    return unit_hashes()


def _lists(flat: np.ndarray, counts: np.ndarray) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat[: offsets[-1]], pa.uint32()))


@njit(cache=True, nogil=True)
def minhash(shingles, multipliers, offsets):
    """The minimum of each hash function over the shingles, uint32; needs at least one shingle."""
    minima = np.full(len(multipliers), np.uint32(0xFFFFFFFF), np.uint32)
    for shingle in shingles:
        for index in range(len(multipliers)):
            value = np.uint32((shingle * multipliers[index] + offsets[index]) >> np.uint64(32))
            if value < minima[index]:
                minima[index] = value
    return minima


@njit(cache=True, nogil=True)
def _signatures(data, offsets, ngram, min_shingles, sketch, multipliers, offsets_b, units):
    rows = len(offsets) - 1
    longest = 0
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    hashes, numeric = np.empty(longest + 1, np.uint64), np.empty(longest + 1, np.bool_)
    counts = np.zeros((rows, 4), np.int32)  # shingles, minhash values, sketch values, doses
    minima = np.empty(rows * len(multipliers), np.uint32)
    sketches = np.empty(rows * sketch, np.uint32)
    doses = np.empty(1024, np.uint32)
    filled_minima = filled_sketches = filled_doses = 0
    for row in range(rows):
        words = words_of(data, offsets[row], offsets[row + 1], hashes, numeric)
        found = doses_of(hashes, numeric, words, units)
        while filled_doses + len(found) > len(doses):
            doses = np.concatenate((doses, np.empty(len(doses), np.uint32)))
        doses[filled_doses : filled_doses + len(found)] = found
        filled_doses += len(found)
        counts[row, 3] = len(found)
        shingles = shingles_of(hashes, words, ngram)
        if len(shingles) < min_shingles:
            continue
        counts[row, 0] = len(shingles)
        counts[row, 1] = len(multipliers)
        minima[filled_minima : filled_minima + len(multipliers)] = minhash(shingles, multipliers, offsets_b)
        filled_minima += len(multipliers)
        kept = 0
        for shingle in shingles:  # sorted by 64 bits, so their upper halves are sorted too
            short = np.uint32(shingle >> np.uint64(32))
            if kept == 0 or short != sketches[filled_sketches + kept - 1]:
                sketches[filled_sketches + kept] = short
                kept += 1
                if kept == sketch:
                    break
        counts[row, 2] = kept
        filled_sketches += kept
    return minima[:filled_minima], sketches[:filled_sketches], doses[:filled_doses], counts


@njit(cache=True, nogil=True)
def band_keys(minima, bands, rows):
    """One 64-bit key a band of `rows` minima; minima is (documents, bands * rows), keys (documents, bands)."""
    keys = np.empty((minima.shape[0], bands), np.uint64)
    for document in range(minima.shape[0]):
        for band in range(bands):
            value = np.uint64(band + 1)
            for row in range(rows):
                value = mix(value ^ np.uint64(minima[document, band * rows + row]))
            keys[document, band] = value
    return keys
