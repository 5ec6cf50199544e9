"""HTML pages: main text as Markdown with tables, by trafilatura after a repair of what it would lose."""

import re

import trafilatura
from lxml import etree, html

from ingest.extract import metadata
from ingest.extract.charset import decode
from ingest.extract.options import HtmlOptions
from ingest.extract.result import Extracted, ExtractError
from ingest.extract.scripts import flatten_math, flatten_scripts
from shards.step import library_version

_DEFAULTS = HtmlOptions()
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CELL_BLOCKS = ("p", "div", "ul", "ol", "dl", "dt", "dd", "li", "br")
_ROW = re.compile(r"^\|.*$", re.M)
_SEPARATOR = re.compile(r"\s*;(?:\s*;)*\s+")
_CELL_START = re.compile(r"\|\s*; ")
_ESCAPED = re.compile(r"(\\+)([`*_~\[\]<])")
_ESCAPED_START = re.compile(r"^(\s*(?:(?:[-*+]|\d+\.) )*(?:\d{1,9})?)\\([-+>#.)])")


def extract_html(payload: bytes, charset: str | None, url: str | None, options: HtmlOptions = _DEFAULTS) -> Extracted:
    """Text and metadata of a page; `charset` as declared by HTTP. Raises `ExtractError` (malformed, empty)."""
    text, _ = decode(payload, charset)
    root = parse(text)
    meta, linked = metadata.meta_fields(root), metadata.json_ld(root)
    license_, evidence = metadata.license_of(root, meta, linked)
    facts = {
        "title": metadata.title(root, meta, linked),
        "language": metadata.language(root, meta),
        "published": metadata.published(root, meta, linked),
        "license": license_,
        "license_evidence": evidence,
        "opt_out": metadata.opt_outs(meta),
    }
    flatten_math(root)
    flatten_scripts(root)
    flatten_cells(root)
    body = trafilatura.extract(
        root, url=url, output_format="markdown", include_comments=False, include_tables=True, include_formatting=True,
        include_links=False, include_images=False, with_metadata=False, deduplicate=False,
    )  # fmt: skip
    if not body or not body.strip():
        raise ExtractError("empty", "no main text found on the page")
    return Extracted(text=unescape(tidy_rows(body)), extractor=f"trafilatura/{library_version('trafilatura')}", **facts)


def parse(text: str) -> html.HtmlElement:
    """The page's tree, raises `ExtractError` when there is no element."""
    try:
        return html.document_fromstring(_XML_DECLARATION.sub("", text).replace("\x00", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ExtractError("malformed" if text.strip() else "empty", f"not an HTML page: {error}") from error


def flatten_cells(root: html.HtmlElement) -> None:
    """Put the blocks inside table cells on one line, list items set off by "; ", in place.

    trafilatura drops lists in cells, and the dose with them (its issue 531). Cells that hold a table or a heading are
    layout: their blocks are the page's own, and the cell becomes one of them.
    """
    for cell in list(root.iter("td", "th")):
        if next(cell.iter("table", "h1", "h2", "h3"), None) is not None:
            cell.tag = "div"
        else:
            for block in list(cell.iter(*_CELL_BLOCKS)):
                block.text = ("; " if block.tag in ("li", "dd") else " ") + (block.text or "")
                block.tail = " " + (block.tail or "")
                block.drop_tag()


def tidy_rows(markdown: str) -> str:
    """Table rows without the separators that `flatten_cells` left in front of a cell's first words."""
    return _ROW.sub(lambda row: _CELL_START.sub("| ", _SEPARATOR.sub("; ", row[0])), markdown)


def unescape(markdown: str) -> str:
    """The Markdown without the backslashes that keep "< 5 mg" and "5 * 3" from being read as markup.

    Code blocks stay as they are, and so does the pipe inside a table cell, which would end the cell.
    """
    lines, in_code = [], False
    for line in markdown.split("\n"):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            line = _ESCAPED_START.sub(r"\1\2", _ESCAPED.sub(_without_escape, line))
        lines.append(line)
    return "\n".join(lines)


def _without_escape(match: re.Match) -> str:
    """trafilatura doubles the page's own backslashes before it adds one; an even number is none of its making."""
    own, added = divmod(len(match[1]), 2)
    return "\\" * own + match[2] if added else match[0]
