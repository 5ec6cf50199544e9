"""Superscripts and subscripts as Unicode characters, so that 10<sup>9</sup>/L stays 10⁹/L and does not become 109/L."""

from lxml import etree

_PLAIN = "0123456789+-−–=()ni"
_SUPER = dict(zip(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUB = dict(zip(_PLAIN[:-2], "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True))


def superscript(text: str) -> str | None:
    """`text` in superscript characters; None when it has other characters than digits, signs and brackets."""
    return _map(text, _SUPER)


def subscript(text: str) -> str | None:
    """`text` in subscript characters; None when it has other characters than digits, signs and brackets."""
    return _map(text, _SUB)


def _map(text: str, table: dict[str, str]) -> str | None:
    text = "".join(text.split())
    return "".join(table[char] for char in text) if text and all(char in table for char in text) else None


def flatten_scripts(root: etree._Element) -> None:
    """Replace numeric `sup` and `sub` elements below `root` by Unicode text, in place; other ones stay."""
    for element in list(root.iter("sup", "sub")):
        content = "".join(element.itertext())
        text = superscript(content) if element.tag == "sup" else subscript(content)
        if text is not None and element.getparent() is not None:
            replace_by_text(element, text)


def replace_by_text(element: etree._Element, text: str) -> None:
    """Put `text` (and the element's tail) where the element was."""
    parent, previous = element.getparent(), element.getprevious()
    text += element.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)
