"""Joining what a line's end broke: a hyphen goes, or stays where English, French, Italian or Spanish write it."""

import re
from collections.abc import Mapping

HYPHENS = ("-", "\x02", "\xad", "‐")  # pdfium writes U+0002 for a hyphen that it takes for a line's end
_TIES = ("–", "—", "/")  # between words and numbers they stand without spaces
# Parts that keep their hyphen where the document does not write them together.
_BEFORE = frozenset(
    ("anti", "non", "self", "well", "high", "low", "long", "short", "follow", "placebo", "cross", "half", "x",
     "demi", "semi", "sous", "ex", "mi", "vice", "peut", "est", "rendez", "c", "dose", "post", "pre")
)  # fmt: skip
_AFTER = frozenset(
    ("t-il", "t-elle", "t-on", "il", "elle", "ils", "elles", "vous", "nous", "ci", "là", "même", "mêmes", "être",
     "up", "based", "controlled", "dependent", "related", "term", "dose", "blind", "label", "specific", "free")
)  # fmt: skip
_WORD = re.compile(r"\w+(?:-\w+)+|\w+")
_LEFT, _RIGHT = re.compile(r"[\w-]*$"), re.compile(r"[\w-]*")
_WHOLE = 4  # letters: halves at least this long that the document knows as words make a compound


def words_in(lines: list[str]) -> dict[str, int]:
    """How often each word stands in the lines; the halves of words that a line's end broke do not count."""
    counts: dict[str, int] = {}
    broken = False
    for line in lines:
        words = _WORD.findall(line)
        if broken:
            words = words[1:]
        broken = line.endswith(HYPHENS)
        for word in words[:-1] if broken else words:
            counts[word] = counts.get(word, 0) + 1
    return counts


def join(first: str, second: str, words: Mapping[str, int]) -> str:
    """Two pieces of one text. The document's own `words` decide about a hyphen first; then whether both halves are
    words of the document, names and numbers (SARS-CoV-2), and known prefixes and enclitics."""
    if not first.endswith(HYPHENS):
        tied = first.endswith(_TIES) and first[-2:-1].strip() and second[:1].isalnum()
        return first + second if tied else f"{first} {second}"
    stem = first[:-1]
    if not stem or stem[-1].isspace():
        return f"{stem}- {second}" if stem else f"- {second}"  # a dash
    left, right = _LEFT.search(stem)[0], _RIGHT.match(second)[0]
    whole = _count(words, left + right)
    hyphenated = _count(words, f"{left}-{right}")
    if whole or hyphenated:
        compound = hyphenated > whole
    else:
        compound = not right[:1].islower() or not left or left[-1].isupper() or left[-1].isdigit()
        compound = compound or left.casefold().rpartition("-")[2] in _BEFORE or right.casefold() in _AFTER
        known = min(len(left), len(right)) >= _WHOLE and _count(words, left) and _count(words, right)
        compound = compound or bool(known)
    return f"{stem}-{second}" if compound else stem + second


def _count(words: Mapping[str, int], word: str) -> int:
    return words.get(word, 0) + (words.get(word.lower(), 0) if not word.islower() else 0)
