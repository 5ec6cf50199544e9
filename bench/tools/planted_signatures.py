"""Signatures of documents that were never written, with planted families of copies, for benchmarks of scale.

Two fifths of the documents lie in families whose sizes follow a power law (exponent 2.1, at most a hundredth of all
documents in one), spread over all partitions. A family's first document is its best. Of the others 35 % have its text,
45 % most of its shingles (Jaccard 0.8 or more), 10 % fewer (about 0.7) and 10 % are of its template with other doses:
the first two kinds must go, the last two must stay. Shingles are hashes of numbers; MinHash and sketches are made of
them by the build's own kernels, so Jaccard similarities are exact. A document has 24 to 40 shingles: what is banded,
shuffled and sorted does not depend on their number, and thirty million fit on the disk.
"""

import dataclasses
import math
from functools import cached_property

import numpy as np
import pyarrow as pa

from dedup.matching.candidates import all_kept
from dedup.signatures.digests import hex_digits
from dedup.signatures.minhash import minhash, permutations
from dedup.verification.members import COMPARED
from shards import schema
from shards.hashing import mix
from shards.kernels import njit
from shards.step import Step

SINGLE, EXACT, NEAR, RELATIVE, SIBLING = range(5)
TRUTH = pa.schema([pa.field("kind", pa.uint8(), False), pa.field("similarity", pa.float32(), False)])
_IN_FAMILIES = 0.4
_EXPONENT = 2.1
_PERMUTATIONS = 112
_MOST_SHINGLES = 40


@dataclasses.dataclass(frozen=True)
class Layout:
    """Which documents are families: a document's *slot* is its number in an order in which families lie together."""

    documents: int
    seed: int = 1

    @cached_property
    def starts(self) -> np.ndarray:
        """First slot of each family, then the first of the single documents."""
        random = np.random.default_rng(self.seed)
        wanted, largest = int(_IN_FAMILIES * self.documents), max(2, self.documents // 100)
        draws = random.random(max(16, wanted // 2))
        sizes = np.minimum(2 * draws ** (-1 / (_EXPONENT - 1)), largest).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return starts[: np.searchsorted(starts, wanted, side="right")]

    def slots(self, start: int, stop: int) -> np.ndarray:
        """Slots of the documents from `start` to `stop`: a permutation of all that tears families apart."""
        step = int(0.6180339887 * self.documents) | 1
        while math.gcd(step, self.documents) > 1:
            step += 2
        return (np.arange(start, stop, dtype=np.int64) * step) % self.documents


@dataclasses.dataclass(frozen=True)
class Planted(Step):
    """Documents `start` to `stop` of `documents`."""

    documents: int
    start: int
    stop: int
    seed: int = 1

    name = "planted"
    compression = None

    def run(self) -> dict[str, pa.Table]:
        """-> signatures (`schema.SIGNATURE`), compared (what verification reads of them), candidates
        (`schema.VERDICT`), ranks (`schema.RANK`) and truth (TRUTH).
        """
        layout = Layout(self.documents, self.seed)
        slots, starts = layout.slots(self.start, self.stop), layout.starts
        family = np.searchsorted(starts, slots, side="right") - 1
        first = starts[family]
        alone = slots >= starts[-1]
        family[alone], first[alone] = slots[alone] + (1 << 40), slots[alone]
        kinds, similarity, counts, ids, hashes, minima, sketches, doses, names, urls = _plant(
            slots, family, first, *permutations(_PERMUTATIONS, 1)
        )
        rows = len(slots)
        doc_id = hex_digits(ids)
        columns = [
            doc_id,
            hex_digits(hashes),
            pa.array(counts),
            _lists(minima, np.full(rows, _PERMUTATIONS)),
            _lists(sketches, counts),
            _lists(doses, np.full(rows, 2)),
            _lists(names, np.full(rows, 3)),
            pa.array(urls),
            pa.array(urls),
        ]
        signatures = pa.table(columns, schema=schema.SIGNATURE)
        quality = np.where((slots == first) & ~alone, 1.0, 0.5)
        return {
            "signatures": signatures,
            "compared": signatures.select(COMPARED),
            "candidates": all_kept(doc_id),
            "ranks": pa.table(
                [pa.array(np.zeros(rows, np.int32)), pa.array(quality), pa.nulls(rows, pa.string())], schema=schema.RANK
            ),
            "truth": pa.table([kinds, similarity], schema=TRUTH),
        }


def _lists(flat: np.ndarray, counts: np.ndarray) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat[: offsets[-1]]))


@njit(cache=True, nogil=True)
def _random(number, purpose):
    return mix(mix(np.uint64(number)) + np.uint64(purpose))


@njit(cache=True, nogil=True)
def _plant(slots, family, first, multipliers, offsets):
    rows, permuted = len(slots), len(multipliers)
    kinds, similarity, counts = np.zeros(rows, np.uint8), np.ones(rows, np.float32), np.empty(rows, np.int32)
    ids, hashes = np.empty((rows, 2), np.uint64), np.empty((rows, 2), np.uint64)
    minima, sketches = np.empty(rows * permuted, np.uint32), np.empty(rows * _MOST_SHINGLES, np.uint32)
    doses, names = np.empty(rows * 2, np.uint32), np.empty(rows * 3, np.uint32)
    urls = np.empty(rows, np.uint64)
    shingles = np.empty(_MOST_SHINGLES, np.uint64)
    filled = 0
    for row in range(rows):
        slot, group = slots[row], family[row]
        count = 24 + _random(group, 1) % np.uint64(_MOST_SHINGLES - 23)
        changed, kind = 0, SINGLE
        if slot != first[row]:
            draw = _random(slot, 2) % np.uint64(100)
            some = np.int64(_random(slot, 3) & np.uint64(0xFFFF))
            if draw < 35:
                kind = EXACT
            elif draw < 80:
                kind, changed = NEAR, 1 + some % (np.int64(count) // 9)
            elif draw < 90:
                kind, changed = RELATIVE, -(-np.int64(count) // 6)
            else:
                kind, changed = SIBLING, some % 2
        size = np.int64(count)
        for at in range(size):
            shingles[at] = _random(group, 16 + at)
        turn = np.int64(_random(slot, 4) % count)
        for at in range(changed):
            shingles[(turn + at) % size] = _random(slot, 1 << 20 | at)
        found = np.sort(shingles[:size])
        kinds[row], counts[row] = kind, size
        similarity[row] = (size - changed) / (size + changed)
        for half in range(2):
            ids[row, half] = _random(slot, 5 + half)
            hashes[row, half] = _random(first[row] if kind == EXACT else slot, 7 + half)
        urls[row] = _random(slot, 14)
        minhash(found, multipliers, offsets, minima[row * permuted : (row + 1) * permuted])
        for shingle in found:
            sketches[filled] = np.uint32(shingle >> np.uint64(32))
            filled += 1
        owner = slot + (1 << 41) if kind == SIBLING else group
        for at in range(2):
            doses[2 * row + at] = np.uint32(_random(owner, 9 + at))
        for at in range(3):
            names[3 * row + at] = np.uint32(_random(group, 11 + at)) & np.uint32(0xFFFFFFFE)
        doses[2 * row : 2 * row + 2].sort()
        names[3 * row : 3 * row + 3].sort()
    return kinds, similarity, counts, ids, hashes, minima, sketches[:filled], doses, names, urls
