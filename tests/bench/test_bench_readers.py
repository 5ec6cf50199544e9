"""The benchmark's input files are read without a refusal, record for record, for every kind of source there is."""

from pathlib import Path

import pytest

from bench.tools.source_files import MAKERS
from ingest.sources.archives.crawl import Crawled
from ingest.sources.base import Refusal
from ingest.sources.catalogue import KINDS


def test_every_kind_has_files() -> None:
    assert MAKERS.keys() == {*KINDS, "crawl"}


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_made_files_are_read_whole(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path, 12)
    source = (Crawled if kind == "crawl" else KINDS[kind])(kind, str(tmp_path))
    items = [item for unit in source.partitions() for item in source.read(unit)]
    assert not [item for item in items if isinstance(item, Refusal)]
    assert len(items) == {"oai": 24, "bdpm": 24, "patents": 4}.get(kind, 12)
    assert len({item.key for item in items}) == len(items)
