"""Span corruption equals T5's: counts, distributions, sentinels, and a port of the TensorFlow function."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shards.errors import InputError
from train.corrupt import Noise, composition, corrupt, counts, draw, example_lengths, noise_mask, raw_length

NOISE = Noise()
SENTINELS = np.arange(5099, 4999, -1)  # <extra_id_0> is the highest id


def mask_of(length: int, index: int, seed: int = 0) -> np.ndarray:
    return noise_mask(length, NOISE, draw(seed, index, length))


def reference_mask(length: int, hidden_order: np.ndarray, kept_order: np.ndarray) -> np.ndarray:
    """random_spans_noise_mask of t5/data/preprocessors.py step by step; shuffles are given as orders."""
    original, length = length, max(length, 2)
    hidden = int(np.round(np.float32(length) * np.float32(0.15)))
    hidden = min(max(hidden, 1), length - 1)
    spans = max(int(np.round(np.float32(hidden) / np.float32(3.0))), 1)

    def segmentation(items: int, segments: int, order: np.ndarray) -> np.ndarray:
        shuffled = np.zeros(items - 1, dtype=np.int32)
        shuffled[order] = np.arange(items - 1) < segments - 1
        segment = np.cumsum(np.pad(shuffled, (1, 0)))
        return np.bincount(segment)

    noise = segmentation(hidden, spans, hidden_order)
    kept = segmentation(length - hidden, spans, kept_order)
    starts = np.cumsum(np.reshape(np.stack([kept, noise], axis=1), [spans * 2]))[:-1]
    indicator = np.bincount(starts, minlength=length)
    return (np.cumsum(indicator) % 2 == 1)[:original]


def reference_sentinels(tokens: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """noise_span_to_unique_sentinel of t5/data/preprocessors.py."""
    before = np.pad(mask[:-1], (1, 0))
    first = mask & ~before
    later = mask & before
    sentinel = 5100 - np.cumsum(first.astype(np.int32))
    return np.where(first, sentinel, tokens)[~later]


@pytest.mark.parametrize(
    ("inputs", "raw", "targets", "spans"),
    [(256, 284, 58, 14), (480, 532, 108, 27), (512, 568, 114, 28), (768, 852, 172, 43), (1024, 1137, 229, 57)],
)
def test_lengths_are_those_of_random_spans_helper(inputs, raw, targets, spans):
    assert raw_length(inputs, NOISE) == raw
    assert example_lengths(raw, NOISE, 100) == (inputs, targets)
    assert counts(raw, NOISE)[1] == spans


def test_inputs_fill_the_input_length_for_every_length_that_is_taken():
    for inputs in range(10, 1801):
        assert example_lengths(raw_length(inputs, NOISE), NOISE, 100)[0] == inputs
    for inputs in (8, 9):  # the helper's counts gave 9 and 10 here
        with pytest.raises(InputError, match="at least 10"):
            raw_length(inputs, NOISE)


def test_every_draw_has_the_same_counts():
    for index in range(2000):
        mask = mask_of(568, index)
        starts = mask & ~np.pad(mask[:-1], (1, 0))
        assert (mask.sum(), starts.sum(), mask[0], mask[-1]) == (85, 28, False, True)
        assert [len(side) for side in corrupt(np.zeros(568, int), mask, SENTINELS, 1)] == [512, 114]


def test_hiding_probability_by_position_is_the_reference_s():
    n = 20_000
    share = np.mean([mask_of(568, index) for index in range(n)], axis=0)
    for position, expected in {
        0: 0.0,
        1: 0.0541,
        2: 0.0855,
        3: 0.1101,
        564: 0.350,
        565: 0.480,
        566: 0.678,
        567: 1.0,
    }.items():
        sigma = math.sqrt(expected * (1 - expected) / n)
        assert abs(share[position] - expected) <= 4 * sigma + 5e-4, position
    assert abs(share[200:300].mean() - 0.148) < 0.002


def test_span_lengths_follow_the_exact_law():
    hidden, spans = 85, 28
    seen = Counter()
    for index in range(4000):
        mask = mask_of(568, index)
        edges = np.flatnonzero(np.diff(np.pad(mask.astype(int), 1)))
        seen[int(edges[1] - edges[0])] += 1  # one span a draw: spans of one draw depend on each other
    law = [math.comb(hidden - size - 1, spans - 2) / math.comb(hidden - 1, spans - 1) for size in range(1, 10)]
    assert [round(p, 4) for p in law] == [0.3214, 0.2207, 0.1507, 0.1024, 0.0691, 0.0464, 0.0309, 0.0205, 0.0135]
    observed = [seen[size] for size in range(1, 10)]
    observed.append(4000 - sum(observed))
    expected = [4000 * p for p in (*law, 1 - sum(law))]
    assert stats.chisquare(observed, expected).pvalue > 1e-3


@pytest.mark.parametrize("length", range(12, 17))
def test_all_masks_of_a_short_sequence_are_equally_likely(length):
    hidden, spans = counts(length, NOISE)

    def compositions(items):
        cuts = itertools.combinations(range(1, items), spans - 1)
        return [tuple(np.diff((0, *cut, items))) for cut in cuts]

    possible = set()
    for kept, noise in itertools.product(compositions(length - hidden), compositions(hidden)):
        runs = [[bool(k % 2)] * int(n) for k, n in enumerate(itertools.chain(*zip(kept, noise, strict=True)))]
        possible.add(tuple(itertools.chain(*runs)))
    n = 400 * len(possible)
    seen = Counter(tuple(mask_of(length, index, seed=length).tolist()) for index in range(n))
    assert set(seen) == possible
    p = 1 / len(possible)
    assert max(abs(count - n * p) for count in seen.values()) <= 4.5 * math.sqrt(n * p * (1 - p))


@pytest.mark.parametrize(("items", "parts"), [(7, 3), (8, 4), (6, 1), (6, 6)])
def test_compositions_are_uniform(items, parts):
    possible = math.comb(items - 1, parts - 1)
    n = 500 * possible
    seen = Counter(tuple(composition(items, parts, draw(3, index, items - 1)).tolist()) for index in range(n))
    assert len(seen) == possible
    assert all(sum(one) == items and min(one) >= 1 and len(one) == parts for one in seen)
    assert possible == 1 or stats.chisquare(list(seen.values())).pvalue > 1e-4


@given(st.integers(1, 1900), st.integers(0, 2**62))
@settings(max_examples=200, deadline=None)
def test_merging_inputs_and_targets_gives_back_the_tokens(length, index):
    tokens = np.arange(length) % 4000 + 3
    inputs, targets = corrupt(tokens, mask_of(length, index), SENTINELS, 1)
    assert inputs[-1] == targets[-1] == 1

    def spans(ids):
        found, current = {}, None
        for token in ids[:-1].tolist():
            if token >= 5000:
                current = token
                found[token] = []
            else:
                found.setdefault(current, []).append(token)
        return found

    hidden, kept = spans(targets), spans(inputs)
    order = [None, *sorted((name for name in kept if name), reverse=True)]
    # targets begin with <extra_id_0>, standing for the first kept span; inputs begin with that span itself
    merged = list(kept.get(None, []))
    for name in order[1:]:
        merged += hidden[name] + kept.get(name, [])
    assert merged == tokens.tolist()
    used = [token for token in inputs.tolist() if token >= 5000]
    assert used == SENTINELS[: len(used)].tolist()


@given(st.integers(1, 1900), st.integers(0, 2**62), st.integers(0, 2**62))
@settings(max_examples=200, deadline=None)
def test_equal_to_the_tensorflow_function_given_the_same_shuffles(length, index, seed):
    words = draw(seed, index, max(length, 2))
    padded = max(length, 2)
    hidden, _ = counts(padded, NOISE)
    orders = [np.argsort(part, kind="stable") for part in (words[: hidden - 1], words[hidden - 1 : padded - 2])]
    mask = noise_mask(length, NOISE, words)
    expected = reference_mask(length, *orders)
    assert mask.tolist() == expected.tolist()
    tokens = np.arange(length) % 4000 + 3
    inputs, targets = corrupt(tokens, mask, SENTINELS, 1)
    assert inputs.tolist() == [*reference_sentinels(tokens, expected), 1]
    assert targets.tolist() == [*reference_sentinels(tokens, ~expected), 1]


def test_counts_round_in_float32_like_the_reference():
    lengths = range(2, 5000)
    differ = [n for n in lengths if counts(n, NOISE)[0] != min(max(round(n * 0.15), 1), n - 1)]
    assert len(differ) == 39
    assert {190, 350, 390, 670, 710} <= set(differ)
    assert not {568, 1137} & set(differ)


def test_more_spans_than_sentinels_are_refused():
    assert example_lengths(raw_length(1800, NOISE), NOISE, 100) == (1800, 401)
    with pytest.raises(InputError, match="at most 1800"):
        example_lengths(raw_length(2048, NOISE), NOISE, 100)
    with pytest.raises(InputError, match="sentinels"):
        corrupt(np.zeros(2000, int), mask_of(2274, 0)[:2000], SENTINELS[:50], 1)


def test_an_example_depends_on_seed_and_index_only():
    assert mask_of(568, 7).tolist() == mask_of(568, 7).tolist()
    assert len({tuple(mask_of(568, index, seed).tolist()) for index in range(50) for seed in range(4)}) == 200
    # frozen: the raw words of Philox are numpy's stable interface
    assert np.flatnonzero(mask_of(40, 123, seed=5)).tolist() == [24, 25, 26, 37, 38, 39]
