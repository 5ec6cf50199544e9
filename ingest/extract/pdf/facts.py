"""What a PDF says about itself: title, author, date and language of its catalogue, the bookmarks of its outline."""

import ctypes
import re
from datetime import UTC, datetime, timedelta

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.languages import language_code
from ingest.extract.names import person_or_body

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?)?")
# Names of files, of programs and of templates, which their makers write where a title belongs.
_NO_TITLE = re.compile(
    r"(?:untitled|sans titre|senza titolo|sin título|document ?\d*|microsoft (?:word|powerpoint|excel)\b.*|"
    r"(?:slide|presentation|layout|print|template)\s*\d*|\S+\.(?:docx?|pdf|indd|txt|tex|rtf|qxd|dvi|ps|html?|fm|pmd|p65)|"
    r"\S+ \d+\.\.\d+|[\W\d_]*)",
    re.IGNORECASE,
)
_DEEPEST = 6


def title(document: pdfium.PdfDocument) -> str | None:
    """The title, None where the field holds the name of a file or a program."""
    found = " ".join(document.get_metadata_dict().get("Title", "").replace("\0", " ").split())
    return None if _NO_TITLE.fullmatch(found) else found


def author(document: pdfium.PdfDocument) -> str | None:
    """The author field, None where it holds a login, a program or a machine."""
    return person_or_body(document.get_metadata_dict().get("Author", "").replace("\0", " "))


def published(document: pdfium.PdfDocument) -> datetime | None:
    """The date of creation (ISO 32000-1, 7.9.4) in UTC."""
    match = _DATE.match(document.get_metadata_dict().get("CreationDate", ""))
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


def language(document: pdfium.PdfDocument) -> str | None:
    """The language that the catalogue states (ISO 32000-1, 14.9.2), None for English.

    English is what word processors write when nobody chose a language: an Italian report says en-US as well.
    """
    room = (ctypes.c_ushort * 32)()
    length = pdfium_c.FPDFCatalog_GetLanguage(document.raw, room, ctypes.sizeof(room))
    if not 2 < length <= ctypes.sizeof(room):
        return None
    found = language_code(bytes(room)[: length - 2].decode("utf-16-le", "replace"))
    return None if found == "en" else found


def bookmarks(document: pdfium.PdfDocument) -> dict[str, int]:
    """Titles of the document's outline, case and white space folded -> level, from 1 on."""
    found: dict[str, int] = {}
    try:
        for entry in document.get_toc(max_depth=_DEEPEST):
            name = " ".join((entry.get_title() or "").split()).casefold()
            if name:
                found.setdefault(name, min(entry.level + 1, 5))
    except pdfium.PdfiumError:
        return found  # an outline that leads in circles says nothing
    return found
