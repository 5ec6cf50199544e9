"""Ruled tables of a PDF's page: the grid that its lines draw, with merged cells, as Markdown rows."""

import dataclasses
import itertools
import re
from collections.abc import Sequence

import numpy as np

from ingest.extract.pdf.hyphens import NOTHING_KNOWN
from ingest.extract.pdf.lines import Line, joined, rows_of

_SHORTEST = 8.0  # points of a rule
_SAME = 3.0  # points within which two rules stand on one line of the grid
_BESIDE = 15.0  # points between the parts of one table
_ORIGIN = 20_000.0  # added to points, which may be negative; the largest page measures 14,400
_PLACES = np.array([48, 32, 16, 0], np.uint64)
_MOST_RULES = 1_500  # on a page, each way: more are a drawing
_MOST_CELLS = 4_000
_FILLED = 0.3  # share of the cells that must hold text
_LONGEST = 1_500  # characters of a cell: more is a page laid out in boxes
_BULLET = re.compile(r"[•▪◦●■➢✓–-]\s")
_OPEN = re.compile(r"[.,:;\-\x02\xad(/]$|\b[^\W\d_]{1,3}$")  # signs and short words after which a cell's text goes on
_CUT = 0.1  # words for each filled cell that rules may cut: more is a drawing


@dataclasses.dataclass(frozen=True)
class Grid:
    """Rules of one table: `xs` and `ys` ascending, in points; `cells[row, column]` is the cell that each place of the
    grid belongs to, rows from the top, merged places under the number of the first."""

    xs: np.ndarray
    ys: np.ndarray
    cells: np.ndarray

    def right(self, cell: int) -> float:
        """Where a cell ends."""
        return float(self.xs[np.nonzero(self.cells == cell)[1].max() + 1])

    def places(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Cell of each point, -1 for points outside."""
        column, row = np.searchsorted(self.xs, x) - 1, len(self.ys) - 1 - np.searchsorted(self.ys, y)
        rows, columns = self.cells.shape
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        return np.where(inside, self.cells[row.clip(0, rows - 1), column.clip(0, columns - 1)], -1)


def find_grids(rules: np.ndarray) -> list[Grid]:
    """Grids of at least two rows and two columns among the lines (x0, y0, x1, y1) of a page, from the top down."""
    lengths = rules[:, 2:] - rules[:, :2]
    across = _distinct_rules(rules[(lengths[:, 0] >= _SHORTEST) & (lengths[:, 1] < 1)])
    down = _distinct_rules(rules[(lengths[:, 1] >= _SHORTEST) & (lengths[:, 0] < 1)])
    if len(across) < 2 or len(down) < 1 or max(len(across), len(down)) > _MOST_RULES:
        return []
    x, y = down[:, 0], across[:, 1, None]
    touch = (across[:, 0, None] - _SAME <= x) & (x <= across[:, 2, None] + _SAME)
    touch &= (down[:, 1] - _SAME <= y) & (y <= down[:, 3] + _SAME)
    parts = [(across[rows], down[columns]) for rows, columns in _components(touch)]
    grids = [_grid(*part) for part in _side_by_side(parts)]
    found = [grid for grid in grids if grid is not None]
    return sorted(found, key=lambda grid: (-grid.ys[-1], grid.xs[0]))


def _distinct_rules(rules: np.ndarray) -> np.ndarray:
    """The rules rounded to points, each once, in order: packed into one integer, as `np.unique` of rows is slow."""
    if not len(rules):
        return rules
    corners = (rules.round() + _ORIGIN).clip(0, 0xFFFF).astype(np.uint64)
    packed = np.unique((corners[:, 0] << 48) | (corners[:, 1] << 32) | (corners[:, 2] << 16) | corners[:, 3])
    return ((packed[:, None] >> _PLACES) & 0xFFFF).astype(np.float64) - _ORIGIN


def _components(touch: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """(rows, columns) of each connected set of a bipartite graph's matrix that has an edge."""
    left = touch.any(axis=1)
    found = []
    while left.any():
        rows = np.zeros(len(touch), bool)
        rows[left.argmax()] = True
        while True:
            columns = touch[rows].any(axis=0)
            wider = rows | touch[:, columns].any(axis=1)
            if (wider == rows).all():
                break
            rows = wider
        left &= ~rows
        if columns.any():
            found.append((rows, columns))
    return found


def _side_by_side(parts: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(rules across, rules down) of each table: parts of like height with a narrow gap between them are one, as where
    cells are shaded column by column."""
    out: list[tuple[np.ndarray, np.ndarray]] = []
    for across, down in sorted(parts, key=lambda part: part[0][:, 0].min()):
        low, high, left = across[:, 1].min(), across[:, 1].max(), across[:, 0].min()
        for at, (known, walls) in enumerate(out):
            like = abs(known[:, 1].min() - low) <= _SAME and abs(known[:, 1].max() - high) <= _SAME
            if like and -_SAME <= left - known[:, 2].max() <= _BESIDE:
                out[at] = np.concatenate([known, across]), np.concatenate([walls, down])
                break
        else:
            out.append((across, down))
    return out


def _grid(across: np.ndarray, down: np.ndarray) -> Grid | None:
    xs = _distinct(np.concatenate([down[:, 0], [across[:, 0].min(), across[:, 2].max()]]))
    ys = _distinct(np.concatenate([across[:, 1], [down[:, 1].min(), down[:, 3].max()]]))
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 2 or columns < 2 or rows * columns > _MOST_CELLS:
        return None
    middle_x, middle_y = (xs[1:] + xs[:-1]) / 2, ((ys[1:] + ys[:-1]) / 2)[::-1]
    cells = np.arange(rows * columns).reshape(rows, columns)
    walls = _crossed(down[:, 1], down[:, 3], down[:, 0], middle_y, xs)
    floors = _crossed(across[:, 0], across[:, 2], across[:, 1], middle_x, ys)
    for row, column in zip(*np.nonzero(~walls[:, 1:-1]), strict=True):
        cells[row, column + 1] = cells[row, column]
    for column, row in zip(*np.nonzero(~floors[:, -2:0:-1]), strict=True):
        if cells[row + 1, column] // columns == row + 1:
            cells[cells == cells[row + 1, column]] = cells[row, column]
    return Grid(xs, ys, cells)


def _crossed(low: np.ndarray, high: np.ndarray, at: np.ndarray, middles: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Whether a rule that stands `at` an edge runs from `low` to `high` past a middle, for each middle and edge."""
    past = (low < middles[:, None]) & (high > middles[:, None])
    near = np.abs(at[:, None] - edges) <= _SAME
    return past.astype(np.float32) @ near.astype(np.float32) > 0


def _distinct(values: np.ndarray) -> np.ndarray:
    values = np.sort(values)
    return values[np.concatenate([[True], np.diff(values) > _SAME])]


def cells_of(grids: Sequence[Grid], places: np.ndarray, visible: np.ndarray) -> tuple[np.ndarray, list[Grid]]:
    """(cell of each character, -1 outside; the grids that are tables): the numbers of a second table go on after those
    of the first. `places` as `pdf_native.read_chars` gives them; of characters that are not `visible` nothing is known.
    """
    cells = np.full(len(places), -1, np.int32)
    kept: list[Grid] = []
    if not grids or len(places) < 2:
        return cells, kept
    x, y = (places[:, 0] + places[:, 2]) / 2, places[:, 5] + 0.3 * places[:, 6]
    near = (np.abs(places[1:, 0] - places[:-1, 2]) < 0.15 * places[1:, 6]) & visible[1:] & visible[:-1]
    near &= np.abs(places[1:, 5] - places[:-1, 5]) < 1
    first = 0
    for grid in grids:
        own = grid.places(x, y)
        own[~visible] = -1
        inside = own >= 0
        _, counts = np.unique(own[inside], return_counts=True)
        parted = np.flatnonzero(near & (own[1:] != own[:-1]))
        if len(counts) < 3 or counts.max() > _LONGEST or len(parted) > _CUT * len(counts):
            continue
        for at in parted.tolist():  # a word that runs over a rule stays in the cell where it begins
            while at + 1 < len(own) and near[at]:
                own[at + 1] = own[at]
                at += 1
        inside = own >= 0
        cells[inside] = own[inside] + first
        kept.append(dataclasses.replace(grid, cells=grid.cells + first))
        first += grid.cells.size
    return cells, kept


def markdown(grid: Grid, texts: dict[int, str]) -> str | None:
    """The table's rows, given the text of each cell; None for frames that are no table. Merged cells stand first."""
    rows: list[list[str]] = []
    told: set[int] = set()
    for row in grid.cells.tolist():
        cells = ["" if cell in told else texts.get(cell, "") for cell in row]
        for at in range(1, len(row)):
            if row[at] == row[at - 1]:
                cells[at] = ""
        told.update(row)
        if any(cells):
            rows.append(cells)
    used = [at for at in range(grid.cells.shape[1]) if any(row[at] for row in rows)]
    filled = sum(bool(row[at]) for row in rows for at in used)
    if len(rows) < 2 or len(used) < 2 or filled < _FILLED * len(rows) * len(used):
        return None
    lines = ["| " + " | ".join(row[at] for at in used) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(used))
    return "\n".join(lines)


def cell_text(lines: Sequence[Line], right: float) -> str:
    """The lines of one cell, whose edge is at `right`, as one, with pipes escaped.

    Where a line ends though the next word had found its place, the cell is a list: its items are set apart by "; ", as
    in tables of web pages.
    """
    rows = [joined(row) for row in rows_of(lines)]
    pairs = list(itertools.pairwise(rows))
    capital = [row.text[:1].isupper() and not _OPEN.search(last.text) for last, row in pairs]
    if sum(capital) < len(pairs) / 2:
        capital = [False] * len(pairs)
    listed = any(starts and _had_room(last, row, right) for (last, row), starts in zip(pairs, capital, strict=True))
    text = rows[0].text if rows else ""
    for (_, row), starts in zip(pairs, capital, strict=True):
        text = (
            f"{text} ; {row.text}"
            if (listed and starts) or _BULLET.match(row.text)
            else NOTHING_KNOWN.join(text, row.text)
        )
    return " ".join(text.split()).replace("|", "\\|")


def _had_room(last: Line, line: Line, right: float) -> bool:
    """Whether the first word of a line had found its place on the line before it."""
    word = len(line.text.split(None, 1)[0]) + 2
    return right - last.right > word * (last.right - last.left) / max(len(last.text), 1)
