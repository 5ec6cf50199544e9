"""Adafactor is t5x's: against a port in numpy, and against transformers' where both factor alike."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers.optimization import Adafactor as TheirAdafactor

from train.optim import Adafactor

SHAPES = {"wide": (130, 200), "tall": (300, 128), "narrow": (32, 200), "bias_table": (32, 16), "norm": (200,)}


class Parameters(nn.Module):
    def __init__(self, seed: int, shapes: dict[str, tuple[int, ...]] = SHAPES):
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        for number, (name, shape) in enumerate(shapes.items()):
            setattr(self, name, nn.Parameter(torch.randn(shape, generator=draw) * 10.0 ** (1 - number)))

    def give(self, seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=draw) * torch.rand(
                parameter.shape[-1], generator=draw
            )


def t5x_step(step: int, p: np.ndarray, g: np.ndarray, state: dict, lr: float) -> np.ndarray:
    """t5x/adafactor.py, apply_param_gradient, with its defaults; float64. `step` counts from 0."""
    decay = 1 - (step + 1.0) ** -0.8
    scale = lr * max(np.sqrt(np.mean(p * p)), 1e-3)
    squared = g * g + 1e-30
    order = np.argsort(p.shape)
    if p.ndim == 2 and p.shape[order[-2]] >= 128:
        d1, d0 = order[-2], order[-1]
        state["row"] = decay * state.get("row", 0.0) + (1 - decay) * squared.mean(axis=d0)
        state["col"] = decay * state.get("col", 0.0) + (1 - decay) * squared.mean(axis=d1)
        row = (state["row"] / state["row"].mean()) ** -0.5
        y = g * np.expand_dims(row, d0) * np.expand_dims(state["col"] ** -0.5, d1)
    else:
        state["v"] = decay * state.get("v", 0.0) + (1 - decay) * squared
        y = g * state["v"] ** -0.5
    y = y / max(1.0, np.sqrt(np.mean(y * y)))
    return p - scale * y


@pytest.mark.parametrize("lr", [1e-3, 0.3])
def test_steps_are_those_of_a_port_of_t5x(lr):
    model = Parameters(0)
    optimizer = Adafactor(model)
    expected = {name: value.detach().double().numpy().copy() for name, value in model.named_parameters()}
    states = {name: {} for name in expected}
    for step in range(8):
        model.give(100 + step)
        gradients = {name: value.grad.double().numpy() * 0.7 for name, value in model.named_parameters()}
        for name, value in expected.items():
            expected[name] = t5x_step(step, value, gradients[name], states[name], lr)
        optimizer.step(lr, torch.tensor(0.7))
    for name, value in model.named_parameters():
        off = np.abs(value.detach().double().numpy() - expected[name]).max()
        assert off < 2e-6 * np.abs(expected[name]).max(), name
        assert value.grad is None


def test_only_matrices_with_both_sides_of_128_are_factored():
    state = {name: tuple(value.shape) for name, value in Adafactor(Parameters(0)).state().items()}
    assert state == {
        "row.wide": (130,),
        "row.tall": (300,),
        "column.wide": (200,),
        "column.tall": (128,),
        "square.narrow": (32, 200),
        "square.bias_table": (32, 16),
        "square.norm": (200,),
    }


def test_factored_matrices_follow_transformers_adafactor():
    ours, theirs = (Parameters(3, {"wide": (130, 200), "tall": (300, 128)}) for _ in range(2))
    optimizer = Adafactor(ours)
    other = TheirAdafactor(theirs.parameters(), lr=1e-2, relative_step=False, scale_parameter=True, warmup_init=False)
    for step in range(6):
        for model in (ours, theirs):
            model.give(step)
        optimizer.step(1e-2, torch.tensor(1.0))
        other.step()
    for mine, their in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, their, rtol=2e-5, atol=1e-7)
