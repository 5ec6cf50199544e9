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

# Words that announce something: the last word of a phrase before a number or date, or an `@` spelt out.
_RECORD, _BIRTH, _INSURANCE, _SPELT_AT = 1, 2, 4, 8
_ANNOUNCERS = {
    _RECORD: "mrn record chart hospital hosp patient clinic unit casenotes notes note file dossier ipp nip cartella "
    "clinica sanitaria ambulatoriale nosologico paziente nhc historia historial clínica clínico clinico médico medico "
    "médica medica clinique médical medical hospitalier paciente pt nda hc",
    _BIRTH: "born birth birthdate birthday dob naissance né née nÉ nÉe ne nee ddn dn fn nascita nato nata nacido "
    "nacida nació nacio nacimiento nac fnac",
    _INSURANCE: "nino insurance ni ins",
    _SPELT_AT: "at arroba arobase chiocciola",
}
_AFTER_WORDS = {
    _RECORD: record_numbers,
    _BIRTH: birth_dates,
    _INSURANCE: insurance_numbers,
    _SPELT_AT: spelt_emails,
}
ANCHORS = scan.anchor_table({word: what for what, words in _ANNOUNCERS.items() for word in words.split()})
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
_AUTHOR_KINDS = {"email": "author_email", "phone": "author_phone"}
_AUTHOR_BEFORE = 200  # characters
_URL_AFTER = 2048  # bytes


def find_spans(document: np.ndarray, marks: np.ndarray, article: bool) -> list[Span]:
    """Identifiers of one document (UTF-8 bytes) around its marks, ascending and disjoint.

    `article`: the document is a scientific article, whose affiliations are published contacts.
    """
    found: set[Span] = set()
    for start, end, kind, detail in marks.tolist():
        window = Window.around(document, start, end, *((_URL_AFTER,) if kind == scan.URL else ()))
        for first, last, what in _recognise(window, kind, detail):
            what = _of_author(window, first, what, article)
            found.add((window.byte(first), window.byte(last), what))
    return disjoint(found)


def disjoint(found: set[Span]) -> list[Span]:
    """Of spans that overlap the one whose kind stands first in KINDS, then the longer, then the earlier; ascending."""
    chosen: list[Span] = []
    tangle: list[Span] = []  # spans that overlap, one with the next
    end = 0
    for span in sorted(found):
        if span[0] >= end:
            chosen += _untangled(tangle)
            tangle = []
        tangle.append(span)
        end = max(end, span[1])
    return chosen + _untangled(tangle)


def _untangled(tangle: list[Span]) -> list[Span]:
    chosen: list[Span] = []
    for span in sorted(tangle, key=lambda span: (_RANK[span[2]], span[0] - span[1], span[0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            chosen.append(span)
    return sorted(chosen)


def _recognise(window: Window, kind: int, detail: int) -> Iterator[Find]:
    if kind == scan.NUMBER:
        yield from ibans(window)
        yield from numbers(window, detail)
        yield from phones(window)
    elif kind == scan.WORD:
        for what, recognise in _AFTER_WORDS.items():
            if detail & what:
                yield from recognise(window)
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
    before = window.paragraph_before(at, _AUTHOR_BEFORE)
    published = AUTHOR.search(before) or (article and AFFILIATION.search(before))
    return _AUTHOR_KINDS[kind] if published else kind
