"""Each time that a run was at work: how long, on what, how fast and with how much energy, as sessions/*.json.

These numbers are not in metrics.jsonl because no two runs have the same ones.
"""

import json
import os
import statistics
import time
from pathlib import Path

from train.watch.energy import Meter
from train.watch.observer import Observer
from train.watch.speed import Peak

EVERY = 30.0  # seconds between writes: what a kill may leave uncounted


class Sessions(Observer):
    """Writes the session of the leading process anew every half minute, so that a kill loses little of it."""

    def __init__(self, watts: float, grid: float, peak: Peak):
        self._watts, self._grid, self._peak = watts, grid, peak

    def begin(self, run) -> None:
        """Begin a session after the last one."""
        if not run.group.leads:
            return
        folder = run.folder.path / "sessions"
        folder.mkdir(exist_ok=True)
        self._path = folder / f"{len(list(folder.glob('*.json'))) + 1:04}.json"
        local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        self._machines = max(1, run.group.world // local)
        self._meter = Meter(run.group.device, local, self._watts)
        self._began = self._written = time.monotonic()
        self._steps, self._rates = 0, []

    def step(self, run, record: dict) -> None:
        """Count the step."""
        if not run.group.leads:
            return
        self._steps += 1  # steps that are gone back on were taken, so they count
        self._rates.append(record["flops_per_second"])
        if time.monotonic() - self._written > EVERY:
            self._write(run)

    def end(self, run) -> None:
        """Write the session for the last time, if it did anything."""
        if run.group.leads and self._steps:
            self._write(run)

    def _write(self, run) -> None:
        self._written = time.monotonic()
        shares = self._peak.shares(statistics.median(self._rates)) if self._rates else {}
        plain = {
            "steps": self._steps,
            "seconds": round(self._written - self._began, 3),
            "joules": round(self._meter.joules() * self._machines, 3),
            "energy_source": self._meter.source,
            "grid": self._grid,
            "device": self._peak.device,
            "processes": run.group.world,
            "peak_datasheet": self._peak.datasheet,
            "peak_measured": round(self._peak.measured),
        }
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(plain | shares, indent=1) + "\n")
        temporary.replace(self._path)


def read(folder: Path) -> list[dict]:
    """The sessions of a run's folder, in order."""
    return [json.loads(path.read_text()) for path in sorted((folder / "sessions").glob("*.json"))]
