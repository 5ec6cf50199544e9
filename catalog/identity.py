"""Every document once: ids that several rows of a version share.

Only the column `doc_id` is read. Half an id, 64 bits, is kept for each document in a first pass; ids whose halves are
equal are compared whole in a second one, which hardly ever reads anything.
"""

import binascii
import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shards.errors import CorruptionError
from shards.shard import Shard
from shards.store import Store

_DIGITS = 32  # of a doc_id
_HEAD_DIGITS = 16  # of the half that the first pass keeps


@dataclasses.dataclass(frozen=True)
class Repeated:
    """Ids that more than one row has: how many, one of them, and the paths of the shards that hold it."""

    ids: int
    example: str
    paths: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.ids} doc_ids are of more than one document of the version, e.g. {self.example} in"
            f" {' and '.join(self.paths)}"
        )


def find_repeated(store: Store, shards: Sequence[Shard]) -> Repeated | None:
    """Ids that are there more than once in all `shards` together, or None; eight bytes of memory a document."""
    heads = np.concatenate([np.empty(0, np.uint64), *(_heads(ids, path) for path, ids in _columns(store, shards))])
    heads.sort()
    suspects = np.unique(heads[1:][heads[1:] == heads[:-1]])
    if not len(suspects):
        return None
    rows: list[str] = []
    where: list[str] = []
    for path, ids in _columns(store, shards):
        found = ids.filter(pa.array(np.isin(_heads(ids, path), suspects))).to_pylist()
        rows += found
        where += [path] * len(found)
    counts = pc.value_counts(pa.array(rows, pa.string()))
    repeated = counts.filter(pc.greater(counts.field("counts"), 1)).field("values").to_pylist()
    if not repeated:
        return None
    example = min(repeated)
    paths = (path for row, path in zip(rows, where, strict=True) if row == example)
    return Repeated(len(repeated), example, tuple(dict.fromkeys(paths)))


def _columns(store: Store, shards: Sequence[Shard]) -> Iterator[tuple[str, pa.ChunkedArray]]:
    for shard in shards:
        yield store.path(shard.blob.path), store.get_table(shard.blob, ["doc_id"])["doc_id"]


def _heads(ids: pa.ChunkedArray, path: str) -> np.ndarray:
    """The first 64 bits of each id, [rows] uint64; `CorruptionError` when one is not 32 hex digits."""
    try:
        fixed = ids.cast(pa.binary(_DIGITS)).combine_chunks()
        digits = memoryview(fixed.buffers()[1] or b"")[fixed.offset * _DIGITS :][: len(fixed) * _DIGITS]
        raw = binascii.unhexlify(digits)
    except (pa.ArrowInvalid, binascii.Error) as error:
        raise CorruptionError(f"{path}: a doc_id is not {_DIGITS} hex digits ({error})") from error
    return np.frombuffer(raw, ">u8")[:: _DIGITS // _HEAD_DIGITS].astype(np.uint64)
