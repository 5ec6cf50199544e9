"""Pages of a PDF whose text cannot be used: scans without text, and fonts that name no characters."""

import pypdfium2 as pdfium

from ingest.extract.options import PdfOptions
from ingest.extract.pdf.facts import language
from ingest.extract.pdf.lines import Line
from ingest.extract.pdf.page import PageText
from ingest.extract.result import ExtractError

TEXT, SCANNED, GARBLED, BLANK = "text", "scanned", "garbled", "blank"
_FEW = 50  # characters of a page: a stamp or a page number over a scan
_COVER = 0.5  # share of the page under images that makes it a scan
_ODD = 0.05  # share of unnamed characters from which the rest is not to be trusted
_UNREADABLE = 0.3  # share of letters among the characters below which a full page is no text
_MOST = 0.5  # share of a file's pages without usable text above which the file is refused


def state_of(page: PageText) -> str:
    """Whether a page has text, is a scan, is garbled, or is blank. Text under an image (someone's OCR) is text."""
    if page.odd > _ODD:
        return GARBLED
    if page.chars < _FEW:
        return SCANNED if page.covered > _COVER else (TEXT if page.chars else BLANK)
    text = "".join(line.text for line in page.lines)
    letters = sum(map(str.isalnum, text))
    return GARBLED if page.chars > 200 and letters < _UNREADABLE * len(text) else TEXT


def readable_lines(
    document: pdfium.PdfDocument, pages: list[PageText], options: PdfOptions
) -> tuple[list[list[Line]], int]:
    """(lines of each page, pages recognised from their image).

    Without OCR, pages that cannot be read are left out when they are the lesser part of the file. Raises `ExtractError`
    (scanned, garbled) when they are the greater, and when OCR would have to read more than `ocr_pages`.
    """
    states = [state_of(page) for page in pages]
    unusable = [at for at, state in enumerate(states) if state in (SCANNED, GARBLED)]
    if not unusable:
        return [page.lines for page in pages], 0
    worst = max((SCANNED, GARBLED), key=states.count)
    if not options.tesseract:
        used = sum(state == TEXT for state in states)
        if used == 0 and worst == SCANNED:
            raise ExtractError(
                "no-text", f"{len(pages)} pages hold images only; [extraction.pdf] ocr = true reads them"
            )
        if len(unusable) > _MOST * (used + len(unusable)):
            raise ExtractError(worst, f"{len(unusable)} of {len(pages)} pages are {worst}; ocr = true reads them")
        return [page.lines if state == TEXT else [] for page, state in zip(pages, states, strict=True)], 0
    if len(unusable) > options.ocr_pages:
        raise ExtractError(
            worst, f"{len(unusable)} pages would have to be recognised, ocr_pages is {options.ocr_pages}"
        )
    from ingest.extract.ocr.language import language_in
    from ingest.extract.ocr.tesseract import Recogniser

    lines = [page.lines for page in pages]
    known = language_in([line.text for at, page in enumerate(pages) if states[at] == TEXT for line in page.lines])
    recogniser = Recogniser(options, known or language(document))
    for at in unusable:
        lines[at] = recogniser.recognise(document[at])
    return lines, len(unusable)
