"""AdamW and Adafactor as T5 needs them: steps relative to each matrix's own size.

T5's parameters have very different sizes (embedding 1, queries 0.005): a step of one size for all of them diverges.
Both optimisers multiply the learning rate by max(1e-3, root mean square of the matrix), as t5x and nanoT5.

A parameter may be a tensor or, under FSDP, this process's rows of one (a `DTensor`): all work is on the local rows,
and what needs the whole matrix, sums over its rows, is added over the processes in one all-reduce for all matrices.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor
from torch.optim.adamw import adamw

Sum = Callable[[Tensor], Tensor]  # over the processes that hold rows of the same matrices


class Optimizer(ABC):
    """What both have in common: local rows of parameters and gradients, and the state as named tensors."""

    def __init__(self, model: nn.Module, sums: Sum, decay: float):
        self.parameters = dict(model.named_parameters())
        self.sums, self.decay, self.steps = sums, decay, 0
        self.rows = [local(value.detach()) for value in self.parameters.values()]
        self.numels = torch.tensor([float(value.numel()) for value in self.parameters.values()])
        self.numels = self.numels.to(self.rows[0].device)

    @torch.no_grad()
    def step(self, lr: float, scale: Tensor) -> None:
        """One update from the gradients times `scale` (the clipping factor); gradients are dropped afterwards."""
        self.steps += 1
        gradients = [local(value.grad) for value in self.parameters.values()]
        if self.decay:
            torch._foreach_mul_(self.rows, 1 - lr * self.decay)
        self.update(gradients, lr, scale)
        for value in self.parameters.values():
            value.grad = None

    @torch.no_grad()
    def gradient_norm(self) -> Tensor:
        """Euclidean norm of all gradients, over all rows of all matrices."""
        return self.sums(torch.stack([squares(local(value.grad)) for value in self.parameters.values()]).sum()).sqrt()

    def sizes(self) -> Tensor:
        """max(1e-3, root mean square) of every matrix."""
        total = self.sums(torch.stack([squares(rows) for rows in self.rows]))
        return (total / self.numels).sqrt().clamp(min=1e-3)

    @abstractmethod
    def update(self, gradients: list[Tensor], lr: float, scale: Tensor) -> None:
        """Change the rows in place."""

    @abstractmethod
    def state(self) -> dict[str, Tensor]:
        """The moments as named tensors, which may be filled in place."""


class AdamWScaled(Optimizer):
    """AdamW (arXiv 1711.05101) with relative steps, in torch's fused kernel."""

    def __init__(
        self, model: nn.Module, sums: Sum = lambda x: x, decay: float = 0.0, betas: tuple[float, float] = (0.9, 0.999)
    ):
        super().__init__(model, sums, decay)
        self.betas = betas
        self.mean = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self.square = {name: torch.zeros_like(value) for name, value in self.parameters.items()}

    def update(self, gradients: list[Tensor], lr: float, scale: Tensor) -> None:
        """One kernel for each matrix: parameters, gradients and moments are read and written once."""
        beta1, beta2 = self.betas
        before = torch.full_like(self.numels, self.steps - 1)
        # As in the original, epsilon is added before the moment's bias is corrected: nanoT5's, and Hugging Face's.
        epsilon = 1e-6 / math.sqrt(1 - beta2**self.steps)
        moments = zip(map(local, self.mean.values()), map(local, self.square.values()), strict=True)
        inverse = scale.reciprocal()
        each = zip(self.rows, gradients, moments, before, self.sizes() * lr, strict=True)
        for rows, gradient, (mean, square), count, rate in each:
            adamw(
                *([one] for one in (rows, gradient, mean, square)),
                [],
                [count],
                fused=True,
                grad_scale=inverse,
                amsgrad=False,
                beta1=beta1,
                beta2=beta2,
                lr=rate,
                weight_decay=0.0,
                eps=epsilon,
                maximize=False,
            )

    def state(self) -> dict[str, Tensor]:
        """First and second moments."""
        means = {f"mean.{name}": value for name, value in self.mean.items()}
        return means | {f"square.{name}": value for name, value in self.square.items()}


class Adafactor(Optimizer):
    """Adafactor (arXiv 1804.04235) as t5x has it: no momentum, second moment of a matrix by its row and column means.

    A matrix is factored when both sides are at least 128 (the tables of relative positions are not). Decay of the
    moment 1 - t^-0.8, updates clipped to a root mean square of 1. torch.optim.Adafactor differs: it factors every
    matrix and caps the step at 1/sqrt(t). Memory: about nothing beside parameters and gradients.
    """

    LEAST, TINY = 128, 1e-30

    def __init__(self, model: nn.Module, sums: Sum = lambda x: x, decay: float = 0.0):
        super().__init__(model, sums, decay)
        self.row, self.column, self.square = {}, {}, {}
        for name, value in self.parameters.items():
            if value.dim() == 2 and min(value.shape) >= self.LEAST:
                self.row[name] = torch.zeros_like(value[:, 0].detach())
                self.column[name] = local(value.detach()).new_zeros(value.shape[1])
            else:
                self.square[name] = torch.zeros_like(value)

    def update(self, gradients: list[Tensor], lr: float, scale: Tensor) -> None:
        """Three passes over each gradient: its means, the size of its update, the update."""
        sizes = self.sizes()
        torch._foreach_mul_(gradients, scale)
        factors = self._factors(gradients)
        totals = torch.stack([squares(update(*pair)) for pair in zip(gradients, factors, strict=True)])
        clip = (self.sums(totals) / self.numels).sqrt().clamp(min=1.0)
        for rows, gradient, pair, step in zip(self.rows, gradients, factors, sizes / clip * lr, strict=True):
            rows.sub_(update(gradient, pair).mul_(step))

    def _factors(self, gradients: list[Tensor]) -> list[tuple[Tensor, ...]]:
        """Move the moments on; what each gradient is multiplied by, which broadcasts to its shape."""
        mix = self.steps**-0.8
        named = dict(zip(self.parameters, gradients, strict=True))
        for name, moment in self.square.items():
            local(moment).lerp_(named[name].square() + self.TINY, mix)
        columns = self.sums(torch.cat([named[name].square().sum(0) for name in self.column] or [self.numels[:0]]))
        lengths = [len(moment) for moment in self.column.values()]
        for (name, moment), found in zip(self.column.items(), columns.split(lengths), strict=True):
            moment.lerp_(found / self.parameters[name].shape[0] + self.TINY, mix)
            row = local(self.row[name])
            row.lerp_(torch.linalg.vector_norm(named[name], dim=1).square() / len(moment) + self.TINY, mix)
        # The mean of a matrix's moments, by its columns: they are whole in every process.
        return [
            (local(self.square[name]).rsqrt(),)
            if name in self.square
            else ((local(self.row[name]) / self.column[name].mean()).rsqrt()[:, None], self.column[name].rsqrt())
            for name in self.parameters
        ]

    def state(self) -> dict[str, Tensor]:
        """Row, column and plain second moments."""
        kinds = {"row": self.row, "column": self.column, "square": self.square}
        return {f"{kind}.{name}": value for kind, named in kinds.items() for name, value in named.items()}


def local(value: Tensor) -> Tensor:
    """This process's rows of a tensor; of a plain tensor, all of it."""
    return value.to_local() if isinstance(value, DTensor) else value


def squares(value: Tensor) -> Tensor:
    """Sum of squares. By `dot`, which adds in blocks: on a CPU, float32 `norm` is 3 % off at 100 million numbers."""
    return torch.dot(value.reshape(-1), value.reshape(-1))


def update(gradient: Tensor, factors: tuple[Tensor, ...]) -> Tensor:
    """The gradient times its factors, as a new tensor."""
    product = gradient * factors[0]
    for factor in factors[1:]:
        product.mul_(factor)
    return product


OPTIMIZERS = {"adamw": AdamWScaled, "adafactor": Adafactor}
