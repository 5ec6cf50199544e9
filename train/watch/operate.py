"""How a run is watched: the options that change nothing of what is computed, and the observers they stand for."""

import dataclasses
import math

from rich.progress import Progress

from shards.errors import InputError
from train.watch import tracking
from train.watch.energy import WORLD_GRID
from train.watch.profiling import Profiling
from train.watch.progress import ProgressLine
from train.watch.sessions import Sessions
from train.watch.speed import peak
from train.watch.tracking import Tracking


@dataclasses.dataclass(frozen=True)
class Operation:
    """`profile`: steps to profile. `watts` of this machine, 0: measured or estimated. `grid`: g CO2 a kWh."""

    tracker: str = "tensorboard"
    profile: int = 0
    watts: float = 0.0
    grid: float = WORLD_GRID

    def __post_init__(self) -> None:
        for name in ("profile", "watts", "grid"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise InputError(f"{name} is {value}; give a number of at least 0")
        tracking.check(self.tracker)

    def observers(self, run, bar: Progress) -> list:
        """What watches the run; the progress line is the first."""
        found = peak(run.group.device, run.model.dtype)
        sessions = Sessions(self.watts, self.grid, found)
        return [ProgressLine(bar, found), Tracking(self.tracker, found), Profiling(self.profile), sessions]
