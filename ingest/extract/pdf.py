"""PDF files: text in reading order by pdfium, without running headers, hyphens of line ends and ligatures.

pdfium is not thread-safe and can crash on damaged files: call this in a sandbox process (`ingest.extract.sandbox`).
"""

import re
from datetime import UTC, datetime, timedelta

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.options import PdfOptions
from ingest.extract.pdf_lines import page_text, read_order, remove_running
from ingest.extract.pdf_page import read_page
from ingest.extract.pdf_scan import readable_lines
from ingest.extract.result import Extracted, ExtractError
from shards.step import library_version

_DEFAULTS = PdfOptions()
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?)?")
_TAIL = 4096  # bytes in which the end mark must stand


def extract_pdf(payload: bytes, max_pages: int, options: PdfOptions = _DEFAULTS) -> Extracted:
    """Text of a PDF of at most `max_pages` pages; raises `ExtractError`.

    Reasons: encrypted (needs a password), truncated, malformed, too-many-pages, no-text (images only), scanned (images
    only, for the most part), garbled (fonts that name no characters), empty (no page).
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
        pages.append(read_page(page))
        page.close()
    if not pages:
        raise ExtractError("malformed", f"none of {broken} pages can be loaded")
    if broken:
        raise ExtractError("malformed", f"{broken} of {count} pages cannot be loaded")
    lines, recognised = readable_lines(document, pages, options)
    text = page_text(remove_running([read_order(one) for one in lines]), bookmarks(document))
    if not text.strip():
        raise ExtractError("no-text", f"{count} pages hold images or drawings only")
    facts = document.get_metadata_dict()
    title = facts.get("Title", "").strip() or None
    published = _date(facts.get("CreationDate", ""))
    document.close()
    extractor = f"pypdfium2/{library_version('pypdfium2')}" + (f"+tesseract/{options.tesseract}" if recognised else "")
    return Extracted(text, extractor, title=title, published=published)


def bookmarks(document: pdfium.PdfDocument) -> dict[str, int]:
    """Titles of the document's outline, case and white space folded -> level, from 1 on."""
    found: dict[str, int] = {}
    try:
        for entry in document.get_toc(max_depth=6):
            title = " ".join((entry.get_title() or "").split()).casefold()
            if title:
                found.setdefault(title, min(entry.level + 1, 5))
    except pdfium.PdfiumError:
        return found  # an outline that leads in circles says nothing
    return found


def _refusal(payload: bytes, error: pdfium.PdfiumError) -> ExtractError:
    code = getattr(error, "err_code", None)
    if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
        return ExtractError("encrypted", f"needs a password or an unknown security handler ({error})")
    if b"%PDF-" in payload[:1024] and _unfinished(payload):
        return ExtractError("truncated", f"no end-of-file mark in the last {_TAIL} bytes ({error})")
    return ExtractError("malformed", str(error))


def _unfinished(payload: bytes) -> bool:
    return b"%%EOF" not in payload[-_TAIL:]


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
