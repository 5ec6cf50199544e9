"""T5's span corruption, exactly (Raffel et al. 2020, arXiv 1910.10683; t5/data/preprocessors.py).

A pure function of tokens and a counter: example i draws its random words from a counter-based generator (Philox), so it
depends on (seed, global index) alone, never on workers, batches or the examples before it.
"""

import dataclasses
from functools import cached_property

import numpy as np

from shards.errors import InputError
from shards.kernels import njit
from train.data.philox import high, philox

SHORTEST = 10  # input length: below it random_spans_helper counts no span where the mask has one


@dataclasses.dataclass(frozen=True)
class Noise:
    """How much is hidden, and in what spans. The defaults are T5's and mT5's; an infinite span hides the end."""

    density: float = 0.15
    mean_span: float = 3.0


def counts(length: int, noise: Noise) -> tuple[int, int]:
    """(hidden tokens, spans) of a sequence of `length` >= 2 tokens.

    The reference rounds in float32; float64 gives another count for 39 lengths below 5000.
    """
    hidden = int(np.round(np.float32(length) * np.float32(noise.density)))
    hidden = min(max(hidden, 1), length - 1)
    spans = max(int(np.round(np.float32(hidden) / np.float32(noise.mean_span))), 1)
    return hidden, min(spans, length - hidden)  # with more than half hidden there may be fewer kept tokens than spans


def raw_length(input_length: int, noise: Noise) -> int:
    """Tokens to cut so that the inputs, with sentinels and end of sequence, fill `input_length` (random_spans_helper).

    512 gives 568, whose targets have 114 tokens.
    """
    if input_length < SHORTEST:
        raise InputError(f"input length {input_length} is too short for span corruption; give at least {SHORTEST}")
    raw = input_length - 1
    while _inputs(raw + 1, noise) <= input_length:
        raw += 1
    return raw


def example_lengths(raw: int, noise: Noise, sentinels: int) -> tuple[int, int]:
    """(input tokens, target tokens) of every corrupted sequence of `raw` tokens; refuses more spans than sentinels."""
    hidden, spans = counts(max(raw, 2), noise)
    if spans > sentinels:
        raise InputError(
            f"{raw} tokens have {spans} hidden spans but there are {sentinels} sentinels: ids would run into the "
            "vocabulary; give an input length of at most 1800"
        )
    return raw - hidden + spans + 1, hidden + spans + 1


@dataclasses.dataclass(frozen=True)
class Corruption:
    """Span corruption of sequences of 2 to `longest` tokens. `prefix`: an id put before all inputs (UL2), or none."""

    noise: Noise
    sentinels: tuple[int, ...]
    eos_id: int
    longest: int
    prefix: int | None = None

    def __post_init__(self) -> None:
        example_lengths(self.longest, self.noise, len(self.sentinels))

    @cached_property
    def counts(self) -> np.ndarray:
        """(hidden tokens, spans) of every length up to `longest`: int64, (longest + 1, 2)."""
        return np.array([(0, 0), (0, 0), *(counts(length, self.noise) for length in range(2, self.longest + 1))])

    def lengths(self, raw: np.ndarray | int) -> tuple[np.ndarray, np.ndarray]:
        """(input tokens, target tokens) of sequences of `raw` tokens."""
        hidden, spans = self.counts[raw].T
        return raw - hidden + spans + 1 + (self.prefix is not None), hidden + spans + 1

    def fill(self, tokens: np.ndarray, bounds: np.ndarray, rows: np.ndarray, index: np.ndarray, seed: int, out) -> None:
        """Corrupt sequence s, `tokens[bounds[s]:bounds[s + 1]]` (int32), into row `rows[s]` of `out`.

        `index[s]` is the global index of its example. `out`: inputs, targets and their segments, int64 and int32, all
        zeros, (rows, length); sequences of one row follow one another and are segments 1, 2, ... Segments may be empty
        arrays (0, 0): then they are not written. A row must have room (see `lengths`).
        """
        sizes = np.diff(bounds)
        if len(sizes) and not 2 <= sizes.min() <= sizes.max() <= self.longest:
            raise InputError(f"sequences of {sizes.min()} to {sizes.max()} tokens; must be 2 to {self.longest}")
        for side, lengths in zip(out, self.lengths(sizes), strict=False):
            if (np.bincount(rows, lengths) > side.shape[1]).any():
                raise InputError(f"sequences do not fit into rows of {side.shape[1]} tokens")
        prefix = -1 if self.prefix is None else self.prefix
        ids = np.asarray(self.sentinels, dtype=np.int64)
        _fill(tokens, bounds, rows, index, self.counts, ids, self.eos_id, prefix, np.uint64(seed), *out)


@njit(cache=True, nogil=True)
def _fill(
    tokens, bounds, rows, index, counts, sentinels, eos, prefix, seed, inputs, targets, input_segments, target_segments
):
    cuts = np.zeros(len(counts), np.bool_)
    row, i, o, segment = -1, 0, 0, 0
    for s in range(len(rows)):
        if rows[s] != row:
            row, i, o, segment = rows[s], 0, 0, 0
        segment += 1
        ids = tokens[bounds[s] : bounds[s + 1]]
        hidden, spans = counts[len(ids)]
        first_input, first_target = i, o
        if prefix >= 0:
            inputs[row, i] = prefix
            i += 1
        wide, tall = inputs[row, i:], targets[row, o:]
        _corrupt(ids, hidden, spans, sentinels, eos, seed, np.uint64(index[s]), np.uint64(segment), cuts, wide, tall)
        i += len(ids) - hidden + spans + 1
        o += hidden + spans + 1
        if len(input_segments):
            input_segments[row, first_input:i] = segment
            target_segments[row, first_target:o] = segment


@njit(cache=True, nogil=True)
def _corrupt(ids, hidden, spans, sentinels, eos, seed, index, segment, cuts, inputs, targets):
    """One sequence. Two independent uniform compositions, of the hidden and of the kept tokens, into the same number of
    spans; they alternate and begin with a kept span, so the first token is never hidden and the last always is.
    """
    kept = len(ids) - hidden
    of_hidden, of_kept = cuts[:hidden], cuts[hidden : hidden + kept]
    cuts[: len(ids)] = False
    block = choose(of_hidden[: hidden - 1], spans - 1, seed, index, segment, np.uint64(1))
    choose(of_kept[: kept - 1], spans - 1, seed, index, segment, block)
    of_hidden[hidden - 1] = of_kept[kept - 1] = True
    t = i = o = h = k = 0
    for span in range(spans):
        targets[o] = sentinels[span]  # in the targets kept spans give way to sentinels, in the inputs hidden ones
        o += 1
        more = True
        while more:
            inputs[i] = ids[t]
            more = not of_kept[k]
            t, i, k = t + 1, i + 1, k + 1
        inputs[i] = sentinels[span]
        i += 1
        more = True
        while more:
            targets[o] = ids[t]
            more = not of_hidden[h]
            t, o, h = t + 1, o + 1, h + 1
    inputs[i] = targets[o] = eos


@njit(cache=True, nogil=True)
def choose(marks, number, seed, index, segment, block):
    """Set `number` of `marks`, every choice equally likely (Floyd's sample, Bentley 1987); the next free block.

    A word w gives floor(w n / 2^64), below n: biased by less than n / 2^64, as little as 64 bits allow.
    """
    words = (np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0))
    for drawn in range(number):
        if drawn % 4 == 0:
            words = philox(seed, block, index, segment)
            block += np.uint64(1)
        last = len(marks) - number + drawn
        place = np.int64(high(words[drawn % 4], np.uint64(last + 1)))
        marks[last if marks[place] else place] = True
    return block


def _inputs(raw: int, noise: Noise) -> int:
    # random_spans_helper is Python: float64, unlike the mask.
    hidden = round(raw * noise.density)
    return raw - hidden + max(round(hidden / noise.mean_span), 1) + 1
