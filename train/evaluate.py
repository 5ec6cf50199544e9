"""Held-out loss of each language: the same examples at every step and in every run on the version."""

import numpy as np
import torch
from torch import Tensor, nn

from train.distributed import Group
from train.loss import batch_loss

Examples = dict[str, tuple[np.ndarray, np.ndarray]]  # (inputs, targets) of each language


@torch.no_grad()
def held_out_nats(model: nn.Module, examples: Examples, size: int, group: Group) -> dict[str, Tensor]:
    """Nats of each example's targets, float64, for each language that has any; `size` are computed at once.

    Every process calls the model equally often, as fsdp needs: one without an example computes the first in vain.
    """
    found = {}
    for name, (inputs, targets) in examples.items():
        nats = torch.zeros(len(inputs), dtype=torch.float64, device=group.device)
        for start in range(0, len(inputs), size * group.world):
            mine = np.arange(start, min(start + size * group.world, len(inputs)))[group.rank :: group.world]
            part = (torch.from_numpy(side[mine] if len(mine) else side[:1]) for side in (inputs, targets))
            _, nll = batch_loss(model, *(side.to(group.device) for side in part), 1, 0.0)
            if len(mine):
                nats[mine] = nll.double()
        if len(inputs):
            found[name] = group.sum(nats)
    return found


def held_out_losses(model: nn.Module, examples: Examples, size: int, group: Group) -> dict[str, float]:
    """Nats per target token for each language that has held-out text."""
    nats = held_out_nats(model, examples, size, group)
    return {name: found.sum().item() / examples[name][1].size for name, found in nats.items()}
