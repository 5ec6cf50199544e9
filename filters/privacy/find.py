"""From marks to identifiers: the recognisers run around each mark, and of overlapping finds one stays."""

from collections.abc import Iterator

import numpy as np

from filters.privacy import scan
from filters.privacy.context import AFFILIATION, AUTHOR
from filters.privacy.internet import emails, ipv4, ipv6, spelt_emails, url_tokens
from filters.privacy.kinds import KINDS
from filters.privacy.national import fiscal_codes, ibans, insurance_numbers, numbers
from filters.privacy.phone import phones
from filters.privacy.records import birth_dates, record_numbers
from filters.privacy.window import Find, Window

Span = tuple[int, int, str]  # start, end (bytes of the document), kind

# Words that say that a record number, a date of birth or a spelt-out address may follow; the last word of the phrase.
ANCHORS = tuple(
    "mrn record chart hospital hosp patient clinic unit casenotes notes note ipp nip dossier cartella nosologico paziente "
    "nhc historia historial clínica clinica clínico clinico expediente paciente "
    "born birth birthdate birthday dob naissance né née nÉ nÉe nee ddn nascita nato nata nacido nacida nació nacimiento nac "
    "nino insurance ni at arroba arobase chiocciola".split()
)
ANCHOR_TABLE = scan.anchor_table(ANCHORS)
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
_AUTHOR_KINDS = {"email": "author_email", "phone": "author_phone"}
_AUTHOR_BEFORE = 200  # characters


def find_spans(document: np.ndarray, marks: np.ndarray, article: bool) -> list[Span]:
    """Identifiers of one document (UTF-8 bytes) around its marks, ascending and disjoint.

    `article`: the document is a scientific article, whose affiliations are published contacts.
    """
    found: set[Span] = set()
    for start, end, kind, digits in marks.tolist():
        window = Window.around(document, start, end)
        for first, last, what in _recognise(window, kind, digits):
            what = _of_author(window, first, what, article)
            found.add((window.byte(first), window.byte(last), what))
    return disjoint(found)


def disjoint(found: set[Span]) -> list[Span]:
    """Of spans that overlap the one whose kind stands first in KINDS, then the longer, then the earlier."""
    chosen: list[Span] = []
    for span in sorted(found, key=lambda span: (_RANK[span[2]], span[0] - span[1], span[0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _recognise(window: Window, kind: int, digits: int) -> Iterator[Find]:
    if kind == scan.NUMBER:
        yield from ibans(window)
        yield from numbers(window, digits)
        yield from phones(window)
        yield from birth_dates(window)
        yield from record_numbers(window)
    elif kind == scan.WORD:
        yield from birth_dates(window)
        yield from record_numbers(window)
        yield from insurance_numbers(window)
        yield from spelt_emails(window)
    elif kind == scan.AT:
        yield from emails(window)
    elif kind == scan.URL:
        yield from url_tokens(window)
    elif kind == scan.DOTTED:
        yield from ipv4(window)
    elif kind == scan.COLONS:
        yield from ipv6(window)
    elif kind == scan.FISCAL:
        yield from fiscal_codes(window)


def _of_author(window: Window, at: int, kind: str, article: bool) -> str:
    """The kind of a published contact where the words before say so: "Correspondence to:", or an affiliation."""
    if kind not in _AUTHOR_KINDS:
        return kind
    before = window.before(at, _AUTHOR_BEFORE)
    published = AUTHOR.search(before) or (article and AFFILIATION.search(before))
    return _AUTHOR_KINDS[kind] if published else kind
