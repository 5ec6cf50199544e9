"""Recipes: what a user wants, as TOML, refused with line and remedy before anything runs."""

import dataclasses
import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from dedup.signature import Signature
from ingest.crawl.config import CrawlConfig
from ingest.sources.base import Source
from ingest.sources.catalogue import KINDS
from ingest.toml_lines import line_of
from shards.errors import InputError
from shards.step import local, parameters

LANGUAGES = ("en", "fr", "it", "es")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Rights(_Section):
    """Opt-outs (noai, TDM reservation ...) and licences. `licenses` empty: any licence, and none stated, will do."""

    honour_opt_outs: bool = True
    licenses: tuple[str, ...] = ()


class LanguageRules(_Section):
    """Languages to keep, and the least mean probability over the sampled windows."""

    keep: tuple[Literal["en", "fr", "it", "es"], ...] = Field(LANGUAGES, min_length=1)
    min_confidence: float = Field(0.6, ge=0, le=1)
    model: str | None = None  # path of lid.176.ftz or .bin; by default the one that `make` installs

    @field_validator("keep")
    @classmethod
    def _each_once(cls, keep: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(keep)) < len(keep):
            raise ValueError("a language is named twice; name each once")
        return tuple(sorted(keep))  # their order means nothing, so it must not shape a version


class DomainRules(_Section):
    """Medical domain: logistic score of the lexicon, 0 to 1."""

    min_score: float = Field(0.5, ge=0, le=1)


class QualityRules(_Section):
    """Bounds on the columns of `filters.quality`; shares are of 1.

    After Gopher (Rae et al. 2021, table A1) and C4, wider where medical text needs it: leaflets and guidelines are
    lists, tables of results have short lines and few stop words.
    """

    min_words: int = Field(50, ge=0)
    max_words: int = Field(500_000, ge=1)
    min_mean_word_length: float = Field(3, ge=0)
    max_mean_word_length: float = Field(12, ge=0)
    max_symbol_word_ratio: float = Field(0.1, ge=0)
    min_letter_word_share: float = Field(0.6, ge=0, le=1)
    min_stop_words: int = Field(2, ge=0)
    max_bullet_line_share: float = Field(0.95, ge=0, le=1)
    max_ellipsis_line_share: float = Field(0.3, ge=0, le=1)
    min_terminal_line_share: float = Field(0, ge=0, le=1)  # raise it against link lists; tables of codes have none
    max_duplicate_line_share: float = Field(0.3, ge=0, le=1)
    max_duplicate_paragraph_share: float = Field(0.3, ge=0, le=1)
    max_top_2gram_chars: float = Field(0.2, ge=0, le=1)
    max_top_3gram_chars: float = Field(0.18, ge=0, le=1)
    max_top_4gram_chars: float = Field(0.16, ge=0, le=1)

    @model_validator(mode="after")
    def _possible(self) -> "QualityRules":
        for name in ("words", "mean_word_length"):
            low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if low > high:
                raise ValueError(
                    f"min_{name} = {low} is above max_{name} = {high}: no document can pass; swap or widen them"
                )
        return self


class DedupRules(_Section):
    """Duplicates: documents whose shingles have Jaccard >= `threshold` and whose doses agree."""

    threshold: float = Field(0.8, gt=0, le=1)
    dose_threshold: float = Field(0.8, ge=0, le=1)
    ngram: int = Field(5, ge=1, le=50)
    bands: int = Field(14, ge=1, le=256)
    rows: int = Field(8, ge=1, le=64)
    min_shingles: int = Field(16, ge=1)
    prefixes: int = Field(1, ge=1, le=4096)  # match tasks a band: raise it when a band no longer fits in memory
    verify_tasks: int = Field(2, ge=1, le=65536)

    @property
    def signature(self) -> Signature:
        """The step's parameters."""
        return Signature(ngram=self.ngram, permutations=self.bands * self.rows, min_shingles=self.min_shingles)


class ShardRules(_Section):
    """Shards hold about `max_mb` megabytes of characters each."""

    max_mb: float = Field(256, gt=0)


class _Document(_Section):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)
    description: str = ""
    license: str = "other"
    contact: str = ""
    sources: list[dict[str, Any]] = Field(min_length=1)
    rights: Rights = Rights()
    language: LanguageRules = LanguageRules()
    domain: DomainRules = DomainRules()
    quality: QualityRules = QualityRules()
    dedup: DedupRules = DedupRules()
    shards: ShardRules = ShardRules()


@dataclasses.dataclass(frozen=True)
class Crawl:
    """A source of kind "crawl": its captures are made first, then read like any archive.

    `crawlers`: how many tasks share the hosts; a crawl that has begun keeps its number.
    """

    name: str
    config: CrawlConfig
    crawlers: int = local(default=1)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A checked recipe. `sources` are in order of priority: of two duplicates, the earlier source's is kept."""

    name: str
    path: Path
    sources: tuple[Source | Crawl, ...]
    kinds: tuple[str, ...]
    document: _Document

    def as_json(self) -> dict[str, Any]:
        """What shapes a version, as plain data: no path of this machine is in it."""
        plain = self.document.model_dump(mode="json", exclude={"language": {"model"}})
        plain["sources"] = [
            {"kind": kind} | _without_types(parameters(source))
            for kind, source in zip(self.kinds, self.sources, strict=True)
        ]
        return plain


def _without_types(plain: Any) -> Any:
    """Parameters as they shape a key, less the names of their classes."""
    if isinstance(plain, dict):
        return {name: _without_types(value) for name, value in plain.items() if name}
    return [_without_types(value) for value in plain] if isinstance(plain, list) else plain


def load(path: str | Path) -> Recipe:
    """Read and check a recipe; `InputError` lists every fault with its line and what to do."""
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
        faults += [_explain(path, text, _Document, (), one) for one in error.errors()]
    sources = _sources(path, text, plain.get("sources"), faults)
    if faults:
        raise InputError("\n".join(sorted(set(faults))))
    kinds = tuple(entry["kind"] for entry in plain["sources"])
    return Recipe(document.name, path, sources, kinds, document)


def _sources(path: Path, text: str, entries: object, faults: list[str]) -> tuple[Source | Crawl, ...]:
    """Build each source's reader; what is wrong goes to `faults`."""
    found, names = [], set()
    for at, entry in enumerate(entries if isinstance(entries, list) else []):
        place = ("sources", at)
        if not isinstance(entry, dict):
            continue  # told by the check of the whole
        kind = entry.get("kind")
        if not isinstance(kind, str) or (kind not in KINDS and kind != "crawl"):
            message = f"kind is {kind!r}: choose one of crawl, {', '.join(sorted(KINDS))}{_nearest(str(kind), KINDS)}"
            faults.append(f"{path}:{line_of(text, (*place, 'kind'))}: {message}")
            continue
        reader = CrawlConfig if kind == "crawl" else KINDS[kind]
        values = {name: value for name, value in entry.items() if name != "kind"}
        name = values.pop("name", None) if kind == "crawl" else values.get("name")
        crawlers = values.pop("crawlers", 1) if kind == "crawl" else 1
        if not isinstance(name, str) or not name or name in names:
            faults.append(
                f"{path}:{line_of(text, (*place, 'name'))}: each source needs a name of its own, not {name!r}"
            )
            continue
        names.add(name)
        if not isinstance(crawlers, int) or crawlers < 1:
            where = line_of(text, (*place, "crawlers"))
            faults.append(f"{path}:{where}: crawlers is {crawlers!r}: give a whole number of at least 1")
            continue
        if "root" in values:
            values["root"] = str((path.parent / str(values["root"])).resolve())
            if not Path(values["root"]).exists():
                where = line_of(text, (*place, "root"))
                faults.append(
                    f"{path}:{where}: {values['root']} does not exist; root is relative to the recipe's folder"
                )
                continue
        source = _make(path, text, reader, place, values, faults)
        if source is not None:
            found.append(Crawl(name, source, crawlers) if kind == "crawl" else source)
    return tuple(found)


def _make(path: Path, text: str, reader: type, place: tuple, values: dict, faults: list[str]) -> Any:
    known = {field.name for field in dataclasses.fields(reader)}
    unknown = [name for name in values if name not in known]
    for name in unknown:
        where = f"{path}:{line_of(text, (*place, name))}"
        faults.append(f"{where}: unknown key {name!r}{_nearest(name, known)}")
    if unknown:
        return None
    try:
        return TypeAdapter(reader).validate_python(values)
    except ValidationError as error:
        faults += [_explain(path, text, reader, place, one) for one in error.errors()]
    except InputError as error:
        faults.append(f"{path}:{line_of(text, place)}: {error}")
    return None


def _explain(path: Path, text: str, model: type, place: tuple, error: dict[str, Any]) -> str:
    """One fault as `file:line: what is wrong; what to do`."""
    location = (*place, *error["loc"])
    where = f"{path}:{line_of(text, location)}"
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        section = model
        for part in error["loc"][:-1]:
            field = getattr(section, "model_fields", {}).get(part)
            section = field.annotation if field else section
        return f"{where}: unknown key {key!r}{_nearest(str(error['loc'][-1]), getattr(section, 'model_fields', {}))}"
    if error["type"] == "missing":
        return f"{where}: {key} is missing; add it"
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {key or 'recipe'}: {message}" + (f", not {error['input']!r}" if error["loc"] else "")


def _nearest(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
