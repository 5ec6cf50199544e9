"""Damage costs the record it hits, in every kind of source: one table of kinds, the same damages for each.

Files are those of `bench/tools/source_files.py`, in their publishers' formats. A *stream* kind has many records in one
file; a *file* kind has a document in each. Records are compared by their lines of text, which are all different.
"""

import bz2
import csv
import dataclasses
import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.tools.source_files import MAKERS, words
from ingest.sources.base import Record, Refusal
from ingest.sources.catalogue import KINDS
from ingest.sources.clinicaltrials import ClinicalTrials
from ingest.sources.files import READ_ERRORS
from ingest.sources.patents import Patents
from ingest.sources.stretches import read_lines, stretches
from ingest.sources.tables import Columns, Tables
from ingest.sources.wiki.html import WikiHtml

RECORDS = 12


@dataclasses.dataclass(frozen=True)
class Stream:
    """`file`: the name under which the compressed stream is read; `begin`: where its records begin.

    `xml`: entities are tried. `torn`: lines after damage that may be lost with it, because plain text does not show
    whether a line or a document is whole.
    """

    file: str
    begin: bytes
    xml: bool = False
    torn: int = 0
    make: Callable[[Path, int], None] | None = None


def _patent_lines(folder: Path, records: int) -> None:
    rows = (
        {"publication_number": f"FR-{at}-A1", "publication_date": 20200101, "cpc": [{"code": "A61K31/00"}],
         "description_localized": [{"text": words(at, 300), "language": "fr"}]}
        for at in range(records)
    )  # fmt: skip
    (folder / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _lines(folder: Path, records: int) -> None:
    rows = ({"id": str(at), "text": words(at, 300), "url": f"https://a.org/{at}"} for at in range(records))
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


STREAMS = {
    "pubmed": Stream("pubmed26n0001.xml.gz", b"<PubmedArticle>", xml=True),
    "oai": Stream("records.xml.gz", b"<record>", xml=True),
    "mediawiki": Stream("wiki.xml.gz", b"<page>", xml=True),
    "clinicaltrials": Stream("studies.json.gz", b'{"protocolSection"'),
    "wikihtml": Stream("wiki.ndjson.gz", b'{"name"'),
    "table": Stream("rows.jsonl.gz", b'{"id"'),
    "huggingface": Stream("rows.jsonl.gz", b'{"id"', make=_lines),
    "patents": Stream("p.jsonl.gz", b'{"publication_number"', make=_patent_lines),
    "text": Stream("corpus.txt.gz", b"", torn=6),
    "cowese": Stream("corpus.txt.gz", b"", torn=6),
    "ufal": Stream("shuffled.es-en.gz", b"", torn=1),
}
# What one damaged file among others ends in; files that are handed on as they are (PDF, HTML) have no row.
FILES = {
    "cima": (".json", {"cut": "malformed", "latin": "malformed", "zero": "malformed"}),
    "e3c": (".json", {"cut": "malformed", "latin": "malformed", "zero": "malformed"}),
    "edp": (".txt", {"latin": "bad-encoding", "zero": "bad-encoding"}),
    "spaccc": (".txt", {"latin": "bad-encoding", "zero": "bad-encoding"}),
    "emea": (".xml", {"cut": "malformed", "latin": "malformed", "zero": "malformed", "gzip": "truncated",
                      "bomb": ("entity", "malformed"), "external": "entity"}),
    "epo": (".xml", {"cut": "malformed", "latin": "malformed", "zero": "malformed", "gzip": "truncated",
                     "bomb": ("entity", "malformed"), "external": "entity"}),
    "jats": (".nxml", {"cut": "malformed", "latin": "malformed", "zero": "malformed", "gzip": "truncated",
                       "bomb": ("entity", "malformed"), "external": "entity"}),
    "pmc": (".xml", {"cut": "malformed", "latin": "malformed", "zero": "malformed", "gzip": "truncated",
                     "bomb": ("entity", "malformed"), "external": "entity"}),
    "bdpm": (".html", {"gzip": "truncated"}),
}  # fmt: skip
HANDED_ON = {"aifa", "epar", "folder"}  # bytes of PDF and HTML go to the extraction, whose sandbox judges them
ARCHIVES = {"warc", "crawl"}  # their own walk over damage: test_sources_warc.py; a crawl's files are pinned by digest


def test_the_table_has_every_kind() -> None:
    assert {*STREAMS, *FILES, *HANDED_ON, *ARCHIVES} == MAKERS.keys()


def read(kind: str, folder: Path) -> tuple[list[Record], list[Refusal]]:
    source = KINDS[kind](kind, str(folder))
    items = [item for unit in source.partitions() for item in source.read(unit)]
    assert all(isinstance(item, Record | Refusal) for item in items)
    assert len({item.key for item in items}) == len(items)
    return [item for item in items if isinstance(item, Record)], [item for item in items if isinstance(item, Refusal)]


def lines(records: list[Record]) -> set[str]:
    return {line for item in records for line in (item.text or item.payload.decode()).splitlines() if line.strip()}


def content(kind: str, folder: Path) -> bytes:
    """The decompressed stream of a kind, its file gone."""
    (STREAMS[kind].make or MAKERS[kind])(folder, RECORDS)
    [path] = [path for path in folder.rglob("*") if path.is_file()]
    data = path.read_bytes()
    path.unlink()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def parts(kind: str, data: bytes) -> list[bytes]:
    """What stands before the records, then each record with what follows it."""
    if kind == "ufal":
        rows = data.splitlines(keepends=True)
        return [b"", *(b"".join(rows[start : start + 40]) for start in range(0, len(rows), 40))]
    if not STREAMS[kind].begin:
        return [b"", *(part + b"\n\n" for part in data.split(b"\n\n"))]
    starts = [match.start() for match in re.finditer(re.escape(STREAMS[kind].begin), data)]
    return [data[: starts[0]], *(data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True))]


def alone(kind: str, folder: Path, records: list[bytes]) -> set[str]:
    """The lines that these records give in an undamaged file."""
    (folder / STREAMS[kind].file).write_bytes(gzip.compress(b"".join(records)))
    found, refused = read(kind, folder)
    assert not [item for item in refused if item.reason != "malformed"]  # JSON that was cut at its records
    return lines(found)


@pytest.mark.parametrize("kind", sorted(STREAMS))
def test_a_cut_gzip_gives_every_record_before_the_cut_and_one_refusal(kind: str, tmp_path: Path) -> None:
    data = content(kind, tmp_path)
    packed = gzip.compress(data)
    packed = packed[: len(packed) * 3 // 4]
    there = zlib.decompressobj(31).decompress(packed)
    pieces, whole, size = parts(kind, data), [], 0
    for piece in pieces:
        size += len(piece)
        if size < len(there):
            whole.append(piece)
    expected = alone(kind, tmp_path, whole)
    (tmp_path / STREAMS[kind].file).write_bytes(packed)
    found, refused = read(kind, tmp_path)
    assert 5 <= len(whole) < RECORDS + 1 and expected <= lines(found)
    assert [item.reason for item in refused] == ["truncated"]
    assert lines(found) <= alone(kind, tmp_path, pieces)  # and no half of a record


@pytest.mark.parametrize("kind", sorted(STREAMS))
@pytest.mark.parametrize("place", ["data", "header", "checksum"])
def test_a_broken_member_of_a_gzip_costs_itself_alone(kind: str, place: str, tmp_path: Path) -> None:
    pieces = parts(kind, content(kind, tmp_path))
    groups = [b"".join(pieces[start : start + 4]) for start in (0, 4, 8)] + [b"".join(pieces[12:])]
    everything = alone(kind, tmp_path, pieces)
    kept = alone(kind, tmp_path, [pieces[0], *pieces[1:4], *pieces[8:]])
    members = [bytearray(gzip.compress(group)) for group in groups]
    member = members[1]
    if place == "data":
        middle = len(member) // 2
        member[middle : middle + 8] = bytes(byte ^ 0xFF for byte in member[middle : middle + 8])
    elif place == "header":
        member[0] = 0
    else:
        member[-8] ^= 0xFF
    (tmp_path / STREAMS[kind].file).write_bytes(b"".join(members))
    found, refused = read(kind, tmp_path)
    missing = kept - lines(found)
    assert len(missing) <= STREAMS[kind].torn, missing
    assert sum("@lost-" in item.key for item in refused) == 1
    if place != "data":  # changed bytes may decompress to others before the error comes: to a record that is refused
        assert len(refused) == 1 and lines(found) <= everything


def hit(record: bytes, damage: bytes) -> bytes:
    """The record with its middle space between words replaced."""
    spaces = [match.start() + 1 for match in re.finditer(rb"[a-z] [a-z]", record)]
    place = spaces[len(spaces) // 2]
    return record[:place] + damage + record[place + 1 :]


RECORD_DAMAGES = {"latin-1": b"\xe9", "zero byte": b"\0", "half a character": b"\xe2\x82"}
XML_DAMAGES = {"unknown entity": b"&bomb;", "open tag": b"<b>", "bare ampersand": b" & ", "wrong end": b"</i>"}


@pytest.mark.parametrize("kind", sorted(STREAMS))
@pytest.mark.parametrize("damage", sorted(RECORD_DAMAGES | XML_DAMAGES))
def test_a_broken_record_costs_itself_alone(kind: str, damage: str, tmp_path: Path) -> None:
    if damage in XML_DAMAGES and not STREAMS[kind].xml:
        return
    pieces = parts(kind, content(kind, tmp_path))
    kept = alone(kind, tmp_path, [*pieces[:6], *pieces[7:]])
    pieces[6] = hit(pieces[6], (RECORD_DAMAGES | XML_DAMAGES)[damage])
    (tmp_path / STREAMS[kind].file).write_bytes(gzip.compress(b"".join(pieces)))
    found, refused = read(kind, tmp_path)
    assert len(refused) == 1 and refused[0].reason in ("malformed", "bad-encoding")
    assert kept <= lines(found)


@pytest.mark.parametrize("kind", sorted(kind for kind in STREAMS if STREAMS[kind].begin))
def test_a_record_without_its_end_costs_itself_alone(kind: str, tmp_path: Path) -> None:
    pieces = parts(kind, content(kind, tmp_path))
    kept = alone(kind, tmp_path, [*pieces[:6], *pieces[7:]])
    pieces[6] = pieces[6][: len(pieces[6]) // 2] + (b"" if STREAMS[kind].xml else b"\n")
    (tmp_path / STREAMS[kind].file).write_bytes(gzip.compress(b"".join(pieces)))
    found, refused = read(kind, tmp_path)
    assert [item.reason for item in refused] == ["malformed"] and kept <= lines(found)


@pytest.mark.parametrize("kind", sorted(STREAMS))
def test_a_byte_order_mark_is_no_part_of_the_first_record(kind: str, tmp_path: Path) -> None:
    data = content(kind, tmp_path)
    expected = alone(kind, tmp_path, [data])
    (tmp_path / STREAMS[kind].file).write_bytes(gzip.compress(b"\xef\xbb\xbf" + data))
    found, refused = read(kind, tmp_path)
    assert lines(found) == expected and not refused


BOMB = b"<!DOCTYPE a [<!ENTITY a '%s'>%s]>" % (
    b"a" * 100,
    b"".join(b"<!ENTITY a%d '%s'>" % (at, (b"&a%d;" % (at - 1) if at else b"&a;") * 50) for at in range(6)),
)
EXTERNAL = b"<!DOCTYPE a [<!ENTITY a5 SYSTEM 'file:///etc/passwd'>]>"
FILE_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "latin": lambda data: hit(data, b"\xe9"),
    "zero": lambda data: hit(data, b"\0"),
    "gzip": lambda data: gzip.compress(data)[:-12],
    "bomb": lambda data: BOMB + hit(data, b"&a5;"),
    "external": lambda data: EXTERNAL + hit(data, b"&a5;"),
}


@pytest.mark.parametrize(("kind", "damage"), [(kind, damage) for kind in sorted(FILES) for damage in FILES[kind][1]])
def test_a_damaged_file_costs_itself_alone(kind: str, damage: str, tmp_path: Path) -> None:
    suffix, told = FILES[kind]
    MAKERS[kind](tmp_path, 5)
    before, _ = read(kind, tmp_path)
    path = sorted(tmp_path.rglob(f"*{suffix}"))[2]
    name = path.relative_to(tmp_path).as_posix()
    kept = lines([item for item in before if item.raw_file != name])
    data = FILE_DAMAGES[damage](path.read_bytes())
    path.unlink()
    path.with_name(path.name + ".gz" if damage == "gzip" else path.name).write_bytes(data)
    found, refused = read(kind, tmp_path)
    assert lines(found) == kept
    expected = told[damage] if isinstance(told[damage], tuple) else (told[damage],)
    assert len(refused) == 1 and refused[0].reason in expected
    assert not any("root:" in (item.text or "") for item in found)  # of /etc/passwd


def test_cut_and_broken_zips_give_their_whole_entries(tmp_path: Path) -> None:
    def studies() -> dict[str, bytes]:
        MAKERS["clinicaltrials"](tmp_path, 6)
        path = tmp_path / "studies.json.gz"
        found = json.loads(gzip.decompress(path.read_bytes()))["studies"]
        path.unlink()
        return {f"NCT{at}.json": json.dumps(study).encode() for at, study in enumerate(found)}

    target, entries = io.BytesIO(), studies()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "NCT1.json" else None)
    whole = target.getvalue()
    last = whole.rfind(b"PK\x03\x04")

    def found(data: bytes) -> tuple[int, list[str]]:
        (tmp_path / "bulk.zip").write_bytes(data)
        items = [
            item
            for unit in ClinicalTrials("c", str(tmp_path)).partitions()
            for item in ClinicalTrials("c", str(tmp_path)).read(unit)
        ]
        return sum(isinstance(item, Record) for item in items), [
            item.reason for item in items if isinstance(item, Refusal)
        ]

    assert found(whole) == (6, [])
    assert found(whole[: last + 200]) == (5, ["truncated"])  # the sixth and the table of contents are cut
    place = whole.find(b"NCT3.json") + 60
    broken = whole[:place] + bytes(byte ^ 0xFF for byte in whole[place : place + 8]) + whole[place + 8 :]
    assert found(broken) == (5, ["malformed"])
    assert found(b"no archive") == (0, ["truncated"])


def test_a_damaged_tar_of_articles_goes_on_behind_the_damage(tmp_path: Path) -> None:
    MAKERS["wikihtml"](tmp_path, 60)
    rows = gzip.decompress((tmp_path / "wiki.ndjson.gz").read_bytes()).splitlines(keepends=True)
    (tmp_path / "wiki.ndjson.gz").unlink()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for at in range(3):
            data = b"".join(rows[20 * at : 20 * at + 20])
            info = tarfile.TarInfo(f"itwiki_namespace_0_{at}.ndjson")
            info.size, info.mtime = len(data), 1.5  # a time that needs a pax header
            archive.addfile(info, io.BytesIO(data))
    raw = target.getvalue()
    step = len(raw) // 6
    members = [bytearray(gzip.compress(raw[start : start + step])) for start in range(0, len(raw), step)]
    members[2][len(members[2]) // 2] ^= 0xFF
    (tmp_path / "itwiki.tar.gz").write_bytes(b"".join(members))
    source = WikiHtml("w", str(tmp_path))
    items = [item for unit in source.partitions() for item in source.read(unit)]
    refused = [item for item in items if isinstance(item, Refusal)]
    assert len(refused) <= 2 and refused[0].reason == "malformed"  # the second: a line torn where it goes on
    assert len(items) - len(refused) >= 60 * 4 // 6 and len({item.key for item in items}) == len(items)


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_rows_of_delimited_files_fail_alone(suffix: str, tmp_path: Path) -> None:
    target = io.StringIO()
    table = csv.writer(target, dialect="excel-tab" if suffix == ".tsv" else "excel")
    table.writerows([["id", "text"], *([str(at), f"{words(at, 30)} año"] for at in range(8))])
    rows = target.getvalue().encode().splitlines(keepends=True)
    rows[2] = rows[2].replace("ñ".encode(), b"\xf1")
    rows[4] = rows[4].replace(b" ", b"\0", 1)
    rows[6] = rows[6].rstrip() + (b"\tx\n" if suffix == ".tsv" else b",x\n")
    (tmp_path / f"a{suffix}").write_bytes(b"\xef\xbb\xbf" + b"".join(rows))
    source = Tables("t", str(tmp_path), patterns=("*",), columns=Columns(key="id"))
    items = [item for unit in source.partitions() for item in source.read(unit)]
    assert [item.key for item in items if isinstance(item, Record)] == ["0", "2", "4", "6", "7"]
    assert [item.reason for item in items if isinstance(item, Refusal)] == ["malformed"] * 3


def test_a_quote_that_is_never_closed_stays_within_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n1,ok\n2,"' + "x" * 99 + "\n" + "y,z\n" * 4000)
    source = Tables("t", str(tmp_path), patterns=("*",), columns=Columns(key="id"), limit=5000)
    items = [item for unit in source.partitions() for item in source.read(unit)]
    assert items[0].key == "1" and isinstance(items[1], Refusal) and "limit" in items[1].message
    assert len(items) > 1000  # what follows is read on


@pytest.mark.parametrize("kind", ["patents", "huggingface"])
def test_a_broken_row_group_of_parquet_costs_itself_alone(kind: str, tmp_path: Path) -> None:
    MAKERS[kind](tmp_path, 40)
    [path] = tmp_path.glob("*.parquet")
    table = pq.read_table(path)
    pq.write_table(table, path, row_group_size=10, compression="zstd", write_page_checksum=True)
    expected, _ = read(kind, tmp_path)
    with pq.ParquetFile(path) as file:
        chunks = [file.metadata.row_group(2).column(at) for at in range(file.metadata.num_columns)]
    data = bytearray(path.read_bytes())
    longest = max(chunks, key=lambda chunk: chunk.total_compressed_size)
    start = (longest.dictionary_page_offset or longest.data_page_offset) + 60
    data[start : start + 60] = bytes(60)
    path.write_bytes(data)
    found, refused = read(kind, tmp_path)
    lost = {item.key for item in expected} - {item.key for item in found}
    assert len(refused) == 1 and 0 < len(lost) <= 10
    path.write_bytes(data[:-100])
    found, refused = read(kind, tmp_path)
    assert not found and len(refused) == 1 and refused[0].reason in ("malformed", "truncated")


def test_a_parquet_file_of_something_else_is_refused_row_by_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "a.parquet")
    source = Patents("p", str(tmp_path))
    items = [item for unit in source.partitions() for item in source.read(unit)]
    assert [item.reason for item in items] == ["malformed"] * 2 and "columns: ['x']" in items[0].message


def test_a_line_without_end_is_refused_and_not_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + b"x" * 5_000_000 + b'\n{"b": 2}\n' + b"y" * 3000)
    items = list(read_lines(path, "a.jsonl", 1000))
    assert [getattr(item, "reason", item) for item in items] == [
        (0, b'{"a": 1}\n'),
        "too-large",
        (2, b'{"b": 2}\n'),
        "too-large",
    ]


def test_a_broken_stream_of_a_bzip2_dump_costs_itself_alone(tmp_path: Path) -> None:
    pieces = parts("mediawiki", content("mediawiki", tmp_path))
    kept = alone("mediawiki", tmp_path, [*pieces[:4], *pieces[7:]])
    (tmp_path / "wiki.xml.gz").unlink()
    groups = [pieces[0], *(b"".join(pieces[start : start + 3]) for start in (1, 4, 7, 10))]
    streams = [bytearray(bz2.compress(group)) for group in groups]
    streams[2][len(streams[2]) // 2] ^= 0xFF
    (tmp_path / "wiki.xml.bz2").write_bytes(b"".join(streams))
    found, refused = read("mediawiki", tmp_path)
    assert lines(found) == kept and [item.reason for item in refused] == ["malformed"]
    (tmp_path / "wiki.xml.bz2").write_bytes(b"".join(streams[:2] + streams[3:])[:-20])
    assert [item.reason for item in read("mediawiki", tmp_path)[1]] == ["truncated"]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=6), st.data())
def test_intact_members_come_back_and_damage_is_told_once(tmp_path_factory, members, data) -> None:
    path = tmp_path_factory.getbasetemp() / "members.gz"
    packed = [bytearray(gzip.compress(member, mtime=0)) for member in members]
    path.write_bytes(b"".join(packed) + bytes(7))  # zeros at the end are padding
    assert b"".join(stretch.stream.read() for stretch in stretches(path)) == b"".join(members)
    if not members:
        return
    victim = data.draw(st.integers(0, len(members) - 1))
    packed[victim][data.draw(st.integers(0, 3))] ^= 0x55  # of its header
    path.write_bytes(b"".join(packed))
    found, errors = b"", 0
    for stretch in stretches(path):
        try:
            while piece := stretch.stream.read1():
                found += piece
        except READ_ERRORS:
            errors += 1
    assert errors == 1 and found == b"".join(members[:victim] + members[victim + 1 :])
