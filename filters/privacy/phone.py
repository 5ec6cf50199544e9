"""Telephone numbers: international ones, typical national groupings, others in context; phonenumbers validates."""

import re
from collections.abc import Iterator

import phonenumbers

from filters.privacy.context import CALL, DIALLED, PHONE, THING
from filters.privacy.window import LEFT, Find, Window

_REGIONS = ("FR", "GB", "IT", "ES", "US")
_CONTEXT_BEFORE = 48  # characters
_SIGNS = ("☎", "☏", "✆", "📞")
_END = r"(?![^\W_])"
_GAP = r"(?: ?[\-/\u2011] ?|[ .\u00a0\u202f]?\(|\)[ .\-/]?|[ .\u00a0\u202f])?"  # between two digits
_INTERNATIONAL = re.compile(rf"(?<![\w+.])\+ ?\(?[1-9](?:{_GAP}[0-9]){{7,14}}{_END}")
_GROUPED = re.compile(
    rf"{LEFT}(?:"
    r"(?P<FR>0[1-9](?P<f>[ .\-\u00a0\u202f])[0-9]{2}(?:(?P=f)[0-9]{2}){3}(?!(?P=f)[0-9])"
    r"|00 ?33(?P<p>[ .])[1-9](?:(?P=p)[0-9]{2}){4})"
    r"|(?P<GB>(?:\(0[0-9]{2,4}\)|0[1237][0-9]{1,4})[ -][0-9]{3,4}[ -]?[0-9]{3,4}(?![ -][0-9]))"
    r"|(?P<US>(?:\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[-. ]|1[-.][2-9][0-9]{2}[-.][0-9]{3}[-.])[0-9]{4}(?![-.][0-9]))"
    rf"){_END}"
)
_ANY = re.compile(rf"(?<![^\W_])(?<![0-9][.,])(?<!\+)\(?[0-9](?:{_GAP}[0-9]){{6,14}}{_END}")
_LAST_GROUP = re.compile(r"[^0-9]+[0-9]*$")
_INSIDE_ONLY = re.compile(r"\( ?0 ?\)")  # +33 (0)1: the zero is dialled inside the country


def phones(window: Window) -> Iterator[Find]:
    """Telephone and fax numbers that exist as far as the numbering plans tell."""
    found = [_longest_valid(match, ("ZZ",)) for match in window.matches(_INTERNATIONAL)]
    found += [match.span() for match in window.matches(_GROUPED) if _is_valid(match[0], _region(match))]
    if not any(found) and (DIALLED & window.near or any(sign in window.text for sign in _SIGNS)):
        found = [_longest_valid(match, _REGIONS) for match in window.matches(_ANY) if _is_announced(window, match)]
    for span in filter(None, found):
        yield *span, "phone"


def _region(grouped: re.Match[str]) -> str:
    return next(region for region in ("FR", "GB", "US") if grouped[region])


def _is_announced(window: Window, match: re.Match[str]) -> bool:
    before = window.before(match.start(), _CONTEXT_BEFORE)
    if THING.search(before):
        return False
    sign = window.text[max(0, match.start() - 3) : match.start()].rstrip().endswith(_SIGNS)
    return bool(sign or PHONE.search(before) or CALL.search(before))


def _longest_valid(match: re.Match[str], regions: tuple[str, ...]) -> tuple[int, int] | None:
    """Span of the number without the groups behind it that are none of its own: "+33 1 23 45 67 89 12"."""
    text = match[0]
    while len(text) >= 7:
        if any(_is_valid(text, region) for region in regions):
            return match.start(), match.start() + len(text)
        shorter = _LAST_GROUP.sub("", text)
        if shorter == text:
            return None
        text = shorter
    return None


def _is_valid(text: str, region: str) -> bool:
    """Whether the number exists as dialled in the region; "ZZ" is none, so that it must begin with a plus."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(_INSIDE_ONLY.sub("", text), region))
    except phonenumbers.NumberParseException:
        return False
