"""A page's markup as a tree, and a fragment of it as light Markdown."""

import html as entities
import re

from lxml import etree, html

from ingest.extract.html.blocks import blocks_of, markdown
from ingest.extract.result import ExtractError
from ingest.extract.scripts import flatten_math, flatten_scripts

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(text: str) -> html.HtmlElement:
    """The page's tree, raises `ExtractError` when there is no element."""
    try:
        return html.document_fromstring(_XML_DECLARATION.sub("", text).replace("\x00", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ExtractError("malformed" if text.strip() else "empty", f"not an HTML page: {error}") from error


def html_to_markdown(fragment: str) -> str:
    """A fragment of HTML, all of which is content, as light Markdown; "" for none."""
    if not fragment.strip():
        return ""
    try:
        root = parse(f"<html><body>{fragment}</body></html>")
    except ExtractError:
        return entities.unescape(re.sub(r"<[^>]+>", " ", fragment)).strip()
    flatten_math(root)
    flatten_scripts(root)
    return markdown(blocks_of(root))
