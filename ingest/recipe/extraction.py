"""The recipe's sections on how payloads become text, and on what repeats in it."""

from typing import Literal

from pydantic import Field

from filters.boilerplate.repeats import By
from filters.boilerplate.trim import Numbers
from ingest.recipe.section import Section


class HtmlRules(Section):
    """Which web pages are turned away at a glance, before the slow extraction; none unless a threshold is given."""

    other_language: float | None = Field(None, ge=0.5, le=1)  # probability of a language that is not kept
    off_topic: float | None = Field(None, ge=0, lt=1)  # medical score of the page's whole text, menus and all


class PdfRules(Section):
    """PDF files: whether pages that are images only are recognised by Tesseract, which must be installed."""

    ocr: bool = False
    ocr_languages: tuple[str, ...] = Field(("spa", "fra", "ita", "eng"), min_length=1)
    ocr_pages: int = Field(100, ge=1)  # most pages of a file; a file with more is refused as scanned
    ocr_dpi: int = Field(300, ge=72, le=600)


class Extraction(Section):
    """How payloads become text."""

    html: HtmlRules = HtmlRules()
    pdf: PdfRules = PdfRules()
    references: Literal["drop", "keep"] = "drop"  # the list at the end of an article, in pages and PDF files


class BoilerplateRules(Section):
    """Lines and lists that repeat over a host or a source and are taken out of its texts (`filters.boilerplate.trim`).

    `sources`: where it is done if a source's own key `boilerplate` does not say; "web" means crawls and web archives.
    Leaflets, trial records and articles of one publisher share sentences that are their substance.
    """

    sources: Literal["web", "all", "none"] = "web"
    by: By = "host"
    min_documents: int = Field(10, ge=2)  # of the group that have the unit
    min_share: float = Field(0.1, gt=0, le=1)  # of the group's documents
    max_removed: float = Field(0.8, gt=0, lt=1)  # of a document's words; one that would lose more is left as it is
    numbers: Numbers = "doses"  # what protects a unit: an amount with its unit, or any digit
    tasks: int = Field(1, ge=1, le=65536)  # a source; raise it when its counts do not fit in memory
