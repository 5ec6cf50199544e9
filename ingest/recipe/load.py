"""A recipe from its file: read, checked, with what shapes a version and what lies on this machine told apart."""

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from filters.domain.model import model_digest
from ingest.recipe.dedup import EVERY
from ingest.recipe.document import Document
from ingest.recipe.sources import Crawl, Entry, explain, nearest, read_sources
from ingest.recipe.toml_lines import line_of
from ingest.sources.base import Source
from shards.errors import InputError
from shards.step import parameters

_WEB = {"crawl", "warc"}  # kinds of sources whose documents come out of templates
_ARTICLES = {"pubmed", "pmc", "jats", "oai"}  # kinds whose documents name their authors' addresses
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
    document: Document

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
        document = Document.model_validate(plain)
    except ValidationError as error:
        faults += [explain(path, text, Document, (), one) for one in error.errors()]
    entries = read_sources(path, text, plain.get("sources"), faults)
    faults += [] if unfetched else [entry.absent for entry in entries if entry.absent]
    if not faults:
        faults += _unknown_sources(path, text, document, {entry.name for entry in entries})
    if faults:
        raise InputError("\n".join(sorted(set(faults))))
    return Recipe(document.name, path, entries, document)


def _unknown_sources(path: Path, text: str, document: Document, names: set[str]) -> list[str]:
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
