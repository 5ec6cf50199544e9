"""The `sources` of a recipe: a reader each, the fetcher that fills its folder, and what people should know of it."""

import dataclasses
import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ingest.crawl.config import CrawlConfig
from ingest.fetch.base import Fetcher
from ingest.fetch.catalogue import FETCHERS
from ingest.recipe.toml_lines import line_of
from ingest.sources.about import About
from ingest.sources.base import Source
from ingest.sources.catalogue import KINDS
from shards.errors import InputError
from shards.step import local

_OUTSIDE = ("kind", "fetch", "about", "boilerplate")  # keys of a source that are not its reader's


@dataclasses.dataclass(frozen=True)
class Crawl:
    """A source of kind "crawl": its captures are made first, then read like any archive.

    `crawlers`: how many tasks share the hosts; a crawl that has begun keeps its number.
    """

    name: str
    config: CrawlConfig
    crawlers: int = local(default=1)


class Facts(BaseModel):
    """The `about` table of a source: what is true of this one in place of what is true of its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    languages: tuple[str, ...] | None = None
    access: str | None = None
    license: str | None = None
    size: str | None = None


@dataclasses.dataclass(frozen=True)
class Entry:
    """One source of a recipe. `absent`: why it cannot be read yet, with what to do; empty when it can.

    `boilerplate`: whether what repeats is taken out of its texts; None: as the recipe's section says.
    """

    kind: str
    source: Source | Crawl
    fetcher: Fetcher | None
    facts: Facts
    absent: str = ""
    boilerplate: bool | None = None

    @property
    def own(self) -> dict[str, bool]:
        """The keys beside its reader's that shape a version, where they are given."""
        return {} if self.boilerplate is None else {"boilerplate": self.boilerplate}

    @property
    def name(self) -> str:
        """The name in the recipe."""
        return self.source.name

    @property
    def about(self) -> About:
        """What is known of its kind, where the recipe does not know better."""
        general = CRAWL if isinstance(self.source, Crawl) else type(self.source).about
        return dataclasses.replace(general, **self.facts.model_dump(exclude_none=True))


CRAWL = About(
    title="Web crawl of a start list",
    languages=(),
    access="the sites themselves, as far as robots.txt and opt-outs allow",
    license="per page: rel=license, JSON-LD, meta; else none",
    key="canonical URL",
    size="as the scope allows",
    etiquette="one request at a time to a host, `delay` seconds between two, robots.txt and Retry-After obeyed",
    format="https://iipc.github.io/warc-specifications/",
    tested="written: a site with traps (tests/crawl, test_sources_crawl.py)",
)


def read_sources(path: Path, text: str, entries: object, faults: list[str]) -> tuple[Entry, ...]:
    """The entries of the recipe at `path` whose content is `text`; what is wrong goes to `faults`."""
    found: list[Entry] = []
    names: set[str] = set()
    for at, values in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(values, dict):  # what is no table is told by the check of the whole
            entry = _Table(path, text, ("sources", at), values, faults).entry(names)
            found += [] if entry is None else [entry]
    return tuple(found)


@dataclasses.dataclass(frozen=True)
class _Table:
    """One `[[sources]]` table and where it stands; methods return None after they have told a fault."""

    path: Path
    text: str
    place: tuple[str | int, ...]
    values: dict[str, Any]
    faults: list[str]

    def entry(self, names: set[str]) -> Entry | None:
        kind, name = self.values.get("kind"), self.values.get("name")
        if not isinstance(kind, str) or (kind not in KINDS and kind != "crawl"):
            known = f"choose one of crawl, {', '.join(sorted(KINDS))}{nearest(str(kind), KINDS)}"
            return self._fault(f"kind is {kind!r}: {known}", "kind")
        if not isinstance(name, str) or not name or name in names:
            return self._fault(f"each source needs a name of its own, not {name!r}", "name")
        names.add(name)
        values = {key: value for key, value in self.values.items() if key not in _OUTSIDE}
        absent = self._find_root(values) if "root" in values else ""
        facts = self._make(Facts, self.values.get("about", {}), "about")
        fetcher = self._fetcher() if "fetch" in self.values else None
        source = self._crawl(values) if kind == "crawl" else self._make(KINDS[kind], values)
        boilerplate = self.values.get("boilerplate")
        if boilerplate is not None and not isinstance(boilerplate, bool):
            return self._fault(f"boilerplate is {boilerplate!r}: say true or false", "boilerplate")
        if source is None or facts is None or (fetcher is None and "fetch" in self.values):
            return None
        return Entry(kind, source, fetcher, facts, absent or self._find_files(source, fetcher), boilerplate)

    def _find_root(self, values: dict[str, Any]) -> str:
        """Resolve `root` against the recipe's folder; says what is wrong when there is no such folder."""
        root = (self.path.parent / str(values["root"])).resolve()
        values["root"] = str(root)
        fetched = "fetch" not in self.values or any(not found.name.startswith(".") for found in root.glob("*"))
        if root.exists() and fetched:
            return ""
        remedy = f"`python -m ingest fetch {self.path} --only {values['name']}` brings it"
        remedy = remedy if "fetch" in self.values else "root is relative to the recipe's folder"
        return f"{self._line('root')}: {root} {'is empty' if root.exists() else 'does not exist'}; {remedy}"

    def _find_files(self, source: Source | Crawl, fetcher: Fetcher | None) -> str:
        """Says so when a folder that a fetcher fills holds nothing yet that its reader reads (archives, tables)."""
        patterns, root = getattr(source, "patterns", ()), Path(getattr(source, "root", ""))
        if fetcher is None or not patterns or any(next(root.glob(pattern), None) for pattern in patterns):
            return ""
        remedy = f"`python -m ingest fetch {self.path} --only {source.name}` goes on with it"
        return f"{self._line('root')}: {root} holds no {' or '.join(patterns)} yet; {remedy}"

    def _crawl(self, values: dict[str, Any]) -> Crawl | None:
        name, crawlers = values.pop("name"), values.pop("crawlers", 1)
        if not isinstance(crawlers, int) or crawlers < 1:
            return self._fault(f"crawlers is {crawlers!r}: give a whole number of at least 1", "crawlers")
        config = self._make(CrawlConfig, values)
        return None if config is None else Crawl(name, config, crawlers)

    def _fetcher(self) -> Fetcher | None:
        values = self.values["fetch"]
        kind = values.get("kind") if isinstance(values, dict) else None
        if kind not in FETCHERS:
            known = f"choose one of {', '.join(sorted(FETCHERS))}{nearest(str(kind), FETCHERS)}"
            return self._fault(f"fetch: kind is {kind!r}: {known}", "fetch")
        if "root" not in self.values:
            return self._fault("fetch needs a `root` to fill: add it", "fetch")
        return self._make(FETCHERS[kind], {key: value for key, value in values.items() if key != "kind"}, "fetch")

    def _make(self, model: type, values: object, *below: str) -> Any:
        """A checked `model`, a dataclass or a pydantic model, of a table's values."""
        known = getattr(model, "model_fields", None) or {field.name for field in dataclasses.fields(model)}
        unknown = [key for key in values if key not in known] if isinstance(values, dict) else []
        for key in unknown:
            self._fault(f"unknown key {key!r}{nearest(key, known)}", *below, key)
        if unknown:
            return None
        try:
            return TypeAdapter(model).validate_python(values)
        except ValidationError as error:
            place = (*self.place, *below)
            self.faults.extend(explain(self.path, self.text, model, place, one) for one in error.errors())
        except InputError as error:
            self._fault(str(error), *below)
        return None

    def _fault(self, message: str, *key: str) -> None:
        self.faults.append(f"{self._line(*key)}: {message}")

    def _line(self, *key: str) -> str:
        return f"{self.path}:{line_of(self.text, (*self.place, *key))}"


def explain(path: Path, text: str, model: type, place: tuple, error: dict[str, Any]) -> str:
    """One fault that pydantic found, as `file:line: what is wrong; what to do`."""
    location = (*place, *error["loc"])
    where = f"{path}:{line_of(text, location)}"
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        section = model
        for part in error["loc"][:-1]:
            field = getattr(section, "model_fields", {}).get(part)
            section = field.annotation if field else section
        return f"{where}: unknown key {key!r}{nearest(str(error['loc'][-1]), getattr(section, 'model_fields', {}))}"
    if error["type"] == "missing":
        return f"{where}: {key} is missing; add it"
    message = error["msg"].removeprefix("Value error, ")
    return f"{where}: {key or 'recipe'}: {message}" + (f", not {error['input']!r}" if error["loc"] else "")


def nearest(word: str, known: Any) -> str:
    """'; did you mean ...?' with the known word that is most like `word`, or with all that are known."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(known))}"
