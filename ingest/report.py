"""What a build did, as tables: the funnel of every source and the speed of every step."""

from collections import Counter

from rich.table import Table

from catalog.manifest import Funnel, Manifest
from ingest.engine.scheduler import Run


def funnel_table(manifest: Manifest, title: str) -> Table:
    """Inputs, what was dropped and quarantined for which reason, what was kept in which language."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for funnel in manifest.funnels:
        table.add_column(funnel.source, justify="right")
    if len(manifest.funnels) > 1:
        table.add_column("all", justify="right", style="bold")

    def row(label: str, counts: list[int], style: str = "") -> None:
        cells = counts + ([sum(counts)] if len(counts) > 1 else [])
        table.add_row(label, *(f"{count:,}" if count else "[dim]·[/]" for count in cells), style=style)

    row("inputs", [funnel.inputs for funnel in manifest.funnels], "bold")
    for label, kind, style in (("dropped", "dropped", "yellow"), ("quarantined", "quarantined", "red")):
        for why in sorted({why for funnel in manifest.funnels for why in getattr(funnel, kind)}):
            row(f"  {label}: {why}", [getattr(funnel, kind).get(why, 0) for funnel in manifest.funnels], style)
    row("kept", [funnel.kept for funnel in manifest.funnels], "bold green")
    kept: Counter[tuple[str, str]] = Counter()
    for entry in manifest.composition:
        kept[entry.language, entry.source] += entry.documents
    for language in sorted({entry.language for entry in manifest.composition}):
        row(f"  {language}", [kept[language, funnel.source] for funnel in manifest.funnels], "green")
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
