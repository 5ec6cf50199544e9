"""A stretch of a text around a mark, as the recognisers see it."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

import numpy as np

_BEFORE, _AFTER = 200, 96  # bytes looked at around a mark: the longest context, the longest identifier
_REACH = 28  # characters of a number before or behind its mark, which may have been cut
_NEAR = 120  # characters in which words of context stand
_BRACKET = re.compile(r"\s?[(\[]([^()\[\]\n]{1,40})")
# A word, a stop and a capital, or a digit and a stop: "N.H.S. No" and "tel. 06 4321" go on, "4321. 250 mg" does not.
_SENTENCE = re.compile(r"\n|(?<=[^\W\d_]{2}[.!?;])\s+(?=[^\W\d_a-zà-ÿ])|(?<=[0-9)])[.!?;](?:\s+|$)")
_PLAIN = re.compile(r"[a-z0-9]+")
_SIGNS = re.compile(r"[^\x00-\x7f\u0300-\u036f]")  # all but ASCII and the marks that make accents

# Edges of an identifier: no letter or digit beside it, and no digit behind a sign that would make it part of a number.
LEFT = r"(?<![^\W_])(?<![0-9][.,/\-])"
RIGHT = r"(?![^\W_])(?![.,/\-][0-9])"
GAP = r"[ .\-\u00a0\u202f\u2011]"  # between the groups of an identifier
_GAPS = re.compile(rf"{GAP}|[/()]")

Find = tuple[int, int, str]  # start, end, kind; in characters of the window


@dataclasses.dataclass(frozen=True)
class Window:
    """`text` with the mark at `start` to `end`, in characters; `offset` is the text's first byte in the document."""

    text: str
    start: int
    end: int
    offset: int

    @classmethod
    def around(cls, document: np.ndarray, start: int, end: int, after: int = _AFTER) -> "Window":
        """The window of the mark at bytes `start` to `end` of the document's UTF-8; never cut inside a character."""
        first, last = max(0, start - _BEFORE), min(len(document), end + after)
        while first > 0 and document[first] & 0xC0 == 0x80:
            first -= 1
        while last < len(document) and document[last] & 0xC0 == 0x80:
            last += 1
        before, mark = document[first:start].tobytes().decode(), document[start:end].tobytes().decode()
        text = before + mark + document[end:last].tobytes().decode()
        return cls(text, len(before), len(before) + len(mark), first)

    def byte(self, char: int) -> int:
        """Byte offset in the document of a character of the window."""
        return self.offset + len(self.text[:char].encode())

    def before(self, at: int, chars: int) -> str:
        """The words before `at`, of the same line and sentence, at most `chars` characters (see `plain`).

        A line that ends in a word or a colon goes on in the next. A word that is cut is left out.
        """
        start = max(0, at - chars)
        while 0 < start < at and self.text[start - 1].isalnum():
            start += 1
        piece = self.text[start:at]
        words = piece.rstrip()
        if "\n" in piece[len(words) :] and not (words[-1:].isalpha() or words[-1:] == ":"):
            return plain("")
        return plain(_SENTENCE.split(words)[-1])

    def paragraph_before(self, at: int, chars: int) -> str:
        """The words before `at` of the same paragraph, over lines and sentences."""
        return plain(self.text[max(0, at - chars) : at].rpartition("\n\n")[2])

    def bracket_after(self, at: int) -> str:
        """The words in the bracket that opens right after `at`: "943 476 5919 (NHS number)"."""
        bracket = _BRACKET.match(self.text, at)
        return plain(bracket[1] if bracket else "")

    @cached_property
    def near(self) -> frozenset[str]:
        """The words of the mark's neighbourhood: where none of these help, no context will."""
        return frozenset(plain(self.text[max(0, self.start - _NEAR) : self.end + _NEAR // 2]).split())

    def matches(self, pattern: re.Pattern[str], reach: int = _REACH) -> Iterator[re.Match[str]]:
        """Matches that share a character with the mark and end at most `reach` from it; they may overlap each other."""
        at, end = max(0, self.start - reach), min(len(self.text), self.end + reach)
        while match := pattern.search(self.text, at, end):
            if match.start() >= self.end:
                return
            if match.end() > self.start:
                yield match
            at = match.start() + 1


def plain(text: str) -> str:
    """`text` as words in lower-case ASCII, one blank between and around them: `" n dossier "` of "N° DOSSIER:"."""
    if not text.isascii():
        text = _SIGNS.sub(" ", unicodedata.normalize("NFKD", text)).encode("ascii", "ignore").decode()
    return f" {' '.join(_PLAIN.findall(text.lower()))} "


def compact(text: str) -> str:
    """An identifier without its separators, in capitals."""
    return _GAPS.sub("", text).upper()
