"""Wiki markup as light Markdown (https://www.mediawiki.org/wiki/Help:Formatting)."""

import re

import mwparserfromhell
from mwparserfromhell.nodes import Comment, ExternalLink, Heading, HTMLEntity, Tag, Template, Text, Wikilink
from mwparserfromhell.wikicode import Wikicode

from ingest.extract.scripts import subscript, superscript

# Templates whose arguments are words of the sentence: name -> position of the argument that is shown.
_SHOWN = {"nowrap": 1, "lang": 2, "small": 1, "nobr": 1, "em": 1, "strong": 1, "abbr": 1, "sup": 1, "sub": 1, "val": 1,
          "unité": 1, "formatnum": 1, "siècle": 1}  # fmt: skip
_DROPPED_TAGS = {"ref", "references", "gallery", "timeline", "score", "imagemap", "math", "chem", "hiero", "graph",
                 "syntaxhighlight", "source", "templatestyles", "noinclude", "mapframe"}  # fmt: skip
_CELLS = ("td", "th")
_NESTED = re.compile(r"^((?:- |1\. )+)(?=- |1\. )", re.M)  # "**" is two list marks in a row
_MARKS = {"*": "- ", "#": "1. ", ":": "", ";": ""}
_TAIL = re.compile(
    r"^#+ *(?:references?|notes?(?: and references)?|external links|further reading|see also|bibliography|sources"
    r"|notes et références|références|liens externes|voir aussi|bibliographie|annexes|articles connexes"
    r"|note|riferimenti|collegamenti esterni|voci correlate|altri progetti|bibliografia"
    r"|referencias|enlaces externos|véase también|bibliografía|notas)\s*$",
    re.I | re.M,
)


def to_markdown(source: str, *, tables: bool) -> str:
    """Wikitext as text with `##` headings and lists; tables as rows or dropped; templates, notes and media dropped.

    Ends before the first closing section (references, external links, see also; en, fr, it, es).
    """
    text = _render(mwparserfromhell.parse(source), tables)
    text = re.sub(r"__[A-Z]+__", "", text)
    text = re.sub(r"\(\s*[;,]?\s*\)", "", text)  # what a dropped pronunciation leaves
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" *\n *", "\n", text)
    if tail := _TAIL.search(text):
        text = text[: tail.start()]
    text = re.sub(r"^#+\s*$", "", text, flags=re.M)
    text = _NESTED.sub(lambda marks: "  " * len(marks[1].split()), text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _render(code: Wikicode | None, tables: bool) -> str:
    if code is None:
        return ""
    return "".join(_node(node, tables) for node in code.nodes)


def _node(node, tables: bool) -> str:
    if isinstance(node, Text):
        return str(node.value)
    if isinstance(node, Heading):
        return f"\n\n{'#' * min(max(node.level, 2), 6)} {_render(node.title, tables).strip()}\n\n"
    if isinstance(node, Wikilink):
        return _link(node, tables)
    if isinstance(node, ExternalLink):
        return _render(node.title, tables) if node.title is not None else ("" if node.brackets else str(node.url))
    if isinstance(node, HTMLEntity):
        return node.normalize()
    if isinstance(node, Template):
        return _template(node, tables)
    if isinstance(node, Tag):
        return _tag(node, tables)
    if isinstance(node, Comment):
        return ""
    return ""  # arguments of templates: they belong to template pages, not to articles


def _link(node: Wikilink, tables: bool) -> str:
    target = str(node.title).strip()
    space, _, rest = target.partition(":")
    # File:, Category:, interwiki links have a namespace; "2001: A Space Odyssey" has a space after the colon.
    if rest and not rest.startswith(" ") and not target.startswith(":") and space.strip()[:1].isalpha():
        return ""
    shown = node.text if node.text is not None else None
    return _render(shown, tables) if shown is not None else target.lstrip(":").split("#")[0]


def _template(node: Template, tables: bool) -> str:
    name = str(node.name).strip().lower()
    if name in ("convert", "cvt") and node.has(1) and node.has(2):
        return f"{_render(node.get(1).value, tables).strip()} {_render(node.get(2).value, tables).strip()}"
    position = _SHOWN.get(name)
    if position is None or not node.has(position):
        return ""
    return _script(name, _render(node.get(position).value, tables).strip())


def _script(name: str, text: str) -> str:
    mapped = superscript(text) if name == "sup" else subscript(text) if name == "sub" else None
    return mapped or text


def _tag(node: Tag, tables: bool) -> str:
    name = str(node.tag).strip().lower()
    if name in _DROPPED_TAGS:
        return ""
    if name == "table":
        return f"\n\n{_rows(node, tables)}\n\n" if tables else ""
    if node.wiki_markup in _MARKS and name in ("li", "dt", "dd"):
        return _MARKS[node.wiki_markup]
    if name == "br":
        return "\n"
    if name == "li":
        return f"\n- {_render(node.contents, tables).strip()}"
    text = _render(node.contents, tables)
    return _script(name, text) if name in ("sup", "sub") else text


def _rows(table: Tag, tables: bool) -> str:
    """The table's rows; cells before the first row mark form a row of their own."""
    lines: list[str] = []
    loose: list[Tag] = []
    for node in table.contents.nodes if table.contents is not None else ():
        name = str(node.tag).strip() if isinstance(node, Tag) else ""
        if name in _CELLS:
            loose.append(node)
        elif name == "tr":
            lines += [_row(loose, tables), _row(node.contents.filter_tags(matches=_is_cell, recursive=False), tables)]
            loose = []
    return "\n".join(filter(None, [*lines, _row(loose, tables)]))


def _is_cell(node: Tag) -> bool:
    return str(node.tag).strip() in _CELLS


def _row(cells: list[Tag], tables: bool) -> str:
    words = [" ".join(_render(cell.contents, tables).split()) for cell in cells]
    return f"| {' | '.join(words)} |" if any(words) else ""
