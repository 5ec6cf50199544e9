"""Training steps of one mT5 in a process of its own: ours, or transformers' in one of its ways.

    python -m bench.peers.mt5_step SIDE OUT D_MODEL LAYERS EXAMPLES STEPS

Same weights, batch, precision (float32) and optimiser (AdamW, fused) for all. Writes what the steps cost as JSON.
"""

import ctypes
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import torch
from torch import nn
from transformers import MT5Config, MT5ForConditionalGeneration

from train.convert import to_hugging_face, write_config
from train.head import Room
from train.loss import batch_loss
from train.model import MT5, ModelConfig

SIDES = ("ours", "ours_compiled", "eager", "sdpa", "sdpa_compiled")
VOCABULARY, INPUTS, TARGETS = 250_112, 512, 114  # mT5's


def config(d_model: int, layers: int, vocabulary: int = VOCABULARY) -> ModelConfig:
    """A small mT5: heads of 64, twice as wide inside."""
    return ModelConfig(vocabulary, d_model, 64, 2 * d_model, layers, d_model // 64, layers)


def build(side: str, shape: ModelConfig) -> tuple[nn.Module, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]:
    """(model, its loss of inputs and targets); all sides begin with the same weights."""
    own = MT5(shape).initialise(0).tune("blocks", compiled=side == "ours_compiled")
    if side.startswith("ours"):
        return own, lambda inputs, targets: batch_loss(own, inputs, targets, targets.numel(), 0.0)[0]
    wanted = MT5Config(**write_config(shape))
    theirs = MT5ForConditionalGeneration._from_config(wanted, attn_implementation=side.removesuffix("_compiled"))
    theirs.lm_head.weight = nn.Parameter(torch.empty_like(theirs.lm_head.weight))  # tied on construction
    theirs.load_state_dict(to_hugging_face(own), strict=False)
    call = torch.compile(theirs) if side.endswith("_compiled") else theirs
    return theirs, lambda inputs, targets: call(input_ids=inputs, labels=targets).loss


def batch(examples: int, vocabulary: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Random (inputs, targets)."""
    draw = torch.Generator().manual_seed(seed)
    sizes = INPUTS, TARGETS
    inputs, targets = (torch.randint(3, vocabulary, (examples, size), generator=draw) for size in sizes)
    return inputs, targets


def main(side: str, out: str, d_model: int, layers: int, examples: int, steps: int) -> None:
    """A step to warm up (and to compile), one whose memory is measured, then `steps` whose time is."""
    torch.set_num_threads(1)
    shape = config(d_model, layers)
    model, loss_of = build(side, shape)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    gradients = sum(value.numel() * value.element_size() for value in model.parameters())
    inputs, targets = batch(examples, shape.vocab_size)

    def step() -> float:
        optimizer.zero_grad()
        loss = loss_of(inputs, targets)
        loss.backward()
        optimizer.step()
        return loss.item()

    losses, seconds = [step()], []
    optimizer.zero_grad()
    if isinstance(model, MT5):
        model.room = Room()  # so that what is kept from step to step counts, too
    ctypes.CDLL(None).malloc_trim(0)  # so that freed memory is not counted as the step's
    before = psutil.Process().memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    losses.append(step())
    extra = high_water() - before - gradients
    for _ in range(steps):
        began = time.process_time()
        losses.append(step())
        seconds.append(time.process_time() - began)
    found = {
        "losses": losses,
        "seconds": seconds,
        "extra_bytes": extra,
        "rate": product_rate(shape, examples),
    }
    found["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(out).write_text(json.dumps(found))


def high_water() -> int:
    """Largest resident memory since the mark was last reset, in bytes (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def product_rate(shape: ModelConfig, examples: int) -> float:
    """Operations per CPU second of float32 products at the step's own shapes, the best of a few runs each."""
    sizes = [(256, shape.d_model, shape.vocab_size), (examples * INPUTS, shape.d_model, 2 * shape.d_ff)]
    operations = cost = 0.0
    for rows, inner, columns in sizes:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        out = torch.empty(rows, columns)
        times = []
        for _ in range(5):
            began = time.process_time()
            torch.mm(a, b, out=out)
            times.append(time.process_time() - began)
        operations += 2 * rows * inner * columns
        cost += min(times)
    return operations / cost


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
