"""Signatures: MinHash and a bottom-k sketch over word shingles, doses and names, of every document of a partition.

MinHash (Broder 1997) finds candidates, classical or with one permutation (`minhash`); the sketch measures their
similarity: exact for documents of at most `sketch` shingles, else an estimate with standard error
sqrt(J(1-J)/sketch). Documents with fewer than `min_shingles` shingles get neither and are compared by content hash
alone.
"""

import dataclasses
from functools import cache

import numpy as np
import pyarrow as pa

from dedup.signatures.identity import url_hashes
from dedup.signatures.minhash import minhash, one_permutation_minhash, permutations
from dedup.signatures.shingles import shingles_of
from dedup.signatures.tokens import MONTHS, UNITS, doses_of, names_of, word_hashes
from dedup.signatures.words import text_buffers, words_of
from shards import schema
from shards.kernels import njit
from shards.step import Step

READ = ("doc_id", "text", "content_hash", "source", "canonical_url", "fetched")  # columns of documents
MOST_NAMES = 512  # of a document; those of a long one are a sample


@dataclasses.dataclass(frozen=True)
class Signature(Step):
    """`ngram` words a shingle; `permutations` = bands x rows; `sketch` the k of bottom-k.

    `one_permutation`: the smallest shingle of each of `permutations` ranges of hashes takes the place of the minimum
    of each permutation.
    """

    ngram: int = 5
    permutations: int = 112
    sketch: int = 512
    min_shingles: int = 16
    seed: int = 1
    one_permutation: bool = True

    name = "signature"
    version = 6
    compression = None  # read row by row from memory maps when candidates are verified

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """documents (doc_id, text, content_hash; canonical_url, source, fetched if they are pages) -> signatures
        (schema.SIGNATURE), same rows.
        """
        data, offsets = text_buffers(documents["text"])
        multipliers, offsets_b = permutations(self.permutations, self.seed)
        minima, sketches, doses, names, counts = _signatures(
            data,
            offsets,
            self.ngram,
            self.min_shingles,
            self.sketch,
            multipliers,
            offsets_b,
            self.one_permutation,
            *_known_words(),
        )
        table = pa.table(
            [
                documents["doc_id"],
                documents["content_hash"],
                pa.array(counts[:, 0], pa.int32()),
                _lists(minima, counts[:, 1]),
                _lists(sketches, counts[:, 2]),
                _lists(doses, counts[:, 3]),
                _lists(names, counts[:, 4]),
                *url_hashes(documents),
            ],
            schema=schema.SIGNATURE,
        )
        return {"signatures": table}


@cache
def _known_words() -> tuple[np.ndarray, np.ndarray]:
    return word_hashes(UNITS), word_hashes(MONTHS)


def _lists(flat: np.ndarray, counts: np.ndarray) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat[: offsets[-1]], pa.uint32()))


@njit(cache=True, nogil=True)
def _signatures(data, offsets, ngram, min_shingles, sketch, multipliers, offsets_b, one_permutation, units, months):
    rows = len(offsets) - 1
    longest = 0
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    hashes, marks = np.empty(longest + 1, np.uint64), np.empty(longest + 1, np.uint8)
    counts = np.zeros((rows, 5), np.int32)  # shingles, minhash values, sketch values, doses, names
    minima = np.empty(rows * len(multipliers), np.uint32)
    sketches = np.empty(rows * sketch, np.uint32)
    doses, names = np.empty(1024, np.uint32), np.empty(1024, np.uint32)
    filled_minima = filled_sketches = filled_doses = filled_names = 0
    for row in range(rows):
        words = words_of(data, offsets[row], offsets[row + 1], hashes, marks)
        found = doses_of(hashes, marks, words, units)
        doses = _append(doses, filled_doses, found)
        filled_doses += len(found)
        counts[row, 3] = len(found)
        found = names_of(hashes, marks, words, months, MOST_NAMES)
        names = _append(names, filled_names, found)
        filled_names += len(found)
        counts[row, 4] = len(found)
        shingles = shingles_of(hashes, words, ngram)
        if len(shingles) < min_shingles:
            continue
        counts[row, 0] = len(shingles)
        counts[row, 1] = len(multipliers)
        place = minima[filled_minima : filled_minima + len(multipliers)]
        if one_permutation:
            one_permutation_minhash(shingles, place)
        else:
            minhash(shingles, multipliers, offsets_b, place)
        filled_minima += len(multipliers)
        kept = min(len(shingles), sketch)
        sketches[filled_sketches : filled_sketches + kept] = shingles[:kept]
        counts[row, 2] = kept
        filled_sketches += kept
    return minima[:filled_minima], sketches[:filled_sketches], doses[:filled_doses], names[:filled_names], counts


@njit(cache=True, nogil=True)
def _append(target, filled, found):
    """`target` with `found` after its first `filled` values; a longer array where it does not hold them."""
    while filled + len(found) > len(target):
        target = np.concatenate((target, np.empty(len(target), target.dtype)))
    target[filled : filled + len(found)] = found
    return target
