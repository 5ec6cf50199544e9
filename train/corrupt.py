"""T5's span corruption, exactly (Raffel et al. 2020, arXiv 1910.10683; t5/data/preprocessors.py).

A pure function of tokens and a key: the random numbers are the raw words of a counter-based generator (Philox), so an
example depends on (seed, global index) alone, never on workers, batches or the examples before it.
"""

import dataclasses

import numpy as np

from shards.errors import InputError

SHORTEST = 10  # input length: below it random_spans_helper, which counts no span, and the mask, which has one, differ


@dataclasses.dataclass(frozen=True)
class Noise:
    """How much is hidden, and in what spans. The defaults are T5's and mT5's."""

    density: float = 0.15
    mean_span: float = 3.0


def counts(length: int, noise: Noise) -> tuple[int, int]:
    """(hidden tokens, spans) of a sequence of `length` >= 2 tokens.

    The reference rounds in float32; float64 gives another count for 39 lengths below 5000.
    """
    hidden = int(np.round(np.float32(length) * np.float32(noise.density)))
    hidden = min(max(hidden, 1), length - 1)
    return hidden, max(int(np.round(np.float32(hidden) / np.float32(noise.mean_span))), 1)


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


def draw(seed: int, index: int, words: int) -> np.ndarray:
    """`words` random 64-bit words of example `index`: the generator's counter starts at the index, so none overlap."""
    return np.random.Philox(key=[seed, 0x5BA9], counter=[0, index, 0, 0]).random_raw(words)


def noise_mask(length: int, noise: Noise, words: np.ndarray) -> np.ndarray:
    """Which tokens are hidden (bool, `length`); `words` holds at least `length` random words.

    Two independent uniform compositions, of the hidden and of the kept tokens, into the same number of spans; they
    alternate and begin with a kept span, so the first token is never hidden and the last always is.
    """
    padded = max(length, 2)  # as the reference: no degenerate counts
    hidden, spans = counts(padded, noise)
    kept = padded - hidden
    hidden_lengths = composition(hidden, spans, words[: hidden - 1])
    kept_lengths = composition(kept, spans, words[hidden - 1 : padded - 2])
    lengths = np.stack([kept_lengths, hidden_lengths], axis=1).reshape(-1)
    return np.repeat(np.tile([False, True], spans), lengths)[:length]


def composition(items: int, parts: int, words: np.ndarray) -> np.ndarray:
    """`items` as an ordered sum of `parts` positive numbers, every one equally likely.

    The cuts are the positions with the smallest random words: a uniform choice, as the reference's shuffle of a mask.
    """
    cuts = np.sort(np.argsort(words, kind="stable")[: parts - 1]) + 1
    return np.diff(np.concatenate([[0], cuts, [items]]))


def corrupt(tokens: np.ndarray, mask: np.ndarray, sentinels: np.ndarray, eos_id: int) -> tuple[np.ndarray, np.ndarray]:
    """(inputs, targets) of a masked sequence, each closed by end of sequence.

    Inputs: every hidden span becomes one sentinel, <extra_id_0> first. Targets: the same with kept and hidden swapped.
    """
    return _replace_spans(tokens, mask, sentinels, eos_id), _replace_spans(tokens, ~mask, sentinels, eos_id)


def _replace_spans(tokens: np.ndarray, mask: np.ndarray, sentinels: np.ndarray, eos_id: int) -> np.ndarray:
    starts = mask.copy()
    starts[1:] &= ~mask[:-1]
    number = np.cumsum(starts)
    if len(number) and number[-1] > len(sentinels):
        raise InputError(f"{number[-1]} spans but {len(sentinels)} sentinels; give shorter sequences")
    replaced = np.where(starts, sentinels[np.maximum(number - 1, 0)], tokens)[~mask | starts]
    return np.append(replaced, eos_id).astype(np.int64)


def _inputs(raw: int, noise: Noise) -> int:
    # random_spans_helper is Python: float64, unlike the mask.
    hidden = round(raw * noise.density)
    return raw - hidden + round(hidden / noise.mean_span) + 1
