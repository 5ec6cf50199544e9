"""T5's span corruption: raw tokens per core-second, batches of 128 examples of 568 tokens (inputs 512, targets 114).

Ours fills ready int64 arrays from a flat buffer in compiled code; the peer is the numpy collator of Hugging Face's
run_t5_mlm_flax.py (`bench/peers/t5_collator.py`), which gets its examples as numpy arrays and makes
`decoder_input_ids`, too. Random tokens of mT5's vocabulary; CPU time of this process, medians of three turns; compiling
is left out, and ours gets twenty times as many batches, so that both take seconds.
`document_million_tokens_per_core_s`: ours with segments, documents of 20 to 300 tokens, each corrupted on its own.
`round_trip`: inputs and targets merged by sentinel give back the tokens. `largest_distance_in_sigmas`: of the peer's
share of hidden tokens at any position from ours.
"""

import math
from collections.abc import Callable

import numpy as np

from bench.frame import Benchmark, run
from bench.peers.t5_collator import T5Collator
from bench.tools.turns import in_turns
from train.data.corrupt import Corruption, Noise

VOCABULARY, BATCH, RAW = 250_100, 128, 568
SENTINELS = tuple(range(VOCABULARY - 1, VOCABULARY - 101, -1))


def measure(quick: bool) -> Benchmark:
    """Both in turns over the same tokens."""
    batches, slower = (200, 10) if quick else (2000, 100)
    tokens = np.random.default_rng(0).integers(3, VOCABULARY - 100, (batches, BATCH * RAW), dtype=np.int32)
    corruption = Corruption(Noise(), SENTINELS, 1, RAW)
    collator = T5Collator(VOCABULARY)
    examples = [[{"input_ids": row} for row in batch.reshape(BATCH, RAW)] for batch in tokens[:slower]]
    sizes = np.random.default_rng(1).integers(20, 300, 4 * BATCH)
    sizes = sizes[np.cumsum(sizes) <= BATCH * RAW]

    def reference() -> None:
        for number, batch in enumerate(tokens):
            ours(corruption, batch, number)

    def documents() -> None:
        for number, batch in enumerate(tokens):
            in_rows(corruption, batch, sizes, number)

    def peer() -> None:
        for batch in examples:
            collator(batch)

    jobs: dict[str, tuple[Callable[[], None], int]] = {
        "ours": (reference, batches * BATCH * RAW),
        "huggingface_collator": (peer, slower * BATCH * RAW),
        "document": (documents, batches * int(sizes.sum())),
    }
    ours(corruption, tokens[0], 0), in_rows(corruption, tokens[0], sizes, 0)
    spent = in_turns({name: job for name, (job, _) in jobs.items()}, 1 if quick else 3)
    speed = {name: count / spent[name] / 1e6 for name, (_, count) in jobs.items()}
    checks = {"document_million_tokens_per_core_s": speed.pop("document")}
    checks |= compare(corruption, collator, tokens, examples)
    return Benchmark("corrupt", "million tokens/core-s", speed.pop("ours"), speed, checks)


def ours(corruption: Corruption, tokens: np.ndarray, number: int) -> list[np.ndarray]:
    """[inputs, targets] of one batch."""
    out = [np.empty((BATCH, width), np.int64) for width in (512, 114)] + [np.empty((0, 0), np.int32)] * 2
    rows = np.arange(BATCH)
    corruption.fill(tokens, np.arange(BATCH + 1) * RAW, rows, rows + number * BATCH, 7, out)
    return out[:2]


def in_rows(corruption: Corruption, tokens: np.ndarray, sizes: np.ndarray, number: int) -> None:
    """Documents of `sizes`, two in a row, with segments."""
    bounds, rows = np.concatenate([[0], np.cumsum(sizes)]), np.arange(len(sizes)) // 2
    kinds = ((640, np.int64), (160, np.int64), (640, np.int32), (160, np.int32))
    out = [np.zeros((rows[-1] + 1, width), kind) for width, kind in kinds]
    corruption.fill(tokens, bounds, rows, rows + number * BATCH, 7, out)


def compare(
    corruption: Corruption, collator: T5Collator, tokens: np.ndarray, examples: list[list[dict]]
) -> dict[str, float | bool]:
    """Whether both do the same: lengths, spans, and the share hidden at each position."""
    whole, shares = True, []
    for number, batch in enumerate(tokens[: len(examples)]):
        sides = [ours(corruption, batch, number), list(collator(examples[number]).values())[:2]]
        whole = whole and all(
            np.array_equal(merged(row, target), raw)
            for row, target, raw in zip(*sides[0], batch.reshape(BATCH, RAW), strict=True)
        )
        shares.append([hidden(*side) for side in sides])
    count = len(examples) * BATCH
    first, second = np.array(shares).sum(axis=0) / count
    sigma = np.sqrt(2 * first * (1 - first) / count) + 1 / count
    return {
        "round_trip": bool(whole),
        "largest_distance_in_sigmas": float(np.max(np.abs(first - second) / sigma)),
        "same_first_and_last": bool(first[0] == second[0] == 0 and first[-1] == second[-1] == 1),
        "expected_of_568_normal": math.sqrt(2 * math.log(568)),
    }


def hidden(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """How many rows hide each of the 568 positions, from the lengths of the spans."""
    found = np.zeros(RAW)
    for row, target in zip(inputs, targets, strict=True):
        kept, gone = (np.diff(np.flatnonzero(marks(side))) - 1 for side in (row, target))
        first = int(np.argmax(marks(row)))
        at = 0
        for kept_span, hidden_span in zip([first, *kept[:-1].tolist()], gone.tolist(), strict=True):
            at += kept_span
            found[at : at + hidden_span] += 1
            at += hidden_span
    return found


def marks(ids: np.ndarray) -> np.ndarray:
    """Where sentinels and the end of sequence are."""
    return (ids >= VOCABULARY - 100) | (ids == 1)


def merged(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The tokens, by replacing every sentinel of the inputs by what follows it in the targets."""
    spans = np.split(targets[:-1], np.flatnonzero(targets[:-1] >= VOCABULARY - 100))[1:]
    named = {int(span[0]): span[1:] for span in spans}
    parts = [named.get(token, [token]) for token in inputs[:-1].tolist()]
    return np.concatenate(parts)


if __name__ == "__main__":
    run(measure, __doc__)
