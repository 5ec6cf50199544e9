"""Real documents into which paragraphs of others were planted: gold for paragraph deduplication.

A planted paragraph stands in its own document and in one to four others, at any line; half of the copies as written,
the others in capitals or with other blanks. Some documents get so many that they hold little else.
"""

import dataclasses
import random
import re

from bench.tools.texts import texts

MIN_WORDS, MIN_CHARS = 20, 100
_SHARE = 0.02  # of the long paragraphs that are planted elsewhere
_STUFFED, _MANY = 0.01, 40  # share of the documents that get many, and how many


@dataclasses.dataclass(frozen=True)
class Corpus:
    """`texts`: one a document; `planted`: of each planted paragraph (folded), the rows of all documents with it."""

    texts: list[str]
    planted: dict[str, list[int]]


def folded(line: str) -> str:
    """Case and white space folded: what makes two lines the same paragraph."""
    return " ".join(line.casefold().split())


def is_long(line: str) -> bool:
    """Whether a paragraph is long enough to be compared."""
    return len(line.split()) >= MIN_WORDS and len(" ".join(line.split())) >= MIN_CHARS


def plant(limit: int | None = None, seed: int = 1) -> Corpus:
    """The documents of `bench.tools.texts` (at most `limit`), shuffled, with paragraphs of each other."""
    draw = random.Random(seed)
    found = [[line for line in text.split("\n") if line.strip()] for _, _, text in texts()]
    draw.shuffle(found)
    documents = found[:limit]
    owners: dict[str, list[int]] = {}
    for row, lines in enumerate(documents):
        for line in filter(is_prose, lines):
            owners.setdefault(folded(line), []).append(row)
    lines_of = {folded(line): line for lines in documents for line in lines}
    single = sorted(key for key, rows in owners.items() if len(rows) == 1)
    planted = {}
    stuffed = draw.sample(range(len(documents)), max(1, int(_STUFFED * len(documents))))
    added: list[list[str]] = [[] for _ in documents]
    for key in draw.sample(single, int(_SHARE * len(single))):
        others = [row for row in range(len(documents)) if row != owners[key][0]]
        planted[key] = owners[key] + draw.sample(others, min(draw.randint(1, 4), len(others)))
    for row in stuffed:
        for key in draw.sample(sorted(planted), min(_MANY, len(planted))):
            planted[key] += [] if row in planted[key] else [row]
    for key, rows in planted.items():
        for row in rows[1:]:
            added[row].append(_varied(lines_of[key], draw))
    for lines, more in zip(documents, added, strict=True):
        for line in more:
            lines.insert(draw.randint(0, len(lines)), line)
    return Corpus(["\n\n".join(lines) for lines in documents], planted)


def is_prose(line: str) -> bool:
    """A long paragraph that is no heading, item or row, and whose capitals fold back."""
    return (
        is_long(line)
        and re.match(r"\s*(?:[^\W\d_]|[“\"«(])", line) is not None
        and folded(line.upper()) == folded(line)
    )


def _varied(line: str, draw: random.Random) -> str:
    way = draw.random()
    return line if way < 0.5 else line.upper() if way < 0.75 else line.replace(" ", "  ").replace("  ", "\u00a0", 1)
