"""Recipes: what a user wants, as TOML, refused with line and remedy before anything runs."""

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)

from dedup.signatures.signature import Signature
from filters.boilerplate.repeats import By
from filters.boilerplate.trim import Numbers
from filters.domain.model import model_digest
from filters.language.evidence import digest as language_lexicon
from filters.models import find_language_model
from ingest.extract.ocr import installed
from ingest.extract.options import HtmlOptions, Options, PdfOptions
from ingest.recipe_filters import DecontaminationRules, PrivacyRules
from ingest.recipe_paragraphs import EVERY, ParagraphRules
from ingest.recipe_quality import QualityRules
from ingest.recipe_section import Section
from ingest.recipe_sources import Crawl, Entry, explain, nearest, read_sources
from ingest.sources.base import Source
from ingest.toml_lines import line_of
from shards.errors import InputError
from shards.step import parameters

LANGUAGES = ("en", "fr", "it", "es")
_WEB = {"crawl", "warc"}  # kinds of sources whose documents come out of templates
_ARTICLES = {"pubmed", "pmc", "jats", "oai"}  # kinds whose documents name their authors' addresses


class Rights(Section):
    """Opt-outs (noai, TDM reservation ...) and licences. `licenses` empty: any licence, and none stated, will do."""

    honour_opt_outs: bool = True
    licenses: tuple[str, ...] = ()


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


class DedupRules(Section):
    """Duplicates: documents whose shingles have Jaccard >= `threshold` and whose doses and names agree.

    `parents`: versions that this one follows, the oldest first; what they kept wins. `against`: versions of which
    nothing is taken again. Both are NAME@TAG, NAME, an id or its beginning.
    """

    parents: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    threshold: float = Field(0.8, gt=0, le=1)
    dose_threshold: float = Field(0.4, ge=0, le=1)  # 0: doses do not count
    names: bool = True  # texts of one template with names of their own are not duplicates
    page_threshold: float = Field(0.3, gt=0, le=1)  # of two captures of one page in one source; 1: as any two texts
    residual_threshold: float = Field(0.5, ge=0, le=1)  # without what a cluster's documents share; 0: does not count
    containment: float = Field(0.0, ge=0, le=1)  # share of a text in a longer one that is kept; 0: parts are kept
    max_removed: float = Field(0.8, gt=0, le=1)  # of a source's documents in a language; more stops the build
    list_clusters_over: int = Field(50, ge=1)  # documents removed for one: the report, manifest and card list it
    ngram: int = Field(5, ge=1, le=50)
    bands: int = Field(14, ge=1, le=256)
    rows: int = Field(8, ge=1, le=64)
    min_shingles: int = Field(16, ge=1)
    one_permutation: bool = True  # false: a minimum of each permutation, half as fast again
    max_bucket: int = Field(1_000_000, ge=2)  # documents that share a band's key; larger ones are left out and reported
    prefixes: int = Field(1, ge=1, le=4096)  # match tasks a band: raise it when a band no longer fits in memory
    verify_tasks: int = Field(2, ge=1, le=65536)
    paragraphs: ParagraphRules | None = None

    @model_serializer(mode="wrap")
    def _stated(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what came later and is not asked for, so that versions of older recipes keep their id."""
        plain = dump(self)
        return plain if self.paragraphs else {name: value for name, value in plain.items() if name != "paragraphs"}

    @property
    def signature(self) -> Signature:
        """The step's parameters."""
        return Signature(
            ngram=self.ngram, permutations=self.bands * self.rows, min_shingles=self.min_shingles,
            one_permutation=self.one_permutation,
        )  # fmt: skip


class Extraction(Section):
    """How payloads become text."""

    html: HtmlRules = HtmlRules()
    pdf: PdfRules = PdfRules()
    references: Literal["drop", "keep"] = "drop"  # the list at the end of an article, in pages and PDF files


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


class _Document(Section):
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
    def _glance_is_looser(self) -> "_Document":
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


_LOCAL = {
    "language": {"model"},
    "domain": {"model"},
    "paper": True,
    "decontaminate": {"benchmarks": {"__all__": {"path"}}},
    # Names move: the manifest has the versions that they meant. How many tasks there are changes nothing.
    "dedup": {"parents", "against", "prefixes", "verify_tasks"},
}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A checked recipe. `entries` are in order of priority: of two duplicates, the earlier source's is kept."""

    name: str
    path: Path
    entries: tuple[Entry, ...]
    document: _Document

    @property
    def sources(self) -> tuple[Source | Crawl, ...]:
        """The readers of the sources, and what is to be crawled."""
        return tuple(entry.source for entry in self.entries)

    def as_json(self) -> dict[str, Any]:
        """What shapes a version, as plain data: no path of this machine is in it."""
        plain = self.document.model_dump(mode="json", exclude=_LOCAL)
        plain["sources"] = [
            {"kind": entry.kind} | entry.own | _without_types(parameters(entry.source)) for entry in self.entries
        ]
        for entry, stated in zip(
            self.document.decontaminate.benchmarks, plain["decontaminate"]["benchmarks"], strict=True
        ):
            stated["sha256"] = entry.pinned(self.path.parent).digest
        if self.domain_model:
            plain["domain"]["model_sha256"] = model_digest(self.domain_model)
        return plain

    @property
    def domain_model(self) -> str | None:
        """Where the domain model lies on this machine; None for the lexicons alone."""
        stated = self.document.domain.model
        return None if stated is None else str(self.path.parent / stated)

    def beside(self, parents: Sequence[str] = (), against: Sequence[str] = ()) -> "Recipe":
        """The recipe with further versions that it follows, and versions of which nothing is taken again."""
        dedup = self.document.dedup
        named = {"parents": (*dedup.parents, *parents), "against": (*dedup.against, *against)}
        document = self.document.model_copy(update={"dedup": dedup.model_copy(update=named)})
        return replace(self, document=document)

    @property
    def articles(self) -> tuple[str, ...]:
        """Names of the sources of scientific articles."""
        stated = self.document.privacy.articles
        return tuple(e.name for e in self.entries if e.kind in _ARTICLES) if stated is None else stated

    def without_boilerplate(self, entry: Entry) -> bool:
        """Whether repeated units are taken out of that source's texts."""
        if entry.boilerplate is not None:
            return entry.boilerplate
        return {"web": entry.kind in _WEB, "all": True, "none": False}[self.document.boilerplate.sources]


def _without_types(plain: Any) -> Any:
    """Parameters as they shape a key, less the names of their classes."""
    if isinstance(plain, dict):
        return {name: _without_types(value) for name, value in plain.items() if name}
    return [_without_types(value) for value in plain] if isinstance(plain, list) else plain


def load(path: str | Path, unfetched: bool = False) -> Recipe:
    """Read and check a recipe; `InputError` lists every fault with its line and what to do.

    `unfetched`: a source whose files are not there yet is no fault (its entry says so), for planning and fetching.
    """
    path = Path(path)
    if not path.is_file():
        known = sorted(str(found) for found in Path("recipes").glob("*.toml"))
        raise InputError(f"no recipe at {path}; there are: {', '.join(known) or 'none in recipes/'}")
    text = path.read_text(encoding="utf-8")
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    faults: list[str] = []
    try:
        document = _Document.model_validate(plain)
    except ValidationError as error:
        faults += [explain(path, text, _Document, (), one) for one in error.errors()]
    entries = read_sources(path, text, plain.get("sources"), faults)
    faults += [] if unfetched else [entry.absent for entry in entries if entry.absent]
    if not faults:
        faults += _unknown_sources(path, text, document, {entry.name for entry in entries})
    if faults:
        raise InputError("\n".join(sorted(set(faults))))
    return Recipe(document.name, path, entries, document)


def _unknown_sources(path: Path, text: str, document: _Document, names: set[str]) -> list[str]:
    """Where the paper's tables or the section on paragraphs name a source that the recipe does not have."""
    named = [(("paper", at, "sources"), name) for at, row in enumerate(document.paper) for name in row.sources]
    if document.dedup.paragraphs:
        losing = document.dedup.paragraphs.sources
        named += [(("dedup", "paragraphs", "sources"), name) for name in losing if name != EVERY]
    return [
        f"{path}:{line_of(text, place)}: no source is called {name!r}{nearest(name, names)}"
        for place, name in named
        if name not in names
    ]
