"""Sorting, buckets and their cap: what is matched follows from the documents, not from where they lie."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.matching.lsh import BANDED, CAPPED, Match
from dedup.matching.sorting import sorted_pairs

keys_of_all_kinds = st.one_of(
    st.integers(0, 5), st.integers(0, (1 << 64) - 1), st.integers(0, 3).map(lambda n: n << 62)
)


@given(st.lists(keys_of_all_kinds, max_size=200))
def test_pairs_are_sorted_by_key_and_equal_keys_keep_their_order(keys: list[int]) -> None:
    before = np.array(keys, np.uint64)
    found = sorted_pairs(before, np.arange(len(keys), dtype=np.uint32))
    order = np.argsort(before, kind="stable")
    assert np.array_equal(found[0], before[order]) and np.array_equal(found[1], order)
    assert before.tolist() == keys


def banded(keys: list[int]) -> pa.Table:
    pairs = sorted_pairs(np.array(keys, np.uint64), np.arange(len(keys), dtype=np.uint32))
    return pa.table(pairs, schema=BANDED)


@given(st.lists(st.lists(st.integers(0, 6), max_size=12), min_size=1, max_size=4), st.integers(2, 6))
def test_a_bucket_is_a_star_or_over_the_limit_and_then_reported(partitions: list[list[int]], most: int) -> None:
    found = Match(3, most).run([banded(keys) for keys in partitions])
    buckets: dict[int, list[int]] = {}
    for at, keys in enumerate(partitions):
        for row, key in enumerate(keys):
            buckets.setdefault(key, []).append(at << 32 | row)
    stars = {(nodes[0], node) for nodes in buckets.values() if len(nodes) <= most for node in nodes[1:]}
    rows = found["edges"].to_pylist()
    assert {(row["hub"], row["node"]) for row in rows} == stars and len(rows) == len(stars)
    over = [(3, key, len(nodes)) for key, nodes in sorted(buckets.items()) if len(nodes) > most]
    assert found["capped"].equals(pa.Table.from_pylist([dict(zip(CAPPED.names, o, strict=True)) for o in over], CAPPED))


def test_without_a_limit_any_bucket_is_matched() -> None:
    found = Match().run([banded([7] * 50), banded([7] * 50)])
    assert found["edges"].num_rows == 99 and not found["capped"].num_rows
