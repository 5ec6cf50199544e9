"""Where a run's numbers go besides metrics.jsonl: TensorBoard, or a tracker that speaks wandb's language."""

import importlib
from collections.abc import Callable

from shards.errors import InputError
from train.watch.observer import Observer
from train.watch.speed import Peak

PROJECT = "medcorpus"


class Tracking(Observer):
    """Sends the records of the leading process to a tracker, which is open from the run's beginning to its end."""

    def __init__(self, name: str, peak: Peak):
        self._name, self._peak, self._close = name, peak, None

    def begin(self, run) -> None:
        """Open it; what it has of later steps is dropped, where it can be."""
        if run.group.leads and self._name != "none":
            self._write, self._close = tensorboard(run) if self._name == "tensorboard" else remote(run, self._name)

    def step(self, run, record: dict) -> None:
        """Send a step's numbers."""
        if self._close is not None:
            shares = {f"speed/{name}": share for name, share in self._peak.shares(record["flops_per_second"]).items()}
            self._write(numbers(record) | shares, record["step"])

    def went_back(self, run, failed: int, reason: str) -> None:
        """Open it anew at the earlier step."""
        self.end(run)
        self.begin(run)

    def end(self, run) -> None:
        """Close it."""
        if self._close is not None:
            self._close()
            self._close = None


def tensorboard(run) -> tuple[Callable[[dict[str, float], int], None], Callable[[], None]]:
    """(write, close) of event files in the run's folder: `tensorboard --logdir runs` shows them."""
    from torch.utils.tensorboard import SummaryWriter  # slow to import

    writer = SummaryWriter(str(run.folder.path / "tensorboard"), purge_step=run.step + 1)
    if run.step == 0:
        writer.add_text("config", "\n".join(f"    {name} = {value!r}" for name, value in run.config.fixed().items()))

    def write(values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, step)

    return write, writer.close


def remote(run, name: str) -> tuple[Callable[[dict[str, float], int], None], Callable[[], None]]:
    """(write, close) of wandb, or of trackio, which has its interface; a run of the same folder goes on there."""
    tracker, folder = load(name), run.folder.path
    only = {"id": folder.name, "dir": str(folder)} if name == "wandb" else {}
    tracker.init(project=PROJECT, name=folder.name, resume="allow", config=run.config.fixed(), **only)
    return (lambda values, step: tracker.log(values, step=step)), tracker.finish


def load(name: str):
    """A tracker's module; `InputError` when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"tracker {name} is not installed: pip install {name}, or take tensorboard") from error


def numbers(record: dict) -> dict[str, float]:
    """A record's numbers under names that group: loss/train, loss/fr, held_out/fr, optimiser/lr, speed/mfu_measured."""
    named = {"loss/train": record["loss"], "examples": record["examples"]}
    named |= {f"optimiser/{name}": record[name] for name in ("lr", "gradient_norm")}
    named |= {f"loss/{name}": loss for name, loss in record["languages"].items()}
    named |= {f"held_out/{name}": loss for name, loss in record.get("held_out", {}).items()}
    return named | {f"speed/{name}": record[name] for name in record if name.endswith("_per_second")}
