"""Which paragraphs were taken from the documents of a version, and which document keeps each."""

import dataclasses

import numpy as np
import polars as pl
import pyarrow as pa

from catalog.manifest import Manifest
from dedup.evidence import Document
from dedup.paragraphs.blocks import Blocks, find_blocks
from shards import schema
from shards.errors import InputError
from shards.store import Store


@dataclasses.dataclass(frozen=True)
class Piece:
    """A stretch of a document's text as it was; `keeper`: the doc_id that keeps it, None where it stayed."""

    text: str
    keeper: str | None = None


def removed_paragraphs(store: Store, manifest: Manifest) -> pl.DataFrame:
    """Every paragraph that was taken out of a kept document: the columns of `schema.REMOVED_PARAGRAPH`."""
    tables = [store.get_table(blob) for blob in manifest.removed_paragraphs]
    return pl.from_arrow(pa.concat_tables([schema.REMOVED_PARAGRAPH.empty_table(), *tables]))


def losses_of(removed: pl.DataFrame, doc_id: str) -> pl.DataFrame:
    """The paragraphs that the document lost, in their order; `doc_id` may be the beginning of one; empty: none.

    `InputError` when several documents that lost paragraphs begin so.
    """
    mine = removed.filter(pl.col("doc_id").str.starts_with(doc_id))
    if mine["doc_id"].n_unique() > 1:
        raise InputError(f"{mine['doc_id'].n_unique()} documents that lost paragraphs begin with {doc_id!r}; give more")
    return mine.sort("number")


def most_removed(removed: pl.DataFrame) -> pl.DataFrame:
    """Paragraphs by how many documents lost them: hash, keeper, documents, words and one loser; most first."""
    sums = (
        pl.col("doc_id").n_unique().alias("documents"), pl.col("words").max(), pl.col("doc_id").min().alias("loser")
    )  # fmt: skip
    counts = removed.group_by("hash", "keeper").agg(*sums)
    return counts.sort(["documents", "words", "hash"], descending=[True, True, False])


def full_ids(store: Store, manifest: Manifest, beginnings: pl.Series) -> dict[str, str]:
    """The doc_ids of the version's kept documents that begin so."""
    found = {}
    for blob in manifest.verdicts:
        frame = pl.from_arrow(store.get_table(blob, ("doc_id", "verdict"))).filter(pl.col("verdict") == schema.KEEP)
        frame = frame.with_columns(pl.col("doc_id").str.head(16).alias("beginning"))
        found |= dict(
            frame.filter(pl.col("beginning").is_in(beginnings.implode())).select("beginning", "doc_id").rows()
        )
    if lost := sorted(set(beginnings) - found.keys()):
        raise InputError(f"the version has no document {lost[0]}: its verdicts are not those of its paragraphs")
    return found


def pieces(document: Document, losses: pl.DataFrame, keepers: dict[str, str]) -> list[Piece]:
    """The text as it was, cut where a paragraph went; in order, and together the whole text but blanks."""
    blocks, places = _places(document, losses["number"].to_numpy(), losses["hash"].to_numpy())
    units, found, at = blocks.units, [], 0
    for block, keeper in zip(places, losses["keeper"], strict=True):
        start, end = units.start[blocks.first[block]], units.end[blocks.last[block] - 1]
        found += [Piece(_decode(units.data[at:start])), Piece(_decode(units.data[start:end]), keepers[keeper])]
        at = end
    found.append(Piece(_decode(units.data[at:])))
    return [piece for piece in found if piece.text]


def paragraph(document: Document, hashed: int) -> str:
    """The paragraph of that hash as the document has, or had, it."""
    blocks = find_blocks(pa.array([document.text], pa.large_string()))
    places = np.flatnonzero(blocks.key == np.uint64(hashed))
    if not len(places):
        raise _outdated(document)
    return blocks.text(places[0])


def _places(document: Document, numbers: np.ndarray, hashes: np.ndarray) -> tuple[Blocks, list[int]]:
    blocks = find_blocks(pa.array([document.text], pa.large_string()))
    known = {(first, key): at for at, (first, key) in enumerate(zip(blocks.first, blocks.key, strict=True))}
    try:
        return blocks, [known[place] for place in zip(numbers, hashes, strict=True)]
    except KeyError:
        raise _outdated(document) from None


def _outdated(document: Document) -> InputError:
    return InputError(f"the store holds another text of {document.doc_id} than was trimmed; build the version again")


def _decode(data: np.ndarray) -> str:
    return data.tobytes().decode().strip("\n")
