"""The lists of signatures as flat arrays, which compiled code reads."""

import numpy as np
import pyarrow as pa


def flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Values and offsets of a column of lists; no copy where it is one chunk."""
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return array.values.to_numpy(), array.offsets.to_numpy()
