"""Losses of training a small mT5 on span-corrupted text, ours or transformers': the same weights, batches, optimiser.

    python -m bench.peers.mt5_curve SIDE OUT STEPS

The text is made: words of two to five tokens, drawn by Zipf's law, so that spans can be learnt from their surroundings.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

from bench.peers.mt5_step import build, config
from train.data.corrupt import Corruption, Noise

VOCABULARY, SENTINELS, EOS, RAW, EXAMPLES = 1280, 100, 1, 140, 16


def text(tokens: int, seed: int = 0) -> np.ndarray:
    """Ids of a language of 300 words."""
    chance = np.random.default_rng(seed)
    words = [chance.integers(3, VOCABULARY - SENTINELS, chance.integers(2, 6)) for _ in range(300)]
    weights = 1 / np.arange(1, len(words) + 1)
    drawn = chance.choice(len(words), tokens // 2, p=weights / weights.sum())
    return np.concatenate([words[number] for number in drawn])[:tokens].astype(np.int32)


def batches(steps: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """(inputs, targets) of each step."""
    rows = np.arange(steps * EXAMPLES)
    sentinels = tuple(range(VOCABULARY - 1, VOCABULARY - 1 - SENTINELS, -1))
    scheme = Corruption(Noise(), sentinels, EOS, RAW)
    out = [np.zeros((len(rows), int(length)), np.int64) for length in scheme.lengths(RAW)]
    unpacked = [np.zeros((0, 0), np.int32)] * 2
    bounds = np.arange(len(rows) + 1) * RAW
    scheme.fill(text(len(rows) * RAW), bounds, rows, rows, 0, (*out, *unpacked))
    inputs, targets = (torch.from_numpy(side) for side in out)
    return list(zip(inputs.split(EXAMPLES), targets.split(EXAMPLES), strict=True))


def main(side: str, out: str, steps: int) -> None:
    """Train and write the losses as JSON."""
    torch.set_num_threads(1)
    model, loss_of = build(side, config(128, 2, VOCABULARY))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    losses = []
    for inputs, targets in batches(steps):
        optimizer.zero_grad()
        loss = loss_of(inputs, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    Path(out).write_text(json.dumps(losses))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
