"""A small version of real text (NTREX: news in several languages) in a store, for the trainer's tests."""

from pathlib import Path

import pyarrow as pa
import pytest
from document_rows import documents

from catalog.manifest import Composition, Funnel, Manifest
from catalog.versions import Catalog
from shards.shard import Shard, describe, rebatch

NTREX = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "text-general" / "ntrex"
FILES = {"en": "newstest2019-src.eng.txt", "es": "newstest2019-ref.spa.txt", "fr": "newstest2019-ref.fra.txt"}


def ntrex(language: str, lines: int, lines_a_document: int) -> list[str]:
    """Documents of some consecutive lines each; skips the test when the data is not there."""
    path = NTREX / FILES[language]
    if not path.exists():
        pytest.skip(f"needs the shared data {path.parent.name}/{path.name}")
    found = path.read_text().splitlines()[:lines]
    return ["\n".join(found[at : at + lines_a_document]) for at in range(0, len(found), lines_a_document)]


def document_table(language: str, texts: list[str]) -> pa.Table:
    return rebatch(documents(texts, "test", {"source_id": [f"{language}/{at}" for at in range(len(texts))]}))


def commit(root: Path, texts: dict[str, list[str]], shards_a_language: int = 1, name: str = "test") -> Manifest:
    """Write and commit a version with these documents."""
    catalog = Catalog(root)
    shards: list[Shard] = []
    composition, lengths = [], {}
    for language, found in texts.items():
        table = document_table(language, found)
        rows = -(-table.num_rows // shards_a_language)
        for at in range(0, table.num_rows, rows):
            piece = rebatch(table.slice(at, rows))
            shards.append(describe(language, catalog.store.put_table(piece), piece))
        own = [entry for entry in shards if entry.language == language]
        words, chars = sum(entry.words for entry in own), sum(entry.chars for entry in own)
        composition.append(Composition("test", language, None, len(found), words, chars))
        lengths[language] = [0, 0, 0, 0, 0, 0, len(found)]
    total = sum(len(found) for found in texts.values())
    manifest = Manifest(
        name=name,
        recipe={},
        sources=[],
        shards=shards,
        verdicts=[],
        quarantine=[],
        funnels=[Funnel("test", total, total, {}, {})],
        composition=composition,
        lengths=lengths,
        software={},
    )
    catalog.commit(manifest)
    return manifest
