"""A run's folder: config.json, metrics.jsonl, checkpoints/, loss.png, model/."""

import errno
import json
import os
import statistics
from collections.abc import Iterator
from pathlib import Path

from shards.errors import InputError
from train.settings import PretrainResult


class RunDir:
    """Files of one run. Metrics are flushed before a checkpoint, so a resumed run never lacks a line."""

    def __init__(self, path: Path):
        self.path = path
        self.checkpoints = path / "checkpoints"
        self.loss_plot = path / "loss.png"
        self.export = path / "model"
        self.stop = path / "stop"  # who makes this file, on whatever machine, asks the run to stop
        self._metrics = path / "metrics.jsonl"
        self._config = path / "config.json"
        self._waiting: list[str] = []

    def claim(self, fixed: dict) -> None:
        """Begin the run, or check that the run that began here is this one in everything that `fixed` names."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self._config.exists():
            self.check(fixed)
        else:
            temporary = self.path / ".tmp-config.json"
            temporary.write_text(json.dumps(fixed, indent=1, sort_keys=True))
            temporary.replace(self._config)

    def check(self, fixed: dict) -> None:
        """`InputError` naming the first of these settings in which the run that began here, if any did, differs."""
        if not self._config.exists():
            return
        begun = json.loads(self._config.read_text())
        for name in sorted(fixed):
            if begun.get(name, fixed[name]) != fixed[name]:  # a run of an earlier release lacks what came later
                raise InputError(
                    f"{self.path} holds a run with {name} = {begun.get(name)!r}, this one has {fixed[name]!r}: "
                    "give another --out, or the same setting to resume it"
                )

    def keep_until(self, step: int) -> None:
        """Drop the metrics after `step`: they are computed again. A line that a kill cut short is after it, too."""
        lines = [json.dumps(record) for record in self.metrics() if record["step"] <= step]
        temporary = self.path / ".tmp-metrics.jsonl"
        temporary.write_text("".join(f"{line}\n" for line in lines))
        temporary.replace(self._metrics)

    def log(self, record: dict) -> None:
        """Append a record and make it durable. On a full disk it waits in memory for the next one."""
        self._waiting.append(json.dumps(record) + "\n")
        size = self._metrics.stat().st_size if self._metrics.exists() else 0
        try:
            with self._metrics.open("a") as file:
                file.write("".join(self._waiting))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            os.truncate(self._metrics, size)
        else:
            self._waiting.clear()

    def metrics(self) -> Iterator[dict]:
        """All complete records, in order."""
        if self._metrics.exists():
            for line in self._metrics.read_text().splitlines(keepends=True):
                if line.endswith("\n"):
                    yield json.loads(line)

    def result(self) -> PretrainResult:
        """What a run gives back."""
        records = list(self.metrics())
        held_out = [record["held_out"] for record in records if "held_out" in record]
        edge = max(1, min(10, len(records) // 4))
        first, last = (statistics.fmean(one["loss"] for one in part) for part in (records[:1], records[-edge:]))
        losses = held_out[-1] if held_out else {}
        return PretrainResult(self.path, self.loss_plot, self.export, records[-1]["step"], first, last, losses)
