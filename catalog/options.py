"""What commands that look into a catalog share: how version, store and index are named, and how they are opened."""

from pathlib import Path
from typing import Annotated

import typer

from catalog.versions import Catalog
from shards.errors import InputError
from shards.store import Store

STORE = "work/store"
Spec = Annotated[str, typer.Argument(metavar="VERSION", help="NAME@TAG, NAME, an id or its beginning.")]
Root = Annotated[str, typer.Option(envvar="MEDCORPUS_ROOT", help="The store: a folder or an fsspec URL.")]
Database = Annotated[
    str | None,
    typer.Option(
        envvar="MEDCORPUS_DATABASE", help="SQLAlchemy URL of the index; default: catalog.sqlite in the store."
    ),
]


def open_catalog(root: str, database: str | None) -> Catalog:
    """The catalog of a store that is there; `InputError` where there is none, so that a wrong name makes no folder."""
    return Catalog(open_store(root).root, database)


def open_store(root: str) -> Store:
    """A store that is there."""
    if "://" not in root and not Path(root).is_dir():
        raise InputError(f"there is no store at {root}; name it with --root, or build a version first")
    return Store(root)
