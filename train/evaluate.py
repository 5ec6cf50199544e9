"""Held-out loss of each language: the same examples at every step and in every run on the version."""

import numpy as np
import torch
from torch import nn

from train.distributed import Group
from train.loss import batch_loss

Examples = dict[str, tuple[np.ndarray, np.ndarray]]  # (inputs, targets) of each language


@torch.no_grad()
def held_out_losses(model: nn.Module, examples: Examples, size: int, group: Group) -> dict[str, float]:
    """Nats per target token for each language that has held-out text; `size` examples are computed at once.

    Every process calls the model equally often, as fsdp needs: one without an example computes the first in vain.
    """
    names = [name for name, (inputs, _) in examples.items() if len(inputs)]
    sums = torch.zeros(len(names), 2, dtype=torch.float64, device=group.device)
    for row, name in enumerate(names):
        for start in range(0, len(examples[name][0]), size * group.world):
            part = [side[start : start + size * group.world] for side in examples[name]]
            mine = [side[group.rank :: group.world] for side in part]
            found = len(mine[0]) > 0
            computed = mine if found else [side[:1] for side in part]
            _, nll = batch_loss(model, *(torch.from_numpy(side).to(group.device) for side in computed), 1, 0.0)
            if found:
                sums[row] += torch.stack([nll.double().sum(), nll.new_tensor(mine[1].size, dtype=torch.float64)])
    totals = group.sum(sums).tolist()
    return {name: nll / count for name, (nll, count) in zip(names, totals, strict=True)}
