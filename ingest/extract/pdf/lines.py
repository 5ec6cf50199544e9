"""A line of a PDF's page: its text, its box and its looks."""

import operator
import re
from collections.abc import Iterable
from typing import NamedTuple

from ingest.extract.script_chars import subscript, superscript

TABLE, SIDE = "table", "side"
_RAISED_LETTERS = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_SMALLER = 0.87  # of the size of the text after it: a raised label
_LABEL = re.compile(r"[^\w\s]|\(?\w{1,4}[.)]|[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃ-ᶻ*†‡]+")  # a bullet or a number before a line
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,4}\.?")
_APART = 1.3  # of the size: wider gaps in a row part cells, which three spaces keep apart


class Line(NamedTuple):
    """A line of text and its box, in points with y growing upwards, on a page of the given size."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    page_width: float = 0.0
    page_height: float = 0.0
    kind: str = ""  # TABLE: a whole table, row by row; SIDE: text that runs up or down the page
    bold: bool = False

    @property
    def size(self) -> float:
        """Of the type, in points; 0 where there is no box."""
        return self.top - self.bottom


_LEFT = operator.attrgetter("left")


def _from_the_top(line: Line) -> tuple[float, float]:
    return -(line.top + line.bottom), line.left


def rows_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines side by side, from the top down and from left to right: what overlaps half its height is one row.

    Ruled tables are rows of their own.
    """
    rows: list[list[Line]] = []
    row: list[Line] = []
    low = high = 0.0
    for line in sorted(lines, key=_from_the_top):  # plain comparisons: this is the innermost loop of reading a page
        bottom, top = line.bottom, line.top
        shared = (top if top < high else high) - (bottom if bottom > low else low)
        least = top - bottom if top - bottom < high - low else high - low
        if row and shared > 0.5 * least and line.kind != TABLE and row[-1].kind != TABLE:
            row.append(line)
        else:
            row = [line]
            rows.append(row)
            low, high = bottom, top
    for row in rows:
        if len(row) > 1:
            row.sort(key=_LEFT)
    return rows


def joined(row: list[Line]) -> Line:
    """One line of a row; three spaces between cells, one behind a label or a bullet."""
    if len(row) == 1:
        return row[0]
    text, last = row[0].text, row[0]
    for line in row[1:]:
        if last is row[0] and last.size < _SMALLER * line.size and last.bottom > line.bottom:
            text = superscript(text) or text
        gap = (line.left - last.right) / max(line.size, 0.1)
        label = last is row[0] and (_LABEL.fullmatch(text) or (_SECTION.fullmatch(text) and line.text[0].isalpha()))
        between = "" if -0.3 < gap < 0.1 else " " if label or gap < _APART else "   "
        text += between + line.text
        last = line
    widest = max(row, key=lambda line: len(line.text))
    right = max(line.right for line in row)
    bold = all(line.bold for line in row)
    return widest._replace(text=text, left=row[0].left, right=right, bold=bold)


def with_scripts(text: str, marks: bytes) -> str:
    """`text` with raised and lowered characters, marked by 1 and 255 (-1), in their Unicode forms.

    Digits and signs have them, single letters as marks in tables too; ordinals (1st) and words stay as they are. Marks
    of references are kept as superscripts, like exponents: nothing tells 10² from a second note.
    """
    out, at = [], 0
    while at < len(text):
        stop = at + 1
        while stop < len(text) and marks[stop] == marks[at]:
            stop += 1
        piece = text[at:stop]
        if marks[at] == 1:
            piece = _raised(piece)
        elif marks[at] == 255:
            piece = "".join(subscript(char) or char for char in piece)
        out.append(piece)
        at = stop
    return "".join(out)


def _raised(piece: str) -> str:
    if len(piece) == 1 and piece in _RAISED_LETTERS:
        return _RAISED_LETTERS[piece]
    if piece == "TM":
        return "™"
    if not any(char.isdigit() for char in piece):
        return (superscript(piece) or piece) if piece in "+-−–n" else piece
    out = [superscript(char) or char for char in piece if not char.isspace() or len(piece) > 1]
    for at in range(1, len(out)):
        if piece[at] in "-–−":
            out[at] = piece[at]  # notes 1–3: a range, no sign
    return "".join(char if not char.isalpha() or char in "ⁿⁱ" else _RAISED_LETTERS.get(char, char) for char in out)
