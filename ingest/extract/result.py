"""What an extractor returns, and what it raises."""

import dataclasses
from datetime import datetime


@dataclasses.dataclass(frozen=True)
class Extracted:
    """The text of one payload and what the payload itself says about it."""

    text: str
    extractor: str  # name/version
    title: str | None = None
    author: str | None = None  # several are joined by "; "
    site: str | None = None
    language: str | None = None
    published: datetime | None = None
    license: str | None = None
    license_evidence: str | None = None
    opt_out: tuple[str, ...] = ()


class ExtractError(Exception):
    """A payload that has no text to give; `reason` is a quarantine reason (encrypted, no-text, malformed ...)."""

    def __init__(self, reason: str, message: str, attempts: int = 1):
        super().__init__(message)
        self.reason = reason
        self.attempts = attempts


@dataclasses.dataclass(frozen=True)
class Rejection:
    """Why a page was turned away at a glance; it becomes a drop, with the value measured and the recipe's threshold."""

    reason: str  # other-language or off-topic
    value: float
    threshold: float
    language: str | None = None


class RejectedError(Exception):
    """A page that the recipe does not want extracted."""

    def __init__(self, rejection: Rejection):
        super().__init__(f"{rejection.reason}: {rejection.value:.3f}, the threshold is {rejection.threshold}")
        self.rejection = rejection
