"""What `python -m ingest plan` shows: sources, partitions and tasks, and what of them is done."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from ingest.engine.graph import Node
from ingest.engine.scheduler import Forecast
from ingest.pipeline.graph import Graph
from ingest.recipe import Recipe
from ingest.recipe.sources import Crawl, Entry

SHOWN = 12  # partitions listed unless all are asked for
_WORDS = {"cached": "[green]done[/]", "ready": "would run", "waits": "waits"}


def sources(recipe: Recipe, graph: Graph, waiting: Collection[str], reached: Mapping[str, str]) -> Table:
    """What each source is, what of it is here, and whether its publisher answers (`reached`: name -> answer)."""
    table = _table(f"{recipe.name}: sources", "source", "what it is, under which terms, how much to expect, from where")
    table.show_lines = True
    for entry in recipe.entries:
        units = [chain.partition for chain in graph.chains if chain.source.name == entry.name]
        about = entry.about
        here = f"{len(units):,} partitions, {sum(unit.bytes for unit in units) / 1e6:,.1f} MB"
        if entry.name in waiting:
            here = f"[yellow]{_waits_for(entry)}[/]"
        kind = "" if entry.kind == entry.name else f"\n[dim]kind {entry.kind}[/]"
        languages = ", ".join(about.languages) or "any language"
        facts = [
            escape(about.title),
            f"[dim]licence[/]  {escape(about.license)}",
            f"[dim]expect[/]   {escape(about.size)}",
        ]
        address = entry.fetcher.probe() if entry.fetcher else about.access
        facts.append(f"[dim]from[/]     {escape(address)}")
        if entry.name in reached:
            facts.append(f"[dim]answers[/]  {escape(reached[entry.name])}")
        table.add_row(f"[bold]{escape(entry.name)}[/]\n{here}\n{languages}{kind}", "\n".join([*facts, ""]))
    return table


def next_steps(recipe: Recipe, missing: Collection[Entry]) -> str:
    """What to do about the sources that are not here: which can be fetched, which only the user can bring."""
    path = recipe.path
    fetched = [entry.name for entry in missing if entry.fetcher]
    by_hand = [entry for entry in missing if not entry.fetcher]
    steps = []
    if fetched:
        steps.append(
            f"{len(fetched)} sources can be fetched: `python -m ingest fetch {path}`, or a taste of one first:"
        )
        steps.append(f"  `python -m ingest fetch {path} --only {fetched[0]} --limit 3`")
    if by_hand:
        steps.append(f"{len(by_hand)} you bring yourself, into the folder that `root` names:")
        steps += [f"  {entry.name}: {entry.about.access}" for entry in by_hand]
    steps.append("`run` needs every source that the recipe names; take out of it what you do not want")
    return "\n".join(steps)


def _waits_for(entry: Entry) -> str:
    if isinstance(entry.source, Crawl):
        return "not crawled yet"
    return "not fetched yet" if entry.fetcher else "to be obtained by hand"


def paper(recipe: Recipe, waiting: Collection[str]) -> Table:
    """The rows of the corpus the recipe is measured against, and what serves each here; after each language its sum."""
    title = "the paper's corpus, row by row (about: words recalled; in brackets: a source that is not here yet)"
    table = _table(title, "", "row", ">words", "served here by", "note")
    for language in dict.fromkeys(row.language for row in recipe.document.paper):
        rows = [row for row in recipe.document.paper if row.language == language]
        for row in rows:
            words = f"{row.words:,}" if row.checked else f"[dim]about {row.words:,}[/]"
            names = ", ".join(
                f"[yellow]{escape(f'[{name}]')}[/]" if name in waiting else f"[green]{name}[/]" for name in row.sources
            )
            table.add_row(row.language, escape(row.row), words, names or "[red]nothing[/]", escape(row.note))
        table.add_row(
            language, "[bold]all[/]", f"[bold]{sum(row.words for row in rows):,}[/]", "", "", end_section=True
        )
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
        table.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    return table
