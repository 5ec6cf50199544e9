"""IOB and CoNLL files, a token a line, as items: runs of sentences, or whole documents.

A single sentence of a clinical case is often too short to be decided ("On examination he was afebrile."), so sentences
are joined with the next ones of their document until an item has `item_words` words. What is left at a document's end
goes to the item before.
"""

import dataclasses
from collections.abc import Iterable, Iterator

from shards.errors import InputError

_DOCUMENT_STARTS = ("-DOCSTART-", "###")
_COMMENT_STARTS = ("# newdoc",)


@dataclasses.dataclass
class _Run:
    """Tokens of one or more sentences, from `line` on."""

    line: int
    tokens: list[str]

    @property
    def words(self) -> int:
        return sum(any(map(str.isalnum, token)) for token in self.tokens)

    def join(self, other: "_Run") -> None:
        self.tokens += other.tokens


def read_items(lines: Iterable[tuple[int, str]], unit: str, item_words: int, marker: str) -> Iterator[tuple[int, str]]:
    """(line of the first token, text) of each item of (line number, line); tokens are joined by spaces.

    Raises `InputError` when documents are asked for and none begins with a marker.
    """
    marked = False
    for sentences, starts in _documents(lines, tuple(marker.split())):
        marked = marked or starts
        runs: list[_Run] = []
        for sentence in sentences:
            if runs and (unit == "document" or runs[-1].words < item_words):
                runs[-1].join(sentence)
            else:
                runs.append(sentence)
        if len(runs) > 1 and runs[-1].words < item_words:
            rest = runs.pop()
            runs[-1].join(rest)
        yield from ((run.line, " ".join(run.tokens)) for run in runs)
    if unit == "document" and not marked:
        raise InputError("no document begins anywhere; give the words with which each begins as `marker`")


def _documents(lines: Iterable[tuple[int, str]], marker: tuple[str, ...]) -> Iterator[tuple[list[_Run], bool]]:
    """(sentences, whether a marker began it) of each document; without markers the file is one document."""
    document: list[_Run] = []
    marked = False
    for sentence, starts in _sentences(lines):
        starts = starts or (bool(marker) and tuple(sentence.tokens[: len(marker)]) == marker)
        if starts and document:
            yield document, marked
            document = []
        marked = marked or starts
        if sentence.tokens:
            document.append(sentence)
    if document:
        yield document, marked


def _sentences(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[_Run, bool]]:
    """(sentence, whether a marker line stands before it)."""
    sentence, starts = _Run(0, []), False
    for number, line in lines:
        begins = line.startswith((*_DOCUMENT_STARTS, *_COMMENT_STARTS))
        token = "" if begins or _is_comment(line) else _token(line)
        if token:
            sentence.line = sentence.line or number
            sentence.tokens.append(token)
        elif sentence.tokens and (begins or not line.strip()):
            yield sentence, starts
            sentence, starts = _Run(0, []), False
        starts = starts or begins
    if sentence.tokens:
        yield sentence, starts


def _token(line: str) -> str:
    if "\t" not in line:
        return next(iter(line.split()), "")
    cells = line.split("\t")
    return cells[1] if len(cells) == 10 and cells[0].split("-")[0].isdigit() else cells[0].strip()  # CoNLL-U: id, form


def _is_comment(line: str) -> bool:
    return line.startswith("# ") and " = " in line  # CoNLL-U; "# O" is a token
