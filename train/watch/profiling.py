"""`--profile N`: where the time of N steps goes, by PyTorch's profiler, as a table and as a trace for a browser."""

from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile, schedule

from shards.commands import console
from train.watch.observer import Observer

WAIT, WARM = 2, 1  # steps that are let pass: compilation, then the profiler's own beginning
ROWS = 25


class Profiling(Observer):
    """Profiles `steps` steps of the leading process; table.txt and trace.json are in the run's folder profile/.

    trace.json opens in https://ui.perfetto.dev or chrome://tracing.
    """

    def __init__(self, steps: int):
        self._steps, self._profile = steps, None

    def begin(self, run) -> None:
        """Start after the first steps."""
        if run.group.leads and self._steps:
            cuda = run.group.device.type == "cuda"
            kinds = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if cuda else [])]
            folder, key = run.folder.path / "profile", f"self_{'device' if cuda else 'cpu'}_time_total"
            self._profile = profile(
                activities=kinds,
                schedule=schedule(wait=WAIT, warmup=WARM, active=self._steps, repeat=1),
                on_trace_ready=lambda found: write(found, folder, key),
                record_shapes=True,
            )
            self._profile.start()

    def step(self, run, record: dict) -> None:
        """Mark the border between steps."""
        if self._profile is not None:
            self._profile.step()

    def end(self, run) -> None:
        """Stop; a run that was shorter leaves what there is."""
        if self._profile is not None:
            self._profile.stop()
            self._profile = None


def write(found: torch.profiler.profile, folder: Path, key: str) -> None:
    """Write table and trace, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    found.export_chrome_trace(str(folder / "trace.json"))
    table = found.key_averages(group_by_input_shape=False).table(sort_by=key, row_limit=ROWS, max_name_column_width=48)
    (folder / "table.txt").write_text(table + "\n")
    console(stderr=True).print(f"profile: {folder / 'table.txt'}, {folder / 'trace.json'}", soft_wrap=True)
