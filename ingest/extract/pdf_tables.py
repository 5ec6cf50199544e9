"""Ruled tables of a PDF's page: the grid that its lines and thin boxes draw, read cell by cell."""

import dataclasses
import itertools
import re
from collections.abc import Iterable

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.pdf_lines import Line

_THIN = 2.5  # points: a path no thicker than this is a rule
_SHORTEST = 8.0  # points of a rule
_SAME = 3.0  # points within which two rules stand on one line of the grid
_MOST_PATHS = 5_000  # on a page: a drawing, not a table
_MOST_CELLS = 4_000
_WHOLE = 0.9  # share of the cells' words that must be words of the page
_WORD = re.compile(r"[^\W_]+")
_FILLED = 0.3  # share of the cells that must hold text


@dataclasses.dataclass(frozen=True)
class Table:
    """A table's box in points (y growing upwards) and its rows as Markdown."""

    left: float
    bottom: float
    right: float
    top: float
    markdown: str

    def holds(self, line: Line) -> bool:
        """Whether a line's middle lies inside."""
        x, y = (line.left + line.right) / 2, (line.bottom + line.top) / 2
        return self.left - 1 < x < self.right + 1 and self.bottom - 1 < y < self.top + 1

    def cuts_no_words(self, lines: Iterable[Line]) -> bool:
        """Whether the cells' words are those of the lines: rules that run through words are a drawing's."""
        whole = {word for line in lines for word in _WORD.findall(line.text)}
        cells = _WORD.findall(self.markdown)
        return sum(word in whole for word in cells) >= _WHOLE * len(cells)


def find_tables(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> list[Table]:
    """The page's tables that are ruled both ways, with at least two rows and two columns, from top to bottom."""
    across, down = _rules(page)
    tables = []
    for rows, columns in _grids(across, down):
        if (len(rows) - 1) * (len(columns) - 1) <= _MOST_CELLS:
            cells = [
                [_text(text_page, left, low, right, high) for left, right in _pairs(columns)]
                for high, low in _pairs(rows[::-1])
            ]
            if table := _table(cells, rows, columns):
                tables.append(table)
    return sorted(tables, key=lambda table: -table.top)


def _rules(page: pdfium.PdfPage) -> tuple[list[tuple], list[tuple]]:
    """Horizontal rules as (y, left, right) and vertical ones as (x, bottom, top); a box gives its four sides."""
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for number, path in enumerate(page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_PATH,), max_depth=3)):
        if number >= _MOST_PATHS:
            return [], []
        left, bottom, right, top = path.get_bounds()
        wide, high = right - left, top - bottom
        if high <= _THIN and wide >= _SHORTEST:
            across.append(((bottom + top) / 2, left, right))
        elif wide <= _THIN and high >= _SHORTEST:
            down.append(((left + right) / 2, bottom, top))
        elif wide >= _SHORTEST and high >= _SHORTEST:
            across += [(bottom, left, right), (top, left, right)]
            down += [(left, bottom, top), (right, bottom, top)]
    return across, down


def _grids(across: list[tuple], down: list[tuple]) -> list[tuple[list[float], list[float]]]:
    """(ys ascending, xs ascending) of each connected set of rules with three or more lines each way."""
    rules = [("h", *rule) for rule in across] + [("v", *rule) for rule in down]
    if len(rules) > 1500:
        return []
    owner = list(range(len(rules)))

    def head(at: int) -> int:
        while owner[at] != at:
            owner[at] = owner[owner[at]]
            at = owner[at]
        return at

    for first in range(len(across)):
        for second in range(len(across), len(rules)):
            (_, y, left, right), (_, x, bottom, top) = rules[first], rules[second]
            if left - _SAME <= x <= right + _SAME and bottom - _SAME <= y <= top + _SAME:
                owner[head(first)] = head(second)
    members: dict[int, list[tuple]] = {}
    for at, rule in enumerate(rules):
        members.setdefault(head(at), []).append(rule)
    grids = []
    for group in members.values():
        rows = _distinct([rule[1] for rule in group if rule[0] == "h"])
        columns = _distinct([rule[1] for rule in group if rule[0] == "v"])
        if len(rows) >= 3 and len(columns) >= 3:
            grids.append((rows, columns))
    return grids


def _distinct(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _SAME:
            out.append(value)
    return out


def _pairs(values: list[float]) -> list[tuple[float, float]]:
    return list(itertools.pairwise(values))


def _text(text_page: pdfium.PdfTextPage, left: float, bottom: float, right: float, top: float) -> str:
    found = text_page.get_text_bounded(left + 0.5, bottom + 0.5, right - 0.5, top - 0.5)
    return " ".join(found.replace("\x02", "").split()).replace("|", "\\|")


def _table(cells: list[list[str]], rows: list[float], columns: list[float]) -> Table | None:
    kept = [row for row in cells if any(row)]
    if len(kept) < 2:
        return None
    used = [at for at in range(len(columns) - 1) if any(row[at] for row in kept)]
    filled = sum(bool(row[at]) for row in kept for at in used)
    if len(used) < 2 or filled < _FILLED * len(kept) * len(used):
        return None
    lines = ["| " + " | ".join(row[at] for at in used) + " |" for row in kept]
    lines.insert(1, "|" + " --- |" * len(used))
    return Table(columns[0], rows[0], columns[-1], rows[-1], "\n".join(lines))
