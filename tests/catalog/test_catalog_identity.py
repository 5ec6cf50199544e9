"""Ids that are in a version more than once are found, and only they."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.identity import find_repeated
from shards.errors import CorruptionError
from shards.shard import Shard
from shards.store import Store


def _shards(store: Store, ids: list[list[str]]) -> list[Shard]:
    tables = [pa.table({"doc_id": pa.array(part, pa.string()), "text": part}) for part in ids]
    return [Shard("en", store.put_table(table), table.num_rows, 0, 0) for table in tables]


# Few halves, so that ids share their first 64 bits without being equal.
IDS = st.builds(lambda head, tail: f"{head:016x}{tail:016x}", st.integers(0, 3), st.integers(0, 8))


@given(st.lists(st.lists(IDS, max_size=5), max_size=4))
def test_exactly_the_repeated_ids_are_found(ids: list[list[str]]) -> None:
    store = Store("memory://identity")
    shards = _shards(store, ids)
    counts = Counter(one for part in ids for one in part)
    repeated = sorted(one for one, count in counts.items() if count > 1)
    found = find_repeated(store, shards)
    assert (found.ids, found.example) == (len(repeated), repeated[0]) if repeated else found is None
    if repeated:
        holders = [shard for shard, part in zip(shards, ids, strict=True) if repeated[0] in part]
        assert found.paths == tuple(dict.fromkeys(store.path(shard.blob.path) for shard in holders))


@pytest.mark.parametrize("bad", ["", "12", "g" * 32])
def test_an_id_that_is_none_is_named_with_its_shard(tmp_path, bad) -> None:
    store = Store(tmp_path)
    shards = _shards(store, [["0" * 32], ["1" * 32, bad]])
    with pytest.raises(CorruptionError, match=f"{shards[1].blob.digest}.*not 32 hex digits"):
        find_repeated(store, shards)
