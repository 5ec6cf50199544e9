"""The build: crawl what is to be crawled, run the graph, check the accounts, commit a version."""

import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from catalog.manifest import Manifest
from catalog.versions import Catalog, check_tags
from dedup.canary import check_canaries
from dedup.guard import check_removals
from ingest.crawl.pin import load_pin
from ingest.crawl.rounds import crawl_directory, run_crawl
from ingest.engine.executors import Executor
from ingest.engine.graph import Node
from ingest.engine.scheduler import Event, Forecast, Run, forecast, run
from ingest.pipeline.accounts import Accounts
from ingest.pipeline.ancestors import Ancestors, find_ancestors
from ingest.pipeline.graph import Graph, pack, plan, search
from ingest.recipe import Recipe
from ingest.recipe.sources import Crawl
from ingest.sources.archives.crawl import Crawled
from ingest.sources.base import Source
from shards.store import Store


@dataclasses.dataclass(frozen=True)
class Result:
    """A committed version, and what making it took."""

    version: str
    manifest: Manifest
    run: Run


def make(
    recipe: Recipe,
    root: str,
    executor: Executor,
    on_event: Callable[[Event], None],
    tags: Sequence[str] = ("latest",),
    shuffle: int | None = None,
    database: str | None = None,
    on_crawl: Callable[[str, Mapping[str, int]], None] = lambda source, pages: None,
) -> Result:
    """Build a version of the recipe in the store at `root` and commit it.

    `shuffle` (a seed) runs the partitions in another order: the result does not depend on it, and tests show that.
    `on_crawl` hears, while a source is crawled, how many of its pages are in which state.
    `database`: where the catalog's index lies, if not beside the store.
    Raises `BuildError` when a partition failed for good, deduplication went wrong, the accounts do not balance, nothing
    is kept or a benchmark is in what is; finished work is kept.
    """
    check_tags(tags)
    catalog = Catalog(root, database)
    sources = [open_source(source, root) for source in recipe.sources]
    for source in recipe.sources:
        if isinstance(source, Crawl):
            told = partial(on_crawl, source.name)
            run_crawl(source.config, directory_of(source, root), source.crawlers, executor, told)
    partitions = [source.partitions() for source in sources]
    ancestors = find_ancestors(recipe, catalog)
    graph = plan(recipe, sources, partitions, ancestors)
    result = _run(graph.ends, catalog.store, executor, on_event, shuffle)
    accounts = Accounts(graph, result, catalog.store, ancestors)
    check_canaries(accounts.read(graph.canary, "canary"))
    check_removals(accounts.tallies, accounts.verdicts, catalog.store, recipe.document.dedup.max_removed)
    packed = pack(recipe, graph, accounts.kept_chars())
    _run(packed, catalog.store, executor, on_event, shuffle, result)
    searches = search(recipe, graph, {node: sorted(result.receipts[node].outputs) for node in packed})
    _run(searches, catalog.store, executor, on_event, shuffle, result)
    manifest = accounts.manifest(recipe, sources, partitions, packed, searches)
    return Result(catalog.commit(manifest, tags), manifest, result)


def predict(recipe: Recipe, root: str, database: str | None = None) -> tuple[Graph, list[Forecast], list[str]]:
    """What `make` would do: the graph, each node's forecast, and the sources of which no more can be said yet.

    Those are the crawls that have not run and the sources whose files are not there. `database` is opened only where
    the recipe names earlier versions.
    """
    store = Store(root)
    crawls = {s.name for s in recipe.sources if isinstance(s, Crawl) and not _crawled(s, root)}
    waiting = [entry.name for entry in recipe.entries if entry.absent or entry.name in crawls]
    sources = [open_source(s, root) for s in recipe.sources]
    partitions = [[] if source.name in waiting else source.partitions() for source in sources]
    named = recipe.document.dedup.parents or recipe.document.dedup.against
    ancestors = find_ancestors(recipe, Catalog(root, database)) if named else Ancestors()
    graph = plan(recipe, sources, partitions, ancestors)
    return graph, forecast(graph.ends, store), waiting


def open_source(source: Source | Crawl, root: str) -> Source:
    """The source's reader; a crawl is read from its directory."""
    return Crawled(source.name, str(directory_of(source, root))) if isinstance(source, Crawl) else source


def _crawled(source: Crawl, root: str) -> bool:
    return load_pin(directory_of(source, root)) is not None


def directory_of(source: Crawl, root: str) -> Path:
    """Where the crawl of that source keeps its frontier and captures."""
    return crawl_directory(state_directory(root), source.name, source.config)


def _run(
    nodes: Sequence[Node],
    store: Store,
    executor: Executor,
    on_event: Callable[[Event], None],
    shuffle: int | None,
    before: Run | None = None,
) -> Run:
    order = list(nodes)
    if shuffle is not None:
        random.Random(shuffle).shuffle(order)
    result = run(order, store, executor, on_event, before)
    result.raise_failures()
    return result


def state_directory(root: str) -> Path:
    """Where crawls and run logs lie: in a local store, else in `work/` on this machine."""
    return Path(root) if "://" not in root else Path("work")
