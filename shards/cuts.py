"""Columns cut into record batches, so that a task of the next step reads only its own of each partition's file."""

import itertools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa


def cut_rows(columns: Sequence[np.ndarray | pa.Array], cuts: Sequence[int], schema: pa.Schema) -> list[pa.RecordBatch]:
    """One batch between each cut and the next, empty ones too."""
    return [
        pa.record_batch([column[start:stop] for column in columns], schema=schema)
        for start, stop in itertools.pairwise(cuts)
    ]


def cut_by_prefix(
    keys: np.ndarray, columns: Sequence[np.ndarray | pa.Array], prefixes: int, schema: pa.Schema
) -> list[pa.RecordBatch]:
    """One batch a prefix of the key: ranges of equal width of uint64. `keys` ascend; `columns` are in their order."""
    bounds = np.array([(at << 64) // prefixes for at in range(1, prefixes)], np.uint64)
    return cut_rows(columns, [0, *np.searchsorted(keys, bounds), len(keys)], schema)
