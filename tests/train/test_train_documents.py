"""Concatenated and packed text lose no token and need no state."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shards.errors import InputError
from train.data.corrupt import Corruption, Noise
from train.data.documents import Concatenated, Documents, Packed, best_fit

CORRUPTION = Corruption(Noise(), tuple(range(60_099, 59_999, -1)), 1, longest=71)


def documents(lengths: list[int], shards: int = 3) -> Documents:
    """Documents of those lengths; all their tokens differ."""
    shard = np.arange(len(lengths), dtype=np.int32) % shards
    values, start, token = [[] for _ in range(shards)], [], 0
    for number, length in zip(shard, lengths, strict=True):
        start.append(len(values[number]))
        values[number] += range(token, token + length)
        token += length
    columns = (shard, np.array(start), np.array(lengths), 0 * shard)
    return Documents([np.array(ids, np.int32) for ids in values], *columns, ("test",))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.integers(0, 2**40), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_an_epoch_shows_every_token_at_most_once_and_misses_less_than_a_chunk(lengths, seed, epoch):
    found = documents([*lengths, 71])
    chunks = Concatenated("en", found, CORRUPTION, seed)
    ids, bounds, owner = chunks.sequences(np.arange(epoch * chunks.count, (epoch + 1) * chunks.count))
    assert len(set(ids.tolist())) == len(ids) == chunks.count * 71
    assert found.tokens - len(ids) < 71
    assert np.array_equal(bounds, np.arange(chunks.count + 1) * 71)
    assert np.array_equal(owner, np.arange(chunks.count))


def test_chunks_are_the_concatenated_documents_without_separator():
    found = documents([5, 300, 40, 7, 90, 1, 200])
    chunks = Concatenated("en", found, CORRUPTION, seed=3)
    line = found.take(chunks._order)
    places = zip(line.shard, line.start, line.length, strict=True)
    ring = [int(token) for shard, start, size in places for token in line.values[shard][start : start + size]]
    for index in range(5 * chunks.count):
        ids = chunks.sequences(np.array([index]))[0].tolist()
        at = ring.index(ids[0])
        assert ids == (ring + ring)[at : at + 71]


def test_epochs_are_cut_elsewhere_and_in_another_order():
    chunks = Concatenated("en", documents([50] * 200), CORRUPTION, seed=0)
    first, second = (
        [ids[0] for ids in chunks.sequences(np.arange(e * chunks.count, (e + 1) * chunks.count))[0].reshape(-1, 71)]
        for e in (0, 1)
    )
    assert not set(first) & set(second)
    assert first != sorted(first)


def test_text_shorter_than_a_chunk_is_refused_by_name():
    with pytest.raises(InputError, match=r"it: 20 training tokens .* smaller input length"):
        Concatenated("it", documents([10, 10]), CORRUPTION, seed=0)
    with pytest.raises(InputError, match="it: no document has two tokens"):
        Packed("it", documents([1, 1]), CORRUPTION, 0, (64, 16))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60), st.integers(0, 2**40), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_packed_rows_have_room_and_every_token_once(lengths, seed, epoch):
    found = documents([*lengths, 2])
    room = tuple(int(n) for n in CORRUPTION.lengths(71))
    packed = Packed("en", found, CORRUPTION, seed, room)
    places = np.arange(epoch * packed.count, (epoch + 1) * packed.count)
    ids, bounds, owner = packed.sequences(places)
    assert len(set(ids.tolist())) == len(ids) == found.tokens - lengths.count(1)
    assert set(owner.tolist()) == set(range(packed.count))
    inputs, targets = CORRUPTION.lengths(np.diff(bounds))
    assert np.bincount(owner, inputs).max() <= room[0]
    assert np.bincount(owner, targets).max() <= room[1]
    assert np.array_equal(np.bincount(owner, targets), packed.targets(places))
    assert packed.tokens == pytest.approx(len(ids) / packed.count)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 10)), min_size=1, max_size=80), st.integers(1, 8))
@settings(max_examples=100, deadline=None)
def test_best_fit_takes_the_fullest_open_row_with_room(sizes, window):
    inputs, targets = (np.array(side) for side in zip(*sizes, strict=True))
    rows = best_fit(inputs, targets, 20, 10, window)
    assert np.bincount(rows, inputs).max() <= 20
    assert np.bincount(rows, targets).max() <= 10
    assert sorted(set(rows.tolist())) == list(range(rows.max() + 1))
    if len(sizes) <= window:  # nothing is closed
        left: list[tuple[int, int]] = []
        for (wide, tall), row in zip(sizes, rows.tolist(), strict=True):
            fits = [a for a, b in left if a >= wide and b >= tall]
            assert (row < len(left) and left[row][0] == min(fits)) if fits else row == len(left)
            left += [] if fits else [(20, 10)]
            left[row] = (left[row][0] - wide, left[row][1] - tall)


def test_short_documents_of_usual_lengths_leave_little_padding():
    lengths = np.random.default_rng(0).lognormal(5.5, 0.8, 5000).astype(int) + 2
    zeros = np.zeros(5000, np.int32)
    found = Documents([np.zeros(lengths.max(), np.int32)], zeros, zeros, lengths, zeros, ("test",))
    corruption = Corruption(Noise(), tuple(range(100)), 1, longest=568)
    assert Packed("en", found, corruption, 0, (512, 114)).padding < 0.03
