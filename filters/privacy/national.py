"""Numbers that a state, a bank or a health service gives to a person: form, check digits and, where needed, context.

A form that proves itself (an IBAN, a codice fiscale, a NIR with its key) needs no context. Bare digits with one check
digit do: one in ten or eleven numbers of that length passes Luhn or modulo 11 by chance.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator

from filters.privacy import checksums
from filters.privacy.context import CONTEXT, HINTS, THING
from filters.privacy.iban_lengths import IBAN_LENGTHS
from filters.privacy.window import GAP, LEFT, RIGHT, Find, Window, compact

_CONTEXT_BEFORE = 100  # characters


@dataclasses.dataclass(frozen=True)
class Form:
    """One written form of a kind: `digits` the mark must have, `valid` judges the compact text.

    `in_context`: words that say so must stand near. Words that say it is the code of a thing must never.
    """

    kind: str
    digits: int
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]
    in_context: bool = False


def _form(kind: str, digits: int, body: str, valid: Callable[[str], bool], in_context: bool = False) -> Form:
    return Form(kind, digits, re.compile(rf"{LEFT}(?:{body}){RIGHT}"), valid, in_context)


def _nir_without_key(text: str) -> bool:
    return checksums.fr_nir(text + f"{97 - int(checksums.nir_digits(text)) % 97:02d}")


def _dni_not_dated(text: str) -> bool:
    """A DNI, and not a date with a letter behind it, as lots are numbered."""
    return checksums.es_dni(text) and not re.match(
        r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", text
    )


_CARD_GROUPS = rf"[0-9]{{4}}(?P<card>{GAP})[0-9]{{4}}(?P=card)[0-9]{{4}}(?P=card)[0-9]{{4}}(?:(?P=card)[0-9]{{3}})?"
_NIR_KEY = rf"(?:\s?[/(]\s?|\s(?:cl[ée]|key)?\s?:?\s?|{GAP})?[0-9]{{2}}\)?"
_NIR = rf"[1-478]{GAP}?[0-9]{{2}}{GAP}?[0-9]{{2}}{GAP}?(?:[0-9]{{2}}|2[ABab]){GAP}?[0-9]{{3}}{GAP}?[0-9]{{3}}"
_THREES = rf"[0-9]{{3}}{GAP}?[0-9]{{3}}"
_LETTER = rf"(?: ?- ?|{GAP}|/)?[A-Za-z]"

FORMS = (
    _form("es_dni", 8, r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}[ -]?[A-Za-z]", checksums.es_dni),
    _form("es_dni", 8, r"[0-9]{8}-?[A-Z]", _dni_not_dated),
    _form("es_dni", 8, rf"[0-9]{{2}}{GAP}?{_THREES}{_LETTER}", checksums.es_dni, True),
    _form("es_nie", 7, r"[XYZ]-?[0-9]{7}-?[A-Z]", checksums.es_nie),
    _form("es_nie", 7, rf"[XYZxyz]{GAP}?[0-9]{GAP}?{_THREES}{_LETTER}", checksums.es_nie, True),
    _form("es_nss", 12, r"[0-9]{2}(?P<nss>[ /.-])[0-9]{8}(?P=nss)[0-9]{2}", checksums.es_nss),
    _form(
        "es_nss", 12, rf"[0-9]{{2}}(?:{GAP}|/)?[0-9]{{4}}{GAP}?[0-9]{{4}}(?:{GAP}|/)?[0-9]{{2}}", checksums.es_nss, True
    ),
    _form("fr_nir", 12, rf"{_NIR}{_NIR_KEY}", checksums.fr_nir),
    _form("fr_nir", 12, _NIR, _nir_without_key, True),
    _form("fr_rpps", 11, rf"1{GAP}?0{GAP}?[0-9]{{3}}{GAP}?{_THREES}", checksums.fr_rpps, True),
    _form("uk_nhs", 10, rf"{_THREES}{GAP}?[0-9]{{4}}", checksums.uk_nhs, True),
    _form("us_ssn", 9, rf"[0-9]{{3}}{GAP}?[0-9]{{2}}{GAP}?[0-9]{{4}}", checksums.us_ssn, True),
    _form("card", 15, _CARD_GROUPS, checksums.card),
    _form("card", 15, r"3[47][0-9]{2}(?P<amex>[ -])[0-9]{6}(?P=amex)[0-9]{5}", checksums.card),
    _form("card", 14, r"3[0689][0-9]{2}(?P<diners>[ -])[0-9]{6}(?P=diners)[0-9]{4}", checksums.card),
    _form("card", 15, r"3[47][0-9]{13}|[2-6][0-9]{15}", checksums.card),
    _form("card", 12, rf"[2-6][0-9]{{3}}{GAP}?[0-9]{{4}}{GAP}?[0-9]{{4}}{GAP}?[0-9]{{1,7}}", checksums.card, True),
)
_FISCAL = re.compile(
    rf"{LEFT}(?:[A-Za-z]{{6}}[0-9A-Za-z]{{2}}[A-Za-z][0-9A-Za-z]{{2}}[A-Za-z][0-9A-Za-z]{{3}}[A-Za-z]"
    rf"|[A-Z]{{3}}(?P<cf>{GAP}?)[A-Z]{{3}}{GAP}?[0-9L-V]{{2}}[A-T][0-9L-V]{{2}}{GAP}?[A-Z][0-9L-V]{{3}}{GAP}?[A-Z]){RIGHT}"
)
_IBAN_REACH = 44  # characters: 34 and their separators
_IBAN = re.compile(
    rf"{LEFT}(?:IBAN)?(?P<iban>[A-Z]{{2}}[0-9]{{2}}(?:{GAP}?[0-9A-Z]){{11,30}}|[a-z]{{2}}[0-9]{{2}}[0-9a-z]{{11,30}})(?![^\W_])"
)
_NINO = re.compile(r"(?<![^\W_])[A-Za-z]{2} ?-?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-Da-d](?![^\W_])")


def numbers(window: Window, digits: int) -> Iterator[Find]:
    """Identifiers made of digits, of a mark with that many digits."""
    for form in FORMS:
        if digits >= form.digits and (not form.in_context or HINTS[form.kind] & window.near):
            for match in window.matches(form.pattern):
                if form.valid(compact_number(match[0])) and _fits(window, match, form):
                    yield match.start(), match.end(), form.kind


def compact_number(text: str) -> str:
    """The identifier without separators and without a word before its key."""
    return re.sub(r"CL[ÉE]|KEY|[:\s]", "", compact(text))


def _fits(window: Window, match: re.Match[str], form: Form) -> bool:
    before = window.before(match.start(), _CONTEXT_BEFORE)
    if THING.search(before):
        return False
    words = CONTEXT[form.kind]
    return not form.in_context or bool(words.search(before) or words.match(window.bracket_after(match.end())))


def ibans(window: Window) -> Iterator[Find]:
    """International bank account numbers; what follows the country's length is not part of it."""
    for match in window.matches(_IBAN, _IBAN_REACH):
        start, length = match.start("iban"), IBAN_LENGTHS.get(match["iban"][:2].upper(), 0)
        text = compact(match["iban"])
        if len(text) < length or not length or not checksums.iban(text[:length]):
            continue
        end, left = start, length
        while left:
            left -= window.text[end].isalnum()
            end += 1
        if not window.text[end : end + 1].isalnum():
            yield start, end, "iban"


def fiscal_codes(window: Window) -> Iterator[Find]:
    """Italian codici fiscali, in one piece or in the groups of the card."""
    for match in window.matches(_FISCAL):
        if checksums.it_cf(compact(match[0])):
            yield match.start(), match.end(), "it_cf"


def insurance_numbers(window: Window) -> Iterator[Find]:
    """UK national insurance numbers after words that say so."""
    for match in _NINO.finditer(window.text, window.end, window.end + 64):
        if checksums.uk_nino(compact(match[0])) and CONTEXT["uk_nino"].search(window.before(match.start(), 60)):
            yield match.start(), match.end(), "uk_nino"
