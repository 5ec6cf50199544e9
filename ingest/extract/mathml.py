"""MathML as a line of text: 10⁹/L, C_max, (a + b)/2, √x. Source: W3C MathML 3, chapter 3 (presentation elements).

Text that is taken over without its structure changes numbers: 10⁹ becomes 109 and ½ becomes 12.
"""

import unicodedata

from lxml import etree

from ingest.extract.script_chars import lowered, raised, term

_SPACED = set("=<>≤≥≪≫≈≃≅≠≡∼~±∓×·⋅÷+-−–→←↔∝∈")
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "˙": "\u0307"}
_WITHOUT_TEXT = {"annotation", "annotation-xml", "none", "mphantom", "mprescripts", "maligngroup", "malignmark"}
_CHOOSE = {"0", "0pt", "0px", "0em", "0ex"}


def render(math: etree._Element) -> str:
    """The text of a `math` element or of any of its parts, in one line; elements unknown here give their parts' text.

    Namespaces and prefixes are ignored. Works from the leaves upwards, so that depth is no limit.
    """
    done: dict[etree._Element, str] = {}
    for element in reversed(list(math.iter(etree.Element))):
        done[element] = _element(element, done)
    return unicodedata.normalize("NFC", " ".join(done[math].split()))


def local_name(element: etree._Element) -> str:
    """The tag without namespace and prefix, lower case (HTML parsers keep neither)."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower()


def _element(element: etree._Element, done: dict[etree._Element, str]) -> str:
    name = local_name(element)
    children = [child for child in element if isinstance(child.tag, str)]
    parts = [done[child] for child in children]
    base, first, second = (*parts, "", "", "")[:3]
    match name:
        case _ if name in _WITHOUT_TEXT:
            return ""
        case "mo":
            return " ".join((element.text or "").split()).translate(_INVISIBLE).replace("∘", "°")
        case "mspace":
            return " "
        case "semantics" | "maction":
            return base
        case "msup":
            return _base(base) + raised(first)
        case "msub":
            return _base(base) + lowered(first)
        case "msubsup" | "munderover":
            return _base(base) + lowered(first) + raised(second)
        case "munder":
            return _base(base) + lowered(first)
        case "mover":
            return base + _ACCENTS[first] if first in _ACCENTS and len(base) == 1 else _base(base) + raised(first)
        case "mmultiscripts":
            return _multiscripts(children, parts)
        case "mfrac":
            if element.get("linethickness") in _CHOOSE:
                return f"({base} choose {first})"
            return f"{term(base)}/{term(first)}"
        case "msqrt":
            return "√" + term(_row(element, children, parts))
        case "mroot":
            return raised(first) + "√" + term(base)
        case "mfenced":
            separator = (element.get("separators", ",").strip() or " ")[0]
            return element.get("open", "(") + f"{separator} ".join(parts) + element.get("close", ")")
        case "mtable":
            return "; ".join(part for part in parts if part)
        case "mtr" | "mlabeledtr":
            return " ".join(part for part in parts if part)
        case _:
            return _row(element, children, parts)


def _base(text: str) -> str:
    """A base in brackets when the script would else bind to its last part only: (1/2)², (a + b)ⁿ."""
    return term(text) if "/" in text or " " in text else text


def _row(element: etree._Element, children: list[etree._Element], parts: list[str]) -> str:
    """Parts side by side: blanks around an operator between two parts, and between digits of different elements."""
    row = element.text or ""
    row = " ".join(row.split()) if not children else row.strip()
    for place, (child, part) in enumerate(zip(children, parts, strict=True)):
        before = local_name(children[place - 1]) if place else ""
        if local_name(child) == "mo" and part in _SPACED:
            infix = before not in ("", "mo") and place + 1 < len(parts)
            row += f" {part} " if infix else part
        else:
            # two neighbouring mn are one number that a converter cut in pieces; 3 and 1/2 are not
            apart = joins_digits(row, part) and not before == local_name(child) == "mn"
            row += " " * apart + part
        row += (child.tail or "").strip()
    return row


def joins_digits(left: str, right: str) -> bool:
    """Whether writing `right` behind `left` would make one number of two."""
    return left[-1:].isdecimal() and right[:1].isdecimal()


def _multiscripts(children: list[etree._Element], parts: list[str]) -> str:
    """Base with its pairs of scripts behind it and, after `mprescripts`, before it: ¹⁸F."""
    names = [local_name(child) for child in children]
    cut = names.index("mprescripts") if "mprescripts" in names else len(parts)
    return _pairs(parts[cut + 1 :]) + "".join(parts[:1]) + _pairs(parts[1:cut])


def _pairs(parts: list[str]) -> str:
    return "".join(lowered(part) if place % 2 == 0 else raised(part) for place, part in enumerate(parts))
