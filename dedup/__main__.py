"""`python -m dedup`: what a version lost to deduplication, documents and paragraphs, and what was kept in its place."""

import dataclasses
from collections import Counter
from typing import Annotated

import polars as pl
import typer

from catalog.manifest import Manifest
from catalog.options import STORE, Database, Root, Spec, open_catalog
from dedup import evidence, views
from dedup.earlier import stored
from dedup.paragraphs import evidence as paragraph_evidence
from dedup.paragraphs import views as paragraph_views
from shards import commands
from shards.shard import Shard
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
    python -m dedup explain    8f3a demo@latest      # why it went, or which paragraphs it lost
    python -m dedup sign       demo@v1               # signatures of a version that keeps none

The store is work/store unless --root or MEDCORPUS_ROOT names another (`make demo` builds in work/demo/store).
""",
)
console = commands.console()


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
    catalog = open_catalog(root, database)
    manifest = catalog.resolve(version)
    losses = paragraph_evidence.losses_of(paragraph_evidence.removed_paragraphs(catalog.store, manifest), doc_id)
    if losses.height:
        _explain_paragraphs(catalog.store, manifest, losses, everything)
        return
    removal = evidence.find_removal(catalog.store, manifest, doc_id)
    found = evidence.find_documents(catalog.store, manifest, [removal.doc_id, removal.winner])
    console.print(views.heads(removal, found[removal.doc_id], found[removal.winner]))
    texts = found[removal.doc_id].text, found[removal.winner].text
    console.print(views.side_by_side(*texts, everything, coloured=console.is_terminal))


@app.command()
def clusters(
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    most: Annotated[int, typer.Option(min=1, help="How many to list")] = 20,
    at_least: Annotated[int, typer.Option(min=1, help="List those that removed at least so many documents")] = 1,
) -> None:
    """List the documents that removed most others: where templates collapse, it shows here first."""
    catalog = open_catalog(root, database)
    manifest = catalog.resolve(version)
    lost = evidence.removals(catalog.store, manifest.verdicts)
    ranked = evidence.sizes(lost)
    shown = ranked.filter(ranked["removed"] >= at_least).head(most)
    titles = evidence.find_documents(catalog.store, manifest, shown["winner"].to_list())
    console.print(views.clusters(shown, titles, lost.height, ranked.height))


@app.command()
def paragraphs(
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    most: Annotated[int, typer.Option(min=1, help="How many to list")] = 20,
) -> None:
    """List the paragraphs that were taken out of most documents, and the document that keeps each."""
    catalog = open_catalog(root, database)
    manifest = catalog.resolve(version)
    removed = paragraph_evidence.removed_paragraphs(catalog.store, manifest)
    if removed.is_empty():
        asked = "no document lost any" if manifest.paragraphs else "its recipe has no [dedup.paragraphs]"
        console.print(f"version {manifest.id} lists no paragraphs: {asked}", markup=False)
        return
    shown = paragraph_evidence.most_removed(removed).head(most)
    keepers = paragraph_evidence.full_ids(catalog.store, manifest, shown["keeper"])
    found = evidence.find_documents(catalog.store, manifest, sorted({*keepers.values(), *shown["loser"]}))
    console.print(paragraph_views.most_removed(shown, keepers, found, removed))


def _explain_paragraphs(store: Store, manifest: Manifest, losses: pl.DataFrame, everything: bool) -> None:
    keepers = paragraph_evidence.full_ids(store, manifest, losses["keeper"])
    lost = losses["doc_id"][0]
    found = evidence.find_documents(store, manifest, sorted({lost, *keepers.values()}))
    pieces = paragraph_evidence.pieces(found[lost], losses, keepers)
    console.print(paragraph_views.head(found[lost], losses))
    console.print(paragraph_views.beside(pieces, found, everything))


@app.command()
def sign(
    version: Spec,
    root: Root = STORE,
    database: Database = None,
    ngram: Annotated[int | None, typer.Option(min=1, help="Words a shingle (default: the version's recipe)")] = None,
    permutations: Annotated[int | None, typer.Option(min=1, help="Bands times rows (default: its recipe)")] = None,
    min_shingles: Annotated[int | None, typer.Option(min=1, help="Of a text (default: its recipe)")] = None,
    one_permutation: Annotated[bool | None, typer.Option(help="Each shingle hashed once (default: its recipe)")] = None,
) -> None:
    """Make the signatures of a version that keeps none, so that others can be deduplicated against it.

    They lie beside the version, which stays what it is. A build that needs other ones says so, and with which options.
    """
    catalog = open_catalog(root, database)
    manifest = catalog.resolve(version)
    given = {"ngram": ngram, "permutations": permutations, "min_shingles": min_shingles,
             "one_permutation": one_permutation}  # fmt: skip
    chosen = {name: value for name, value in given.items() if value is not None}
    step = dataclasses.replace(stored.of_recipe(manifest.recipe), **chosen)
    if manifest.signatures and manifest.signatures.made_by == stored.made_by(step):
        console.print(f"version {manifest.id} keeps these signatures already")
        return
    with console.status("signing ...") as status:
        done = Counter[bool]()

        def told(shard: Shard, made: bool) -> None:
            done[made] += 1
            status.update(f"{done.total()} of {len(manifest.shards)} shards")

        stored.sign(catalog.store, manifest, step, told)
    console.print(f"version {manifest.id}: {done[True]:,} shards signed, {done[False]:,} had signatures")


if __name__ == "__main__":
    commands.run(app)
