"""What the build tests share: the crawled sample site, building with nobody watching, and what was kept."""

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from catalog.versions import Catalog
from ingest import job
from ingest.engine.executors import Executor, InProcess
from ingest.engine.scheduler import Event
from ingest.recipe import load

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Site:
    """A crawled sample site: its recipe, its address, and the finished crawl to copy into a store."""

    recipe: Path
    url: str
    crawls: Path

    def store(self, root: Path) -> Path:
        """A fresh store that holds the crawl and nothing else."""
        shutil.copytree(self.crawls, root / "crawls")
        return root


def build(recipe: Path, root: Path, executor: Executor | None = None, shuffle: int | None = None) -> job.Result:
    """Build with nobody watching."""
    return job.make(load(recipe), str(root), executor or InProcess(str(root)), silent, shuffle=shuffle)


def kept_rows(root: Path, version: str, columns: Sequence[str] | None = None) -> list[dict]:
    """Rows of a version's shards."""
    catalog = Catalog(root)
    tables = [catalog.store.get_table(shard.blob, columns) for shard in catalog.resolve(version).shards]
    return pa.concat_tables(tables).to_pylist()


def silent(event: Event) -> None:
    """Nobody watches."""
