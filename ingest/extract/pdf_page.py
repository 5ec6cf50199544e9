"""One page of a PDF as lines with their boxes, by pdfium: superscripts kept, ruled tables row by row."""

import ctypes
import dataclasses
from collections import Counter

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.pdf_lines import Line
from ingest.extract.pdf_scripts import mark_scripts
from ingest.extract.pdf_tables import find_tables

_HALF_WIDTH = 2.0  # points: boxes of degenerate characters are widened to this
_OVERLAP = 0.5  # share of a line's height that two pieces of one line share
_ADJOINING = 0.6  # of a line's height: widest gap between two pieces of one line
_MOST_OBJECTS = 20_000  # on a page: beyond that (maps, drawings) images are not looked for


@dataclasses.dataclass(frozen=True)
class PageText:
    """A page's lines in content order, and what shows whether they can be trusted.

    `covered`: share of the page under images; `odd`: share of its characters that no font names (U+FFFD, private use).
    """

    lines: list[Line]
    chars: int
    covered: float
    odd: float


def read_page(page: pdfium.PdfPage) -> PageText:
    """Text, boxes (points, y growing upwards) and facts of a page."""
    text_page = page.get_textpage()
    count = text_page.count_chars()
    text = text_page.get_text_range() if count > 0 else ""
    width, height = page.get_size()
    aligned = len(text) == count  # characters outside the BMP shift indices: then there are no boxes to trust
    if aligned:
        text = mark_scripts(text_page, text)
    lines, start = [], 0
    for raw in text.split("\n"):
        stripped = raw.strip("\r ")
        if stripped and aligned:
            first = start + len(raw) - len(raw.lstrip("\r "))
            lines.append(Line(stripped, *_box(text_page, first, first + len(stripped) - 1), width, height))
        elif stripped:
            lines.append(Line(stripped, 0, 0, 0, 0, width, height))
        start += len(raw) + 1
    if aligned:
        lines = _with_tables(_joined(lines), page, text_page)
    text_page.close()
    return PageText(lines, len(text.split()) and count, _covered(page, width * height), _odd_share(text))


def _joined(lines: list[Line]) -> list[Line]:
    """Lines that pdfium broke behind a superscript, put together again."""
    out: list[Line] = []
    for line in lines:
        last = out[-1] if out else None
        if last is not None and last.text[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁾ⁿ₀₁₂₃₄₅₆₇₈₉₊₋₎":
            height = min(line.top - line.bottom, last.top - last.bottom)
            shared = min(line.top, last.top) - max(line.bottom, last.bottom)
            gap = line.left - last.right
            if height > 0 and shared > _OVERLAP * height and -height < gap < _ADJOINING * height:
                text = last.text + (" " if gap > 0.15 * height and line.text[0].isalnum() else "") + line.text
                bottom, top = min(line.bottom, last.bottom), max(line.top, last.top)
                out[-1] = dataclasses.replace(last, text=text, right=line.right, bottom=bottom, top=top)
                continue
        out.append(line)
    return out


def _with_tables(lines: list[Line], page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> list[Line]:
    """The lines, with those inside a ruled table replaced by the table, row by row."""
    for table in find_tables(page, text_page):
        inside = [table.holds(line) for line in lines]
        if sum(inside) > 1 and table.cuts_no_words(line for line, within in zip(lines, inside, strict=True) if within):
            first = inside.index(True)
            box = (table.left, table.bottom, table.right, table.top, lines[first].page_width, lines[first].page_height)
            place = sum(not within for within in inside[:first])
            lines = [line for line, within in zip(lines, inside, strict=True) if not within]
            lines.insert(place, Line(table.markdown, *box, kind="table"))
    return lines


def _covered(page: pdfium.PdfPage, area: float) -> float:
    if area <= 0 or pdfium_c.FPDFPage_CountObjects(page) > _MOST_OBJECTS:
        return 0.0
    shares = 0.0
    for image in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = image.get_bounds()
        shares += max(0.0, right - left) * max(0.0, top - bottom) / area
    return min(1.0, shares)


def _odd_share(text: str) -> float:
    counts = Counter(text)
    odd = sum(times for char, times in counts.items() if char == "\ufffd" or "\ue000" <= char <= "\uf8ff")
    return odd / max(1, counts.total())


def _box(text_page: pdfium.PdfTextPage, first: int, last: int) -> tuple[float, float, float, float]:
    """(left, bottom, right, top) around the characters at both ends and in the middle of a line."""
    boxes = [_char_box(text_page, index) for index in sorted({first, (first + last) // 2, last})]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    return left, min(box[1] for box in boxes), max(right, left + _HALF_WIDTH), max(box[3] for box in boxes)


def _char_box(text_page: pdfium.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    rect = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(rect)):
        return 0.0, 0.0, 0.0, 0.0
    return rect.left, rect.bottom, rect.right, rect.top
