"""PDF files: text in reading order by pdfium, without running headers, hyphens of line ends and ligatures.

pdfium is not thread-safe and can crash on damaged files: call this in a sandbox process (`ingest.extract.sandbox`).
"""

import ctypes
import re
from datetime import UTC, datetime, timedelta

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.options import PdfOptions
from ingest.extract.pdf_lines import Line, page_text, read_order, remove_running
from ingest.extract.result import Extracted, ExtractError
from shards.step import library_version

_DEFAULTS = PdfOptions()
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?)?")
_TAIL = 4096  # bytes in which the end mark must stand
_HALF_WIDTH = 2.0  # points: boxes of degenerate characters are widened to this


def extract_pdf(payload: bytes, max_pages: int, options: PdfOptions = _DEFAULTS) -> Extracted:
    """Text of a PDF of at most `max_pages` pages; raises `ExtractError`.

    Reasons: encrypted (needs a password), truncated, malformed, too-many-pages, no-text (images only), empty (no page).
    """
    try:
        document = pdfium.PdfDocument(payload)
        count = len(document)
    except pdfium.PdfiumError as error:
        raise _refusal(payload, error) from error
    if _unfinished(payload):  # pdfium rebuilds what it finds of a cut file, and the rest would be missing in silence
        raise ExtractError("truncated", f"no end-of-file mark in the last {_TAIL} bytes")
    if count == 0:
        raise ExtractError("empty", "the PDF has no pages")
    if count > max_pages:
        raise ExtractError("too-many-pages", f"{count} pages, the limit is {max_pages}")
    pages, broken = [], 0
    for number in range(count):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            broken += 1
            continue
        pages.append(_lines(page))
        page.close()
    if not pages:
        raise ExtractError("malformed", f"none of {broken} pages can be loaded")
    text = page_text(remove_running([read_order(lines) for lines in pages]))
    if not text.strip():
        raise ExtractError("no-text", f"{count} pages hold images or drawings only")
    if broken:
        raise ExtractError("malformed", f"{broken} of {count} pages cannot be loaded")
    facts = document.get_metadata_dict()
    title = facts.get("Title", "").strip() or None
    published = _date(facts.get("CreationDate", ""))
    document.close()
    return Extracted(text, f"pypdfium2/{library_version('pypdfium2')}", title=title, published=published)


def _refusal(payload: bytes, error: pdfium.PdfiumError) -> ExtractError:
    code = getattr(error, "err_code", None)
    if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
        return ExtractError("encrypted", f"needs a password or an unknown security handler ({error})")
    if b"%PDF-" in payload[:1024] and _unfinished(payload):
        return ExtractError("truncated", f"no end-of-file mark in the last {_TAIL} bytes ({error})")
    return ExtractError("malformed", str(error))


def _unfinished(payload: bytes) -> bool:
    return b"%%EOF" not in payload[-_TAIL:]


def _lines(page: pdfium.PdfPage) -> list[Line]:
    """The page's lines in content order, boxes in points with y growing upwards."""
    text_page = page.get_textpage()
    count = text_page.count_chars()
    text = text_page.get_text_range() if count > 0 else ""
    width, height = page.get_size()
    lines, start = [], 0
    aligned = len(text) == count  # characters outside the BMP shift indices: then there are no boxes to trust
    for raw in text.split("\n"):
        stripped = raw.strip("\r ")
        if stripped and aligned:
            first = start + len(raw) - len(raw.lstrip("\r "))
            lines.append(Line(stripped, *_box(text_page, first, first + len(stripped) - 1), width, height))
        elif stripped:
            lines.append(Line(stripped, 0, 0, 0, 0, width, height))
        start += len(raw) + 1
    text_page.close()
    return lines


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


def _date(text: str) -> datetime | None:
    """A PDF date (ISO 32000-1, 7.9.4) in UTC."""
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    try:
        moment = datetime(year, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        if match[7]:
            offset = timedelta(hours=int(match[8]), minutes=int(match[9] or 0))
            moment = moment - offset if match[7] == "+" else moment + offset
        return moment
    except (ValueError, OverflowError):
        return None
