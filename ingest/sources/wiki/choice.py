"""The keys by which a recipe chooses the articles of a wiki, and the answer, remembered between partitions and runs."""

import dataclasses
import fcntl
import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from ingest.digests import cache_folder, digest_files
from ingest.sources.base import Partition
from ingest.sources.wiki.graph import Choice, chosen_pages, find_tables
from shards import disk
from shards.errors import InputError
from shards.step import canonical_json, local, parameters

_VERSION = 1  # of the answer: raise it when the same tables and choice would be answered otherwise


@dataclasses.dataclass(frozen=True, kw_only=True)
class WikiChoice:
    """Articles by category tree, project and Wikidata item; without any of them, all articles.

    `categories`: roots ("Category:Medicine"), followed `category_depth` levels down, but not into `without_categories`.
    `projects`: templates ("Template:WikiProject Medicine") on the article or its talk page. `items`: a file of Wikidata
    items, the first cell of each line, relative to `root`. `tables`: folder with the wiki's SQL dumps, relative to
    `root`. `category_pattern`: a regular expression, in place of all these, on the categories that the article itself
    names.
    """

    categories: tuple[str, ...] = ()
    category_depth: int = 4
    without_categories: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    items: str | None = None
    tables: str = local(default=".")
    category_pattern: str | None = None

    def __post_init__(self) -> None:
        if self.category_depth < 0:
            raise InputError(f"category_depth is {self.category_depth}: give 0 for the categories alone, or more")
        if self.category_pattern is not None and self._asks():
            raise InputError("give `category_pattern`, or `categories`, `projects` and `items`, not both")

    def pinned(self, partitions: list[Partition], root: str) -> list[Partition]:
        """The partitions, named by the digests of the tables too where these choose the articles."""
        if not self._asks():
            return partitions
        tables = "".join(f"{name} {digest}\n" for name, digest in sorted(self._digests(root).items()))
        digest = lambda unit: hashlib.sha256(f"{unit.sha256}\n{tables}".encode()).hexdigest()  # noqa: E731
        return [dataclasses.replace(unit, sha256=digest(unit)) for unit in partitions]

    def articles(self, root: str) -> frozenset[int] | None:
        """Ids of the chosen articles; None: all."""
        if not self._asks():
            return None
        digests = tuple(sorted(self._digests(root).items()))
        return _remembered(str(Path(root) / self.tables), self._choice(root), digests)

    def _asks(self) -> bool:
        return bool(self.categories or self.projects or self.items)

    def _choice(self, root: str) -> Choice:
        items: tuple[str, ...] = ()
        if self.items is not None:
            path = Path(root) / self.items
            if not path.is_file():
                raise InputError(f"{path} does not exist: `items` names a file of Wikidata items, relative to `root`")
            cells = (line.split("\t")[0].strip() for line in path.read_text(encoding="utf-8-sig").splitlines())
            items = tuple(
                sorted({cell.rsplit("/", 1)[-1] for cell in cells if cell.rsplit("/", 1)[-1][:1] in ("Q", "q")})
            )
        return Choice(self.categories, self.category_depth, self.without_categories, self.projects, items)

    def _digests(self, root: str) -> dict[str, str]:
        """SHA-256 of each table (by the table's name) and of the file of items."""
        folder = Path(root) / self.tables
        if not folder.is_dir():
            raise InputError(f"{folder} does not exist: `tables` names the folder of the SQL dumps, relative to `root`")
        found = find_tables(folder)
        wanted = {
            name: path for name, path in found.items() if name in self._choice(root).needs() or name == "linktarget"
        }
        digests = digest_files(folder, [path.name for path in wanted.values()])
        named = {name: digests[path.name] for name, path in wanted.items()}
        return named | (digest_files(Path(root), [self.items]) if self.items else {})


@lru_cache(maxsize=4)
def _remembered(folder: str, choice: Choice, digests: tuple[tuple[str, str], ...]) -> frozenset[int]:
    """The answer, from the cache folder where it has been found before; one process finds it, others wait for it.

    It is a pure function of the tables and the choice, so its name there is their hash.
    """
    tables, cache = find_tables(Path(folder)), cache_folder()
    if cache is None:
        return frozenset(chosen_pages(tables, choice).tolist())
    asked = canonical_json({"version": _VERSION, "choice": parameters(choice), "tables": digests})
    path = cache / "wiki" / f"{hashlib.sha256(asked.encode()).hexdigest()}.ids"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            disk.write(path, memoryview(chosen_pages(tables, choice).tobytes()))
    return frozenset(np.fromfile(path, np.int64).tolist())
