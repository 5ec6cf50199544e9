"""From the lines of PDF pages in reading order to text: paragraphs, headings, lists, tables, as light Markdown."""

import dataclasses
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from types import MappingProxyType

from ingest.extract.pdf.hyphens import HYPHENS, Hyphens
from ingest.extract.pdf.lines import TABLE, Line

Block = Sequence[Line]
_PRINTED = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\x02": "-", "\xad": "-",
            "‘‘": "“", "’’": "”"}  # fmt: skip
_BULLET = re.compile(r"(?:[•▪◦●■–—\-*·➢✓❑❖]\s|\(?\d{1,2}[.)]\s|[a-z]\)\s)")
_ITEM = re.compile(r"[•▪◦●■➢✓❑❖·]\s+(?=\S)")
_END = re.compile(r"[.:;!?]['’”»)\]]*$")
_LETTER = re.compile(r"[^\W\d_]")
_SAME_COLUMN = 12.0  # points between the left edges of blocks of one column
_ROOM = 0.08  # of the column's width: room at a line's end that shows, with that for a word, that a paragraph ends
_INDENT, _MOST_INDENT = 0.6, 4.0  # of the size: the first line of a paragraph
_LARGER = 1.12  # times the size of the body: a heading
_OTHER_SIZE = 1.08
_HEADING = 200  # characters: longer ones are text
_TITLE = re.compile(r"(?=.*[^\W\d_]{3})[^\Wa-z_].{0,118}[^.,;:\s]")  # set in bold by itself: a heading
_TITLE_SIZE = 1.3  # times the size of the body
_NAME = re.compile(r"(?=(?:\S+\s+){2})[^\Wa-z_].{8,298}")  # three words or more, beginning like a sentence
_MOSTLY = 0.4  # share of a document's text in bold from which bold says nothing
_NEAR, _STEADY = 0.6, 0.35  # points around the commonest size, and the share of the text that must be as large
_RUNS_ON = 60  # characters of a paragraph that may go on in the next block


@dataclasses.dataclass
class _Paragraph:
    """A paragraph that grows line by line."""

    text: str
    size: float
    bold: bool
    kind: str = ""


def page_text(pages: Sequence[Sequence[Block]], outline: Mapping[str, int] = MappingProxyType({})) -> str:
    """Paragraphs, separated by blank lines; a paragraph that runs over to the next block or page is joined.

    `outline`: folded titles of bookmarks and their levels; a paragraph that is one becomes a heading, as does a short
    one in larger type than the body, or in bold. In NFC (never NFKC, which turns ² into 2), ligatures resolved.
    """
    lines = [line for page in pages for block in page for line in block]
    hyphens = Hyphens.of(line.text for line in lines if line.kind != TABLE)
    body = _body_of(lines)
    found: list[_Paragraph] = []
    for page in pages:
        for block in page:
            for paragraph in _paragraphs(block, _right(block, page), hyphens, body.size > 0):
                if found and _runs_on(found[-1], paragraph, body.size):
                    found[-1].text = hyphens.join(found[-1].text, paragraph.text)
                else:
                    found.append(paragraph)
    text = _spaced([_marked(paragraph, outline, body) for paragraph in found])
    for printed, letters in _PRINTED.items():  # eleven searches cost a tenth of `translate`
        text = text.replace(printed, letters)
    return unicodedata.normalize("NFC", text)


@dataclasses.dataclass(frozen=True)
class _Body:
    """The type of most of a document's text; `size` 0 where sizes say nothing (text recognised word by word)."""

    size: float
    bold: bool


def _body_of(lines: Sequence[Line]) -> _Body:
    sizes: Counter[float] = Counter()
    bold = 0
    for line in lines:
        if not line.kind:
            sizes[round(line.size * 2) / 2] += len(line.text)
            bold += line.bold * len(line.text)
    size, most = sizes.most_common(1)[0] if sizes else (0.0, 0)
    near = sum(count for other, count in sizes.items() if abs(other - size) <= _NEAR)
    return _Body(size if near > _STEADY * sizes.total() and most else 0.0, bold > _MOSTLY * sizes.total())


def title_of(pages: Sequence[Sequence[Block]]) -> str | None:
    """The paragraph in the largest type on the first page, when much larger than the body; three words at least."""
    lines = [line for page in pages for block in page for line in block]
    first = pages[0] if pages else ()
    hyphens = Hyphens.of(line.text for block in first for line in block if line.kind != TABLE)
    body = _body_of(lines)
    found = [
        paragraph for block in first for paragraph in _paragraphs(block, _right(block, first), hyphens, body.size > 0)
        if paragraph.size > _TITLE_SIZE * body.size > 0 and _NAME.fullmatch(paragraph.text)
    ]  # fmt: skip
    return max(found, key=lambda paragraph: paragraph.size).text if found else None


def _runs_on(last: _Paragraph, new: _Paragraph, body: float) -> bool:
    if last.kind or new.kind or _END.search(last.text) or _heading(last, body) or _heading(new, body):
        return False
    alike = not last.size or not new.size or 1 / _OTHER_SIZE < last.size / new.size < _OTHER_SIZE
    return alike and new.text[:1].islower() and (len(last.text) > _RUNS_ON or last.text.endswith(HYPHENS))


def _heading(paragraph: _Paragraph, body: float) -> bool:
    text = paragraph.text
    return (
        not paragraph.kind
        and body > 0
        and paragraph.size > _LARGER * body
        and len(text) <= _HEADING
        and len(_LETTER.findall(text)) > 2
        and text[-1] not in ".,;"
    )


def _spaced(paragraphs: list[str]) -> str:
    """The paragraphs with blank lines between them, but for the items of one list."""
    out = ""
    for last, paragraph in itertools.pairwise(["", *paragraphs]):
        between = "\n" if last.startswith("- ") and paragraph.startswith("- ") else "\n\n"
        out += paragraph if not out else between + paragraph
    return out


def _marked(paragraph: _Paragraph, outline: Mapping[str, int], body: _Body) -> str:
    text = paragraph.text
    if paragraph.kind:
        return text
    if _ITEM.match(text):
        return "- " + _ITEM.sub("", text)
    if level := outline.get(" ".join(text.split()).casefold()):
        return f"{'#' * (level + 1)} {text}"
    if _heading(paragraph, body.size):
        return f"## {text}"
    return f"### {text}" if paragraph.bold and not body.bold and _TITLE.fullmatch(text) else text


def _right(block: Block, page: Sequence[Block]) -> float:
    """Where the full lines of a block's column end: the furthest of the blocks that begin where it does."""
    left, right = min(line.left for line in block), max(line.right for line in block)
    for other in page:
        if other and not other[0].kind and abs(min(line.left for line in other) - left) < _SAME_COLUMN:
            right = max(right, max(line.right for line in other))
    return right


def _paragraphs(block: Block, right: float, hyphens: Hyphens, sized: bool) -> Iterator[_Paragraph]:
    """A block's lines joined: a short line, an indented one, a bullet, a wide gap or another type ends a paragraph."""
    width = max(right - min(line.left for line in block), 1.0)
    steps = [above.bottom - below.bottom for above, below in itertools.pairwise(block)]
    usual = median(steps) if steps else 0.0
    current: _Paragraph | None = None
    previous: Line | None = None
    for line in block:
        if current is None or previous is None or _begins(previous, line, right, width, usual, sized):
            if current is not None:
                yield current
            current = _Paragraph(line.text, line.size, line.bold, line.kind)
        else:
            current.text = hyphens.join(current.text, line.text)
            current.bold = current.bold and line.bold
        previous = line
    if current is not None:
        yield current


def _begins(last: Line, line: Line, right: float, width: float, usual: float, sized: bool) -> bool:
    """Whether a line begins a paragraph.

    `right`, `width`: of the column; `usual`: step of its baselines; `sized`: whether sizes of type say something.
    """
    if line.kind or last.kind:
        return True
    if last.size <= 0 or line.size <= 0:  # no boxes
        return not (last.text.endswith(HYPHENS) and line.text[:1].islower())
    if sized and not 1 / _OTHER_SIZE < last.size / line.size < _OTHER_SIZE:
        return True
    goes_on = line.text[:1].islower()
    if last.text.endswith(HYPHENS) and goes_on:
        return False
    step = last.bottom - line.bottom
    if step > max(usual, line.size) + 0.45 * line.size or _BULLET.match(line.text):
        return True
    if last.bold != line.bold and not goes_on:
        return True
    ended = bool(_END.search(last.text))
    if not goes_on or ended:
        room, word = right - last.right, len(line.text.split(None, 1)[0]) + 1
        if room > word * (last.right - last.left) / max(len(last.text), 1) and (ended or room > _ROOM * width):
            return True  # the next word had found its place on this line
    return _INDENT * line.size < line.left - last.left < _MOST_INDENT * line.size and ended and not goes_on
