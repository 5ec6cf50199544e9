"""`python -m dedup`: why a document was removed as a duplicate, and which documents removed most."""

from typing import Annotated

import typer

from catalog.versions import Catalog
from dedup import evidence, views
from shards import commands

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Look into the deduplication of a version.

**Examples**

    python -m dedup clusters demo@latest             # which documents removed most
    python -m dedup explain  8f3a demo@latest        # why one was removed: both texts, differences marked
""",
)
console = commands.console()

Spec = Annotated[str, typer.Argument(metavar="VERSION", help="NAME@TAG, NAME, an id or its beginning")]
Root = Annotated[str, typer.Option(envvar="MEDCORPUS_ROOT", help="The store: a folder or an fsspec URL")]
Database = Annotated[
    str | None,
    typer.Option(envvar="MEDCORPUS_DATABASE", help="SQLAlchemy URL of the index (default: SQLite in the store)"),
]
STORE = "work/store"


@app.command()
def explain(
    doc_id: Annotated[str, typer.Argument(metavar="DOC_ID", help="Of the removed document, or its beginning")],
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what is equal in full, too")] = False,
) -> None:
    """Show why a document was removed: the winner, the similarity, and both texts with their differences marked."""
    catalog = Catalog(root, database)
    removal = evidence.find_removal(catalog.store, catalog.resolve(version), doc_id)
    found = evidence.find_documents(catalog.store, [removal.doc_id, removal.winner])
    console.print(views.heads(removal, found[removal.doc_id], found[removal.winner]))
    console.print(views.side_by_side(found[removal.doc_id].text, found[removal.winner].text, everything))


@app.command()
def clusters(
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    most: Annotated[int, typer.Option(min=1, help="How many to list")] = 20,
    at_least: Annotated[int, typer.Option(min=1, help="List those that removed at least so many documents")] = 1,
) -> None:
    """List the documents that removed most others: where templates collapse, it shows here first."""
    catalog = Catalog(root, database)
    lost = evidence.removals(catalog.store, catalog.resolve(version))
    ranked = evidence.sizes(lost)
    shown = ranked.filter(ranked["removed"] >= at_least).head(most)
    titles = evidence.find_documents(catalog.store, shown["winner"].to_list())
    console.print(views.clusters(shown, titles, lost.height, ranked.height))


if __name__ == "__main__":
    commands.run(app)
