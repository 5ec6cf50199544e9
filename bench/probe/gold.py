"""A page under construction: each thing that is written into it is noted as something that must be found again."""

import dataclasses
import html
import re

DOSE = re.compile(
    r"\d+(?:[.,]\d+)?(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?\s?(?:mg|µg|g|ml|UI|mmol|mEq|%|°C)"
    r"(?:/(?:kg|L|l|die|jour|día|day|h|dL|ml))*"
)
_TAG = re.compile(r"<[^>]+>")


@dataclasses.dataclass
class Gold:
    """What a page's text must hold. Rows are tuples of cells; `scripts`: (text that must be, damaged text that must not
    stand in its place)."""

    headings: list[str] = dataclasses.field(default_factory=list)
    items: list[str] = dataclasses.field(default_factory=list)
    rows: list[tuple[str, ...]] = dataclasses.field(default_factory=list)
    doses: list[str] = dataclasses.field(default_factory=list)
    scripts: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    boilerplate: list[str] = dataclasses.field(default_factory=list)


class Writer:
    """Writes the main content of a page as HTML and its gold at once."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.gold = Gold()

    def raw(self, markup: str) -> None:
        """Markup of which nothing is noted."""
        self.parts.append(markup)

    def heading(self, text: str, level: int = 2, inside: str = "") -> None:
        """A section's heading; `inside`: an element around its words, as accordions have it."""
        words = f"<{inside}>{html.escape(text)}</{inside.split()[0]}>" if inside else html.escape(text)
        self.parts.append(f"<h{level}>{words}</h{level}>")
        self.gold.headings.append(text)

    def paragraph(self, markup: str, tag: str = "p") -> None:
        """Running text; its doses are noted."""
        self.parts.append(f"<{tag}>{markup}</{tag}>")
        self._doses(plain(markup))

    def bullets(self, items: list, tag: str = "ul") -> None:
        """A list; an item is text, or (text, list of items below it)."""
        self.parts.append(self._list(items, tag))

    def definitions(self, pairs: list[tuple[str, str]]) -> None:
        """A definition list: terms and definitions count as items."""
        rows = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd>" for term, text in pairs)
        self.parts.append(f"<dl>{rows}</dl>")
        for term, text in pairs:
            self.gold.items += [term, text]
            self._doses(text)

    def table(self, rows: list[list], caption: str = "", head: bool = True, wrap: str = "") -> None:
        """A table; a cell is text, or a list of texts (a list in the cell). `wrap`: an element inside each cell."""
        lines = [f"<caption>{html.escape(caption)}</caption>"] if caption else []
        for at, row in enumerate(rows):
            tag = "th" if head and at == 0 else "td"
            lines.append("<tr>" + "".join(f"<{tag}>{_cell(cell, wrap)}</{tag}>" for cell in row) + "</tr>")
            self.note_row([part for cell in row for part in (cell if isinstance(cell, list) else [cell])])
        self.parts.append(f"<table>{''.join(lines)}</table>")

    def note_row(self, cells: list[str]) -> None:
        """Note cells that must stand together in one line."""
        self.gold.rows.append(tuple(plain(cell) for cell in cells if plain(cell)))
        for cell in cells:
            self._doses(plain(cell))

    def script(self, markup: str, right: str, damaged: str) -> None:
        """A sentence with superscripts or subscripts."""
        self.paragraph(markup)
        self.gold.scripts.append((right, damaged))

    def _list(self, items: list, tag: str) -> str:
        out = []
        for item in items:
            text, below = item if isinstance(item, tuple) else (item, [])
            self.gold.items.append(plain(text))
            self._doses(plain(text))
            out.append(f"<li>{text}{self._list(below, 'ul') if below else ''}</li>")
        return f"<{tag}>{''.join(out)}</{tag}>"

    def _doses(self, text: str) -> None:
        self.gold.doses += DOSE.findall(text)


def plain(markup: str) -> str:
    """The words of a piece of markup."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _cell(cell: str | list[str], wrap: str) -> str:
    if isinstance(cell, list):
        return "<ul>" + "".join(f"<li>{item}</li>" for item in cell) + "</ul>"
    return f"<{wrap}>{cell}</{wrap}>" if wrap else cell
