"""Wiki markup as light Markdown (https://www.mediawiki.org/wiki/Help:Formatting)."""

import re

import mwparserfromhell
from lxml import etree
from mwparserfromhell.nodes import Comment, ExternalLink, Heading, HTMLEntity, Tag, Template, Text, Wikilink
from mwparserfromhell.wikicode import Wikicode

from ingest.extract.scripts import flatten_scripts
from ingest.sources.tex import tex_text
from ingest.sources.wiki.templates import template_text, touching

_DROPPED_TAGS = {"ref", "references", "gallery", "timeline", "score", "imagemap", "hiero", "graph", "syntaxhighlight",
                  "source", "templatestyles", "noinclude", "mapframe"}  # fmt: skip
_SCRIPTS = {"sup": "sup", "sub": "sub", "exp": "sup", "ind": "sub"}  # template -> element
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIGIT_BEFORE = re.compile(r"\d\xa0?$")
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
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r"\( ?[;,]? ?\)", "", text)  # what a dropped pronunciation leaves
    text = re.sub(r" +", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    if tail := _TAIL.search(text):
        text = text[: tail.start()]
    text = re.sub(r"^#+\s*$", "", text, flags=re.M)
    text = _NESTED.sub(lambda marks: "  " * len(marks[1].split()), text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _render(code: Wikicode | None, tables: bool) -> str:
    if code is None:
        return ""
    text = ""
    for position, node in enumerate(code.nodes):
        if isinstance(node, Template):
            following = code.nodes[position + 1] if position + 1 < len(code.nodes) else ""
            text += _template(node, tables, text[-2:], str(following)[:1])
        elif isinstance(node, Tag) and str(node.tag).strip().lower() in ("sup", "sub"):
            text += _script(str(node.tag).strip().lower(), _render(node.contents, tables), text[-2:])
        else:
            text += _node(node, tables)
    return text


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


def _template(node: Template, tables: bool, before: str, after: str) -> str:
    """What the template shows; `before` and `after` are the characters around it."""
    name = str(node.name).strip().lower()
    positional = [_render(item.value, tables).strip() for item in node.params if not item.showkey]
    named = {str(item.name).strip(): _render(item.value, tables).strip() for item in node.params if item.showkey}
    positional = positional or ([named["1"]] if "1" in named else [])
    if name in _SCRIPTS:
        return _script(_SCRIPTS[name], "".join(positional[:1]), before)
    known = template_text(name, positional, named)
    if known is not None:
        return known
    if not _DIGIT_BEFORE.search(before) and not after.isdecimal():
        return ""
    shown = touching(name, positional)
    return f" {shown}" if shown[:1].isdecimal() and before[-1:].isdecimal() else shown


def _script(tag: str, text: str, before: str) -> str:
    """A superscript or subscript after `before`, as in pages (10⁹, 10^5.5, 1st)."""
    holder, character = etree.Element("p"), before[-1:] if before[-1:].isalnum() else ""
    holder.text = character
    etree.SubElement(holder, tag).text = _NOT_XML.sub("", text)
    flatten_scripts(holder)
    return "".join(holder.itertext())[len(character) :]


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
    if name in ("math", "chem", "ce"):
        return tex_text(str(node.contents or ""))
    return _render(node.contents, tables)


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
