"""JATS elements as light Markdown: headings, paragraphs, lists, tables."""

import re
from collections.abc import Collection, Iterator

from lxml import etree

from ingest.sources.jats.prepare import without_citations

_SKIP = {"ref-list", "fig", "media", "supplementary-material", "fn-group", "graphic", "inline-graphic",
         "object-id", "label", "alternatives", "table-wrap-foot", "kwd-group", "permissions", "sec-meta"}  # fmt: skip
_BLOCKS = {"p", "list", "def-list", "table-wrap", "table", "disp-quote", "boxed-text", "sec", "title", "disp-formula",
           "verse-group", "statement"}  # fmt: skip
_INLINE = {"label", "fn-group", "alternatives", "table-wrap-foot"}  # blocks left out, words kept
_MOST_COLUMNS, _MOST_ROWS = 50, 1000
_JOINTS = re.compile(r"\s*;(?:\s*;)*\s+")
_SPACE_BEFORE = re.compile(r"\s+([,.;:)])(?=\s|$)")


def render(article: etree._Element, title: str) -> str:
    """The article's text: title, abstracts, body; references, figures and foot matter are left out."""
    parts = [f"# {title}"] if title else []
    for abstract in article.findall("front/article-meta/abstract"):
        blocks = _blocks(abstract, 3)
        if blocks and abstract.find("title") is None:
            parts.append("## Abstract")
        parts += blocks
    body = article.find("body")
    if body is not None:
        parts += _blocks(body, 2)
    return "\n\n".join(part for part in parts if part)


def _blocks(element: etree._Element, level: int) -> list[str]:
    parts: list[str] = []
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIP:
            continue
        if child.tag == "title":
            parts.append(f"{'#' * min(max(level - 1, 2), 6)} {inline(child)}")
        elif child.tag == "sec":
            parts += _blocks(child, level + 1)
        elif child.tag == "list":
            parts.append("\n".join(_list(child, "")))
        elif child.tag == "def-list":
            parts.append(
                "\n".join(
                    f"- {inline(item.find('term'))}: {inline(item.find('def'))}" for item in child.findall("def-item")
                )
            )
        elif child.tag == "table-wrap":
            parts += _table_wrap(child)
        elif child.tag == "table":
            parts.append(_table(child))
        elif child.tag == "p":
            parts += _paragraph(child, level)
        elif any(inner.tag in _BLOCKS for inner in child):
            parts += _blocks(child, level)
        else:
            parts.append(inline(child))
    return [part for part in parts if part.strip("# ")]


def _paragraph(paragraph: etree._Element, level: int) -> list[str]:
    """A paragraph; lists and tables inside it become blocks of their own after the words before them."""
    inner = [child for child in paragraph if child.tag in ("list", "def-list", "table-wrap", "table", "boxed-text")]
    if not inner:
        return [inline(paragraph)]
    parts, piece = [], etree.Element("p")
    piece.text = paragraph.text
    for child in list(paragraph):
        if child in inner:
            tail, child.tail = child.tail, None
            holder = etree.Element("sec")
            holder.append(child)
            parts += [inline(piece), *_blocks(holder, level)]
            piece = etree.Element("p")
            piece.text = tail
        else:
            piece.append(child)
    return [*parts, inline(piece)]


def _list(element: etree._Element, indent: str) -> list[str]:
    lines = []
    for number, item in enumerate(element.findall("list-item"), 1):
        mark = f"{number}." if element.get("list-type") == "order" else "-"
        nested = [inner for inner in item.iter("list") if next(inner.iterancestors("list")) is element]
        words = [
            inline(child, leave=nested)
            for child in item
            if isinstance(child.tag, str) and child not in nested and child.tag not in _SKIP
        ]
        lines.append(f"{indent}{mark} {' '.join(filter(None, words))}")
        for inner in nested:
            lines += _list(inner, indent + "  ")
    return lines


def _table_wrap(wrap: etree._Element) -> list[str]:
    heading = " ".join(filter(None, (inline(wrap.find("label")), inline(wrap.find("caption")))))
    notes = [inline(foot) for foot in wrap.findall("table-wrap-foot")]
    return [heading, *(_table(table) for table in wrap.iter("table")), *notes]


def _table(table: etree._Element) -> str:
    rows = [row for row in _grid(table) if any(row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _grid(table: etree._Element) -> Iterator[list[str]]:
    """The words of each row's cells; a cell that reaches over more rows or columns leaves the others empty."""
    open_rows: dict[int, int] = {}  # column -> rows that a cell above still covers
    group = None
    for row in table.iter("tr"):
        if row.getparent() is not group:
            group, open_rows = row.getparent(), {}  # no cell reaches out of thead or tbody
        cells: list[str] = []
        below: dict[int, int] = {}
        for cell in (child for child in row if child.tag in ("td", "th")):
            while open_rows.get(len(cells), 0) > 0:
                cells.append("")
            columns, rows = _span(cell.get("colspan"), _MOST_COLUMNS), _span(cell.get("rowspan"), _MOST_ROWS)
            below |= {len(cells) + offset: rows - 1 for offset in range(columns)}
            cells += [inline(cell, "; ").replace("|", "\\|"), *[""] * (columns - 1)]
        yield cells
        open_rows = {column: left - 1 for column, left in open_rows.items() if left > 1} | below


def _span(stated: str | None, most: int) -> int:
    """A stated span between 1 and `most`; 1 where it is no number (0: to the end of the group)."""
    if stated is None or not re.fullmatch("[0-9]{1,9}", stated.strip()):
        return 1
    return min(int(stated), most) or most


def inline(element: etree._Element | None, joint: str = " ", leave: Collection[etree._Element] = ()) -> str:
    """The element's words on one line without those of `leave`; blocks inside it are joined by `joint`."""
    if element is None:
        return ""
    pieces: list[str] = []
    _words(element, pieces, joint, leave)
    text = " ".join("".join(pieces).split())
    if joint.strip():
        text = _JOINTS.sub(joint, text).strip(joint)
    return _SPACE_BEFORE.sub(r"\1", without_citations(text))


def _words(element: etree._Element, pieces: list[str], joint: str, leave: Collection[etree._Element]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            if child.tag in ("p", "list-item", "break", "title", "fn"):
                pieces.append(joint)
            if child not in leave and child.tag not in _SKIP - _INLINE:
                _words(child, pieces, joint, leave)
        pieces.append(child.tail or "")
