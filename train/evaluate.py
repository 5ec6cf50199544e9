"""Held-out loss of each language: the same examples at every step and in every run on the version."""

import numpy as np
import torch

from train.distributed import Group
from train.loss import batch_loss
from train.model import MT5

Examples = dict[str, tuple[np.ndarray, np.ndarray]]  # (inputs, targets) of each language


@torch.no_grad()
def held_out_losses(model: MT5, examples: Examples, size: int, group: Group) -> dict[str, float]:
    """Nats per target token for each language that has held-out text; `size` examples are computed at once."""
    names = [name for name, (inputs, _) in examples.items() if len(inputs)]
    sums = torch.zeros(len(names), 2, dtype=torch.float64, device=group.device)
    for row, name in enumerate(names):
        mine = [side[group.rank :: group.world] for side in examples[name]]
        for start in range(0, len(mine[0]), size):
            inputs, targets = (side[start : start + size] for side in mine)
            labels = torch.from_numpy(targets).to(group.device)
            _, nll = batch_loss(model, torch.from_numpy(inputs).to(group.device), labels, 1, 0.0)
            sums[row] += torch.stack([nll.double().sum(), nll.new_tensor(labels.numel(), dtype=torch.float64)])
    totals = group.sum(sums).tolist()
    return {name: nll / count for name, (nll, count) in zip(names, totals, strict=True)}
