"""Cutting by prefix: no row is lost, each key is in the range of its task, and tasks agree over partitions."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shards.cuts import cut_by_prefix

SCHEMA = pa.schema([pa.field("key", pa.uint64(), False), pa.field("row", pa.int64(), False)])


@given(st.lists(st.integers(0, (1 << 64) - 1)), st.integers(1, 9))
def test_every_key_is_in_the_one_range_that_is_its_own(keys: list[int], prefixes: int) -> None:
    ascending = np.array(sorted(keys), np.uint64)
    found = cut_by_prefix(ascending, (ascending, np.arange(len(keys))), prefixes, SCHEMA)
    assert len(found) == prefixes and all(batch.schema == SCHEMA for batch in found)
    assert [key for batch in found for key in batch["key"].to_pylist()] == sorted(keys)
    assert [row for batch in found for row in batch["row"].to_pylist()] == list(range(len(keys)))
    for at, batch in enumerate(found):
        assert all((at << 64) // prefixes <= key < ((at + 1) << 64) // prefixes for key in batch["key"].to_pylist())
