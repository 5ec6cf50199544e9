"""How payloads are extracted: a recipe's choices, part of what names the output."""

import dataclasses
from typing import Any

from shards.step import local


@dataclasses.dataclass(frozen=True)
class HtmlOptions:
    """Choices for web pages: which are turned away after a glance, before the slow extraction.

    `other_language`: probability from which a page in none of `languages` is turned away; None: no page is.
    `off_topic`: medical score at a glance below which a page is; None: no page is.
    """

    languages: tuple[str, ...] = ()
    other_language: float | None = None
    off_topic: float | None = None
    model_sha256: str = ""  # of the language model, where `other_language` is set
    lexicon_sha256: str = ""  # of the word lists beside it
    model_path: str = local(default="")

    @property
    def glances(self) -> bool:
        """Whether any page can be turned away."""
        return self.other_language is not None or self.off_topic is not None


@dataclasses.dataclass(frozen=True)
class PdfOptions:
    """Choices for PDF files: whether pages without usable text are recognised from their image.

    `tesseract`: version of the program that does it, empty when none is to; `ocr_languages`: its names of the languages
    that pages may be in: each is read in the one that the file or a quick look shows, and where nothing does, in all,
    of which the first counts most (English first costs the others their accents).
    `ocr_pages`: most pages of a file that are recognised, at `ocr_dpi` dots per inch.
    """

    tesseract: str = ""
    ocr_languages: tuple[str, ...] = ("spa", "fra", "ita", "eng")
    ocr_pages: int = 100
    ocr_dpi: int = 300


@dataclasses.dataclass(frozen=True)
class Options:
    """Choices for all payloads; they travel to the extraction process with each request.

    `references`: "drop" the final list of references of pages and PDF files, as readers of JATS do, or "keep" it.
    """

    html: HtmlOptions = HtmlOptions()
    pdf: PdfOptions = PdfOptions()
    references: str = "drop"

    def as_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Options":
        """The options that `as_json` wrote; lists become tuples again."""
        html, pdf = ({k: tuple(v) if isinstance(v, list) else v for k, v in plain[p].items()} for p in ("html", "pdf"))
        return cls(HtmlOptions(**html), PdfOptions(**pdf), plain["references"])
