"""Tables put in the place of the lines that they are made of."""

import numpy as np

from ingest.extract.pdf.lines import TABLE, Line
from ingest.extract.pdf.open_tables import open_tables
from ingest.extract.pdf.tables import Grid, cell_text, markdown


def with_tables(lines: list[Line], cells: list[int], grids: list[Grid], rules: np.ndarray) -> list[Line]:
    """The lines of a page, with those of each table replaced by it, row by row.

    `cells`: the cell of `grids` that each of the first lines stands in, -1 for none; `rules`: what is drawn, as
    `pdf_tables.find_grids` takes it.
    """
    return _with_open(_with_ruled(lines, cells, grids), rules)


def _with_ruled(lines: list[Line], cells: list[int], grids: list[Grid]) -> list[Line]:
    """The lines, with those inside a ruled table replaced by the table, row by row."""
    for grid in grids:
        numbers = set(grid.cells.flat)
        inside: dict[int, list[Line]] = {}
        for line, cell in zip(lines, cells, strict=False):
            if cell in numbers:
                inside.setdefault(cell, []).append(line)
        rows = markdown(grid, {cell: cell_text(content, grid.right(cell)) for cell, content in inside.items()})
        if rows is None:
            continue
        box = (float(grid.xs[0]), float(grid.ys[0]), float(grid.xs[-1]), float(grid.ys[-1]))
        first = next(at for at, cell in enumerate(cells) if cell in numbers)
        table = Line(rows, *box, lines[first].page_width, lines[first].page_height, TABLE)
        kept = [at for at in range(len(lines)) if at == first or at >= len(cells) or cells[at] not in numbers]
        lines = [table if at == first else lines[at] for at in kept]
        cells = [-1 if at == first else cells[at] for at in kept if at < len(cells)]
    return lines


def _with_open(lines: list[Line], rules: np.ndarray) -> list[Line]:
    """The lines, with those of a table between horizontal rules replaced by the table."""
    for box, rows in open_tables(rules, lines):
        left, bottom, right, top = box
        inside = [
            not line.kind and left - 5 < line.left and line.right < right + 5
            and bottom < (line.bottom + line.top) / 2 < top
            for line in lines
        ]  # fmt: skip
        if any(inside):
            first = inside.index(True)
            table = Line(rows, *box, lines[first].page_width, lines[first].page_height, TABLE)
            lines = [table if at == first else line for at, line in enumerate(lines) if at == first or not inside[at]]
    return lines
