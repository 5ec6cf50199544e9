"""AdamW whose step is scaled by each matrix's root mean square, as nanoT5.

T5's parameters have very different sizes (embedding 1, queries 0.005): without the scale AdamW diverges on them. The
scale gives relative steps, which is what Adafactor does in the T5 papers.
"""

import math

import torch
from torch import Tensor, nn


class AdamWScaled:
    """AdamW (arXiv 1711.05101) with step size lr * max(1e-3, rms(parameter))."""

    def __init__(self, model: nn.Module, betas: tuple[float, float] = (0.9, 0.999), decay: float = 0.0):
        self.parameters = dict(model.named_parameters())
        self.betas, self.decay, self.steps = betas, decay, 0
        self.mean = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self.square = {name: torch.zeros_like(value) for name, value in self.parameters.items()}

    @torch.no_grad()
    def step(self, lr: float, scale: Tensor | float) -> None:
        """One update from the gradients times `scale` (the clipping factor); gradients are dropped afterwards."""
        self.steps += 1
        first, second = self.betas
        correction = math.sqrt(1 - second**self.steps) / (1 - first**self.steps)
        for name, parameter in self.parameters.items():
            gradient = parameter.grad * scale
            self.mean[name].lerp_(gradient, 1 - first)
            self.square[name].mul_(second).addcmul_(gradient, gradient, value=1 - second)
            size = parameter.square().mean().sqrt().clamp(min=1e-3)
            update = self.mean[name] / (self.square[name].sqrt() + 1e-6)
            if self.decay:
                parameter.mul_(1 - lr * self.decay)
            parameter.sub_(update * (size * (lr * correction)))
            parameter.grad = None

    def state(self) -> dict[str, Tensor]:
        """All moments as one flat dictionary."""
        means = {f"mean.{name}": value for name, value in self.mean.items()}
        return means | {f"square.{name}": value for name, value in self.square.items()}

    def load(self, state: dict[str, Tensor], steps: int) -> None:
        """Inverse of `state`, after `steps` updates."""
        for name, value in self.state().items():
            value.copy_(state[name])
        self.steps = steps


@torch.no_grad()
def gradient_norm(model: nn.Module) -> Tensor:
    """Euclidean norm of all gradients."""
    norms = [parameter.grad.norm() for parameter in model.parameters()]
    return torch.stack(norms).norm()
