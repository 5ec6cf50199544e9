"""Progress of a build: bars on a terminal, plain lines in a log (a Ray job's, CI's)."""

import time
from collections import Counter
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ingest.engine.scheduler import Event

LOG_EVERY = 5.0  # seconds between lines when there is no terminal


class BuildProgress:
    """Call it with the scheduler's events; use it as a context manager."""

    def __init__(self, console: Console):
        self._console = console
        self._total: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._cached: Counter[str] = Counter()
        self._rows: Counter[str] = Counter()
        self._bars = None
        self._tasks: dict[str, int] = {}
        self._logged = time.monotonic()
        if console.is_terminal:
            columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bars = Progress(*columns, TextColumn("[dim]{task.fields[note]}"), console=console)

    def __enter__(self) -> "BuildProgress":
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()
        else:
            self._log()

    def __call__(self, event: Event) -> None:
        """Count one event."""
        step = event.node.step.name
        if event.kind == "planned":
            self._total[step] += 1
        elif event.kind in ("done", "cached"):
            self._done[step] += 1
            self._cached[step] += event.kind == "cached"
            self._rows[step] += event.receipt.rows
        elif event.kind in ("retried", "failed"):
            told = f"{event.kind} {step} of {event.node.label}: {event.error}"
            self._console.print(told, style="yellow", markup=False, highlight=False)
        self._show(step)

    def crawled(self, source: str, pages: Mapping[str, int]) -> None:
        """Show how far the crawl of a source is."""
        name, waiting = f"crawl {source}", pages.get("queued", 0) + pages.get("leased", 0)
        self._total[name] = sum(pages.values())
        self._done[name] = self._total[name] - waiting
        self._rows[name] = pages.get("captured", 0)
        self._show(name)

    def _show(self, step: str) -> None:
        if self._bars:
            self._draw(step)
        elif time.monotonic() - self._logged > LOG_EVERY:
            self._log()

    def _note(self, step: str) -> str:
        cached = f", {self._cached[step]} cached" if self._cached[step] else ""
        return f"{self._rows[step]:,} {'captures' if step.startswith('crawl ') else 'rows'}{cached}"

    def _draw(self, step: str) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=None, note="")
        self._bars.update(self._tasks[step], total=self._total[step], completed=self._done[step], note=self._note(step))

    def _log(self) -> None:
        self._logged = time.monotonic()
        parts = [f"{step} {self._done[step]}/{self._total[step]} ({self._note(step)})" for step in self._total]
        self._console.print("progress: " + " | ".join(parts), highlight=False, soft_wrap=True)
