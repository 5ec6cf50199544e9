"""What the commands of this package share: opening a version, and progress bars."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalog.versions import Catalog
from shards.commands import console
from shards.errors import InputError
from train.data.corpus import Corpus


def open_version(root: str, spec: str, database: str | None = None) -> Corpus:
    """The corpus of a version, NAME@TAG or its id; `database` is the URL of the catalog's index, if not beside it."""
    catalog = Catalog(root, database)
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
        console=console(stderr=True),
        disable=disable,
    )
