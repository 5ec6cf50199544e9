"""The command `python -m train.lr_find`: a learning rate by a short run in which it rises (arXiv 1506.01186).

The loss is smoothed and plotted against the rate. Suggested is the rate at which it falls most steeply; the one at
which it is lowest is stated, too, and is already too high for a long run.
"""

import dataclasses
import json
import math
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from catalog import plot_style as style
from shards.commands import console, run
from shards.errors import InputError
from train.distributed import join
from train.loop import Run
from train.options import command
from train.prepare import prepare
from train.rundir import RunDir
from train.settings import PANELS, PretrainConfig
from train.watch.progress import ProgressLine, progress_bar

REACH = 16  # the mean around a step takes in this part of the test on either side
DIVERGED, LAST = 1.5, 5  # times the lowest smoothed loss, in the mean of the last steps: then the test ends


@dataclasses.dataclass(frozen=True)
class Rising:
    """A rate that grows by the same factor every step, from `low` at the first to `high` at the last."""

    low: Annotated[float, typer.Option(help="First rate of the test.")] = 1e-5
    high: Annotated[float, typer.Option(help="Last rate of the test.")] = 1.0
    test_steps: Annotated[int, typer.Option(help="Steps of the test.")] = 100

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < math.inf or self.test_steps < 10:
            raise InputError(
                f"rates {self.low} to {self.high} in {self.test_steps} steps; give 0 < low < high and at least 10 steps"
            )

    def at(self, step: int) -> float:
        """Rate of step 1, 2, 3 ..."""
        return self.low * (self.high / self.low) ** ((step - 1) / (self.test_steps - 1))


@dataclasses.dataclass(frozen=True)
class Finding:
    """Rates: `suggested` where the loss falls most steeply, `lowest` where it is least, `diverged` or None."""

    suggested: float
    lowest: float
    diverged: float | None


def main(config: PretrainConfig, test: Rising) -> None:
    """Suggest a learning rate for a run of this model on this version: the options of `train.pretrain`, and the test's.

    [dim]python -m train.lr_find --version demo@latest --out runs/lr --vocab-size 4000 --input-length 128[/dim]

    Writes lr_find.json and lr_find.png into the folder, and nothing else.
    """
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        own = dataclasses.replace(config, out=folder, steps=test.test_steps, lr=test.high)
        rates, losses = sweep(own, test)
    found, smoothed = find(rates, losses), smooth(losses)
    plain = dataclasses.asdict(found) | {"rates": rates, "losses": losses, "smoothed": smoothed}
    (out / "lr_find.json").write_text(json.dumps(plain, indent=1) + "\n")
    title = f"mT5 {config.size}, {config.batch} examples of {config.input_length} tokens"
    plot(rates, losses, smoothed, found, out / "lr_find.png", title)
    console().print(
        f"--lr {found.suggested:.2g}  (steepest; lowest loss at {found.lowest:.2g}) → {out / 'lr_find.png'}"
    )


def sweep(config: PretrainConfig, rising: Rising) -> tuple[list[float], list[float]]:
    """(rates, losses) of a run with the rising rate, until it diverges."""
    group = join(config.device)
    if group.world > 1:
        raise InputError("the test is one process; run it without torchrun")
    with progress_bar() as bar:
        folder = RunDir(Path(config.out))
        test = Run(config, group, folder, prepare(config, group, folder, bar))
        test.schedule = rising
        shown = ProgressLine(bar)
        shown.begin(test)
        rates: list[float] = []
        losses: list[float] = []
        while test.step < config.steps:
            record = test.advance()
            if not math.isfinite(record["loss"]):
                break
            rates.append(record["lr"])
            losses.append(record["loss"])
            shown.step(test, record)
            if np.mean(losses[-LAST:]) > DIVERGED * min(smooth(losses)):
                break
    return rates, losses


def smooth(losses: list[float]) -> list[float]:
    """Mean around each step, over fewer steps towards both ends: a running mean would lag behind the rate."""
    reach, end = max(1, len(losses) // REACH), len(losses) - 1
    reaches = [min(reach, place, end - place) for place in range(len(losses))]
    return [float(np.mean(losses[place - one : place + one + 1])) for place, one in enumerate(reaches)]


def find(rates: list[float], losses: list[float]) -> Finding:
    """What the curve says. `InputError` when it never falls."""
    smoothed = smooth(losses)
    lowest = int(np.argmin(smoothed)) if smoothed else 0
    if lowest < 3:
        raise InputError("the loss did not fall at any rate; give a smaller --low, or more --steps")
    slopes = np.gradient(np.array(smoothed[: lowest + 1]), np.log(rates[: lowest + 1]))
    diverged = rates[-1] if np.mean(losses[-LAST:]) > DIVERGED * smoothed[lowest] else None
    return Finding(rates[int(np.argmin(slopes))], rates[lowest], diverged)


def plot(
    rates: list[float], losses: list[float], smoothed: list[float], found: Finding, path: Path, title: str
) -> Path:
    """Loss against rate, with the suggestion."""
    figure = style.figure(4.4)
    axes = figure.subplots()
    axes.semilogx(rates, losses, color="#bbbbbb", linewidth=0.8, label="each step")
    axes.semilogx(rates, smoothed, color="#222222", linewidth=2, label="mean around it")
    axes.axvline(found.suggested, color="#0072B2", linewidth=1.5, label=f"steepest: {found.suggested:.2g}")
    axes.axvline(found.lowest, color="#D55E00", linewidth=1.5, linestyle="--", label=f"lowest: {found.lowest:.2g}")
    axes.set_ylim(min(losses) * 0.97, max(losses[0], min(losses) * DIVERGED) * 1.03)
    axes.set_xlabel("learning rate")
    axes.set_ylabel("nats per target token")
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return style.save(figure, path)


app = typer.Typer(add_completion=False, rich_markup_mode="rich")
app.command()(command(main, PANELS | {"low": "Test"}))

if __name__ == "__main__":
    run(app)
