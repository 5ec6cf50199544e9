"""From the lines of PDF pages to paragraphs: reading order, running headers, hyphens. Pure functions."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping
from statistics import median
from types import MappingProxyType

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHENS = ("-", "\x02", "\xad", "‐")  # pdfium writes U+0002 for a hyphen that it takes for a line's end
_BULLET = re.compile(r"^(?:[•▪◦●■–—\-*·]\s|\(?\d{1,2}[.)]\s|[a-z]\)\s)")
_NUMBER = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_LABEL = re.compile(
    r"\W*(?:pages?|pag|pág|pp?|página|pagina|seite|hoja|foglio)\b\W*\d{1,5}(?:\W*(?:of|sur|de|di|von)?\W*\d{1,5})?\W*"
)
_BARE_LABEL = re.compile(r"\W*\d{1,5}(?:\s*(?:/|\||of|sur|de|di|von)\s*\d{1,5})?\W*")
_LABEL_LENGTH = 200  # characters
_LABEL_LETTERS = 10  # fewer around a number may be a heading of the text: "Day 3"
# Parts that keep their hyphen in English, French, Italian and Spanish, where the document does not write them together.
_BEFORE_HYPHEN = frozenset(
    ("anti", "non", "self", "well", "high", "low", "long", "short", "follow", "placebo", "cross", "half", "x",
     "demi", "semi", "sous", "ex", "mi", "vice", "peut", "est", "rendez", "c", "dose", "post", "pre")
)  # fmt: skip
_AFTER_HYPHEN = frozenset(
    ("t-il", "t-elle", "t-on", "il", "elle", "ils", "elles", "vous", "nous", "ci", "là", "même", "mêmes", "être",
     "up", "based", "controlled", "dependent", "related", "term", "dose", "blind", "label")
)  # fmt: skip
_END = re.compile(r"[.:;!?]$")
_EDGE = 3  # lines at the top and at the bottom of a page that may be running ones
_MARGIN = 0.15  # of the page's height: running lines stand in the upper or lower margin
_MIN_PAGES = 3  # below that, repetition proves nothing
_GUTTER = 0.015  # of the page's width: narrowest gap between columns


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of text and its box, in points with y growing upwards, on a page of the given size."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    page_width: float = 0.0
    page_height: float = 0.0
    kind: str = ""  # "table": a whole table, row by row


def read_order(lines: list[Line]) -> list[list[Line]]:
    """Blocks of lines in reading order: recursive XY-cut, gaps between rows first, then gutters between columns.

    Nagy and Seth 1984. Where no cut exists the lines keep their content order. Lines without boxes are one block.
    """
    if any(line.top <= line.bottom for line in lines):
        return [lines] if lines else []
    return [block for block in _cut(lines, 0) if block]


def _cut(lines: list[Line], depth: int) -> list[list[Line]]:
    if len(lines) < 2 or depth > 20:
        return [lines]
    gutter = _GUTTER * (lines[0].page_width or max(line.right for line in lines))
    columns = _split(lines, [(line.left, line.right) for line in lines], gutter)
    if len(columns) > 1 and all(len(column) > 2 for column in columns):
        return [block for column in columns for block in _cut(column, depth + 1)]
    height = median(line.top - line.bottom for line in lines)
    rows = _split(lines, [(-line.top, -line.bottom) for line in lines], 0.8 * height)
    if len(rows) > 1:
        parts = [_cut(row, depth + 1) for row in rows]
        return [block for blocks in parts for block in blocks]
    return [lines]


def _split(lines: list[Line], spans: list[tuple[float, float]], gap: float) -> list[list[Line]]:
    """Groups of lines, in order of their spans, wherever nothing covers more than `gap`."""
    groups: list[list[int]] = []
    edge = 0.0
    for index in sorted(range(len(lines)), key=lambda i: (spans[i], i)):
        if groups and spans[index][0] - edge <= gap:
            groups[-1].append(index)
            edge = max(edge, spans[index][1])
        else:
            groups.append([index])
            edge = spans[index][1]
    return [[lines[index] for index in sorted(group)] for group in groups]


def remove_running(pages: list[list[list[Line]]]) -> list[list[list[Line]]]:
    """The pages without lines that recur at their upper or lower edge: headers, footers, page numbers.

    A line goes if it stands at the edge of at least three pages and of a quarter of all pages: to the letter, or but
    for a number that counts the pages. Other numbers are content: the last row of a dose table differs in them only.
    """
    if len(pages) < _MIN_PAGES:
        return pages
    edges = [_edge_lines([line for block in page for line in block]) for page in pages]
    shapes = [{id(line): _shapes(line.text, number) for line in edge} for number, edge in enumerate(edges)]
    counts = Counter(shape for page in shapes for shape in set().union(*page.values()))
    needed = max(_MIN_PAGES, len(pages) / 4)
    kept = []
    for page, shape in zip(pages, shapes, strict=True):
        running = {line for line, forms in shape.items() if any(counts[form] >= needed for form in forms)}
        blocks = [[line for line in block if id(line) not in running] for block in page]
        kept.append([block for block in blocks if block])
    return kept


def _edge_lines(lines: list[Line]) -> list[Line]:
    ordered = sorted((line for line in lines if not line.kind), key=lambda line: -line.top)
    outer = ordered if len(ordered) <= 2 * _EDGE else ordered[:_EDGE] + ordered[-_EDGE:]
    margin = _MARGIN * lines[0].page_height if lines else 0.0
    return [line for line in outer if line.bottom >= line.page_height - margin or line.top <= margin]


def _shapes(text: str, page: int) -> set[str]:
    """What a line is on every page if it is a running one: its letters, or its letters around the page's number."""
    text = " ".join(text.split()).casefold()
    forms = {text}
    if len(text) > _LABEL_LENGTH:
        return forms
    if _PAGE_LABEL.fullmatch(text):
        forms.add(_NUMBER.sub("\0", text))
    if _BARE_LABEL.fullmatch(text) or len(_LETTER.findall(text)) >= _LABEL_LETTERS:
        for match in _NUMBER.finditer(text):
            # "12 Journal of Pain" on the page with index 11: the distance stays the same on all pages
            forms.add(f"{text[: match.start()]}\0{int(match[0]) - page}\0{text[match.end() :]}")
    return forms


def page_text(pages: list[list[list[Line]]], outline: Mapping[str, int] = MappingProxyType({})) -> str:
    """Paragraphs, separated by blank lines; a paragraph that runs over to the next block or page is joined.

    `outline`: folded titles of bookmarks and their levels; a paragraph that is one becomes a heading.
    """
    lines = [line.text for page in pages for block in page for line in block]
    words = Counter(re.findall(r"\w+(?:-\w+)+|\w+", " ".join(lines)))
    paragraphs: list[str] = []
    for page in pages:
        for block in page:
            for paragraph in _paragraphs(block, words):
                runs_on = (
                    paragraphs
                    and paragraph[:1].islower()
                    and not _END.search(paragraphs[-1])
                    and len(paragraphs[-1]) > 60
                    and not paragraphs[-1].startswith(("|", "#"))
                )
                if runs_on:
                    paragraphs[-1] = _join(paragraphs[-1], paragraph, words)
                else:
                    level = outline.get(" ".join(paragraph.split()).casefold()) if outline else None
                    paragraphs.append(f"{'#' * (level + 1)} {paragraph}" if level else paragraph)
    return "\n\n".join(paragraphs).translate(_LIGATURES).replace("\x02", "-")


def _paragraphs(block: list[Line], words: Counter) -> list[str]:
    """A block's lines joined to paragraphs: a short line, a bullet or a wide gap ends one."""
    if not block:
        return []
    right = max(line.right for line in block)
    width = max(right - min(line.left for line in block), 1.0)
    paragraphs: list[str] = []
    previous: Line | None = None
    for line in block:
        boxes = previous is not None and line.top > line.bottom and previous.top > previous.bottom
        short = boxes and previous.right < right - 0.2 * width
        gap = boxes and previous.bottom - line.top > 0.6 * (line.top - line.bottom)
        if line.kind or (previous is not None and previous.kind):
            paragraphs.append(line.text)
            previous = line
            continue
        hyphen = previous is not None and previous.text.endswith(_HYPHENS) and line.text[:1].islower()
        if previous is None or (not hyphen and (not boxes or short or gap or _BULLET.match(line.text))):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = _join(paragraphs[-1], line.text, words)
        previous = line
    return paragraphs


def _join(first: str, second: str, words: Counter) -> str:
    """Two pieces of one paragraph; a hyphen at the break goes, unless the document writes the word with it."""
    if not first.endswith(_HYPHENS):
        return f"{first} {second}"
    left, right = re.search(r"[\w-]*$", first[:-1])[0], re.match(r"[\w-]*", second)[0]
    compound = not right[:1].islower() or not left or left[-1].isupper() or left[-1].isdigit()
    compound = compound or (not words[left + right] and (left.casefold() in _BEFORE_HYPHEN or right in _AFTER_HYPHEN))
    if compound or (words[f"{left}-{right}"] > words[left + right]):
        return f"{first[:-1]}-{second}"
    return first[:-1] + second
