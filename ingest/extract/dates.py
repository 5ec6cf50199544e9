"""Dates as sources write them, as UTC times."""

import re
from datetime import UTC, datetime

_ISO = re.compile(r"\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?=$|\D)(.*)", re.S)
_COMPACT = re.compile(r"(\d{14})\d*$")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(text: str | None) -> datetime | None:
    """A stated date or time (ISO 8601, also year or year and month alone; ARC's 14 digits), in UTC; else None.

    A missing month or day is 1; a time without zone is taken as UTC.
    """
    if not text:
        return None
    text = text.strip()
    try:
        if match := _COMPACT.match(text):
            return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if "T" in text or ":" in text:
            moment = datetime.fromisoformat(text.replace("/", "-"))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass  # not a full time; the date in front of it may still be one
    if match := _ISO.match(text):
        return date_of(match[1], match[2], match[3])
    return None


def date_of(year: str | None, month: str | None, day: str | None) -> datetime | None:
    """A date from its parts as text (the month as number or English name); None when they make none."""
    if not year or not year.strip().isdigit():
        return None
    name = (month or "1").strip().lower()
    number = MONTHS.index(name[:3]) + 1 if name[:3] in MONTHS else name
    try:
        return datetime(int(year), int(number), int(day or 1), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
