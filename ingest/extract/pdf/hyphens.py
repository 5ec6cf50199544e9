"""Joining what a line's end broke: a hyphen goes, or stays where English, French, Italian or Spanish write it.

The document itself is asked first: how it writes the word elsewhere. Then what holds in any language (digits, capitals
and single letters keep their hyphen), then the lists of the document's language (`hyphen_words`) and the medical
lexicons; what nobody knows is a word that the typesetter broke, and is joined.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ingest.extract.pdf.hyphen_words import SPEECHES, Speech, language_of

HYPHENS = ("-", "\x02", "\xad", "‐")  # pdfium writes U+0002 for a hyphen that it takes for a line's end
_TIES = ("–", "—", "/")  # between words and numbers they stand without spaces
_WORD = re.compile(r"\w+(?:-\w+)*")
_LEFT, _RIGHT = re.compile(r"(?:[^\W\d_]['’])?[\w-]*$"), re.compile(r"\w[\w-]*(?:['’]\w+)?|")
_SMALL = frozenset(
    ("of", "to", "the", "and", "in", "on", "by", "up", "for", "à", "en", "de", "du", "et", "t", "y", "e")
)
_GREEK = re.compile(r"[α-ωΑ-Ω]+")
_CAPITALS = re.compile(r"(?=.*[AEIOUYÀÁÉÈÊÍÌÓÒÚÙŒ])[^\W\d_a-z]{2,}")  # of a heading, not of an abbreviation
_HEADING = 6  # letters
_HEAD = 3  # letters of what a compound with a known end must begin with
_SHORTEST = 2  # letters of what may follow the head of a compound
_WHOLE = 4  # letters: halves at least this long that the document knows as words make a compound


def words_in(lines: Iterable[str]) -> dict[str, int]:
    """How often each word (lower case) stands in the lines; halves of words that a line's end broke do not count."""
    whole, broken = [], False
    for line in lines:
        if broken:
            line = line.partition(" ")[2]
        broken = line.endswith(HYPHENS)
        whole.append(line.rpartition(" ")[0] if broken else line)
    return Counter(_WORD.findall("\n".join(whole).lower()))


@dataclasses.dataclass(frozen=True)
class Hyphens:
    """What decides about hyphens in one document: its own words (lower case) and their number, and its language."""

    words: Mapping[str, int]
    speeches: tuple[Speech, ...] = tuple(SPEECHES.values())  # of its language; of all, where nothing tells which

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Hyphens":
        """Those of a document, given its lines."""
        words = words_in(lines)
        language = language_of(words)
        return cls(words, (SPEECHES[language],)) if language else cls(words)

    def join(self, first: str, second: str) -> str:
        """Two pieces of one text: with a space, or, where the first ends with a hyphen, with it or without."""
        if not first.endswith(HYPHENS):
            tied = first.endswith(_TIES) and first[-2:-1].strip() and second[:1].isalnum()
            return first + second if tied else f"{first} {second}"
        stem = first[:-1]
        if not stem or stem[-1].isspace():
            return f"{stem}- {second}" if stem else f"- {second}"  # a dash
        left, right = _LEFT.search(stem)[0].replace("’", "'"), _RIGHT.match(second)[0].replace("’", "'")
        return f"{stem}-{second}" if self._is_compound(left, right) else stem + second

    def _is_compound(self, left: str, right: str) -> bool:
        if _CAPITALS.fullmatch(left) and _CAPITALS.fullmatch(right) and len(left + right) >= _HEADING:
            left, right = left.lower(), right.lower()
        tail = left.rpartition("-")[2]
        whole, hyphenated = (self._count(between.join((left, right)).lower()) for between in ("", "-"))
        if (whole or hyphenated) and left[-1:].isalpha() and right[:1].isalpha():  # 5-|10 is not 510
            return hyphenated > whole
        if not tail or not right[:1].islower() or tail[-1].isdigit() or tail[-1].isupper() or _GREEK.fullmatch(tail):
            return True
        left, tail, right = left.lower(), tail.lower(), right.lower()
        last = tail.rpartition("'")[2]
        if (len(last) == 1 and "'" not in tail) or (left != tail and last in _SMALL):
            return True  # no typesetter leaves one letter on a line; state-of-|the-art
        return any(_is_written_so(speech, left, tail, right, self) for speech in self.speeches) or (
            len(self.speeches) == 1 and self._has_halves(last, right)
        )

    def _has_halves(self, left: str, right: str) -> bool:
        if min(len(left), len(right)) < _WHOLE or not self.knows(left) or not self.knows(right):
            return False
        return not _is_solid(self.speeches[0], left + right) and not _spans(left, right)

    def _count(self, word: str) -> int:
        return self.words.get(word.rpartition("'")[2], 0)

    def knows(self, word: str) -> bool:
        """Whether the document has the word in one piece."""
        return word in self.words

    def habit(self, prefix: str) -> int:
        """How many of its words have a hyphen behind the prefix, less those that have a word it knows there at once."""
        rest = len(prefix)
        begun = [word for word in self.words if word.startswith(prefix)]
        return sum(1 if word[rest : rest + 1] == "-" else -(word[rest:] in self.words) for word in begun)


NOTHING_KNOWN = Hyphens({})  # for pieces of a page that are joined before the document is read


def _is_written_so(speech: Speech, left: str, tail: str, right: str, known: Hyphens) -> bool:
    """Whether a language writes two lower-case halves with a hyphen, as its lists and the medical lexicons say."""
    last, first = tail.rpartition("'")[2], right.partition("-")[0]
    for before in {left, tail, last}:
        if f"{before}-{right}" in speech.compounds or f"{before}-{first}" in speech.compounds:
            return True
    if right in speech.compounds or f"{left}-{right}".partition("'")[2] in speech.compounds:
        return True
    if f"{last}-{right[0]}" in speech.before_vowel or speech.verbs.fullmatch(f"{tail}-{right}"):
        return True
    joined = last + right
    if joined in speech.solid or joined.startswith(speech.solid_heads):
        return False
    if last in speech.heads:
        return len(right) >= _SHORTEST
    if joined.endswith(speech.solid_tails):
        return False
    if right in speech.tails or first in speech.tails or f"{tail}-{right}" in speech.tails:
        return len(last) >= _HEAD and (len(right) > _WHOLE or known.knows(last))
    if last in speech.prefixes and len(right) >= _WHOLE and known.knows(first) and not _spans(last, right):
        return known.habit(last) >= 0
    return False


def _is_solid(speech: Speech, word: str) -> bool:
    return word in speech.solid or word.startswith(speech.solid_heads) or word.endswith(speech.solid_tails)


def _spans(left: str, right: str) -> bool:
    """Whether a term of the medical lexicons stands across the break: hydrocort|isone, by "hydrocort*"."""
    from filters.domain.terms import word_weights  # compiled code: most files break no word that nothing else decides

    return word_weights(left + right) is not None and word_weights(left) is None and word_weights(right) is None
