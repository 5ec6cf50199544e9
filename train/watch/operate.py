"""How a run is watched: the options that change nothing of what is computed, and the observers they stand for."""

import dataclasses
from typing import Annotated, Literal

from rich.progress import Progress
from typer import Option

from train.options import check
from train.watch.energy import WORLD_GRID
from train.watch.observer import Observer
from train.watch.profiling import Profiling
from train.watch.progress import ProgressLine
from train.watch.sessions import Sessions
from train.watch.speed import peak
from train.watch.tracking import Tracking, load


@dataclasses.dataclass(frozen=True)
class Operation:
    """What watches a run."""

    tracker: Annotated[
        Literal["tensorboard", "trackio", "wandb", "none"], Option(help="Where the numbers go besides metrics.jsonl.")
    ] = "tensorboard"
    profile: Annotated[int, Option(help="Steps to profile, after the first three.")] = 0
    watts: Annotated[float, Option(help="Power of this machine; 0: metered where it can be, else estimated.")] = 0.0
    grid: Annotated[float, Option(help="Grams of CO2 a kWh of the grid.")] = WORLD_GRID

    def __post_init__(self) -> None:
        check(self)
        if self.tracker in ("trackio", "wandb"):
            load(self.tracker)

    def observers(self, run, bar: Progress) -> list[Observer]:
        """What watches the run; the progress line is the first."""
        found = peak(run.group.device, run.model.dtype)
        sessions = Sessions(self.watts, self.grid, found)
        return [ProgressLine(bar, found), Tracking(self.tracker, found), Profiling(self.profile), sessions]
