"""PDF files: text in reading order by pdfium, without running headers, hyphens of line ends and ligatures.

pdfium is not thread-safe and can crash on damaged files: call this in a sandbox process (`ingest.extract.sandbox`).
"""

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.options import PdfOptions
from ingest.extract.pdf import facts
from ingest.extract.pdf.order import read_order
from ingest.extract.pdf.page import read_page
from ingest.extract.pdf.paragraphs import page_text, title_of
from ingest.extract.pdf.running import remove_running
from ingest.extract.pdf.scan import readable_lines
from ingest.extract.result import Extracted, ExtractError
from shards.step import library_version

_DEFAULTS = PdfOptions()
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
    read = [read_order(page) for page in remove_running(lines)]
    text = page_text(read, facts.bookmarks(document))
    if not text.strip():
        raise ExtractError("no-text", f"{count} pages hold images or drawings only")
    title = facts.title(document) or title_of(read)
    author, language = facts.author(document), facts.language(document)
    published = facts.published(document)
    document.close()
    extractor = f"pypdfium2/{library_version('pypdfium2')}" + (f"+tesseract/{options.tesseract}" if recognised else "")
    return Extracted(text, extractor, title=title, author=author, language=language, published=published)


def _refusal(payload: bytes, error: pdfium.PdfiumError) -> ExtractError:
    code = getattr(error, "err_code", None)
    if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
        return ExtractError("encrypted", f"needs a password or an unknown security handler ({error})")
    if b"%PDF-" in payload[:1024] and _unfinished(payload):
        return ExtractError("truncated", f"no end-of-file mark in the last {_TAIL} bytes ({error})")
    return ExtractError("malformed", str(error))


def _unfinished(payload: bytes) -> bool:
    return b"%%EOF" not in payload[-_TAIL:]
