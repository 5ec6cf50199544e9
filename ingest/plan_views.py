"""What `python -m ingest plan` shows: sources, partitions and tasks, and what of them is done."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from rich.table import Table

from ingest.build import Graph
from ingest.engine.graph import Node
from ingest.engine.scheduler import Forecast
from ingest.recipe import Recipe

SHOWN = 12  # partitions listed unless all are asked for
_WORDS = {"cached": "[green]done[/]", "ready": "would run", "waits": "waits"}


def sources(recipe: Recipe, graph: Graph, uncrawled: Collection[str]) -> Table:
    """Partitions and megabytes of each source."""
    table = _table(f"{recipe.name}: sources", "source", "kind", ">partitions", ">MB")
    for source, kind in zip(recipe.sources, recipe.kinds, strict=True):
        units = [chain.partition for chain in graph.chains if chain.source.name == source.name]
        if source.name in uncrawled:
            table.add_row(source.name, kind, "[yellow]not crawled yet[/]", "")
        else:
            table.add_row(source.name, kind, f"{len(units):,}", f"{sum(unit.bytes for unit in units) / 1e6:,.1f}")
    return table


def partitions(graph: Graph, states: Mapping[Node, str], shown: int | None) -> Table:
    """Each partition (the first `shown`), and whether it has been extracted and judged."""
    table = _table("partitions", "partition", ">MB", "extract", "verdict")
    for chain, verdict in list(zip(graph.chains, graph.verdicts, strict=True))[:shown]:
        done = _WORDS[states[chain.extract]], _WORDS[states[verdict]]
        table.add_row(chain.extract.label, f"{chain.partition.bytes / 1e6:,.2f}", *done)
    if shown is not None and len(graph.chains) > shown:
        table.add_row(f"[dim]... and {len(graph.chains) - shown:,} more (--all)[/]")
    return table


def tasks(forecasts: Sequence[Forecast]) -> Table:
    """Tasks of each step: done already, would run now, wait for inputs that do not exist yet."""
    table = _table("tasks", "step", ">done already", ">would run now", ">waits for inputs")
    counts: dict[str, Counter[str]] = {}
    for item in forecasts:
        counts.setdefault(item.node.step.name, Counter())[item.state] += 1
    for step, by_state in counts.items():
        table.add_row(step, *(f"{by_state[state]:,}" for state in _WORDS))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
    return table
