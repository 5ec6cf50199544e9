"""Tables with rules across only, as journals set them: a rule above, one under the head, one below.

Columns are the strips that (nearly) no line crosses; rows are told by the steps between lines and by the first column.
"""

import itertools
import re
from collections.abc import Sequence

import numpy as np

from ingest.extract.pdf.hyphens import NOTHING_KNOWN
from ingest.extract.pdf.lines import Line, rows_of

_SHORTEST = 90.0  # points of a rule
_SAME, _SAME_END = 3.0, 6.0  # points within which rules are one, and end at the same place
_MOST_RULES = 400
_HEAD_ROWS = 6  # more rows of text above the second rule are no table's head
_CROSSED = 0.12  # share of the rows that may run across a gutter: headings inside the table
_GUTTER = 3.5  # points
_STEP = 1.22  # times the usual step between lines: a new row
_LONGEST = 1_500  # characters of a cell on average: more is text in columns
_FILLED = 0.35  # share of the cells that must hold text
_FULL = 0.9  # of a column's width: lines that fill it
_CAPTION = re.compile(r"(?:table|tableau|tabla|tabella|tab\.|figure|fig\.|figura)\s+[\dIVX]+", re.IGNORECASE)
_NUMERIC = re.compile(r"[\d\s.,;:%()\[\]<>=≤≥±+\-–−*/]+")


def open_tables(rules: np.ndarray, lines: Sequence[Line]) -> list[tuple[tuple[float, float, float, float], str]]:
    """(box, Markdown) of each table on the page, from the top down; `rules`: lines drawn, as x0, y0, x1, y1."""
    across = rules[(rules[:, 3] - rules[:, 1] < 1) & (rules[:, 2] - rules[:, 0] > 1)]
    if not 3 <= len(across) <= 8 * _MOST_RULES:
        return []
    found = []
    for left, right, heights in _sets(_whole(across.round(1))):
        inside = [line for line in lines if not line.kind and left - 5 < line.left and line.right < right + 5]
        gaps = [
            [line for line in inside if low < (line.bottom + line.top) / 2 < high]
            for high, low in itertools.pairwise(heights)
        ]
        for first, last in _stretches(gaps):
            table = _table(gaps[first:last])
            if table is not None:
                found.append(((left, heights[last], right, heights[first]), table))
    return found


def _whole(across: np.ndarray) -> list[tuple[float, float, float]]:
    """(y, left, right) of the rules, from the top down, with the pieces of one rule put together."""
    out: list[list[float]] = []
    for x0, y0, x1, _ in sorted(across.tolist(), key=lambda rule: (-round(rule[1]), rule[0])):
        if out and abs(out[-1][0] - y0) < _SAME and x0 - out[-1][2] < _SAME_END:
            out[-1][2] = max(out[-1][2], x1)
        else:
            out.append([y0, x0, x1])
    return [(y, left, right) for y, left, right in out if right - left >= _SHORTEST][:_MOST_RULES]


def _sets(rules: list[tuple[float, float, float]]) -> list[tuple[float, float, list[float]]]:
    """(left, right, heights from the top down) of at least three rules that begin and end at the same places."""
    sets: list[tuple[float, float, list[float]]] = []
    for y, left, right in rules:
        for known_left, known_right, heights in sets:
            if abs(known_left - left) < _SAME_END and abs(known_right - right) < _SAME_END:
                if heights[-1] - y > _SAME:
                    heights.append(y)
                break
        else:
            sets.append((left, right, [y]))
    return [one for one in sets if len(one[2]) >= 3]


def _stretches(gaps: list[list[Line]]) -> list[tuple[int, int]]:
    """(first, end) of the gaps between rules that make one table: a head, then what has columns."""
    out, at = [], 0
    while at + 1 < len(gaps):
        end = at + 1
        if gaps[at] and len(rows_of(gaps[at])) <= _HEAD_ROWS:
            known = 2
            while end < len(gaps) and (found := _goes_on(gaps, at, end, known)):
                known = max(known, found)
                end += 1
        if end - at >= 2 and any(gaps[at + 1 : end]):
            out.append((at, end))
            at = end
        else:
            at += 1
    return out


def _goes_on(gaps: list[list[Line]], first: int, at: int, known: int) -> int:
    """Columns of the table from gap `first` on if gap `at` is part of it, 0 if it is not: text, another caption."""
    if any(_CAPTION.match(line.text) for line in gaps[at]):
        return 0
    rows = rows_of(gaps[at])
    if len(rows) <= 1:
        return known
    alone, columns = _columns([[], gaps[at]]), _columns(gaps[first : at + 1])
    return len(columns) if len(alone) > 1 and len(columns) >= min(known, 3) else 0


def _columns(gaps: list[list[Line]]) -> list[tuple[float, float]]:
    """Spans of the columns, from left to right; one or none where there is no gutter, or text set in columns."""
    rows = [row for gap in gaps[1:] for row in rows_of(gap)] or rows_of(gaps[0])
    if not rows:
        return []
    left = min(line.left for row in rows for line in row)
    right = max(line.right for row in rows for line in row)
    covered = np.zeros(int(right - left) + 2)
    for row in rows:
        own = np.zeros(len(covered), bool)
        for line in row:
            own[int(line.left - left) : int(line.right - left) + 1] = True
        covered += own
    used = np.concatenate([[False], covered > _CROSSED * len(rows), [False]])
    edges = np.flatnonzero(used[1:] != used[:-1]).reshape(-1, 2) + left
    spans: list[tuple[float, float]] = []
    for low, high in edges.tolist():
        if spans and low - spans[-1][1] < _GUTTER:
            spans[-1] = (spans[-1][0], high)
        else:
            spans.append((low, high))
    return [] if _is_text(spans, rows) else spans


def _is_text(spans: list[tuple[float, float]], rows: list[list[Line]]) -> bool:
    """Whether two columns of like width hold lines that fill them: a page's text between two rules."""
    if len(spans) != 2 or len(rows) < 6:
        return False
    first, second = (high - low for low, high in spans)
    if max(first, second) > 1.25 * min(first, second):
        return False
    full = sum(line.right - line.left > _FULL * min(first, second) for row in rows for line in row)
    return full > 0.4 * sum(len(row) for row in rows)


def _table(gaps: list[list[Line]]) -> str | None:
    columns = _columns(gaps)
    if len(columns) < 2:
        return None
    starts = [low for low, _ in columns]
    table: list[list[str]] = [["" for _ in columns]]
    for row in rows_of(gaps[0]):
        _add(table[0], row, starts)
    for gap in gaps[1:]:
        _append(table, rows_of(gap), starts)
    cells = list(itertools.chain(*table))
    named = any(char.isalpha() for cell in table[0] for char in cell)  # charts have numbers above their first line
    if len(table) < 2 or not named or sum(map(len, cells)) > _LONGEST * len(cells):
        return None
    if sum(map(bool, cells)) < _FILLED * len(cells):
        return None
    out = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
    out.insert(1, "|" + " --- |" * len(columns))
    return "\n".join(out)


def _append(table: list[list[str]], rows: list[list[Line]], starts: list[float]) -> None:
    """Add the rows of text below one rule as rows of the table; a rule always begins one."""
    steps = [above[0].bottom - below[0].bottom for above, below in itertools.pairwise(rows)]
    usual = float(np.percentile(steps, 20)) if steps else 0.0
    wide = [step > _STEP * usual for step in steps]
    spaced = sum(wide) >= 0.2 * len(steps) and len(steps) > 2
    for at, row in enumerate(rows):
        cells = ["" for _ in starts]
        _add(cells, row, starts)
        if at == 0 or _begins(cells, table[-1], spaced, wide[at - 1]):
            table.append(cells)
        else:
            _add(table[-1], row, starts)


def _begins(cells: list[str], last: list[str], spaced: bool, wide: bool) -> bool:
    if spaced and any(len(cell) > 30 for cell in last):
        return wide
    filled = [at for at, cell in enumerate(cells) if cell]
    if filled[0] == 0:
        return not all(cells[at][:1].islower() for at in filled)
    return wide or all(_NUMERIC.fullmatch(cells[at]) for at in filled)


def _add(cells: list[str], row: list[Line], starts: list[float]) -> None:
    """Put the lines of a row into the cells above which they begin."""
    for line in row:
        at = max((number for number, start in enumerate(starts) if start <= line.left + 4), default=0)
        cells[at] = NOTHING_KNOWN.join(cells[at], line.text) if cells[at] else line.text
