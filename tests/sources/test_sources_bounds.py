"""Sizes, spans and identities that sources state: bounded, read once, and never the end of a partition."""

import json
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.extract.dates import date_of
from ingest.sources.archives.arc import walk_arc
from ingest.sources.archives.records import Capture, Damage
from ingest.sources.archives.warc import read_archive
from ingest.sources.base import Refusal
from ingest.sources.e3c import E3C
from ingest.sources.tables import Columns, Tables
from ingest.sources.wiki.mediawiki import MediaWiki

HTML, VIDEO, PAGE = b"text/html", b"video/mp4", b"<html>a</html>"


def read(source) -> list:
    return [item for partition in source.partitions() for item in source.read(partition)]


def http(mime: bytes, body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: " + mime + b"\r\n\r\n" + body


def warc(*blocks: bytes) -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://e.org/%d\r\nContent-Length: %d\r\n\r\n"
    return b"".join(head % (number, len(block)) + block + b"\r\n\r\n" for number, block in enumerate(blocks))


def arc(*blocks: bytes) -> bytes:
    head = b"http://e.org/%d 1.2.3.4 20260102030405 text/html %d\n"
    return b"".join(head % (number, len(block)) + block + b"\n" for number, block in enumerate(blocks))


@pytest.mark.parametrize("write", [warc, arc])
def test_only_inputs_that_are_too_large_count_as_refused(tmp_path, write):
    big = bytes(1 << 20)
    path = tmp_path / f"a.{write.__name__}"
    blocks = [http(VIDEO, big), http(HTML, big), http(HTML, big, b"404 Not Found"), http(HTML, PAGE), http(b"", big)]
    path.write_bytes(write(*blocks))
    found = [(item.key[-1], getattr(item, "reason", "")) for item in read_archive(path, path.name, 1 << 16)]
    assert found == [("1", "too-large"), ("3", ""), ("4", "too-large")]


def test_a_plain_arc_is_not_read_whole(tmp_path):
    path = tmp_path / "a.arc"
    path.write_bytes(arc(*[http(HTML, bytes(1 << 20))] * 40))
    tracemalloc.start()
    assert sum(isinstance(item, Capture) for item in walk_arc(path, 1 << 22)) == 40
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_an_arc_length_that_is_no_number_costs_one_record(tmp_path):
    path, good = tmp_path / "a.arc", arc(http(HTML, PAGE))
    path.write_bytes(b"http://e.org/x 1.2.3.4 20260102030405 text/html " + b"9" * 5000 + b"\n" + good)
    bad, sound = walk_arc(path, 1 << 20)
    assert isinstance(bad, Damage) and isinstance(sound, Capture)
    path.write_bytes(b"")
    assert not list(walk_arc(path, 1 << 20))


@pytest.mark.parametrize("year", ["9" * 30, "9" * 5000, "²"])
def test_a_year_out_of_bounds_is_no_date(year):
    assert date_of(year, None, None) is None


def test_a_key_of_zero_is_a_key_and_addresses_are_canonical(tmp_path):
    rows = [{"id": 0, "text": "a", "url": "HTTP://E.org:80/a#b"}, {"id": "", "text": "b", "url": "no address"}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"id": 0}]))
    first, second, refused = read(Tables("t", str(tmp_path), columns=Columns(key="id", url="url")))
    assert (first.key, first.url, first.canonical_url) == ("0", "HTTP://E.org:80/a#b", "http://e.org/a")
    assert (second.key, second.canonical_url, refused.key) == ("no address", None, "0")


def test_e3c_addresses_are_canonical(tmp_path):
    entry = {"language": "fr", "id": "1", "text": "x", "url": "HTTP://E.org/a#b"}
    (tmp_path / "a.json").write_text(json.dumps(entry))
    [item] = read(E3C("e", str(tmp_path)))
    assert (item.url, item.canonical_url) == ("HTTP://E.org/a#b", "http://e.org/a")


def test_parquet_reads_the_mapped_columns_and_shares_the_bytes(tmp_path, monkeypatch):
    table = pa.table(
        {"a.b": ["x"] * 100, "meta": [{"id": n, "other": "y"} for n in range(100)], "waste": ["z" * 1000] * 100}
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10)
    source = Tables("t", str(tmp_path), columns=Columns(text="a.b", key="meta.id", title="missing"), rows=25)
    partitions = source.partitions()
    assert sum(partition.bytes for partition in partitions) == (tmp_path / "a.parquet").stat().st_size
    asked = []
    whole = pq.ParquetFile.iter_batches
    monkeypatch.setattr(
        pq.ParquetFile, "iter_batches", lambda self, **named: asked.append(named["columns"]) or whole(self, **named)
    )
    assert [item.key for item in read(source)] == [str(n) for n in range(100)]
    assert asked == [["a.b", "meta"]] * 10
    [refused] = {item.reason for item in read(Tables("t", str(tmp_path))) if isinstance(item, Refusal)}
    assert refused == "no-text"


DUMP = """<mediawiki xml:lang="en"><siteinfo><base>{}</base></siteinfo><page><title>A</title><ns>0</ns><id>1</id>
<revision><text>x</text></revision></page></mediawiki>"""


@pytest.mark.parametrize(
    ("base", "stated", "expected"),
    [
        ("https://fr.wikipedia.org/wiki/Accueil", None, "CC-BY-SA-4.0"), ("https://en.wikinews.org/wiki/M", None, None),
        ("https://wiki.example.org/wiki/Main", None, None), ("https://wiki.example.org/wiki/Main", "MIT", "MIT"),
        ("https://fr.wikipedia.org.example.org/wiki/M", None, None),
    ],
)  # fmt: skip
def test_a_dump_has_the_licence_of_its_wiki_or_none(tmp_path, base, stated, expected):
    (tmp_path / "a.xml").write_text(DUMP.format(base))
    [item] = read(MediaWiki("w", str(tmp_path), license=stated))
    assert item.license == expected
