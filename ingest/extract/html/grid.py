"""Tables of a page as rows of cells, so that a dose stays beside its age group: spans laid out, lists on one line."""

import re

from lxml import etree

_LAYOUT = ("table", "h1", "h2", "h3", "form", "article", "section", "nav")  # in a cell: the table only places things
_BREAKING = ("p", "div", "ul", "ol", "dl", "dt", "dd", "li", "br", "tr", "section", "header", "h4", "h5", "h6")
_ITEMS = ("li", "dd")
_SPACE = re.compile(r"\s+")
_WIDEST = 200  # columns; `colspan` may state any number
_LONGEST = 1500  # characters of a cell above which a table of one column places text


def rows_of(table: etree._Element) -> list[tuple[tuple[str, ...], int]] | None:
    """(cells, characters in links) of each row, all rows equally wide; None when the table only lays out the page.

    A cell that spans columns stands in the first and leaves the others empty; one that spans rows is repeated in each,
    because a row must be readable by itself (HTML Standard, section 4.9.12, forming a table).
    """
    if next(table.iterdescendants(*_LAYOUT), None) is not None:
        return None
    grid: list[list[str]] = []
    links: list[int] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> (rows still covered, text)
    for row in table.iter("tr"):
        cells: list[str] = []
        linked = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            _hang(cells, hanging)
            text, in_links = cell_text(cell)
            linked += in_links
            down, across = _span(cell, "rowspan"), min(_span(cell, "colspan"), _WIDEST)
            for offset in range(across):
                if down > 1:
                    hanging[len(cells)] = (down - 1, text if offset == 0 else "")
                cells.append(text if offset == 0 else "")
        for column in sorted(column for column in hanging if column >= len(cells)):  # the row ends before them
            cells += [""] * (column - len(cells))
            _hang(cells, hanging)
        if any(cells):
            grid.append(cells)
            links.append(linked)
    width = max(map(len, grid), default=0)
    if width == 1 and any(len(row[0]) > _LONGEST for row in grid):
        return None
    used = [column for column in range(width) if any(len(row) > column and row[column] for row in grid)]
    whole = [tuple(row[column] if column < len(row) else "" for column in used) for row in grid]
    return list(zip(whole, links, strict=True))


def cell_text(cell: etree._Element) -> tuple[str, int]:
    """A cell's words on one line, its list items set off by "; ", and how many characters stand in links."""
    pieces: list[str] = []
    linked = _collect(cell, pieces, False, 0)
    text = _SPACE.sub(" ", "".join(pieces)).strip()
    text = re.sub(r"(?:\s*;)+(?=\s*;)|^(?:\s*;)+\s*|(?:\s*;)+\s*$", "", text)
    return re.sub(r"\s+;", ";", text).strip(), linked


def _collect(element: etree._Element, pieces: list[str], in_link: bool, depth: int) -> int:
    linked = 0
    if element.text:
        pieces.append(element.text)
        linked += len(element.text.strip()) if in_link else 0
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in ("script", "style", "noscript", "template", "svg") and depth < 200:
            if tag in _ITEMS:
                pieces.append(" ; ")
            elif tag in _BREAKING:
                pieces.append(" ")
            linked += _collect(child, pieces, in_link or tag == "a", depth + 1)
            if tag in _ITEMS:
                pieces.append(" ; ")
            elif tag in _BREAKING:
                pieces.append(" ")
        if child.tail:
            pieces.append(child.tail)
            linked += len(child.tail.strip()) if in_link else 0
    return linked


def _hang(cells: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Fill the next columns with the cells that hang down into them from rows above."""
    while (covered := hanging.pop(len(cells), None)) is not None:
        rows, text = covered
        if rows > 1:
            hanging[len(cells)] = (rows - 1, text)
        cells.append(text)


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), 1000)) if value.isdecimal() and len(value) < 5 else 1
