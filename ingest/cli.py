"""`python -m ingest`: sources, fetch, plan, run, tune, status and retry of a recipe."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from catalog import views
from catalog.versions import Catalog
from ingest import job, runlog
from ingest.crawl.pin import load_pin
from ingest.crawl.rounds import crawl_directory
from ingest.engine.executors import Executor, InProcess
from ingest.fetch.bring import reachable
from ingest.recipe import Recipe, load
from ingest.recipe.sources import Crawl
from ingest.retry import forget, may_pass
from ingest.tune import views as tune_views
from ingest.tune.measure import measure, texts
from ingest.views import plan as plan_views
from ingest.views.fetching import fetch_sources
from ingest.views.progress import BuildProgress
from ingest.views.report import balanced, speed_table
from ingest.views.sources import overview, page
from shards import commands
from shards.errors import BuildError
from shards.store import Store

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help="""Bring sources and build versions of a corpus from recipes.

**Examples**

    python -m ingest sources                     # what can be read
    python -m ingest plan   recipes/demo.toml    # what would run
    python -m ingest fetch  recipes/NAME.toml    # bring the files
    python -m ingest run    recipes/demo.toml    # after a kill: resumes
    python -m ingest run    recipes/demo.toml --engine local
    python -m ingest tune   recipes/demo.toml    # what other thresholds keep
    python -m ingest status recipes/demo.toml    # last run, quarantine
    python -m ingest retry  recipes/demo.toml    # what timed out or crashed

On a cluster (docs/cluster.md):

    ray job submit --working-dir . -- python -m ingest run recipes/NAME.toml
""",
)
console = commands.console()


class Engine(StrEnum):
    """Where the work runs."""

    RAY = "ray"
    LOCAL = "local"


RecipePath = Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe, e.g. recipes/demo.toml")]
Root = Annotated[str, typer.Option(envvar="MEDCORPUS_ROOT", help="The store: a folder, or s3://, gs:// ...")]
Engines = Annotated[Engine, typer.Option(help="ray: tasks on a Ray cluster or local Ray; local: this process alone")]
Database = Annotated[
    str | None,
    typer.Option(
        envvar="MEDCORPUS_DATABASE", help="SQLAlchemy URL of the catalog's index (default: SQLite in the store)"
    ),
]
Parents = Annotated[
    list[str] | None, typer.Option("--parent", help="A version that this one follows: what it kept wins")
]
Against = Annotated[list[str] | None, typer.Option(help="A version of which nothing is taken again")]
Workers = Annotated[int | None, typer.Option(min=1, help="CPUs to use at most (default: all there are)")]


def executor_for(engine: Engine, root: str, workers: int | None) -> Executor:
    """The chosen executor; Ray is imported (some seconds) only when it is used."""
    if engine is Engine.LOCAL:
        return InProcess(root)
    from ingest.engine.on_ray import OnRay

    with console.status("starting Ray ..."):
        return OnRay(root, workers)


@app.command()
def run(
    recipe: RecipePath,
    root: Root = "work/store",
    engine: Engines = Engine.RAY,
    workers: Workers = None,
    tag: Annotated[list[str], typer.Option(help="Tags that will point at the new version")] = ["latest"],  # noqa: B006
    shuffle: Annotated[int | None, typer.Option(help="Seed: run partitions in another order (same version)")] = None,
    database: Database = None,
    parent: Parents = None,
    against: Against = None,
) -> None:
    """Crawl, extract, filter, deduplicate and commit a version. Finished work is never repeated.

    Exit status 1 and the partitions' names when any failed for good.

    `python -m ingest run recipes/NAME.toml --parent NAME@v1` makes the next release: what v1 kept stays in place of
    copies. `--against NAME@v1` makes an addition: nothing that is in v1.
    """
    loaded = load(recipe).beside(parent or (), against or ())
    result = build(loaded, root, engine, workers, tuple(tag), shuffle, database)
    console.print(views.funnels(result.manifest))
    if result.manifest.clusters:
        console.print(views.clusters(result.manifest))
    console.print(speed_table(result.run))
    console.print(f"{balanced(result.manifest.funnels)}", style="bold")
    executed, cached = sum(result.run.executed.values()), sum(result.run.cached.values())
    console.print(f"{executed:,} tasks executed, {cached:,} found done")
    console.print(
        f"version [bold]{result.version}[/] committed as " + ", ".join(f"{result.manifest.name}@{t}" for t in tag)
    )
    console.print(f"next: python -m catalog show {result.manifest.name}@{tag[0]} --root {root}", style="dim")


def build(
    recipe: Recipe,
    root: str,
    engine: Engine,
    workers: int | None,
    tags: tuple[str, ...],
    shuffle: int | None = None,
    database: str | None = None,
) -> job.Result:
    """Build with progress on the console and a line in the run log."""
    executor = executor_for(engine, root, workers)
    state = job.state_directory(root)
    try:
        with runlog.record(state, recipe.name) as entry, BuildProgress(console) as progress:
            result = job.make(recipe, root, executor, progress, tags, shuffle, database, progress.crawled)
            entry.update(version=result.version, executed=dict(result.run.executed), cached=dict(result.run.cached))
    finally:
        executor.close()
    return result


@app.command()
def plan(
    recipe: RecipePath,
    root: Root = "work/store",
    everything: Annotated[bool, typer.Option("--all", help="List every partition, not the first few")] = False,
    offline: Annotated[bool, typer.Option(help="Do not ask the publishers whether they can be reached")] = False,
    database: Database = None,
    parent: Parents = None,
    against: Against = None,
) -> None:
    """Show sources, partitions, what is done already and what would run; nothing is run or fetched."""
    loaded = load(recipe, unfetched=True).beside(parent or (), against or ())
    graph, forecasts, waiting = job.predict(loaded, root, database)
    states = {item.node: item.state for item in forecasts}
    addresses = {entry.name: entry.fetcher.probe() for entry in loaded.entries if entry.fetcher and not offline}
    with console.status("asking the publishers ..."):
        reached = reachable(addresses, loaded.document.contact)
    console.print(plan_views.sources(loaded, graph, waiting, reached))
    if loaded.document.paper:
        console.print(plan_views.paper(loaded, waiting))
    if graph.chains:
        console.print(plan_views.partitions(graph, states, None if everything else plan_views.SHOWN))
        console.print(plan_views.tasks(forecasts))
    todo = sum(state != "cached" for state in states.values())
    missing = [entry for entry in loaded.entries if entry.absent]
    unfetched = [entry.name for entry in missing]
    uncrawled = [name for name in waiting if name not in unfetched]
    if missing:
        console.print(plan_views.next_steps(loaded, missing), markup=False, highlight=False)
    if uncrawled:
        console.print(f"`run` would first crawl {', '.join(uncrawled)}; what that brings can be planned only then")
    elif todo:
        console.print(f"{todo:,} tasks would run, and then the shards be packed")
    elif not unfetched:
        console.print("everything up to the verdicts is done")


@app.command()
def tune(
    recipe: RecipePath,
    root: Root = "work/store",
    rule: Annotated[list[str] | None, typer.Option(help="A threshold, e.g. domain.min_score: show it in full")] = None,
    at: Annotated[
        list[float] | None, typer.Option(help="A value of the threshold to look at, besides those shown")
    ] = None,
    samples: Annotated[int, typer.Option(min=0, max=50, help="Documents to show on each side of a threshold")] = 5,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the page with plots", show_default="work/tune/NAME")
    ] = None,
    database: Database = None,
) -> None:
    """Show what other thresholds would keep, from the scores of the last run; nothing is run again.

    Documents and words by source and language, a plot, and the documents nearest to each threshold.

    `python -m ingest tune recipes/demo.toml --rule domain.min_score --at 0.3`
    """
    loaded = load(recipe)
    graph, _, _ = job.predict(loaded, root, database)
    store = Store(root)
    tuning = measure(graph, store, samples)
    chosen = [tuning.curve(name) for name in rule or ()]
    shown = chosen or [curve for curve in tuning.curves if curve.alone]
    quoted = texts(graph, store, [sample for curve in shown for sample in curve.samples])
    console.print(tune_views.overview(tuning))
    for curve in chosen:
        thresholds = sorted({*curve.suggestions(), *(at or ())})
        console.print(tune_views.by_language(curve, thresholds))
        console.print(tune_views.by_source(curve, thresholds))
        if curve.samples:
            console.print(tune_views.samples(curve, quoted))
    if tuning.unscored:
        console.print(f"{len(tuning.unscored):,} partitions are not scored yet: `python -m ingest run {recipe}`")
    page_path = tune_views.write_page(tuning, shown, at or (), quoted, out or Path("work/tune") / loaded.name)
    console.print(f"page with plots: {page_path}")


@app.command()
def fetch(
    recipe: RecipePath,
    only: Annotated[list[str] | None, typer.Option(help="Sources to fetch (default: all that can be)")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many new files of each source: a taste")] = None,
) -> None:
    """Bring the sources' files from their publishers into the folders that the recipe names.

    Each publisher is told who asks (the recipe's `contact`), asked no faster than it wants, and obeyed when it says
    later. What is there is not asked for again: run it again after a kill, or to get what is new.

    `python -m ingest fetch recipes/medical_mt5.toml --only pubmed --limit 3`
    """
    loaded = load(recipe, unfetched=True)
    missed = fetch_sources(loaded, frozenset(only or ()), limit, console)
    if missed:
        raise BuildError(f"{missed:,} files could not be had, see above; run the same command again to try them")
    console.print(f"next: python -m ingest plan {recipe}", style="dim")


@app.command()
def sources(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page docs/sources.md")] = False,
) -> None:
    """List the kinds of sources: what each holds, its licence rule, how one gets it and what its publisher asks for."""
    if markdown:
        print(page(), end="")
    else:
        console.print(overview())


@app.command()
def status(recipe: RecipePath, root: Root = "work/store", database: Database = None) -> None:
    """Show the last run, what is done, what lies in quarantine and which versions exist."""
    loaded = load(recipe)
    last = runlog.last(job.state_directory(root), loaded.name)
    if last is None:
        console.print(f"{loaded.name} has not been run in {root}; begin with `python -m ingest run {recipe}`")
        return
    console.print(
        f"last run: {last['started']} on {last['host']}: [bold]{last['outcome']}[/] after {last['seconds']:,.0f} s"
    )
    if last.get("error"):
        console.print(last["error"], style="red", markup=False, highlight=False)
    for source in loaded.sources:
        if isinstance(source, Crawl):
            directory = crawl_directory(job.state_directory(root), source.name, source.config)
            state = "finished" if load_pin(directory) else "begun" if directory.exists() else "not begun"
            console.print(f"crawl of {source.name}: {state}")
    _, forecasts, _ = job.predict(loaded, root, database)
    done = sum(item.state == "cached" for item in forecasts)
    console.print(f"{done:,} of {len(forecasts):,} tasks done")
    catalog = Catalog(root, database)
    reasons: Counter[str] = Counter()
    for item in forecasts:
        if item.node.step.name == "extract" and item.receipt:
            for row in catalog.store.get_table(item.receipt.outputs["quarantine"], ("stage", "reason")).to_pylist():
                reasons[f"{row['stage']}.{row['reason']}"] += 1
    for reason, count in reasons.most_common():
        again = " (python -m ingest retry tries it again)" if may_pass(*reason.split(".", 1)) else ""
        console.print(f"  quarantined: {reason}: {count:,}{again}", markup=False, highlight=False)
    for entry in catalog.list():
        if entry.name == loaded.name:
            console.print(
                f"version {entry.id}: {entry.documents:,} documents, {entry.words:,} words {' '.join(entry.tags)}"
            )


@app.command()
def retry(
    recipe: RecipePath,
    root: Root = "work/store",
    engine: Engines = Engine.RAY,
    workers: Workers = None,
    reason: Annotated[
        list[str] | None, typer.Option(help="Reasons to try again (default: timeouts, crashes, 5xx and the like)")
    ] = None,
    database: Database = None,
) -> None:
    """Try again what was quarantined for a passing reason, or for the reasons given; then build.

    `python -m ingest retry recipes/demo.toml --reason timeout --reason http-500`
    """
    loaded = load(recipe)
    inputs = forget(loaded, root, frozenset(reason or ()), database)
    if not inputs:
        raise BuildError(
            f"nothing is in quarantine for {', '.join(reason or ['a passing reason'])}; see `python -m ingest status`"
        )
    console.print(f"{inputs:,} inputs will be tried again")
    result = build(loaded, root, engine, workers, ("latest",), database=database)
    console.print(views.funnels(result.manifest))
    console.print(f"version [bold]{result.version}[/] committed")
