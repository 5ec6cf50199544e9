"""What a build did, as tables: the funnel of every source and the speed of every step."""

from collections import Counter

from rich.table import Table

from catalog.manifest import Funnel, Manifest
from ingest.engine.scheduler import Run


def funnel_table(manifest: Manifest, title: str) -> Table:
    """Inputs, what was dropped and quarantined for which reason, what was kept in which language, by source."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for funnel in manifest.funnels:
        table.add_column(funnel.source, justify="right")
    if len(manifest.funnels) > 1:
        table.add_column("all", justify="right", style="bold")

    def row(label: str, counts: list[int], style: str = "") -> None:
        cells = counts + ([sum(counts)] if len(counts) > 1 else [])
        table.add_row(label, *(f"{count:,}" if count else "[dim]·[/]" for count in cells), style=style)

    def rows(label: str, by_source: list[dict[str, int]], style: str) -> None:
        row(label, [sum(counts.values()) for counts in by_source], f"bold {style}")
        for name in sorted({name for counts in by_source for name in counts}):
            row(f"  {name}", [counts.get(name, 0) for counts in by_source], style)

    kept: dict[str, Counter[str]] = {funnel.source: Counter() for funnel in manifest.funnels}
    for entry in manifest.composition:
        kept[entry.source][entry.language] += entry.documents
    row("inputs", [funnel.inputs for funnel in manifest.funnels], "bold")
    rows("dropped", [funnel.dropped for funnel in manifest.funnels], "yellow")
    rows("quarantined", [funnel.quarantined for funnel in manifest.funnels], "red")
    rows("kept", [dict(kept[funnel.source]) for funnel in manifest.funnels], "green")
    return table


def balanced(funnels: list[Funnel]) -> str:
    """The accounts in one line: inputs = kept + dropped + quarantined."""
    inputs, kept = sum(f.inputs for f in funnels), sum(f.kept for f in funnels)
    dropped = sum(sum(f.dropped.values()) for f in funnels)
    quarantined = sum(sum(f.quarantined.values()) for f in funnels)
    return f"{inputs:,} inputs = {kept:,} kept + {dropped:,} dropped + {quarantined:,} quarantined"


def speed_table(run: Run) -> Table:
    """Per step: tasks executed and cached, rows and megabytes per core-second. Cached work keeps its first cost."""
    table = Table(title="Speed by step (process CPU time)", title_justify="left", box=None, pad_edge=False)
    for name in ("step", "tasks", "of them cached", "rows out", "CPU s", "rows / core-s", "MB in / core-s"):
        table.add_column(name, justify="left" if name == "step" else "right")
    totals: dict[str, list[float]] = {}
    for node, receipt in run.receipts.items():
        total = totals.setdefault(node.step.name, [0, 0, 0, 0])
        for at, value in enumerate((1, receipt.rows, receipt.bytes_in, receipt.cpu_seconds)):
            total[at] += value
    for step, (tasks, rows, size, cpu) in totals.items():
        speed = (f"{rows / cpu:,.0f}", f"{size / 1e6 / cpu:,.1f}") if cpu else ("", "")
        table.add_row(step, f"{tasks:,}", f"{run.cached.get(step, 0):,}", f"{rows:,}", f"{cpu:,.1f}", *speed)
    return table
