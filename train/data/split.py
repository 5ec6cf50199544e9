"""Which documents train and which are held out: by the hash of their id, and never near-duplicates on both sides."""

from typing import NamedTuple

import numpy as np

from train.data.corpus import held_out_mask
from train.data.documents import Documents
from train.data.sketch import near
from train.data.tokens import TokenShard


class Split(NamedTuple):
    """One language's documents. `left_out` counts held-out ones that a training document is much like: in neither."""

    train: Documents
    held_out: Documents
    left_out: int


def split(shards: list[TokenShard], fraction: float) -> Split:
    """Held out is a document whose place, a hash of its id, is below `fraction` (see `held_out_mask`).

    So a document that one version trains on is never held out in another. But of a held-out document with a
    near-duplicate among the training documents (see `sketch`) the loss would say what was memorised: it is left
    out. Empty documents are in neither. Held-out ones are in the order of their places: the first of them are a sample.
    """
    documents, points, sketch = gather(shards)
    held_out = held_out_mask(points, fraction)
    train, test = (np.flatnonzero(mask & (documents.length > 0)) for mask in (~held_out, held_out))
    clean = test[~near(sketch[test], sketch[train])]
    in_order = clean[np.argsort(points[clean], kind="stable")]
    return Split(documents.take(train), documents.take(in_order), len(test) - len(clean))


def gather(shards: list[TokenShard]) -> tuple[Documents, np.ndarray, np.ndarray]:
    """(documents, their places, their sketches) of one language."""
    sources = sorted({name for shard in shards for name in shard.sources})
    number = np.repeat(np.arange(len(shards), dtype=np.int32), [len(shard.points) for shard in shards])
    start, length, points, sketch = (
        np.concatenate(parts)
        for parts in zip(*((s.offsets[:-1], np.diff(s.offsets), s.points, s.sketches) for s in shards), strict=True)
    )
    source = np.concatenate([np.array([sources.index(n) for n in s.sources], np.int32)[s.source] for s in shards])
    documents = Documents([shard.values for shard in shards], number, start, length, source, tuple(sources))
    return documents, points, sketch
