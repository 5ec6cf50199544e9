"""Where a run's numbers go besides metrics.jsonl: TensorBoard, or a tracker that speaks wandb's language."""

import importlib
from pathlib import Path
from typing import Protocol

from shards.errors import InputError
from train.watch.speed import Peak

TRACKERS = ("tensorboard", "trackio", "wandb", "none")
PROJECT = "medcorpus"


class Writer(Protocol):
    """Takes named numbers."""

    def write(self, values: dict[str, float], step: int) -> None:
        """The numbers of a step."""

    def close(self) -> None:
        """No more will come."""


class Tracking:
    """Sends the records of the leading process to a tracker, which is opened when the run begins."""

    def __init__(self, name: str, peak: Peak):
        self._name, self._peak, self._writer = name, peak, None

    def begin(self, run) -> None:
        """Open it; what it has of later steps is dropped, where it can be."""
        if run.group.leads and self._name != "none":
            make = TensorBoard if self._name == "tensorboard" else Remote
            self._writer = make(self._name, run.folder.path, run.config.fixed(), run.step)

    def step(self, run, record: dict) -> None:
        """Send a step's numbers."""
        if self._writer is not None:
            shares = {f"speed/{name}": share for name, share in self._peak.shares(record["flops_per_second"]).items()}
            self._writer.write(numbers(record) | shares, record["step"])

    def went_back(self, run, failed: int, reason: str) -> None:
        """Open it anew at the earlier step."""
        self.end(run)
        self.begin(run)

    def end(self, run) -> None:
        """Close it."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class TensorBoard:
    """Event files in the run's folder: `tensorboard --logdir runs` shows them."""

    def __init__(self, _: str, folder: Path, config: dict, step: int):
        from torch.utils.tensorboard import SummaryWriter  # slow to import

        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)
        if step == 0:
            self._writer.add_text("config", "\n".join(f"    {name} = {value!r}" for name, value in config.items()))

    def write(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()


class Remote:
    """wandb, or trackio, which has its interface; the run is named by its folder, so that a resumed one goes on."""

    def __init__(self, name: str, folder: Path, config: dict, _: int):
        self._module = load(name)
        if name == "wandb":
            self._module.init(
                project=PROJECT, name=folder.name, id=folder.name, resume="allow", dir=str(folder), config=config
            )
        else:
            self._module.init(project=PROJECT, name=folder.name, resume="allow", config=config)

    def write(self, values: dict[str, float], step: int) -> None:
        self._module.log(values, step=step)

    def close(self) -> None:
        self._module.finish()


def check(name: str) -> None:
    """`InputError` for a tracker that there is not, or that is not installed."""
    if name not in TRACKERS:
        raise InputError(f"no tracker {name!r}; trackers: {', '.join(TRACKERS)}")
    if name in ("trackio", "wandb"):
        load(name)


def load(name: str):
    """The tracker's module; `InputError` when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(f"tracker {name} is not installed: pip install {name}, or take tensorboard") from error


def numbers(record: dict) -> dict[str, float]:
    """A record's numbers under names that group: loss/train, loss/fr, held_out/fr, optimiser/lr, speed/mfu_measured."""
    named = {"loss/train": record["loss"], "optimiser/lr": record["lr"]}
    named["optimiser/gradient_norm"] = record["gradient_norm"]
    named["examples"] = record["examples"]
    named |= {f"loss/{name}": loss for name, loss in record["languages"].items()}
    named |= {f"held_out/{name}": loss for name, loss in record.get("held_out", {}).items()}
    return named | {f"speed/{name}": record[name] for name in record if name.endswith("_per_second")}
