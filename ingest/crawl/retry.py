"""When to ask again: which failures pass, how long to wait, and what Retry-After says."""

import re
from email.utils import parsedate_to_datetime

_PASSING = re.compile(r"timeout|dns|refused|truncated|connection|http-(408|425|429|5\d\d)")
_NOT_PASSING = ("http-501", "http-505")


def is_passing(reason: str) -> bool:
    """Whether a failure may be gone at the next attempt."""
    return bool(_PASSING.fullmatch(reason)) and reason not in _NOT_PASSING


def backoff(base: float, attempts: int) -> float:
    """Seconds to wait after `attempts` failures: base, 2 base, 4 base ..."""
    return base * 2.0 ** (min(attempts, 16) - 1)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds a Retry-After header asks to wait (RFC 9110, 10.2.3), 0 for a past date; None if absent or unreadable."""
    text = (value or "").strip()
    if re.fullmatch(r"\d{1,12}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
