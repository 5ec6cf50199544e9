"""The Unicode superscript and subscript characters, and the caret notation for what has none."""

import re

_PLAIN = "0123456789+-−–=()ni"
_SUPER = dict(zip(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUB = dict(zip(_PLAIN[:-2], "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True))
_ONE_TERM = re.compile(r"[+\-−–]?(?:\w|[.,]\w)+")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_RAISED_ALREADY = re.compile(r"[′″‴'*†‡°]+")  # stand high by themselves


def superscript(text: str) -> str | None:
    """`text` in superscript characters; None when it has other characters than digits, signs and brackets."""
    return _map(text, _SUPER)


def subscript(text: str) -> str | None:
    """`text` in subscript characters; None when it has other characters than digits, signs and brackets."""
    return _map(text, _SUB)


def raised(text: str) -> str:
    """`text` as superscript characters, else as `^5.5`, `^(a + b)`; "" stays ""."""
    if _RAISED_ALREADY.fullmatch(text):
        return text
    return superscript(text) or (text and "^" + term(text))


def lowered(text: str) -> str:
    """`text` as subscript characters, else as `_max`, `_(a + b)`; "" stays ""."""
    return subscript(text) or (text and "_" + term(text))


def term(text: str) -> str:
    """`text` in brackets unless it is one term, so that a/(b + c) does not become a/b + c."""
    return text if not text or _ONE_TERM.fullmatch(text) or _BRACKETED.fullmatch(text) else f"({text})"


def _map(text: str, table: dict[str, str]) -> str | None:
    text = "".join(text.split())
    return "".join(table[char] for char in text) if text and all(char in table for char in text) else None
