"""JATS elements as light Markdown: headings, paragraphs, lists, tables."""

import re

from lxml import etree

_SKIP = {"ref-list", "fig", "media", "supplementary-material", "fn-group", "tex-math", "graphic", "inline-graphic",
         "object-id", "label", "alternatives", "table-wrap-foot", "kwd-group", "permissions", "sec-meta"}  # fmt: skip
_BLOCKS = {"p", "list", "def-list", "table-wrap", "table", "disp-quote", "boxed-text", "sec", "title", "disp-formula",
           "verse-group", "statement"}  # fmt: skip
_EMPTY_CITATION = re.compile(r"\s*[\[(][\s,;–-]*[\])]")
_JOINTS = re.compile(r"\s*;(?:\s*;)*\s+")
_SPACE_BEFORE = re.compile(r"\s+([,.;:)])(?=\s|$)")


def strip_namespaces(root: etree._Element) -> etree._Element:
    """The tree with local tag names only (publishers put JATS, MathML and OASIS tables in namespaces or not)."""
    for element in root.iter():
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


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
        words = [inline(child) for child in item if isinstance(child.tag, str) and child.tag not in ("list", *_SKIP)]
        lines.append(f"{indent}{mark} {' '.join(filter(None, words))}")
        for nested in item.findall("list") + item.findall("p/list"):
            lines += _list(nested, indent + "  ")
    return lines


def _table_wrap(wrap: etree._Element) -> list[str]:
    heading = " ".join(filter(None, (inline(wrap.find("label")), inline(wrap.find("caption")))))
    notes = [inline(foot) for foot in wrap.findall("table-wrap-foot")]
    return [heading, *(_table(table) for table in wrap.iter("table")), *notes]


def _table(table: etree._Element) -> str:
    rows = []
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row:
            if cell.tag in ("td", "th"):
                span = cell.get("colspan", "1")
                cells += [inline(cell, "; ").replace("|", "\\|")] + [""] * (
                    min(int(span), 50) - 1 if span.isdigit() else 0
                )
        if any(cells):
            rows.append(cells)
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def inline(element: etree._Element | None, joint: str = " ") -> str:
    """The element's words on one line; blocks inside it are joined by `joint`; citations of references are dropped."""
    if element is None:
        return ""
    pieces: list[str] = []
    _words(element, pieces, joint)
    text = " ".join("".join(pieces).split())
    if joint.strip():
        text = _JOINTS.sub(joint, text).strip(joint)
    return _SPACE_BEFORE.sub(r"\1", _EMPTY_CITATION.sub("", text))


def _words(element: etree._Element, pieces: list[str], joint: str) -> None:
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            citation = child.tag == "xref" and child.get("ref-type") == "bibr"
            if child.tag in ("p", "list-item", "break", "title", "fn"):
                pieces.append(joint)
            if not citation and child.tag not in _SKIP - {"label", "fn-group", "alternatives", "table-wrap-foot"}:
                _words(child, pieces, joint)
        pieces.append(child.tail or "")
