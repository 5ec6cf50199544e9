"""Which documents train and which are held out."""

import numpy as np

from train.corpus import held_out_mask, held_out_points
from train.documents import Documents
from train.tokens import TokenShard


def split(shards: list[TokenShard], fraction: float) -> tuple[Documents, Documents]:
    """(training, held-out) documents of one language; empty documents are in neither.

    Held-out documents are in the order of their places, so the first of them are a sample of all sources.
    """
    doc_ids = [name for shard in shards for name in shard.doc_ids]
    number = np.repeat(np.arange(len(shards), dtype=np.int32), [len(shard.doc_ids) for shard in shards])
    start = np.concatenate([shard.offsets[:-1] for shard in shards])
    length = np.concatenate([np.diff(shard.offsets) for shard in shards])
    points = held_out_points(doc_ids)
    held_out = held_out_mask(points, fraction)
    documents = Documents([shard.values for shard in shards], number, start, length)
    train, test = (np.flatnonzero(mask & (length > 0)) for mask in (~held_out, held_out))
    return documents.take(train), documents.take(test[np.argsort(points[test], kind="stable")])
