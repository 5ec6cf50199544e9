"""What the commands of this package share: opening a version, progress bars, and errors in one line."""

import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalog.versions import Catalog
from shards.errors import InputError, MedcorpusError
from train.corpus import Corpus


def open_version(root: Path | str, spec: str) -> Corpus:
    """The corpus of a version, NAME@TAG or its id."""
    catalog = Catalog(root)
    return Corpus(catalog.store, catalog.resolve(spec))


def choose_languages(corpus: Corpus, wanted: tuple[str, ...]) -> list[str]:
    """`wanted` languages, or all of the version; `InputError` names one that the version lacks."""
    missing = sorted(set(wanted) - set(corpus.languages))
    if missing:
        raise InputError(f"no {', '.join(missing)} in the version; its languages: {', '.join(corpus.languages)}")
    chosen = sorted(set(wanted)) or corpus.languages
    if not chosen:
        raise InputError(f"version {corpus.manifest.id} has no documents to train on")
    return chosen


def progress_bar(*, disable: bool = False) -> Progress:
    """A progress bar on standard error: step, then what the task's `note` says, then the time left."""
    return Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=disable,
    )


def run(app: typer.Typer) -> None:
    """Run a command; an error that a user can act on is one red line and exit code 1, without traceback."""
    try:
        app()
    except MedcorpusError as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
