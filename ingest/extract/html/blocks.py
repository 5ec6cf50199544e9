"""A page's tree as a list of blocks (paragraphs, headings, list items, table rows), and blocks as light Markdown."""

import dataclasses
from collections.abc import Iterable

from lxml import etree

from ingest.extract.html.grid import rows_of

PARAGRAPH, HEADING, ITEM, ROW, TERM, DEFINITION, CAPTION, CODE = "p", "h", "li", "row", "dt", "dd", "caption", "pre"


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SKIPPED = _tags(
    "script style noscript template svg iframe object embed canvas head select option datalist textarea audio video "
    "map applet frame frameset dialog nav footer"
)
_INLINE = _tags(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark nobr output q s samp "
    "small span strike strong sub sup time tt u var wbr ruby rb rp rt"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_KINDS = {"li": ITEM, "dt": TERM, "dd": DEFINITION, "caption": CAPTION, "pre": CODE}
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_UNSEEN = {0x200B: None, 0xFEFF: None}  # zero width
_DEEPEST = 200  # nesting beyond which a page is taken for hostile, and its rest for one block


@dataclasses.dataclass(slots=True)
class Block:
    """One block. `text`: its words, white space folded (`<br>` is a line break); of a row, its cells joined by " | ".

    `group`: number of the table or outermost list (`dl` among them) that it is a part of, 0 outside. `depth`: heading
    level, or how deep the list is nested. `linked`: characters that are inside links.
    """

    kind: str
    text: str
    depth: int = 0
    group: int = 0
    linked: int = 0
    number: int = 0  # of an item in an ordered list, counted from 1; 0 in an unordered one
    cells: tuple[str, ...] = ()


class _Walk:
    """One pass over a tree, in document order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.kind, self.level, self.number = PARAGRAPH, 0, 0
        self.group = self.groups = 0
        self.lists: list[list] = []  # of each open list: [is ordered, items so far]

    def flush(self) -> None:
        """End the block that is being written."""
        if self.pieces:
            text = fold("".join(self.pieces)) if self.kind != CODE else "".join(self.pieces).strip("\n")
            if text:
                depth = self.level if self.kind == HEADING else len(self.lists)
                self.blocks.append(Block(self.kind, text, depth, self.group, min(self.linked, len(text)), self.number))
                if self.kind in (ITEM, TERM, DEFINITION):
                    self.kind, self.number = PARAGRAPH, 0
            self.pieces, self.linked = [], 0

    def inside(self, element: etree._Element, in_link: bool, depth: int) -> None:
        """Take in what stands inside `element`."""
        if element.text:
            self.write(element.text, in_link)
        for child in element:
            self.element(child, in_link, depth + 1)
            if child.tail:
                self.write(child.tail, in_link)

    def write(self, text: str, in_link: bool) -> None:
        if not self.pieces and text.isspace() and self.kind != CODE:
            return  # the page's own indentation
        self.pieces.append(text)
        if in_link:
            self.linked += len(text.strip())

    def element(self, element: etree._Element, in_link: bool, depth: int) -> None:
        tag = element.tag
        if tag in _INLINE and depth <= _DEEPEST:
            self.inside(element, in_link or tag == "a", depth)
        elif not isinstance(tag, str) or tag in _SKIPPED or (tag == "button" and self.kind != HEADING):
            return
        elif depth > _DEEPEST:
            self.write("".join(element.itertext()), in_link)
        elif tag == "br":
            self.pieces.append("\x0b")  # a line break that `fold` keeps
        elif tag == "button":
            self.inside(element, in_link, depth)
        elif tag == "table":
            self.table(element, in_link, depth)
        elif tag in _LISTS or tag == "dl":
            self.list(element, in_link, depth)
        else:
            self.block(element, tag, in_link, depth)

    def block(self, element: etree._Element, tag: str, in_link: bool, depth: int) -> None:
        kind = _KINDS.get(tag)
        if tag in _HEADINGS:
            kind, level = HEADING, _HEADINGS[tag]
        elif kind is None and self.kind in (ITEM, DEFINITION) and not "".join(self.pieces).strip():
            self.inside(element, in_link, depth)  # <li><p>: the item's first paragraph is the item
            self.flush()
            return
        self.flush()
        before = self.kind, self.level, self.number
        self.kind, self.level, self.number = kind or PARAGRAPH, level if kind == HEADING else 0, 0
        if kind == ITEM and self.lists:
            self.lists[-1][1] += 1
            self.number = self.lists[-1][1] if self.lists[-1][0] else 0
        self.inside(element, in_link, depth)
        self.flush()
        self.kind, self.level, self.number = before

    def list(self, element: etree._Element, in_link: bool, depth: int) -> None:
        self.flush()
        before = self.kind, self.level, self.number, self.group
        self.kind, self.number = PARAGRAPH, 0
        if not self.lists and not self.group:
            self.groups += 1
            self.group = self.groups
        start = element.get("start", "")
        if element.tag != "dl":
            self.lists.append([element.tag == "ol", int(start) - 1 if start.isdecimal() and len(start) < 6 else 0])
        self.inside(element, in_link, depth)
        self.flush()
        if element.tag != "dl":
            self.lists.pop()
        self.kind, self.level, self.number, self.group = before

    def table(self, element: etree._Element, in_link: bool, depth: int) -> None:
        rows = rows_of(element)
        if rows is None:  # a table for layout: its cells are the page's own blocks
            self.block(element, "div", in_link, depth)
            return
        self.flush()
        before, self.group = self.group, self.groups + 1
        self.groups += 1
        for caption in element.iterchildren("caption"):
            self.block(caption, "caption", in_link, depth)
        for cells, linked in rows:
            text = " | ".join(cell for cell in cells if cell)
            if text and len([cell for cell in cells if cell]) == 1:
                self.blocks.append(Block(PARAGRAPH if len(cells) == 1 else ROW, text, 0, self.group, linked, 0, cells))
            elif text:
                self.blocks.append(Block(ROW, text, 0, self.group, linked, 0, cells))
        self.group = before


def blocks_of(root: etree._Element) -> list[Block]:
    """The blocks of a page's body, in document order: every visible word but menus and footers is in one."""
    walk = _Walk()
    body = root.find("body")
    walk.inside(root if body is None else body, False, 0)
    walk.flush()
    return walk.blocks


def fold(text: str) -> str:
    """White space folded to single spaces; line breaks marked by `<br>` are kept, none at the ends."""
    if "\x0b" not in text:
        return " ".join(text.translate(_UNSEEN).split())
    return "\n".join(filter(None, (" ".join(line.translate(_UNSEEN).split()) for line in text.split("\x0b"))))


def markdown(blocks: Iterable[Block]) -> str:
    """Blocks as light Markdown: `##` headings, `-` and `1.` items indented by depth, tables row by row."""
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        joined = before is not None and before.group == block.group != 0 and before.kind == block.kind
        tight = joined and block.kind in (ITEM, ROW)
        tight = tight or (before is not None and (before.kind, block.kind) in ((TERM, DEFINITION), (TERM, TERM)))
        if lines and not tight:
            lines.append("")
        if block.kind == HEADING:
            lines.append(f"{'#' * block.depth} {block.text}".replace("\n", " "))
        elif block.kind == ITEM:
            indent = "  " * max(0, block.depth - 1)
            mark = f"{block.number}." if block.number else "-"
            lines.append(f"{indent}{mark} {block.text}".replace("\n", f"\n{indent}  "))
        elif block.kind == ROW:
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in block.cells) + " |")
            if not tight:
                lines.append("|" + " --- |" * len(block.cells))
        elif block.kind == TERM:
            lines.append(f"{block.text}:" if not block.text.endswith(":") else block.text)
        elif block.kind == DEFINITION:
            lines.append(f"- {block.text}")
        elif block.kind == CODE:
            lines.append(f"```\n{block.text}\n```")
        else:
            lines.append(block.text)
        before = block
    return "\n".join(lines)
