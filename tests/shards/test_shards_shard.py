"""Splitting a table into shards loses no row, keeps the order and fills each piece."""

import itertools

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shards.shard import split_rows


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=4), st.integers(0, 40))
def test_pieces_are_the_rows_in_order_and_as_full_as_allowed(chunks: list[list[str]], max_bytes: int) -> None:
    table = pa.table({"text": pa.chunked_array(chunks, pa.string())})
    texts = [text for chunk in chunks for text in chunk]
    pieces = [piece["text"].to_pylist() for piece in split_rows(table, max_bytes)]
    assert [text for piece in pieces for text in piece] == texts
    sizes = [[len(text.encode()) for text in piece] for piece in pieces]
    for piece in sizes:
        assert piece
        assert sum(piece) <= max_bytes or sum(piece[:-1]) == 0  # a long row stands alone, or after empty ones
    for piece, following in itertools.pairwise(sizes):
        assert sum(piece) + following[0] > max_bytes
