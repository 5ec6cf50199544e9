"""The tables of a recipe, and how they check each other."""

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from filters.language.evidence import digest as language_lexicon
from filters.models import find_language_model
from ingest.extract.ocr.tesseract import installed
from ingest.extract.options import HtmlOptions, Options, PdfOptions
from ingest.recipe.dedup import DedupRules
from ingest.recipe.extraction import BoilerplateRules, Extraction
from ingest.recipe.filters import DecontaminationRules, PrivacyRules
from ingest.recipe.quality import QualityRules
from ingest.recipe.section import Section

LANGUAGES = ("en", "fr", "it", "es")


class Rights(Section):
    """Opt-outs (noai, TDM reservation ...) and licences. `licenses` empty: any licence, and none stated, will do."""

    honour_opt_outs: bool = True
    licenses: tuple[str, ...] = ()


class LanguageRules(Section):
    """Languages to keep, and the least mean probability over the sampled windows.

    `mixed`: whether a document in several languages stays one and is judged by its main language ("keep"), is dropped
    when more than `max_mixed` of it is surely in another language, or becomes one document a language ("split").
    """

    keep: tuple[Literal["en", "fr", "it", "es"], ...] = Field(LANGUAGES, min_length=1)
    min_confidence: float = Field(0.6, ge=0, le=1)
    mixed: Literal["keep", "drop", "split"] = "keep"
    max_mixed: float = Field(0.2, ge=0, lt=1)  # share of the letters read
    model: str | None = None  # path of lid.176.ftz or .bin; by default the one that `make` installs

    @field_validator("keep")
    @classmethod
    def _each_once(cls, keep: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(keep)) < len(keep):
            raise ValueError("a language is named twice; name each once")
        return tuple(sorted(keep))  # their order means nothing, so it must not shape a version

    @model_validator(mode="after")
    def _threshold_counts(self) -> "LanguageRules":
        if "max_mixed" in self.model_fields_set and self.mixed != "drop":
            raise ValueError(
                f'max_mixed does nothing while mixed = "{self.mixed}": say mixed = "drop", or leave it out'
            )
        return self


class DomainRules(Section):
    """Medical domain: score of the lexicon, or of a model that `python -m filters.train_domain` made, 0 to 1."""

    min_score: float = Field(0.5, ge=0, le=1)
    model: str | None = None  # folder of the model, relative to the recipe's


class ShardRules(Section):
    """Shards hold about `max_mb` megabytes of characters each."""

    max_mb: float = Field(256, gt=0)


class PaperRow(Section):
    """A row of the corpus that the recipe is measured against: its words, and which sources serve it here.

    `checked` is false for words that are recalled, not read in a publication; `note` says what replaces a source that
    cannot be had.
    """

    language: Literal["en", "fr", "it", "es"]
    row: str
    words: int = Field(ge=0)
    checked: bool = True
    sources: tuple[str, ...] = ()
    note: str = ""


class Document(Section):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)
    description: str = ""
    license: str = "other"
    contact: str = ""
    sources: list[dict[str, Any]] = Field(min_length=1)
    paper: tuple[PaperRow, ...] = ()
    rights: Rights = Rights()
    extraction: Extraction = Extraction()
    boilerplate: BoilerplateRules = BoilerplateRules()
    language: LanguageRules = LanguageRules()
    domain: DomainRules = DomainRules()
    quality: QualityRules = QualityRules()
    privacy: PrivacyRules = PrivacyRules()
    decontaminate: DecontaminationRules = DecontaminationRules()
    dedup: DedupRules = DedupRules()
    shards: ShardRules = ShardRules()

    @model_validator(mode="after")
    def _glance_is_looser(self) -> "Document":
        early = self.extraction.html.off_topic
        if early is not None and early > self.domain.min_score / 2:
            raise ValueError(
                f"extraction.html.off_topic = {early} is more than half of domain.min_score = {self.domain.min_score}: "
                "a page's menus dilute its score, so a glance must be far looser than the rule; lower it"
            )
        return self

    @property
    def options(self) -> Options:
        """The extract step's parameters."""
        rules = self.extraction.html
        html = HtmlOptions(other_language=rules.other_language, off_topic=rules.off_topic)
        if rules.other_language is not None:
            model = find_language_model(self.language.model)
            html = replace(
                html, languages=self.language.keep, model_sha256=model.sha256, lexicon_sha256=language_lexicon(),
                model_path=model.path,
            )  # fmt: skip
        asked, pdf = self.extraction.pdf, PdfOptions()
        if asked.ocr:
            version = installed(asked.ocr_languages)
            pdf = PdfOptions(version, asked.ocr_languages, asked.ocr_pages, asked.ocr_dpi)
        return Options(html, pdf, self.extraction.references)
