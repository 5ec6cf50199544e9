"""A stretch of a text around a mark, as the recognisers see it."""

import dataclasses
import re
from functools import cached_property

import numpy as np

from filters.folding import fold

_BEFORE, _AFTER = 200, 96  # bytes looked at around a mark: the longest context, the longest identifier
_PLAIN = re.compile(r"[a-z0-9]+")

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
    def around(cls, document: np.ndarray, start: int, end: int) -> "Window":
        """The window of the mark at bytes `start` to `end` of the document's UTF-8; never cut inside a character."""
        first, last = max(0, start - _BEFORE), min(len(document), end + _AFTER)
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

    def touches(self, match: re.Match) -> bool:
        """Whether the match shares a character with the mark."""
        return match.start() < self.end and match.end() > self.start

    def before(self, at: int, chars: int) -> str:
        """The words in the `chars` characters before `at`: lower-case ASCII, one blank between and around them."""
        return plain(self.text[max(0, at - chars) : at])

    def after(self, at: int, chars: int) -> str:
        """The words in the `chars` characters after `at`, in the same form."""
        return plain(self.text[at : at + chars])

    @cached_property
    def line_start(self) -> int:
        """Where the mark's line begins in the window."""
        return self.text.rfind("\n", 0, self.start) + 1


def plain(text: str) -> str:
    """`text` as words in lower-case ASCII, one blank between and around them: `" n dossier "` of "N° DOSSIER:"."""
    return f" {' '.join(_PLAIN.findall(fold(text)))} "


def compact(text: str) -> str:
    """An identifier without its separators, in capitals."""
    return _GAPS.sub("", text).upper()
