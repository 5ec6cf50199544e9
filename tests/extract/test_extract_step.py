"""The extract step: each input once, sorted, with identity, provenance and reasons."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.pipeline.extract import Extract
from ingest.sources.archives.warc import Warc
from ingest.sources.base import Partition, Record, Refusal
from ingest.sources.folder import Folder
from shards import schema
from shards.step import key, parameters

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PAGE = "<html lang=fr><body><article><h1>Titre</h1>" + "<p>Le paracétamol soulage la douleur et la fièvre.</p>" * 5
PARTITION = Partition(("a",), "0" * 64, 1)


@dataclasses.dataclass(frozen=True)
class Fixed:
    """A source of given items."""

    name: str
    items: tuple[Record | Refusal, ...]

    def partitions(self) -> list[Partition]:
        return [PARTITION]

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        yield from self.items


def run(*items: Record | Refusal) -> tuple[list[dict], list[dict]]:
    tables = Extract(Fixed("fixed", items), PARTITION).run()
    schema.check(tables["documents"], schema.DOCUMENT, "documents")
    schema.check(tables["quarantine"], schema.QUARANTINE, "quarantine")
    return tables["documents"].to_pylist(), tables["quarantine"].to_pylist()


def test_every_input_ends_in_exactly_one_row_and_rows_are_sorted():
    html = Record("page", "text/html", "f", 1, payload=PAGE.encode())
    items = [
        html, Record("note", "text/plain", "f", 2, text="Le texte\r\n\x00brut"), Record("void", "text/plain", "f", 3,
        text=" \n "),
        Record("broken", "application/pdf", "f", 4, payload=b"no pdf"), Refusal("lost", "fetch", "http-500",
        "m" * 900, "f"),
    ]  # fmt: skip
    documents, quarantine = run(*items)
    assert len(documents) + len(quarantine) == len(items)
    assert [row["doc_id"] for row in documents] == sorted(schema.doc_id("fixed", name) for name in ("page", "note"))
    assert {row["source_id"]: (row["stage"], row["reason"]) for row in quarantine} == {
        "void": ("extract", "empty"), "broken": ("extract", "malformed"), "lost": ("fetch", "http-500"),
    }  # fmt: skip
    assert max(len(row["message"]) for row in quarantine) == 500
    assert len(next(row["sha256"] for row in quarantine if row["source_id"] == "broken")) == 64
    rows = {row["source_id"]: row for row in documents}
    assert rows["note"]["text"] == "Le texte\nbrut"
    assert (rows["note"]["words"], rows["note"]["chars"]) == (3, 13)
    assert rows["note"]["content_hash"] == schema.content_hash("Le texte\nbrut")
    assert (rows["page"]["title"], rows["page"]["language"]) == ("Titre", "fr")


def test_of_one_key_the_first_input_counts():
    documents, quarantine = run(*(Record("same", "text/plain", "f", n, text=f"text {n}") for n in range(3)))
    assert [row["text"] for row in documents] == ["text 0"]
    assert [(row["reason"], row["raw_offset"]) for row in quarantine] == [("same-key", 1), ("same-key", 2)]


def test_what_the_source_states_goes_before_what_the_payload_states():
    record = Record(
        "p", "text/html", "f", payload=PAGE.encode(), title="T", language="it", opt_out=("header:x-robots-tag:noai",)
    )
    [row], _ = run(record)
    assert (row["title"], row["language"], row["opt_out"]) == ("T", "it", ["header:x-robots-tag:noai"])


def test_names_that_are_not_unicode_do_not_break_the_table():
    documents, quarantine = run(
        Record("a\udcff", "text/plain", "a\udcff", text="text"), Refusal("b\udcff", "read", "x", "m\udcff", "b")
    )
    assert (documents[0]["source_id"], quarantine[0]["source_id"]) == ("a?", "b?")


def test_where_files_lie_does_not_shape_the_key_but_what_they_hold_does(tmp_path):
    def made(root: Path, words: str) -> Extract:
        root.mkdir(exist_ok=True)
        (root / "a.txt").write_text(words)
        source = Folder("docs", str(root), patterns=("*.txt",))
        return Extract(source, source.partitions()[0])

    first, moved, changed = made(tmp_path / "x", "one"), made(tmp_path / "y", "one"), made(tmp_path / "z", "two")
    assert key(first, {}) == key(moved, {}) != key(changed, {})
    assert str(tmp_path) not in str(parameters(first))


@pytest.mark.skipif(not (DATA / "warc").is_dir(), reason="shared WARC samples are not on this machine")
def test_a_real_archive_becomes_the_same_tables_twice():
    source = Warc("web", str(DATA / "warc" / "fastwarc"), patterns=("warcfile.warc.gz",))
    [partition] = source.partitions()
    first, second = Extract(source, partition).run(), Extract(source, partition).run()
    assert first == second
    assert first["documents"].num_rows + first["quarantine"].num_rows == 16
    assert first["documents"].num_rows >= 12
