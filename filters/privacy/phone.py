"""Telephone numbers: international ones, typical national groupings, and others in context; phonenumbers validates them."""

import re
from collections.abc import Iterator

import phonenumbers

from filters.privacy.context import CALL, CONTEXT
from filters.privacy.window import LEFT, Find, Window

_REGIONS = ("FR", "GB", "IT", "ES", "US")
_CONTEXT_BEFORE = 48  # characters
_SIGNS = r"[ \u00a0\u202f\u2011.\-/()]"
_INTERNATIONAL = re.compile(
    rf"(?<![\w+.])(?:\+ ?|00{_SIGNS}?)\(?[1-9][0-9]{{0,2}}\)?(?:{_SIGNS}{{0,3}}[0-9]){{5,14}}(?![^\W_])"
)
_GROUPED = (
    ("FR", re.compile(rf"{LEFT}0[1-9]([ .\-\u00a0\u202f])[0-9]{{2}}(?:\1[0-9]{{2}}){{3}}(?![^\W_])(?!\1[0-9])")),
    (
        "GB",
        re.compile(
            rf"{LEFT}(?:\(0[0-9]{{2,4}}\)|0[1237][0-9]{{1,4}})[ -][0-9]{{3,4}}[ -]?[0-9]{{3,4}}(?![^\W_])(?![ -][0-9])"
        ),
    ),
    ("US", re.compile(rf"{LEFT}\([2-9][0-9]{{2}}\) ?[2-9][0-9]{{2}}[-. ][0-9]{{4}}(?![^\W_])(?![-.][0-9])")),
    ("US", re.compile(rf"{LEFT}1[-.][2-9][0-9]{{2}}[-.][0-9]{{3}}[-.][0-9]{{4}}(?![^\W_])(?![-.][0-9])")),
)
_ANY = re.compile(rf"(?<![^\W_])(?<![0-9][.,])\(?[0-9](?:{_SIGNS}{{0,3}}[0-9]){{6,13}}(?![^\W_])")
_LAST_GROUP = re.compile(r"[^0-9]+[0-9]*$")


def phones(window: Window) -> Iterator[Find]:
    """Telephone and fax numbers that exist as far as the numbering plans tell."""
    for match in _INTERNATIONAL.finditer(window.text):
        if window.touches(match):
            yield from _longest_valid(match, None)
    for region, pattern in _GROUPED:
        for match in pattern.finditer(window.text):
            if window.touches(match) and _is_valid(match[0], region):
                yield match.start(), match.end(), "phone"
    for match in _ANY.finditer(window.text):
        before = window.before(match.start(), _CONTEXT_BEFORE) if window.touches(match) else ""
        if (
            CONTEXT["phone"].search(before)
            or CALL.search(before)
            or window.text[: match.start()].rstrip().endswith(("☎", "☏", "📞", "✆"))
        ):
            for region in _REGIONS:
                found = list(_longest_valid(match, region))
                if found:
                    yield found[0]
                    break


def _longest_valid(match: re.Match[str], region: str | None) -> Iterator[Find]:
    """The number without the groups behind it that are none of its own: "+33 1 23 45 67 89 12"."""
    text = match[0]
    while len(text) >= 7:
        if _is_valid(text, region):
            yield match.start(), match.start() + len(text), "phone"
            return
        shorter = _LAST_GROUP.sub("", text)
        if shorter == text:
            return
        text = shorter


def _is_valid(text: str, region: str | None) -> bool:
    number = re.sub(r"\( ?0 ?\)", "", text)  # +33 (0)1: the zero is dialled inside the country only
    if region is None:
        number = "+" + re.sub(r"^\+|^00", "", number.strip())
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
