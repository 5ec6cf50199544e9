"""Templates of wikis that stand for words and quantities of the sentence (en, fr, it, es), as text.

Documentation of each: https://en.wikipedia.org/wiki/Template:NAME. A dropped number or unit changes a dose, hence what
is not known here stays as its arguments where it touches a digit (`touching`).
"""

import re

from ingest.extract.script_chars import lowered, raised, term

# Name -> position of the argument that is shown.
_SHOWN = {"nowrap": 1, "lang": 2, "small": 1, "nobr": 1, "em": 1, "strong": 1, "abbr": 1, "siècle": 1, "esd": 1,
          "nowrap begin": 1, "nobreak": 1, "formatnum": 1}  # fmt: skip
_SIGNS = {"=": "=", "!": "|", "±": "±", "+-": "±", "ndash": "–", "mdash": "—", "dash": "–", "en dash": "–",
          "snd": " – ", "spnd": " – ", "spaced ndash": " – ", "nbsp": "\xa0", "thinsp": "\xa0", "times": "×",
          "minus": "−", "-": "−", "lt": "<", "gt": ">", "·": "·", "dot": "·", ",": ",", "%": "%"}  # fmt: skip
_QUANTITIES = ("val", "unité", "unite", "unidad", "m", "nb", "nombre", "num", "quantité")
_POWERS = ("e", "x10^", "10^", "10x")
_FRACTIONS = ("frac", "fraction", "sfrac", "fracción", "frazione")
_JOINERS = {"to": " to ", "-": "–", "–": "–", "to(-)": "–", "and": " and ", "and(-)": " and ", "or": " or ",
            "by": " by ", "x": " × ", "×": " × ", "xx": " × ", "*": " × ", "by(x)": " × ", "+/-": " ± ", "±": " ± ",
            "+": " + ", "à": " à ", "et": " et ", "a": " a ", "y": " y ", "o": " o ", "e": " e "}  # fmt: skip
_SECOND_VALUES = {"à": " à ", "et": " et ", "ou": " ou ", "±": " ± ", "+/-": " ± ", "a": " a ", "y": " y ", "o": " o "}
_NUMBER = re.compile(r"[+\-−–±~<>≤≥]?\s?\d[\d\s.,'’+/⁄½¼¾]*(?:\([\d.]+\)\d*)?(?:e[+\-−]?\d+)?", re.I)
_EXPONENT = re.compile(r"(.*\d)e([+\-−]?\d+)", re.I | re.S)
_NO_BLANK = re.compile("[/%′″×^.]|°$")  # units that stand right after their number
_ORDINAL = re.compile(r"\d*(?:er|re|e|ère|ème|nde?)(?: \w+){0,2}")  # the name alone is what is shown: 2{{e}}, {{1er}}
# Notes, sources and complaints about them: no words of the sentence, whatever they touch.
_NOTES = re.compile(
    r"(?:sfn|efn|harv|ref|rp$|r$|rm$|note|cite|cita|citation|cn$|fact|when|who|which|clarif|dead|as of|page|verify"
    r"|by wh|better|medical cit|medrs|primary|unreliable|update|senza fonte|non chiaro|référence|source|pas clair|quand"
    r"|cita req|cuándo|#|anchor|ancre|ancla|shortcut|coord|increase|decrease|steady|flag|icon|audio|ipa|api"
    r"|pron|respell)",
    re.I,
)


def template_text(name: str, positional: list[str], named: dict[str, str]) -> str | None:
    """What a template (lower-case name) shows in the sentence; None for one that is not known here."""
    if name in _SIGNS:
        return _SIGNS[name]
    if name.startswith("formatnum:"):
        return name.removeprefix("formatnum:").strip()
    if not positional and _ORDINAL.fullmatch(name):
        return name
    if name in _SHOWN:
        return positional[_SHOWN[name] - 1] if len(positional) >= _SHOWN[name] else ""
    if name in ("convert", "cvt", "conversion"):
        return _converted(positional)
    if name in _QUANTITIES:
        return _quantity(positional, named)
    if name in _POWERS:
        return ("10" if name in ("10^", "10x") else "×10") + raised("".join(positional[:1]))
    if name in _FRACTIONS:
        return _fraction(positional)
    if name in ("chem", "fchim"):
        return "".join(map(_chemical, positional))
    return None


def touching(name: str, positional: list[str]) -> str:
    """The arguments of an unknown template that touches a digit; nothing for notes and sources."""
    return "" if _NOTES.match(name) else " ".join(filter(None, positional))


def _converted(positional: list[str]) -> str:
    """`5|to|10|mg|oz` as "5 to 10 mg": values and joiners in turn, then the unit they are given in."""
    text, rest = "".join(positional[:1]), positional[1:]
    while len(rest) >= 2 and rest[0].lower() in _JOINERS and _NUMBER.fullmatch(rest[1]):
        text += _JOINERS[rest[0].lower()] + rest[1]
        rest = rest[2:]
    return _with_unit(text, rest[0] if rest else "")


def _quantity(positional: list[str], named: dict[str, str]) -> str:
    """A value, its uncertainty or second value, power of ten, and unit (as `|mg`, `|m|s|-1`, `|u=`, `|ul=`, `|up=`)."""
    value, rest = "".join(positional[:1]), positional[1:]
    if match := _EXPONENT.fullmatch(value):
        value, named = match[1], {"e": match[2], **named}
    rest = rest[1:] if rest and not rest[0] and len(rest) > 1 else rest
    if len(rest) >= 2 and _NUMBER.fullmatch(rest[0]) and _NUMBER.fullmatch(rest[1]):
        value, rest = f"{value} +{rest[0].lstrip('+')} −{rest[1].lstrip('-−')}", rest[2:]
    elif rest and _NUMBER.fullmatch(rest[0]):
        value, rest = f"{value} ± {rest[0]}", rest[1:]
    value += "".join(joint + named[name] for name, joint in _SECOND_VALUES.items() if named.get(name))
    if named.get("e"):
        value = f"({value})" if " " in value and not value.replace(" ", "").isdigit() else value
        value += f"×10{raised(named['e'])}"
    unit = _units(rest) or named.get("u") or named.get("ul") or ""
    per = named.get("up") or named.get("upl")
    value = named.get("p", "") + value + named.get("s", "") if "u" in named or "ul" in named else value
    return _with_unit(value, unit + (f"/{per}" if per else ""))


def _units(parts: list[str]) -> str:
    """`m`, `s`, `-1` as "m s⁻¹": a number is the power of the unit before it."""
    text = ""
    for part in filter(None, parts):
        power = re.fullmatch(r"[+\-−]?\d+", part)
        text += raised(part) if power and text else ("" if not text or _NO_BLANK.match(part) else " ") + part
    return text


def _with_unit(value: str, unit: str) -> str:
    return value + ("" if not unit or _NO_BLANK.match(unit) else " ") + unit


def _fraction(positional: list[str]) -> str:
    if len(positional) >= 3:
        return f"{positional[0]} {positional[1]}/{positional[2]}"
    return "/".join(map(term, positional if len(positional) == 2 else ["1", *positional]))


def _chemical(part: str) -> str:
    """A part of a formula: `9` is a number of atoms, `4-` a charge."""
    if re.fullmatch(r"\d*[+\-−–]", part):
        return raised(part)
    return lowered(part) if part.isdecimal() else part
