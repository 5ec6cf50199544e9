"""What a training step holds in memory, before anything is allocated.

    python -m train.memory --size xl --parallel fsdp --processes 8 --micro-batch 16 --recompute

Parameters, gradients and moments are counted from the model's shapes. What a micro-batch keeps for its backward pass
is asked of autograd itself, on tensors without memory, in a model of one layer and in one of two: the rest is a line.
Not counted: what a kernel needs while it runs, and the allocator's gaps; leave a tenth of the device free.
"""

import dataclasses
from typing import Annotated, Literal

import torch
import typer
from rich.table import Table
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from typer import Option

from shards.commands import console, run
from train.data.corrupt import Noise, example_lengths, raw_length
from train.data.spm import SENTINELS
from train.loss import batch_loss
from train.model import MT5, ModelConfig, preset
from train.optim import Adafactor
from train.options import check, command


@dataclasses.dataclass(frozen=True)
class Plan:
    """Bytes in one process.

    `gathered`: matrices that fsdp puts together for a while, and their gradients. `kept`: what a micro-batch keeps for
    its backward pass, copies of matrices in the computing dtype among it.
    """

    parameters: int
    gradients: int
    moments: int
    gathered: int
    kept: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(dataclasses.astuple(self))


@dataclasses.dataclass(frozen=True)
class Layout:
    """How a run is laid out, as `train.pretrain` is told it."""

    parallel: Annotated[Literal["ddp", "fsdp"], Option(help="As of train.pretrain.")] = "ddp"
    processes: Annotated[int, Option(help="Processes, one for each GPU.", min=1)] = 1
    optimizer: Annotated[Literal["adamw", "adafactor"], Option(help="As of train.pretrain.")] = "adamw"
    precision: Annotated[Literal["bf16", "fp32"], Option(help="As of train.pretrain.")] = "bf16"
    micro_batch: Annotated[int, Option(help="Examples at once in one process.", min=1)] = 16
    input_length: Annotated[int, Option(help="Encoder tokens of an example.")] = 512
    recompute: Annotated[bool, Option("--recompute", help="As of train.pretrain.")] = False

    def __post_init__(self) -> None:
        check(self)

    @property
    def dtype(self) -> torch.dtype:
        """What the model computes in."""
        return torch.bfloat16 if self.precision == "bf16" else torch.float32


def plan(config: ModelConfig, layout: Layout) -> Plan:
    """The memory of one process of a run."""
    with torch.device("meta"):
        model = MT5(config)
    shapes = [value.shape for value in model.parameters()]
    numbers = sum(shape.numel() for shape in shapes)
    share = layout.processes if layout.parallel == "fsdp" else 1
    moments = 2 * numbers if layout.optimizer == "adamw" else sum(map(_adafactor, shapes))
    gathered = 0
    if share > 1:
        blocks = [_numbers(block) for block in (*model.encoder.blocks, *model.decoder.blocks)]
        root = numbers - sum(blocks)
        # Embedding, head and two blocks; the gradients of the first two as computed, and in float32 to be summed.
        gathered = layout.dtype.itemsize * (root + 2 * max(blocks)) + (layout.dtype.itemsize + 4) * root
    return Plan(4 * numbers // share, 4 * numbers // share, 4 * moments // share, gathered, kept(config, layout))


def kept(config: ModelConfig, layout: Layout) -> int:
    """Bytes that a micro-batch keeps for its backward pass, parameters and the head's gradient left out."""
    one, two = (_kept(dataclasses.replace(config, layers=n, decoder_layers=n), layout) for n in (1, 2))
    layer = two - one  # one of the encoder and one of the decoder
    if not layout.recompute:
        return one + (config.layers - 1) * layer
    inputs = layout.micro_batch * sum(lengths(layout)) * config.d_model * layout.dtype.itemsize
    return one + config.layers * inputs


def _kept(config: ModelConfig, layout: Layout) -> int:
    found: dict[int, Tensor] = {}

    def keep(value: Tensor) -> Tensor:
        found[value.untyped_storage()._cdata] = value
        return value

    with FakeTensorMode():
        model = MT5(config, layout.dtype).tune(attention="detached")
        ids, labels = (torch.zeros(layout.micro_batch, n, dtype=torch.long) for n in lengths(layout))
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda value: value):
            batch_loss(model, ids, labels, 1, 0.0)
        own = {value.untyped_storage()._cdata for value in model.parameters()}
        return sum(
            value.untyped_storage().nbytes()
            for key, value in found.items()
            if key not in own and value.shape != model.head.weight.shape
        )


def lengths(layout: Layout) -> tuple[int, int]:
    """Tokens of the encoder and of the decoder."""
    return example_lengths(raw_length(layout.input_length, Noise()), Noise(), SENTINELS)


def _numbers(module: torch.nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())


def _adafactor(shape: torch.Size) -> int:
    factored = len(shape) == 2 and min(shape) >= Adafactor.LEAST
    return sum(shape) if factored else shape.numel()


def main(
    layout: Layout,
    size: Annotated[str, Option(help="small, base, large, xl or xxl.")] = "large",
    vocab_size: Annotated[int, Option(help="Rows of the embedding.")] = 250_112,
) -> None:
    """Print what one process of a run holds in memory, in GB."""
    found = plan(preset(size, vocab_size), layout)
    table = Table(box=None)
    table.add_column("in one process")
    table.add_column("GB", justify="right")
    for name, value in (dataclasses.asdict(found) | {"total": found.total}).items():
        table.add_row(name, f"{value / 1e9:.1f}")
    console().print(table)


app = typer.Typer(add_completion=False)
app.command()(command(main))

if __name__ == "__main__":
    run(app)
