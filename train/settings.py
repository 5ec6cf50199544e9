"""What a pretraining run is told, and what it gives back."""

import dataclasses
import math
from pathlib import Path

from shards.errors import InputError
from train.attention import BACKENDS
from train.data import spm
from train.data.corrupt import Noise, example_lengths, raw_length
from train.data.denoisers import objective
from train.data.documents import MODES
from train.distributed import LAYOUTS
from train.model import preset
from train.optim import OPTIMIZERS
from train.schedule import Schedule

# May differ when a run is resumed: they say where, how long and how often, not what is computed.
FREE = frozenset(
    {"root", "database", "out", "version", "steps", "micro_batch", "parallel", "device"}
    | {"eval_every", "checkpoint_every", "keep", "attention", "compile", "recompute"}
)

# The least value of each number, and whether it must be above it.
LIMITS = {
    **dict.fromkeys(("steps", "batch", "keep"), (1, False)),
    **dict.fromkeys(("micro_batch", "eval_every", "eval_examples", "checkpoint_every", "seed"), (0, False)),
    **dict.fromkeys(("warmup", "decay", "weight_decay", "z_loss", "alpha", "source_alpha", "spike"), (0, False)),
    **dict.fromkeys(("lr", "clip"), (0, True)),
}


@dataclasses.dataclass(frozen=True)
class PretrainConfig:
    """One pretraining run.

    `root` is the store, a local path or an fsspec URL; token shards of a URL are copied into the run's folder.
    `database`: SQLAlchemy URL of the catalog's index, which a store that is not local needs.
    `batch` examples a step over all processes; `micro_batch` at once in one process (0: all of its share).
    `tokenizer`: "train", a folder, a .model file or a name on the Hub. `init`: "random" or a Hugging Face mT5 folder.
    `held_out`: share of documents, by hash of doc_id, that are only evaluated. `weights`: explicit language weights.
    `sources`: how often texts of a source are seen, against 1; `source_alpha`: sources are mixed by tokens ** alpha.
    `objective`: "t5" or "ul2"; `mode`: "reference", documents one behind the other, or "document", each on its own.
    `attention`: auto or a way of `train.attention`; `compile` the blocks; `recompute` them instead of keeping them.
    `decay`: steps of the wsd schedule's end (0: a fifth). `parallel`: how several processes share the model.
    `spike`: standard deviations above the running mean from which a loss is rolled back; 0: never, and NaN is an error.
    `eval_every`, `checkpoint_every`: steps, 0 means only at the end. `keep` the last so many checkpoints.
    """

    root: str
    version: str
    out: str
    size: str = "tiny"
    init: str = "random"
    tokenizer: str = "train"
    vocab_size: int = 32_000
    steps: int = 1000
    batch: int = 16
    micro_batch: int = 0
    input_length: int = 512
    objective: str = "t5"
    mode: str = "reference"
    lr: float = 2e-2
    schedule: str = "constant"
    warmup: int = 100
    decay: int = 0
    optimizer: str = "adamw"
    weight_decay: float = 0.0
    clip: float = 1.0
    spike: float = 6.0
    z_loss: float = 1e-4
    alpha: float = 0.3
    source_alpha: float = 1.0
    sources: dict[str, float] = dataclasses.field(default_factory=dict)
    weights: dict[str, float] = dataclasses.field(default_factory=dict)
    languages: tuple[str, ...] = ()
    held_out: float = 0.02
    eval_every: int = 100
    eval_examples: int = 64
    checkpoint_every: int = 100
    keep: int = 2
    seed: int = 0
    parallel: str = "ddp"
    device: str = "auto"
    precision: str = "auto"
    attention: str = "auto"
    compile: bool = False
    recompute: bool = False
    database: str | None = None

    def __post_init__(self) -> None:
        for name, (least, above) in LIMITS.items():
            value = getattr(self, name)
            if not (value > least if above else value >= least) or (value == math.inf and name != "clip"):
                raise InputError(f"{name} is {value}; give a number {'above' if above else 'of at least'} {least}")
        if self.seed >= 1 << 63:
            raise InputError(f"seed is {self.seed}; give a number below 2 ** 63")
        preset(self.size, 1)
        Schedule(self.schedule, self.lr, self.warmup, self.steps, self.decay)
        for what, choices in (("optimizer", OPTIMIZERS), ("parallel", LAYOUTS)):
            if getattr(self, what) not in choices:
                raise InputError(f"no {what} {getattr(self, what)!r}; choices: {', '.join(choices)}")
        example_lengths(raw_length(self.input_length, Noise()), Noise(), spm.SENTINELS)
        objective(self.objective)
        if self.mode not in MODES:
            raise InputError(f"no mode {self.mode!r}; modes: {', '.join(MODES)}")
        if self.tokenizer == "train":
            self.training()
        for language, weight in self.weights.items():
            if not 0 < weight < math.inf:
                raise InputError(f"weight of {language} is {weight}; weights must be positive numbers")
        for source, weight in self.sources.items():
            if not 0 <= weight < math.inf:
                raise InputError(f"weight of source {source} is {weight}; weights must be numbers from 0 on")
        if self.languages and self.weights and set(self.languages) != set(self.weights):
            raise InputError(
                f"languages {', '.join(self.languages)} are not those of weights {', '.join(self.weights)}"
            )
        if not 0 <= self.held_out < 1:
            raise InputError(f"held-out share is {self.held_out}; give a number from 0 to below 1, for example 0.02")
        if self.device not in ("auto", "cpu", "cuda"):
            raise InputError(f"no device {self.device!r}; devices: auto, cpu, cuda")
        if self.precision not in ("auto", "fp32", "bf16"):
            raise InputError(f"no precision {self.precision!r}; precisions: auto, fp32, bf16")
        if self.attention not in ("auto", *BACKENDS):
            raise InputError(f"no attention {self.attention!r}; there are: auto, {', '.join(BACKENDS)}")

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
