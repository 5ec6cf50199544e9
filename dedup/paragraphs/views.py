"""What `python -m dedup` shows of paragraphs: a document with those it lost marked, and those that were lost most."""

from collections.abc import Mapping, Sequence

import polars as pl
from rich.table import Table
from rich.text import Text

from dedup.evidence import Document
from dedup.paragraphs.evidence import Piece, paragraph

_CONTEXT = 160  # characters of what stayed that are shown
_SHOWN = 200  # of a paragraph in a list


def head(document: Document, losses: pl.DataFrame) -> Table:
    """Which document, and how much of it went."""
    words, before = int(losses["words"].sum()), len(document.text.split())
    counted = f"{losses.height:,} paragraph{'s' if losses.height > 1 else ''}"
    title = f"{counted} with {words:,} of {before:,} words went from this document"
    table = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
    for name in ("doc_id", "source", "source_id", "title", "url"):
        table.add_row(name, Text(str(getattr(document, name) or "")))
    return table


def beside(pieces: Sequence[Piece], documents: Mapping[str, Document], everything: bool = False) -> Table:
    """The text as it was; what went is marked, with its keeper beside it, and what stayed is cut short."""
    table = Table(box=None, pad_edge=False, expand=True, padding=(0, 2, 1, 0))
    table.add_column("the text as it was", ratio=2, overflow="fold")
    table.add_column("kept by", ratio=1, overflow="fold")
    for piece in pieces:
        if piece.keeper is None:
            whole = everything or len(piece.text) <= _CONTEXT
            table.add_row(Text(piece.text if whole else f"{piece.text[:_CONTEXT]} ...", style="dim"), "")
        else:
            table.add_row(Text(piece.text, style="bold red"), _named(documents[piece.keeper]))
    return table


def most_removed(
    shown: pl.DataFrame, keepers: Mapping[str, str], documents: Mapping[str, Document], removed: pl.DataFrame
) -> Table:
    """Paragraphs with the number of documents that lost each, most first."""
    losers = removed["doc_id"].n_unique()
    title = f"{removed.height:,} paragraphs with {removed['words'].sum():,} words taken out of {losers:,} documents"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 1, 0), expand=True)
    for column in (">documents", ">words", "paragraph", "kept by"):
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left", overflow="fold")
    for row in shown.iter_rows(named=True):
        text = " ".join(paragraph(documents[row["loser"]], row["hash"]).split())
        text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."
        keeper = documents[keepers[row["keeper"]]]
        table.add_row(f"{row['documents']:,}", f"{row['words']:,}", Text(text), _named(keeper))
    return table


def _named(document: Document) -> Text:
    name = document.title or " ".join(document.text[:80].split())
    return Text(f"{document.doc_id}\n{document.source}: {name}")
