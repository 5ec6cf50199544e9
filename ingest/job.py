"""The build: crawl what is to be crawled, run the graph, check the accounts, commit a version."""

import dataclasses
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from catalog.manifest import Boilerplate, Composition, Funnel, Manifest, Repeat
from catalog.versions import Catalog, check_tags
from dedup.canary import check_canaries
from dedup.guard import check_removals
from ingest import build
from ingest.crawl.pin import load_pin
from ingest.crawl.rounds import crawl_directory, run_crawl
from ingest.engine.executors import Executor
from ingest.engine.graph import Node, Receipt
from ingest.engine.scheduler import Event, Forecast, Run, forecast, run
from ingest.recipe import Recipe
from ingest.recipe_sources import Crawl
from ingest.sources.base import Partition, Source
from ingest.sources.crawl import Crawled
from shards import schema
from shards.errors import BuildError
from shards.shard import Shard, describe
from shards.step import library_version
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
    Raises `BuildError` when a partition failed for good, the accounts do not balance or nothing is kept; finished work
    is kept.
    """
    check_tags(tags)
    catalog = Catalog(root, database)
    sources = [open_source(source, root) for source in recipe.sources]
    for source in recipe.sources:
        if isinstance(source, Crawl):
            told = partial(on_crawl, source.name)
            run_crawl(source.config, directory_of(source, root), source.crawlers, executor, told)
    partitions = [source.partitions() for source in sources]
    graph = build.plan(recipe, sources, partitions)
    result = _run(graph.ends, catalog.store, executor, on_event, shuffle)
    check_canaries(_read(catalog.store, result.receipts[graph.canary], "canary"))
    tallies = [_read(catalog.store, result.receipts[node], "tally") for node in graph.verdicts]
    verdicts = [result.receipts[node].outputs["verdicts"] for node in graph.verdicts]
    check_removals(tallies, verdicts, catalog.store, recipe.document.dedup.max_removed)
    shard_nodes = build.pack(recipe, graph, [_kept_chars(tally) for tally in tallies])
    _run(shard_nodes, catalog.store, executor, on_event, shuffle, result)
    shards = [shard for node in shard_nodes for shard in _shards(catalog.store, node, result.receipts[node])]
    funnels = _funnels(graph, tallies, result, catalog.store, shards)
    manifest = Manifest(
        name=recipe.name,
        recipe=recipe.as_json(),
        sources=[
            _source(source, entry.kind, units)
            for source, entry, units in zip(sources, recipe.entries, partitions, strict=True)
        ],
        shards=shards,
        verdicts=verdicts,
        quarantine=[result.receipts[chain.extract].outputs["quarantine"] for chain in graph.chains],
        funnels=funnels,
        composition=_composition(tallies),
        lengths=_lengths([_read(catalog.store, result.receipts[node], "lengths") for node in graph.verdicts]),
        software=_software(result),
        boilerplate=[_boilerplate(name, catalog.store, result.receipts[node]) for name, node in graph.reports.items()],
    )
    return Result(catalog.commit(manifest, tags), manifest, result)


def predict(recipe: Recipe, root: str) -> tuple[build.Graph, list[Forecast], list[str]]:
    """What `make` would do: the graph, each node's forecast, and the sources of which no more can be said yet.

    Those are the crawls that have not run and the sources whose files are not there.
    """
    store = Store(root)
    crawls = {s.name for s in recipe.sources if isinstance(s, Crawl) and not _crawled(s, root)}
    waiting = [entry.name for entry in recipe.entries if entry.absent or entry.name in crawls]
    sources = [open_source(s, root) for s in recipe.sources]
    partitions = [[] if source.name in waiting else source.partitions() for source in sources]
    graph = build.plan(recipe, sources, partitions)
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


def _read(store: Store, receipt: Receipt, output: str) -> pa.Table:
    return store.get_table(receipt.outputs[output])


def _kept_chars(tally: pa.Table) -> dict[str, int]:
    kept: Counter[str] = Counter()
    for row in tally.to_pylist():
        if row["verdict"] == schema.KEEP:
            kept[row["language"]] += row["chars"]
    return dict(kept)


def _shards(store: Store, node: Node, receipt: Receipt) -> list[Shard]:
    blobs = [blob for _, blob in sorted(receipt.outputs.items())]
    return [describe(node.step.language, blob, store.get_table(blob, ("words", "chars"))) for blob in blobs]


def _funnels(
    graph: build.Graph, tallies: list[pa.Table], result: Run, store: Store, shards: list[Shard]
) -> list[Funnel]:
    """The accounts. Each figure is counted where it arises: inputs where they are read, documents that splitting adds
    where they are found, verdicts where they are given, kept rows in the shards."""
    by_source: dict[str, Counter] = {}
    for chain, tally in zip(graph.chains, tallies, strict=True):
        counts = by_source.setdefault(chain.source.name, Counter())
        counts["inputs", ""] += _read(store, result.receipts[chain.extract], "inputs")["inputs"][0].as_py()
        if chain.split is not None:
            counts["split", ""] += _read(store, result.receipts[chain.split], "added")["added"][0].as_py()
        for row in tally.to_pylist():
            counts[row["verdict"], row["why"]] += row["documents"]
    funnels = [
        Funnel(
            source,
            inputs=counts["inputs", ""],
            kept=counts[schema.KEEP, ""],
            dropped={why: n for (verdict, why), n in sorted(counts.items()) if verdict == schema.DROP},
            quarantined={why: n for (verdict, why), n in sorted(counts.items()) if verdict == schema.QUARANTINED},
            split=counts["split", ""],
        )
        for source, counts in by_source.items()
    ]
    wrong = [
        f"{f.source}: {f.inputs} inputs{f' + {f.split} split off' if f.split else ''},"
        f" {f.inputs + f.split - f.balance} accounted for"
        for f in funnels
        if f.balance
    ]
    kept, written = sum(f.kept for f in funnels), sum(shard.rows for shard in shards)
    if kept != written:
        wrong.append(f"{kept} documents were to be kept, the shards hold {written}")
    if wrong:
        raise BuildError(
            f"the accounts do not balance, nothing is committed: {'; '.join(wrong)}. This is a bug: report it"
        )
    if not kept:
        reasons = sorted({why for funnel in funnels for why in funnel.dropped | funnel.quarantined})
        raise BuildError(
            f"nothing of {sum(f.inputs for f in funnels)} inputs was kept ({', '.join(reasons) or 'no inputs'}), so "
            "nothing is committed: check the sources' patterns, or loosen the recipe's rules"
        )
    return funnels


def _boilerplate(source: str, store: Store, receipt: Receipt) -> Boilerplate:
    counted = _read(store, receipt, "counted").to_pylist()[0]
    examples = [Repeat(**row) for row in _read(store, receipt, "examples").to_pylist()]
    return Boilerplate(source, **counted, examples=examples)


def _composition(tallies: list[pa.Table]) -> list[Composition]:
    sums: dict[tuple, list[int]] = {}
    for tally in tallies:
        for row in tally.to_pylist():
            if row["verdict"] == schema.KEEP:
                entry = sums.setdefault((row["source"], row["language"], row["license"]), [0, 0, 0])
                for at, name in enumerate(("documents", "words", "chars")):
                    entry[at] += row[name]
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or ""))
    return [Composition(*place, *numbers) for place, numbers in ordered]


def _lengths(tables: list[pa.Table]) -> dict[str, list[int]]:
    bins: dict[str, Counter[int]] = {}
    for table in tables:
        for row in table.to_pylist():
            bins.setdefault(row["language"], Counter())[row["bin"]] += row["documents"]
    return {language: [counts[at] for at in range(max(counts) + 1)] for language, counts in sorted(bins.items())}


def _source(source: Source, kind: str, partitions: list[Partition]) -> dict:
    units = [{"name": unit.name, "sha256": unit.sha256, "bytes": unit.bytes} for unit in partitions]
    return {"name": source.name, "kind": kind, "partitions": units}


def _software(result: Run) -> dict[str, str]:
    names = {name for node in result.receipts for name in node.step.libraries} | {"medcorpus", "pyarrow"}
    return {name: library_version(name) for name in sorted(names)}


def state_directory(root: str) -> Path:
    """Where crawls and run logs lie: in a local store, else in `work/` on this machine."""
    return Path(root) if "://" not in root else Path("work")
