"""`python -m ingest fetch`: one bar a source on a terminal, plain lines in a log."""

import time
from collections.abc import Set
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.bring import bring
from ingest.recipe import Recipe
from ingest.recipe.sources import Entry
from shards.errors import InputError

_LOG_EVERY = 10.0  # seconds between lines when there is no terminal


def fetch_sources(recipe: Recipe, only: Set[str], limit: int | None, console: Console) -> int:
    """Fetch the sources named in `only`, or all that have a fetcher; returns how many files could not be had."""
    entries = {entry.name: entry for entry in recipe.entries if entry.fetcher}
    if unknown := sorted(only - entries.keys()):
        raise InputError(f"no `fetch` table for {', '.join(unknown)}; there is one for: {', '.join(entries) or 'none'}")
    if not entries:
        raise InputError(f"{recipe.path}: no source has a `fetch` table; add one, or put the files there by hand")
    missed = 0
    for name, entry in entries.items():
        if not only or name in only:
            missed += _fetch(entry, recipe.document.contact, limit, console)
    return missed


def _fetch(entry: Entry, contact: str, limit: int | None, console: Console) -> int:
    with _Watch(entry.name, console) as watch:
        root = Path(entry.source.root)
        tally = bring(entry.fetcher, root, contact, limit, watch.outcome, watch.transferred)
    told = f"{entry.name}: {tally.new:,} files brought ({tally.bytes / 1e6:,.1f} MB), {tally.there:,} were there"
    console.print(told + (f", {tally.missed:,} missed" if tally.missed else ""), markup=False, highlight=False)
    return tally.missed


class _Watch:
    """Shows one source's transfers; a context manager."""

    def __init__(self, name: str, console: Console):
        self._name, self._console = name, console
        self._files, self._bytes, self._logged = 0, 0, time.monotonic()
        columns = (TextColumn("{task.description:>20}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        note = TextColumn("[dim]{task.fields[note]}")
        self._bars = Progress(*columns, note, console=console, disable=not console.is_terminal)
        self._task = self._bars.add_task(name, total=None, note="")

    def __enter__(self) -> "_Watch":
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def transferred(self, name: str, done: int, total: int | None) -> None:
        """Hear of a piece of a file."""
        note = f"{name} ({self._files:,} files, {self._bytes / 1e6:,.0f} MB so far)"
        self._bars.update(self._task, completed=done, total=total, note=note)

    def outcome(self, outcome: Fetched | Missed) -> None:
        """Hear of a file that is there, or could not be had."""
        if isinstance(outcome, Missed):
            told = f"{self._name}: missed {outcome.url}: {outcome.reason}"
            self._console.print(told, style="yellow", markup=False, highlight=False)
            return
        self._files, self._bytes = self._files + 1, self._bytes + outcome.bytes
        if not self._console.is_terminal and time.monotonic() - self._logged > _LOG_EVERY:
            self._logged = time.monotonic()
            told = f"{self._name}: {self._files:,} files, {self._bytes / 1e6:,.1f} MB"
            self._console.print(told, markup=False, highlight=False)
