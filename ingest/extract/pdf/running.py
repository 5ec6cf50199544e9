"""Running headers, footers and page numbers of a PDF: what recurs at the edges of its pages."""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from ingest.extract.pdf.lines import SIDE, Line, rows_of

_NUMBER = re.compile(r"\d+")
_SIGN = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_LABEL = re.compile(
    r"\W*(?:pages?|pag|pág|pp?|página|pagina|seite|hoja|foglio)\b\W*\d{1,5}(?:\W*(?:of|sur|de|di|von)?\W*\d{1,5})?\W*"
)
_BARE_LABEL = re.compile(r"\W*\d{1,5}(?:\s*(?:/|\||of|sur|de|di|von)\s*\d{1,5})?\W*")
_BARE_NUMBER = re.compile(r"[\W_]*(?:\d{1,4}|[ivxlc]{1,7})[\W_]*")
_STAMP = re.compile(  # at an edge: who fetched the file, and when
    r"(?:this content (?:was )?|document |article )?"
    r"(?:download(?:ed)?|télécharg|descargad|scaricat)\w*\b.*(?:https?:|www\.|\d{4})",
    re.IGNORECASE,
)
_LABEL_LENGTH = 200  # characters
_LABEL_LETTERS = 10  # fewer around a number may be a heading of the text: "Day 3"
_TELLING = 25  # characters: shorter parts of a row go with the whole row only, as they may be a table's cells
_EDGE = 3  # rows at the top and at the bottom of a page that may be running ones
_MARGIN = 0.15  # of the page's height: running lines stand in the upper or lower margin
_MIN_PAGES = 3  # below that, repetition proves nothing
_OUTER = 0.09  # of the page's height: where a lone number counts pages
_OUTER_ROW = 0.11  # ... where such a row stands
_GAP = 4.0  # of the size: between its parts
_HEADLINE = 80  # characters of a part
_SIDE = 0.08  # of the page's width: text up and down in this margin is a stamp


def remove_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without rows that recur at their upper or lower edge: headers, footers, page numbers.

    A row goes if each of its parts (a long part by itself) stands at the edge of at least three pages and of a quarter
    of all pages: to the letter, or but for a number that counts the pages. Other numbers are content: the last row of a
    dose table differs in them only. Ruled tables stay. Text that runs up or down the outer margin (stamps of downloads
    and archives) goes, as do lines at the edge that tell of a download; files of one or two pages lose a lone number
    in the outer margin.
    """
    pages = [_without_stamps(page) for page in pages]
    if len(pages) < _MIN_PAGES:
        return [_without_number(page) for page in pages]
    edges = [_edge_rows(page) for page in pages]
    shapes = [
        {id(line): shapes_of(line.text, number) for row in rows for line in row} for number, rows in enumerate(edges)
    ]
    counts = Counter(shape for page in shapes for shape in set().union(*page.values()))
    needed = max(_MIN_PAGES, len(pages) / 4)
    kept = []
    for page, rows, shape in zip(pages, edges, shapes, strict=True):
        running = {line for line, forms in shape.items() if any(counts[form] >= needed for form in forms)}
        gone = {
            id(line) for row in rows for line in row
            if id(line) in running and (len(line.text) >= _TELLING or all(id(part) in running for part in row))
        }  # fmt: skip
        kept.append([line for line in page if id(line) not in gone])
    return kept if any(kept) else pages  # a form on every page, say


def _without_stamps(page: Sequence[Line]) -> list[Line]:
    edge = {id(line) for row in _edge_rows(page) for line in row}
    return [
        line for line in page
        if not (line.kind == SIDE and _in_side_margin(line)) and not (id(line) in edge and _STAMP.match(line.text))
    ]  # fmt: skip


def _in_side_margin(line: Line) -> bool:
    return line.right < _SIDE * line.page_width or line.left > (1 - _SIDE) * line.page_width


def _without_number(page: list[Line]) -> list[Line]:
    """A page of a short file without its number: digits alone, outermost, well apart from the text; and without the
    outermost row that holds such a number beside the name of a chapter or a journal, with wide gaps between them."""
    rows = [
        row for row in rows_of(line for line in page if not line.kind) if any(_SIGN.search(line.text) for line in row)
    ]  # fmt: skip
    gone: set[int] = set()
    for outer, inner in ((rows[0], rows[1]), (rows[-1], rows[-2])) if len(rows) > _EDGE else ():
        line = outer[0]
        if _is_heading_row(outer) and not any(_BARE_NUMBER.fullmatch(part.text) for part in inner):
            gone |= {id(part) for part in outer}
        low, high = _OUTER * line.page_height, (1 - _OUTER) * line.page_height
        apart = max(line.bottom - inner[0].top, inner[0].bottom - line.top) > 1.5 * line.size
        if len(outer) == 1 and apart and _BARE_NUMBER.fullmatch(line.text) and not low < line.bottom < high:
            gone.add(id(line))
    return [line for line in page if id(line) not in gone]


def _is_heading_row(row: list[Line]) -> bool:
    """Whether a row in the outer margin is a page number beside one or two short texts, far apart."""
    low, high = _OUTER_ROW * row[0].page_height, (1 - _OUTER_ROW) * row[0].page_height
    gaps = [
        after.left - before.right > _GAP * max(before.size, after.size) for before, after in itertools.pairwise(row)
    ]
    numbers = sum(bool(_BARE_NUMBER.fullmatch(line.text)) for line in row)
    outside = row[0].top < low or row[0].bottom > high
    short = all(len(line.text) <= _HEADLINE for line in row)
    return 2 <= len(row) <= 3 and numbers == 1 and outside and short and all(gaps)


def _edge_rows(page: Sequence[Line]) -> list[list[Line]]:
    rows = rows_of(line for line in page if not line.kind)
    outer = rows if len(rows) <= 2 * _EDGE else rows[:_EDGE] + rows[-_EDGE:]
    return [
        row for row in outer if row[0].top <= _MARGIN * row[0].page_height
        or row[0].bottom >= (1 - _MARGIN) * row[0].page_height
    ]  # fmt: skip


def shapes_of(text: str, page: int) -> set[str]:
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
