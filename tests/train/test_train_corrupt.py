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
from train.data.corrupt import Corruption, Noise, choose, counts, example_lengths, raw_length
from train.data.philox import STREAM, philox

NOISE = Noise()
SENTINELS = np.arange(5099, 4999, -1)  # <extra_id_0> is the highest id


GOLDEN_INPUTS = [
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    30,
    5099,
    36,
    37,
    38,
    39,
    40,
    41,
    5098,
    1,
]
GOLDEN_TARGETS = [5099, 31, 32, 33, 34, 35, 5098, 42, 1]
PLAIN = Corruption(NOISE, tuple(SENTINELS.tolist()), 1, longest=1900)


def corrupt(tokens: np.ndarray, index: int, seed: int = 0, scheme: Corruption = PLAIN) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, targets) of one sequence alone in its row."""
    out = [np.zeros((1, int(length)), np.int64) for length in scheme.lengths(len(tokens))]
    out += [np.zeros((0, 0), np.int32)] * 2
    bounds, one = np.array([0, len(tokens)]), np.array([index])
    scheme.fill(tokens.astype(np.int32), bounds, np.zeros(1, np.int64), one, seed, out)
    return out[0][0], out[1][0]


def masks_of(length: int, number: int, seed: int = 0) -> np.ndarray:
    """Which tokens of examples 0 ... `number` - 1, of the tokens 0 ... `length` - 1 each, are in the targets."""
    out = [np.zeros((number, int(width)), np.int64) for width in PLAIN.lengths(length)]
    out += [np.zeros((0, 0), np.int32)] * 2
    rows = np.arange(number)
    tokens = np.tile(np.arange(length, dtype=np.int32) + 10_000, number)
    PLAIN.fill(tokens, np.arange(number + 1) * length, rows, rows, seed, out)
    masks = np.zeros((number, length), bool)
    row, column = np.nonzero(out[1] >= 10_000)
    masks[row, out[1][row, column] - 10_000] = True
    return masks


def reference_choice(items: int, number: int, words: np.ndarray) -> list[int]:
    """`number` of `items` places by Floyd's algorithm, from raw random words; Python's integers do not overflow."""
    chosen: list[int] = []
    for word, last in zip(words.tolist(), range(items - number, items), strict=False):
        place = word * (last + 1) >> 64
        chosen.append(last if place in chosen else place)
    return chosen


def reference_orders(length: int, seed: int, index: int, segment: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The shuffles of the hidden and of the kept tokens' masks that the example's random words stand for."""
    hidden, spans = counts(length, NOISE)
    key, counter = (np.array(part, dtype=np.uint64) for part in ([seed, STREAM], [0, index, segment, 0]))
    blocks = -(-(spans - 1) // 4)
    words = np.random.Philox(key=key, counter=counter).random_raw(8 * blocks)
    orders = []
    for items, own in ((hidden, words[: 4 * blocks]), (length - hidden, words[4 * blocks :])):
        first = reference_choice(items - 1, spans - 1, own[: spans - 1])
        orders.append(np.array(first + [place for place in range(items - 1) if place not in first], dtype=int))
    return orders[0], orders[1]


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
    for index, mask in enumerate(masks_of(568, 2000)):
        starts = mask & ~np.pad(mask[:-1], (1, 0))
        assert (mask.sum(), starts.sum(), mask[0], mask[-1]) == (85, 28, False, True)
        assert [len(side) for side in corrupt(np.zeros(568, int), index)] == [512, 114]


def hiding_law(kept: int, hidden: int, spans: int) -> np.ndarray:
    """Exact probability that the token at each position is hidden, from the law of the two compositions."""

    def first(items, parts):  # law of the sum of the first `parts` parts
        if parts in (0, spans):
            return np.eye(items + 1)[items if parts else 0]
        ways = [math.comb(x - 1, parts - 1) * math.comb(items - x - 1, spans - parts - 1) for x in range(1, items)]
        return np.array([0, *(way / math.comb(items - 1, spans - 1) for way in ways), 0])

    law = np.zeros(kept + hidden + 1)
    for span in range(1, spans + 1):
        begun = np.convolve(first(kept, span), first(hidden, span - 1))
        ended = np.convolve(first(kept, span), first(hidden, span))
        law += np.cumsum(begun) - np.cumsum(ended)
    return law[:-1]


def test_hiding_probability_by_position_is_the_reference_s():
    law = hiding_law(483, 85, 28)
    assert law[:4] == pytest.approx([0.0, 27 / 482, 0.0910, 0.1127], abs=1e-4)
    assert law[-4:] == pytest.approx([0.350, 0.480, 0.678, 1.0], abs=0.005)
    assert law[200:300].mean() == pytest.approx(0.148, abs=0.002)
    n = 20_000
    share = masks_of(568, n).mean(axis=0)
    assert (np.abs(share - law) <= 4.5 * np.sqrt(law * (1 - law) / n) + 1e-12).all()


def test_span_lengths_follow_the_exact_law():
    hidden, spans = 85, 28
    seen = Counter()
    for mask in masks_of(568, 4000):
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
    seen = Counter(map(tuple, masks_of(length, n, seed=length).tolist()))
    assert set(seen) == possible
    p = 1 / len(possible)
    assert max(abs(count - n * p) for count in seen.values()) <= 4.5 * math.sqrt(n * p * (1 - p))


@pytest.mark.parametrize(("items", "chosen"), [(6, 2), (7, 3), (5, 0), (5, 5)])
def test_choices_are_uniform(items, chosen):
    possible = math.comb(items, chosen)
    seen = Counter()
    for index in range(500 * possible):
        marks = np.zeros(items, bool)
        choose(marks, chosen, np.uint64(3), np.uint64(index), np.uint64(1), np.uint64(1))
        seen[tuple(np.flatnonzero(marks).tolist())] += 1
    assert len(seen) == possible
    assert all(len(one) == chosen for one in seen)
    assert possible == 1 or stats.chisquare(list(seen.values())).pvalue > 1e-4


@given(st.integers(0, 2**64 - 1), st.tuples(*[st.integers(0, 2**64 - 1)] * 3))
@settings(deadline=None)
def test_random_words_are_those_of_numpy(key, counter):
    words = philox(np.uint64(key), *map(np.uint64, counter))
    before = np.array([counter[0] - 1 if counter[0] else 2**64 - 1, *counter[1:], 0], dtype=np.uint64)
    if not counter[0]:  # numpy adds one to the whole counter before it draws
        number = (counter[1] + (counter[2] << 64) - 1) % 2**192
        before[1:] = [number % 2**64, number >> 64 & (2**64 - 1), number >> 128]
    expected = np.random.Philox(key=np.array([key, STREAM], dtype=np.uint64), counter=before).random_raw(4)
    assert [int(word) for word in words] == expected.tolist()


@given(st.integers(2, 1900), st.integers(0, 2**62))
@settings(max_examples=200, deadline=None)
def test_merging_inputs_and_targets_gives_back_the_tokens(length, index):
    tokens = np.arange(length) % 4000 + 3
    inputs, targets = corrupt(tokens, index)
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


@given(st.integers(2, 1900), st.integers(0, 2**62), st.integers(0, 2**62))
@settings(max_examples=200, deadline=None)
def test_equal_to_the_tensorflow_function_given_the_same_shuffles(length, index, seed):
    mask = reference_mask(length, *reference_orders(length, seed, index))
    tokens = np.arange(length) % 4000 + 3
    inputs, targets = corrupt(tokens, index, seed)
    assert inputs.tolist() == [*reference_sentinels(tokens, mask), 1]
    assert targets.tolist() == [*reference_sentinels(tokens, ~mask), 1]


@given(st.lists(st.lists(st.integers(2, 60), min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_sequences_of_a_row_follow_one_another_and_each_is_corrupted_on_its_own(rows, index):
    scheme = Corruption(NOISE, tuple(SENTINELS.tolist()), 1, longest=60, prefix=4999)
    sizes = np.array([size for row in rows for size in row])
    owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    tokens = np.arange(sizes.sum()) % 4000 + 3
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    out = [np.zeros((len(rows), 400), kind) for kind in (np.int64, np.int64, np.int32, np.int32)]
    scheme.fill(tokens.astype(np.int32), bounds, owners, index + owners, 9, out)
    inputs, targets, input_segments, target_segments = out
    at = 0
    for number, row in enumerate(rows):
        assert set(input_segments[number]) - {0} == set(range(1, len(row) + 1))
        assert not inputs[number][input_segments[number] == 0].any()
        assert not targets[number][target_segments[number] == 0].any()
        for segment, size in enumerate(row, start=1):
            mask = reference_mask(size, *reference_orders(size, 9, index + number, segment))
            own, at = tokens[at : at + size], at + size
            expected = [4999, *reference_sentinels(own, mask), 1], [*reference_sentinels(own, ~mask), 1]
            assert inputs[number][input_segments[number] == segment].tolist() == expected[0]
            assert targets[number][target_segments[number] == segment].tolist() == expected[1]


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
    with pytest.raises(InputError, match="50 sentinels"):
        Corruption(NOISE, tuple(range(50)), 1, longest=1999)


def test_what_does_not_fit_is_refused_before_anything_is_written():
    scheme = Corruption(NOISE, tuple(SENTINELS.tolist()), 1, longest=20)
    out = [np.zeros((1, 30), kind) for kind in (np.int64, np.int64, np.int32, np.int32)]
    two, zeros = np.zeros(60, np.int32), np.zeros(2, np.int64)
    with pytest.raises(InputError, match="rows of 30"):
        scheme.fill(two, np.array([0, 20, 40]), zeros, zeros, 0, out)
    for bounds in ([0, 1, 10], [0, 21, 30]):
        with pytest.raises(InputError, match="must be 2 to 20"):
            scheme.fill(two, np.array(bounds), zeros, zeros, 0, out)
    assert not out[0].any()


def test_an_infinite_span_hides_the_end():
    scheme = Corruption(Noise(0.25, math.inf), tuple(SENTINELS.tolist()), 1, longest=40)
    inputs, targets = corrupt(np.arange(40) + 3, 5, scheme=scheme)
    assert inputs.tolist() == [*range(3, 33), 5099, 1]
    assert targets.tolist() == [5099, *range(33, 43), 1]


def test_an_example_depends_on_seed_and_index_only():
    assert np.array_equal(masks_of(568, 8)[7], masks_of(568, 20)[7])
    assert len({tuple(mask) for seed in range(4) for mask in masks_of(568, 50, seed).tolist()}) == 200


def test_golden_arrays():
    inputs, targets = corrupt(np.arange(40) + 3, index=123, seed=5)
    assert inputs.tolist() == GOLDEN_INPUTS
    assert targets.tolist() == GOLDEN_TARGETS
