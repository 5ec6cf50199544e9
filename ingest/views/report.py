"""What a build did: the accounts in one line, and the speed of every step."""

from rich.table import Table

from catalog.manifest import Funnel
from ingest.engine.scheduler import Run


def balanced(funnels: list[Funnel]) -> str:
    """The accounts in one line: inputs (+ split off) = kept + dropped + quarantined."""
    inputs, kept = sum(f.inputs for f in funnels), sum(f.kept for f in funnels)
    dropped = sum(sum(f.dropped.values()) for f in funnels)
    quarantined = sum(sum(f.quarantined.values()) for f in funnels)
    split = sum(f.split for f in funnels)
    added = f" + {split:,} split off" if split else ""
    return f"{inputs:,} inputs{added} = {kept:,} kept + {dropped:,} dropped + {quarantined:,} quarantined"


def speed_table(run: Run) -> Table:
    """Per step: tasks executed and cached, rows and megabytes per core-second. Cached work keeps its first cost."""
    table = Table(title="Speed by step (process CPU time)", title_justify="left", box=None, pad_edge=False)
    for name in ("step", "tasks", "of them cached", "rows", "CPU s", "rows / core-s", "MB in / core-s"):
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
