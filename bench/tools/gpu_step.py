"""Whole training steps on a device: ours in several ways, and transformers' mT5; tokens a second, MFU and memory."""

import dataclasses
import gc
from collections.abc import Callable

import torch
from torch import nn
from transformers import MT5Config, MT5ForConditionalGeneration

from bench.tools.gpu_parts import peak_bytes, synchronise, timed
from train.convert import write_config
from train.flops import step_flops
from train.loss import Z_LOSS, batch_loss
from train.model import MT5, ModelConfig
from train.watch.speed import Peak


@dataclasses.dataclass(frozen=True)
class Way:
    """How a step is computed. `side`: ours or transformers."""

    side: str
    attention: str
    compiled: bool = False
    recompute: bool = False

    @property
    def name(self) -> str:
        """As it stands in the table."""
        extras = (("compiled", self.compiled), ("recompute", self.recompute))
        return ", ".join([self.side, self.attention, *(name for name, chosen in extras if chosen)])


WAYS = (
    Way("ours", "sdpa"),
    Way("ours", "sdpa", compiled=True),
    Way("ours", "detached", compiled=True),
    Way("ours", "flex", compiled=True),
    Way("ours", "detached", compiled=True, recompute=True),
    Way("transformers", "eager", compiled=True),
    Way("transformers", "sdpa"),
    Way("transformers", "sdpa", compiled=True),
)


def build(
    way: Way, shape: ModelConfig, device: torch.device, dtype: torch.dtype
) -> tuple[nn.Module, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]:
    """(model with float32 parameters, its loss), computing in `dtype`."""
    with device:
        if way.side == "ours":
            multiple = 128 if device.type == "cuda" else 1
            own = MT5(shape, dtype).tune(way.attention, way.recompute, way.compiled, multiple)
            own.apply(scale)
            return own, lambda inputs, targets: batch_loss(own, inputs, targets, targets.numel(), Z_LOSS)[0]
        theirs = MT5ForConditionalGeneration._from_config(
            MT5Config(**write_config(shape)), attn_implementation=way.attention
        )
        theirs.lm_head.weight = nn.Parameter(torch.empty_like(theirs.lm_head.weight))  # tied on construction
        theirs.apply(scale)
    call = torch.compile(theirs) if way.compiled else theirs

    def loss(inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            return call(input_ids=inputs, labels=targets).loss

    return theirs, loss


@torch.no_grad()
def scale(module: nn.Module) -> None:
    """Random matrices of a size with which losses and gradients are finite: speed does not ask for more."""
    weight = getattr(module, "weight", None)
    if weight is not None and weight.dim() == 2:
        weight.normal_(std=weight.shape[1] ** -0.5)


def step_row(
    way: Way,
    shape: ModelConfig,
    sizes: tuple[int, int, int],
    place: tuple[torch.device, torch.dtype],
    peak: Peak,
    repeats: int,
) -> dict:
    """One way's step: milliseconds, encoder tokens a second, MFU, memory. `sizes`: examples, inputs, targets.

    Where memory does not suffice, half as many examples are tried, down to one.
    """
    device, dtype = place
    examples, inputs, targets = sizes
    row: dict = {"way": way.name}
    while True:
        release(device)
        try:
            return row | measured(way, shape, (examples, inputs, targets), device, dtype, peak, repeats)
        except torch.OutOfMemoryError:
            if examples == 1:
                return row | {"failed": "out of memory with one example"}
            examples //= 2
        except (RuntimeError, NotImplementedError) as refused:  # this way is not to be had here, which is a result
            return row | {"failed": str(refused).splitlines()[0][:120]}


def measured(
    way: Way,
    shape: ModelConfig,
    sizes: tuple[int, int, int],
    device: torch.device,
    dtype: torch.dtype,
    peak: Peak,
    repeats: int,
) -> dict:
    """Time and memory of forward, backward and AdamW."""
    examples, length, target_length = sizes
    model, loss_of = build(way, shape, device, dtype)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    inputs = torch.randint(3, shape.vocab_size, (examples, length), device=device)
    targets = torch.randint(3, shape.vocab_size, (examples, target_length), device=device)

    def step() -> None:
        loss_of(inputs, targets).backward()
        optimizer.step()
        optimizer.zero_grad()

    step()
    extra = peak_bytes(step, device)
    seconds = timed(step, device, repeats)
    rate = step_flops(shape, examples, length, target_length) / seconds
    found = {"examples": examples, "step_ms": 1e3 * seconds, "encoder_tokens_per_s": examples * length / seconds}
    found |= {"tflops": rate / 1e12, "above_state_gb": extra / 1e9}
    if device.type == "cuda":
        found["peak_gb"] = torch.cuda.max_memory_allocated(device) / 1e9
    return found | peak.shares(rate) | {"loss": loss_of(inputs, targets).item()}


def release(device: torch.device) -> None:
    """Free what an earlier way left."""
    torch.compiler.reset()
    gc.collect()
    if device.type == "cuda":
        synchronise(device)
        torch.cuda.empty_cache()
