"""Command line of the catalog: python -m catalog --help."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from catalog import artifacts as artifact_files
from catalog import publish as publishing
from catalog import views
from catalog.options import STORE, Database, Root, Spec, open_catalog, open_store
from catalog.plots import write_plots
from shards import commands

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="""Versions of the corpus: find, read about, verify, tag and publish them.

    A VERSION is NAME@TAG, NAME (its latest), an id, or the beginning of an id.

    [bold]For example[/]

      python -m catalog ls

      python -m catalog show demo

      python -m catalog verify demo@latest

      python -m catalog tag 1f0c9a2b stable

      python -m catalog publish demo@stable --repo my-lab/medical-corpus --dry-run
    """,
)
console = commands.console()


@app.command()
def ls(root: Root = STORE, database: Database = None) -> None:
    """List all versions, newest first."""
    entries = open_catalog(root, database).list()
    if entries:
        console.print(views.versions(entries))
    else:
        console.print(f"no versions in {root}; build one with [bold]python -m ingest run recipes/demo.toml[/]")


@app.command()
def artifacts(
    artifact: Annotated[str | None, typer.Argument(help="An id or its beginning: with --out, write its files.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the artifact's files.")] = None,
    root: Root = STORE,
) -> None:
    """List trained models and other artifacts, or write the files of one into a folder.

    Example: python -m catalog artifacts 3f0c9a2b --out work/domain-model
    """
    store = open_store(root)
    if artifact is None:
        found = artifact_files.every(store)
        console.print(views.artifacts(found) if found else f"no artifacts in {root}")
        return
    one = artifact_files.find(store, artifact)
    if out is None:
        console.print(views.artifacts([one]))
        return
    for path in artifact_files.export(store, one, out):
        console.print(f"wrote {path}", markup=False, soft_wrap=True)


@app.command()
def show(
    version: Spec,
    plots: Annotated[Path | None, typer.Option(help="Also write the plots (PNG) into this folder.")] = None,
    root: Root = STORE,
    database: Database = None,
) -> None:
    """Show what a version holds and what became of every input.

    Example: python -m catalog show demo --plots work/plots
    """
    manifest = open_catalog(root, database).resolve(version)
    console.print(views.version(manifest))
    if plots:
        for path in write_plots(manifest, plots):
            console.print(f"plot: {path}")


@app.command()
def card(
    version: Spec,
    out: Annotated[Path, typer.Option(help="Folder for README.md and plots/.")],
    repo: Annotated[str, typer.Option(help="Hub repository named in the examples of the card.")] = "ORG/NAME",
    root: Root = STORE,
    database: Database = None,
) -> None:
    """Write the dataset card and its plots.

    Example: python -m catalog card demo --out work/card
    """
    catalog = open_catalog(root, database)
    console.print(f"card: {publishing.write_card(catalog, catalog.resolve(version), out, repo)}")


@app.command()
def verify(
    version: Spec,
    repair: Annotated[
        bool, typer.Option("--repair", help="Delete damaged objects: the next build restores them.")
    ] = False,
    root: Root = STORE,
    database: Database = None,
) -> None:
    """Read every byte of a version again; exit status 1 and the damaged objects' names if something is wrong.

    Example: python -m catalog verify demo@latest

    Damaged objects come back by `python -m catalog verify demo --repair`, then `python -m ingest run` with the recipe.
    """
    catalog = open_catalog(root, database)
    total = sum(blob.bytes for _, blob in catalog.resolve(version).objects())
    with _progress() as bar:
        task = bar.add_task("verify", total=total)
        report = catalog.verify(version, lambda _, done: bar.advance(task, done))
    console.print(views.report(report), soft_wrap=True)
    if repair and report.damaged:
        console.print(views.repaired(catalog.repair(report)), soft_wrap=True)
    if not report.sound:
        raise typer.Exit(1)


@app.command()
def gc(
    hours: Annotated[float, typer.Option(min=0, help="Spare files written to in this time: they may be in use.")] = 24,
    root: Root = STORE,
) -> None:
    """Delete the unfinished temporary files of writers that were killed. Objects all stay.

    Example: python -m catalog gc --hours 1
    """
    swept = open_store(root).sweep(older_than=hours * 3600)
    for path in swept:
        console.print(f"deleted {path}", markup=False, soft_wrap=True)
    console.print(f"{len(swept)} unfinished files deleted")


@app.command()
def tag(version: Spec, tag: Annotated[str, typer.Argument()], root: Root = STORE, database: Database = None) -> None:
    """Point a tag at a version; a tag that exists moves.

    Example: python -m catalog tag 1f0c9a2b stable
    """
    found = open_catalog(root, database).tag(version, tag)
    console.print(f"[green]{tag}[/] now points at [cyan]{found}[/]")


@app.command()
def lineage(version: Spec, root: Root = STORE, database: Database = None) -> None:
    """Show where a version comes from: parents, pinned inputs, recipe, software.

    Example: python -m catalog lineage demo
    """
    console.print(views.lineage(open_catalog(root, database).lineage(version)))


@app.command()
def rebuild(root: Root = STORE, database: Database = None) -> None:
    """Make the index anew from the manifests in the store.

    Example: python -m catalog rebuild --root s3://bucket/corpus --database postgresql+psycopg://db/corpus
    """
    console.print(f"the index has {open_catalog(root, database).rebuild()} versions")


@app.command()
def publish(
    version: Spec,
    repo: Annotated[str, typer.Option(help="Dataset on the Hub, ORG/NAME.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the files; default: work/publish/ID.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write the folder, list it, upload nothing.")] = False,
    public: Annotated[bool, typer.Option("--public", help="Create a public repository (default: private).")] = False,
    endpoint: Annotated[str | None, typer.Option(envvar="HF_ENDPOINT", help="Another Hub than huggingface.co.")] = None,
    root: Root = STORE,
    database: Database = None,
) -> None:
    """Write a version as a Hub folder (Parquet per language, card, plots) and upload it.

    The token is that of [bold]hf auth login[/] or the variable HF_TOKEN.

    Example: python -m catalog publish demo --repo my-lab/medical-corpus --dry-run
    """
    catalog = open_catalog(root, database)
    manifest = catalog.resolve(version)
    folder = out or Path("work/publish") / manifest.id
    with _progress() as bar:
        task = bar.add_task("write Parquet", total=sum(entry.blob.bytes for entry in manifest.shards))
        publishing.export_hub_folder(catalog, manifest.id, folder, repo, lambda _, done: bar.advance(task, done))
    upload = publishing.publish(folder, repo, dry_run, endpoint, private=not public)
    console.print(views.upload(upload))
    console.print(f"folder: {folder}", soft_wrap=True)
    console.print(f"published: {upload.url}" if upload.url else f"dry run: nothing was sent to {repo}", soft_wrap=True)


def main() -> None:
    """Run a command."""
    commands.run(app)


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    return Progress(*columns, console=commands.console(stderr=True), transient=True)


if __name__ == "__main__":
    main()
