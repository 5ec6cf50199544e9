"""Superscripts, subscripts and formulas of a tree as text, so that 10<sup>9</sup>/L does not become 109/L.

What has a Unicode character gets it (10⁹/L); what has none is marked where gluing would change a number (10^5.5).
"""

import re

from lxml import etree

from ingest.extract.mathml import joins_digits, local_name, render
from ingest.extract.script_chars import lowered, raised, subscript, superscript

__all__ = ["flatten_math", "flatten_scripts", "replace_by_text", "subscript", "superscript"]

_ORDINAL = re.compile(r"(?:st|nd|rd|th|ers?|[ns]?de?s?|i?[eèé]mes?|res?|ère?s?|es?|os?|as?|ª|º|r\.?)", re.I)
_EXPONENT = re.compile(r"(?=.*\w)[\w+\-−–.,·×/() ]+")


def flatten_scripts(root: etree._Element) -> None:
    """Replace `sup` and `sub` elements below `root` by Unicode text, in place.

    A `sup` without such characters right after a digit becomes `^5.5`, a `sub` with digits `_2.5`; ordinals (1st, 2e),
    reference marks ([1], *) and scripts that follow a letter stay elements.
    """
    for element in reversed(list(root.iter("sup", "sub"))):  # inner ones first
        content = " ".join("".join(element.itertext()).split())
        text = _superscript(element, content) if element.tag == "sup" else _subscript(element, content)
        if text is not None and element.getparent() is not None:
            replace_by_text(element, text)


def flatten_math(root: etree._Element) -> None:
    """Replace MathML below `root` (any prefix or namespace) by its text, in place: 10⁹/L, 1/2, C_max."""
    for element in [element for element in root.iter(etree.Element) if local_name(element) == "math"]:
        if element.getparent() is None:
            continue
        text = render(element)
        before, after = text_before(element), element.tail or ""
        block = element.get("display") == "block"
        left = " " if text and (block or joins_digits(before, text)) else ""
        right = " " if text and (block or joins_digits(text, after)) else ""
        replace_by_text(element, left + text + right)


def text_before(element: etree._Element) -> str:
    """The text that stands directly before an element inside its parent."""
    previous = element.getprevious()
    if previous is None:
        return element.getparent().text or "" if element.getparent() is not None else ""
    if previous.tail or not isinstance(previous.tag, str):
        return previous.tail or ""
    return "".join(previous.itertext())


def _superscript(element: etree._Element, content: str) -> str | None:
    mapped = superscript(content)
    if mapped is not None or not text_before(element)[-1:].isdecimal():
        return mapped
    return raised(content) if _EXPONENT.fullmatch(content) and not _ORDINAL.fullmatch(content) else None


def _subscript(element: etree._Element, content: str) -> str | None:
    mapped = subscript(content)
    if mapped is not None or not joins_digits(text_before(element), content):
        return mapped
    return lowered(content)


def replace_by_text(element: etree._Element, text: str) -> None:
    """Put `text` (and the element's tail) where the element was."""
    parent, previous = element.getparent(), element.getprevious()
    text += element.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)
