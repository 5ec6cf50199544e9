"""What `python -m dedup` shows: two texts side by side with their differences marked, and a table of clusters.

Differences are coloured on a terminal; in a log they are in brackets, as wdiff has them: [-removed-] {+kept+}.
"""

import difflib
import re
from collections.abc import Iterator, Mapping

import polars as pl
from rich.table import Table
from rich.text import Text

from dedup.evidence import Document, Removal

_WORDS = re.compile(r"\w+(?:[.,]\d+)*|\s+|[^\w\s]")
_REMOVED, _WINNER = "bold red", "bold green"
_CONTEXT = 160  # characters of an equal paragraph that are shown


def heads(removal: Removal, lost: Document, winner: Document) -> Table:
    """Who lost against whom, by which method, and where both come from."""
    title = f"{removal.method}: similarity {removal.similarity:.3f}, threshold {removal.threshold:g}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in ("", "removed", "kept in its place"):
        table.add_column(column, overflow="fold")
    _, _, version = removal.winner.partition("@")
    if version:
        table.add_row("version", "this one", version)
    for name in ("doc_id", "source", "source_id", "title", "url"):
        table.add_row(name, *(Text(str(getattr(document, name) or "")) for document in (lost, winner)))
    table.add_row("characters", f"{len(lost.text):,}", f"{len(winner.text):,}")
    return table


def side_by_side(lost: str, winner: str, everything: bool = False, coloured: bool = True) -> Table:
    """The texts paragraph beside paragraph, words that differ marked; equal paragraphs are cut short."""
    table = Table(box=None, pad_edge=False, show_header=False, expand=True, padding=(0, 2, 0, 0))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for left, right in paired(lost.splitlines(), winner.splitlines()):
        if left == right:
            shown = left if everything or len(left or "") <= _CONTEXT else f"{left[:_CONTEXT]} ..."
            table.add_row(*(Text(shown or "", style="dim"),) * 2)
        else:
            texts = marked(left or "", right or "")
            table.add_row(*(texts if coloured else map(_bracketed, texts, ("[-{}-]", "{{+{}+}}"))))
    return table


def paired(left: list[str], right: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """Lines of both texts, equal ones beside each other; None where one side has nothing to set against."""
    left, right = ([line for line in lines if line.strip()] for lines in (left, right))
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(left[a:b], right[c:d], strict=True)
            continue
        for at in range(max(b - a, d - c)):
            yield (left[a + at] if a + at < b else None), (right[c + at] if c + at < d else None)


def marked(left: str, right: str) -> tuple[Text, Text]:
    """Both lines with the words marked that the other lacks."""
    words = _WORDS.findall(left), _WORDS.findall(right)
    texts = Text(), Text()
    for kind, a, b, c, d in difflib.SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for text, mine, (start, stop), style in zip(texts, words, ((a, b), (c, d)), (_REMOVED, _WINNER), strict=True):
            text.append("".join(mine[start:stop]), style="" if kind == "equal" else style)
    return texts


def _bracketed(text: Text, form: str) -> Text:
    """The text with each marked stretch in brackets."""
    plain, at, parts = text.plain, 0, []
    for span in text.spans:
        parts += [plain[at : span.start], form.format(plain[span.start : span.end])]
        at = span.end
    return Text("".join([*parts, plain[at:]]))


def clusters(shown: pl.DataFrame, titles: Mapping[str, Document], removed: int, winners: int) -> Table:
    """Winners with the number of documents each removed, largest first."""
    title = f"{removed:,} documents removed by {winners:,} winners"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in (">removed", ">least similar", "methods", "winner", "source", "title or beginning"):
        right = column.startswith(">")
        table.add_column(column.removeprefix(">"), justify="right" if right else "left", overflow="fold")
    for row in shown.iter_rows(named=True):
        document = titles[row["winner"]]
        name = document.title or " ".join(document.text[:200].split())[:80]
        least = f"{row['least_similarity']:.3f}"
        table.add_row(f"{row['removed']:,}", least, row["methods"], row["winner"], Text(document.source), Text(name))
    return table
