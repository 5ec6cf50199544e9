"""What a pretraining run is told, each setting an option of `python -m train.pretrain`, and what it gives back."""

import dataclasses
import math
from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from catalog.options import STORE, Database, Root
from shards.errors import InputError
from train.data import spm
from train.data.corrupt import Noise, example_lengths, raw_length
from train.model import preset
from train.options import check

# May differ when a run is resumed: they say where, how long and how often, not what is computed.
FREE = frozenset(
    {"root", "database", "out", "version", "steps", "micro_batch", "parallel", "device"}
    | {"eval_every", "checkpoint_every", "keep", "attention", "compile", "recompute"}
)

# Groups of options in the help, by the first of each.
PANELS = {
    "version": "Text",
    "size": "Model",
    "steps": "Examples",
    "lr": "Optimisation",
    "eval_every": "Evaluation and checkpoints",
    "parallel": "Machine",
    "tracker": "Watching",
    "ray_workers": "Ray cluster",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PretrainConfig:
    """One pretraining run. Every field is an option of the command, whose help says what it is.

    `root` may be an fsspec URL: token shards are then copied into the run's folder, and `database`, the URL of the
    catalog's index, must be given. `batch` examples a step are shared by all processes.
    """

    version: Annotated[str, Option(help="Version: NAME@TAG or its id.")]
    out: Annotated[str, Option(help="The run's folder; the same folder again resumes the run.")]
    root: Root = STORE
    database: Database = None
    languages: Annotated[tuple[str, ...], Option(help="Only these, comma-separated (default: all).")] = ()
    alpha: Annotated[float, Option(help="Languages are mixed by documents ** alpha.")] = 0.3
    weights: Annotated[dict[str, float], Option(help="Explicit mixture instead, for example en=2,fr=1.")] = (
        dataclasses.field(default_factory=dict)
    )
    sources: Annotated[dict[str, float], Option(help="Sources seen more or less often, as emea=2,wiki=0.5.")] = (
        dataclasses.field(default_factory=dict)
    )
    source_alpha: Annotated[float, Option(help="Sources are mixed by tokens ** alpha; 1: as they are.")] = 1.0
    held_out: Annotated[float, Option(help="Share of documents, by hash of their ids, that are only evaluated.")] = 0.02

    size: Annotated[str, Option(help="tiny, mini (a laptop), small, base, large, xl or xxl (mT5's).")] = "tiny"
    init: Annotated[str, Option(help="random, or the folder of a Hugging Face mT5 to go on from.")] = "random"
    tokenizer: Annotated[str, Option(help="train, a folder, a .model file, or a Hub name.")] = "train"
    vocab_size: Annotated[int, Option(help="Ids of a trained tokenizer, 100 sentinels included.")] = 32_000

    steps: Annotated[int, Option(help="Steps in all.", min=1)] = 1000
    batch: Annotated[int, Option(help="Examples a step, over all processes.", min=1)] = 16
    micro_batch: Annotated[int, Option(help="Examples at once in one process; 0: its whole share.")] = 0
    input_length: Annotated[int, Option(help="Encoder tokens of an example, at most 1800.")] = 512
    objective: Annotated[Literal["t5", "ul2"], Option(help="Span corruption, or UL2's mixture of denoisers.")] = "t5"
    mode: Annotated[
        Literal["reference", "document"], Option(help="Documents one behind the other, or each masked for itself.")
    ] = "reference"
    seed: Annotated[int, Option(help="Seed of order, noise and parameters.")] = 0

    lr: Annotated[float, Option(help="Peak learning rate, relative to each matrix's rms.")] = 2e-2
    schedule: Annotated[
        Literal["constant", "rsqrt", "cosine", "wsd"], Option(help="The learning rate after the warm-up.")
    ] = "constant"
    warmup: Annotated[int, Option(help="Steps of linear warm-up.")] = 100
    decay: Annotated[int, Option(help="Steps of wsd's decay at the end; 0: a fifth.")] = 0
    optimizer: Annotated[Literal["adamw", "adafactor"], Option(help="Both are scaled by rms.")] = "adamw"
    weight_decay: Annotated[float, Option(help="Decoupled weight decay.")] = 0.0
    clip: Annotated[float, Option(help="Largest gradient norm.")] = 1.0
    spike: Annotated[float, Option(help="Deviations from which a loss is rolled back; 0: never.")] = 6.0
    z_loss: Annotated[float, Option(help="Weight of the z-loss.")] = 1e-4

    eval_every: Annotated[int, Option(help="Steps between held-out evaluations; 0: at the end.")] = 100
    eval_examples: Annotated[int, Option(help="Held-out examples of each language, at most.")] = 64
    checkpoint_every: Annotated[int, Option(help="Steps between checkpoints; 0: at the end.")] = 100
    keep: Annotated[int, Option(help="Checkpoints to keep, besides the best.", min=1)] = 2

    parallel: Annotated[Literal["ddp", "fsdp"], Option(help="fsdp: the processes share the model.")] = "ddp"
    device: Annotated[Literal["auto", "cpu", "cuda"], Option(help="Where to compute.")] = "auto"
    precision: Annotated[Literal["auto", "fp32", "bf16"], Option(help="What to compute in.")] = "auto"
    attention: Annotated[
        Literal["auto", "sdpa", "detached", "blocks", "flex"], Option(help="How to compute it; see train/attention.py.")
    ] = "auto"
    compile: Annotated[bool, Option("--compile", help="Run the blocks through torch.compile.")] = False
    recompute: Annotated[bool, Option("--recompute", help="Save memory: run the blocks' forward twice.")] = False

    def __post_init__(self) -> None:
        check(self)
        preset(self.size, 1)
        example_lengths(raw_length(self.input_length, Noise()), Noise(), spm.SENTINELS)
        if self.tokenizer == "train":
            self.training()
        for name in ("lr", "clip"):
            if not getattr(self, name):
                raise InputError(f"{name} is 0; give a number above 0")
        if self.seed >= 1 << 63:
            raise InputError(f"seed is {self.seed}; give a number below 2 ** 63")
        if self.held_out >= 1:
            raise InputError(f"held_out is {self.held_out}; give a share below 1, for example 0.02")
        for name, weight in (*self.weights.items(), *self.sources.items()):
            if not 0 <= weight < math.inf:
                raise InputError(f"weight of {name} is {weight}; give a positive number, or 0 to a source")
        if 0 in self.weights.values():
            raise InputError("weights of languages must be positive; leave a language out with --languages")
        if self.languages and self.weights and set(self.languages) != set(self.weights):
            raise InputError(
                f"languages {', '.join(self.languages)} are not those of weights {', '.join(self.weights)}"
            )

    def training(self) -> spm.Training:
        """How a tokenizer of its own is trained."""
        return spm.Training(self.vocab_size, alpha=self.alpha, seed=self.seed, held_out=self.held_out)

    def fixed(self) -> dict:
        """What a resumed run must have in common with the run that began.

        `steps` may differ where the schedule does not until then: a checkpoint whose learning rate is not the
        schedule's is refused.
        """
        plain = dataclasses.asdict(self) | {"languages": list(self.languages)}
        return {name: value for name, value in plain.items() if name not in FREE}


@dataclasses.dataclass(frozen=True)
class PretrainResult:
    """Where a run's files lie, the steps done, and its losses in nats per target token.

    `losses` is the last held-out loss of each language; a language without held-out text is absent.
    """

    run_dir: Path
    loss_plot: Path
    export_dir: Path
    steps: int
    first_loss: float
    last_loss: float
    losses: dict[str, float]
