"""Formulas in TeX as running text: 10^9/L becomes 10⁹/L; what is not simple stays TeX between dollar signs."""

import re

from ingest.extract.script_chars import lowered, raised, subscript, superscript

_SYMBOLS = {"times": "×", "cdot": "·", "pm": "±", "mu": "μ", "alpha": "α", "beta": "β", "gamma": "γ", "Delta": "Δ",
            "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "sim": "~", "to": "→", "rightarrow": "→",
            "circ": "°", "percent": "%"}  # fmt: skip
_SYMBOL = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])[ ]?")
_UPRIGHT = re.compile(r"\\(?:mathrm|text|textrm|mathbf|mathit|rm|operatorname|hbox|mbox|ce)\s*\{([^{}\\]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}\\]*)\}\s*\{([^{}\\]*)\}")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}\\]*)\}|([^\s{}\\^_]))")
_SPACES = re.compile(r"\\[,;:! ]|~")
_ATOM = re.compile(r"\w+|\d+[.,]\d+")


def tex_text(source: str) -> str:
    """The formula on one line; `source` may be a whole LaTeX document, as PubMed Central wraps its formulas."""
    body = source.rpartition(r"\begin{document}")[2].partition(r"\end{document}")[0]
    formula = " ".join(body.split()).strip("$ ")
    text = _UPRIGHT.sub(r"\1", _SPACES.sub(" ", formula.replace("\\%", "%").replace("{,}", ",")))
    text = _SYMBOL.sub(lambda match: _SYMBOLS.get(match[1], match[0]), text)
    text = _FRACTION.sub(lambda match: f"{_atom(match[1])}/{_atom(match[2])}", text)
    text = _SCRIPT.sub(_script, text)
    return f"${formula}$" if any(char in text for char in "\\{}") else " ".join(text.split())


def _script(match: re.Match[str]) -> str:
    content = match[2] if match[2] is not None else match[3]
    if match[1] == "^":
        return superscript(content) or raised(content)
    return subscript(content) or lowered(content)


def _atom(text: str) -> str:
    return text if _ATOM.fullmatch(text) else f"({text})"
