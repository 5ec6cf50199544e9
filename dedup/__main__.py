"""`python -m dedup`: what a version lost to deduplication, documents and paragraphs, and what was kept in its place."""

from typing import Annotated

import polars as pl
import typer

from catalog.manifest import Manifest
from catalog.versions import Catalog
from dedup import evidence, views
from dedup.paragraphs import evidence as paragraph_evidence
from dedup.paragraphs import views as paragraph_views
from shards import commands
from shards.store import Store

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""Look into the deduplication of a version.

**Examples**

    python -m dedup clusters   demo@latest           # which documents removed most
    python -m dedup paragraphs demo@latest           # which paragraphs were removed most
    python -m dedup explain    8f3a demo@latest      # why one was removed, or which paragraphs it lost to whom
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
    doc_id: Annotated[str, typer.Argument(metavar="DOC_ID", help="Of the document, or its beginning")],
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what is equal in full, too")] = False,
) -> None:
    """Show why a document was removed: the winner, the similarity, and both texts with their differences marked.

    Of a document that was kept: which paragraphs were taken out of it, and which document keeps each.
    """
    catalog = Catalog(root, database)
    manifest = catalog.resolve(version)
    losses = paragraph_evidence.losses_of(paragraph_evidence.removed_paragraphs(catalog.store, manifest), doc_id)
    if losses.height:
        _explain_paragraphs(catalog.store, manifest, losses, everything)
        return
    removal = evidence.find_removal(catalog.store, manifest, doc_id)
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


@app.command()
def paragraphs(
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    most: Annotated[int, typer.Option(min=1, help="How many to list")] = 20,
) -> None:
    """List the paragraphs that were taken out of most documents, and the document that keeps each."""
    catalog = Catalog(root, database)
    manifest = catalog.resolve(version)
    removed = paragraph_evidence.removed_paragraphs(catalog.store, manifest)
    shown = paragraph_evidence.most_removed(removed).head(most)
    keepers = paragraph_evidence.full_ids(catalog.store, manifest, shown["keeper"])
    found = evidence.find_documents(catalog.store, sorted({*keepers.values(), *shown["loser"]}))
    console.print(paragraph_views.most_removed(shown, keepers, found, removed))


def _explain_paragraphs(store: Store, manifest: Manifest, losses: pl.DataFrame, everything: bool) -> None:
    keepers = paragraph_evidence.full_ids(store, manifest, losses["keeper"])
    lost = losses["doc_id"][0]
    found = evidence.find_documents(store, sorted({lost, *keepers.values()}))
    pieces = paragraph_evidence.pieces(found[lost], losses, keepers)
    console.print(paragraph_views.head(found[lost], losses))
    console.print(paragraph_views.beside(pieces, found, everything))


if __name__ == "__main__":
    commands.run(app)
