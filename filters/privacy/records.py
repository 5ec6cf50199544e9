"""Medical record numbers and dates of birth: any number and any date, so only the words right before it tell."""

import re
from collections.abc import Iterator

from filters.privacy.checksums import calendar_date
from filters.privacy.record_words import BETWEEN, BIRTH_NOUNS, BIRTH_VERBS, MEASURES, MONTHS, PLACES, RECORD
from filters.privacy.window import Find, Window

_BEFORE = 90  # characters in which the words stand
_AFTER = 72  # characters behind an anchor word in which the number stands
_MIN_DIGITS, _MIN_DIGITS_SHORT = 4, 6  # of a record number; after an abbreviation that has other meanings
_EDGE = r"(?<![^\W_])"
_SIGNS = r"[\s:.,#|*_=(\[–—-]{0,8}"


def _joined(fragments: dict[str, tuple[str, ...]] | tuple[str, ...]) -> str:
    """One pattern of all fragments; a blank is white space."""
    if isinstance(fragments, dict):
        fragments = tuple(fragment for own in fragments.values() for fragment in own)
    return "|".join(fragments).replace(" ?", r"\s?").replace(" ", r"\s+")


_RECORD = re.compile(
    rf"{_EDGE}(?:{_joined(RECORD)}){_SIGNS}(?:(?:{_joined(BETWEEN)})[\s:.#|*_–-]{{1,4}}){{0,4}}{_SIGNS}$", re.IGNORECASE
)
_RECORD_NUMBER = re.compile(
    r"(?<![^\W_])(?:[A-Za-z]{1,4}-?)?[0-9]+(?:[-/.][0-9A-Za-z]{1,8}){0,3}"
    r"(?:[ \u00a0][0-9]{3,4}(?![^\W_])){0,3}[A-Za-z]?(?![^\W_])(?!,[0-9])"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}(?:[-/–](?:19|20)?[0-9]{2})?")
_MEASURE = re.compile(rf"\s{{0,2}}(?:{MEASURES})(?!\w)", re.IGNORECASE)

_MONTH = "|".join(MONTHS.values())
_DATE = re.compile(
    rf"""{_EDGE}(?:
      (?P<first>[0-9]{{1,2}})(?P<sign>\s?[./\-]\s?|[ ])(?P<second>[0-9]{{1,2}})(?P=sign)
      (?P<year>(?:19|20)[0-9]{{2}}|[0-9]{{2}})
    | (?P<iso>(?:19|20)[0-9]{{2}}([-/.])[0-9]{{1,2}}\6[0-9]{{1,2}})
    | [0-9]{{1,2}}(?:er|st|nd|rd|th|[º°])?[\s-]?(?:of\s|de\s)?(?:{_MONTH})[.,]?[\s-]?(?:de\s|del\s)?(?:19|20)[0-9]{{2}}
    | (?:{_MONTH})\.?\s[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)[0-9]{{2}}
    )(?![^\W_])(?![./-][0-9])""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACE = rf"(?:[\s,]+(?:{'|'.join(PLACES)})(?:\s+[^\W\d_][\w'’.-]*(?:\s*\([A-Za-z]{{2,3}}\))?){{1,5}}?,?)?"
_VERBS = "|".join(
    participle.replace(" ?", r"\s?") + _PLACE + before.replace(" ", r"\s+")
    for participle, before in BIRTH_VERBS.values()
)
_BIRTH = re.compile(
    rf"{_EDGE}(?:{_joined(BIRTH_NOUNS)})(?:\s+(?:{_joined(BETWEEN)}))*(?:\s?\([DJGMAY/]{{8,10}}\))?{_SIGNS}$"
    rf"|{_EDGE}(?:{_VERBS})[\s:|]{{0,3}}$"
    rf"|{_EDGE}(?-i:N[EÉ](?:\(E\)|E)?\s+LE)\s*:?\s*$",  # capitals without their accents
    re.IGNORECASE,
)


def record_numbers(window: Window) -> Iterator[Find]:
    """The number of four digits at least that follows a name of a medical record; no year, date or measure."""
    match = _RECORD_NUMBER.search(window.text, window.end, window.end + _AFTER)
    digits = sum(map(str.isdigit, match[0])) if match else 0
    if digits < _MIN_DIGITS or _YEAR.fullmatch(match[0]) or _DATE.fullmatch(match[0]):
        return
    named = _RECORD.search(window.text[max(0, match.start() - _BEFORE) : match.start()])
    if named is None or (digits < _MIN_DIGITS_SHORT and (named["drug_class"] or named["short"])):
        return
    if digits >= _MIN_DIGITS_SHORT or not _MEASURE.match(window.text, match.end()):
        yield match.start(), match.end(), "record_number"


def birth_dates(window: Window) -> Iterator[Find]:
    """The full date since 1900 that follows words of birth; ages, years and dates that bound an age group are none."""
    match = _DATE.search(window.text, window.end, window.end + _AFTER)
    if match and _exists(match) and _BIRTH.search(window.text[max(0, match.start() - _BEFORE) : match.start()]):
        yield match.start(), match.end(), "birth_date"


def _exists(date: re.Match[str]) -> bool:
    if date["iso"]:
        year, month, day = map(int, re.split(r"\D", date["iso"]))
        return calendar_date(day, month, year)
    if date["first"]:
        first, second = int(date["first"]), int(date["second"])
        year = int(date["year"]) + (1900 if len(date["year"]) == 2 else 0)
        return calendar_date(first, second, year) or calendar_date(second, first, year)
    return True
