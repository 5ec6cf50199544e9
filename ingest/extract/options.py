"""How payloads are extracted: a recipe's choices, part of what names the output."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class HtmlOptions:
    """Choices for web pages."""


@dataclasses.dataclass(frozen=True)
class PdfOptions:
    """Choices for PDF files."""


@dataclasses.dataclass(frozen=True)
class Options:
    """Choices for all payloads; they travel to the extraction process with each request."""

    html: HtmlOptions = HtmlOptions()
    pdf: PdfOptions = PdfOptions()

    def as_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Options":
        """The options that `as_json` wrote; lists become tuples again."""
        html, pdf = ({k: tuple(v) if isinstance(v, list) else v for k, v in plain[p].items()} for p in ("html", "pdf"))
        return cls(HtmlOptions(**html), PdfOptions(**pdf))
