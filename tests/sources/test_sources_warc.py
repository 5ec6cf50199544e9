"""Web archives: every capture once, over damage, with what its headers say."""

import gzip
import io
import zlib
from collections import Counter
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.sources.archives.body import BodyError, decode_body
from ingest.sources.archives.http import Response, header_opt_outs, parse_response
from ingest.sources.archives.warc import Warc, read_archive
from ingest.sources.base import Record, Refusal

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "warc"
LIMIT = 1 << 24
# file -> (records, refusals) as found when this was written; the sound ones are checked against warcio below
REAL = {
    "aut/badexample.arc.gz": (0, 3), "aut/example.arc.gz": (94, 0), "aut/example.pdf.warc.gz": (3, 0),
    "aut/example.warc.gz": (94, 0), "fastwarc/block-sized-records.warc": (0, 0), "fastwarc/clipped.warc.gz": (0, 1),
    "fastwarc/clueweb-quirk.warc.gz": (29, 0), "fastwarc/warcfile.warc.gz": (16, 0),
    "fastwarc/warcfile.warc.lz4": (16, 0),
    "jwarc/cc.warc.gz": (1, 0), "jwarc/gzip_extra_sl.warc.gz": (0, 0), "warcio/bad.arc": (0, 2),
    "warcio/example-bad-non-chunked.warc.gz": (1, 0), "warcio/example-bad.warc.gz.bad": (1, 0),
    "warcio/example-iana.org-chunked.warc": (1, 0), "warcio/example-space-in-url.arc": (0, 1),
    "warcio/example-trunc.warc": (0, 1), "warcio/example-wget-bad-target-uri.warc.gz": (1, 0),
    "warcio/example-wrong-chunks.warc.gz": (0, 1), "warcio/example.arc": (1, 0), "warcio/example.arc.gz": (1, 0),
    "warcio/example.warc": (1, 0), "warcio/example.warc.gz": (1, 0), "warcio/post-test.warc.gz": (0, 0),
}  # fmt: skip


def response(
    url: str, body: bytes, *headers: tuple[str, str], status: str = "200 OK", date: str = "2026-01-02T03:04:05Z"
):
    return url, body, [("Content-Type", "text/html"), *headers], status, date


def archive(path: Path, *responses, compress: bool = True) -> list[int]:
    """Write responses as a WARC; return the offsets of the records."""
    offsets = []
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compress)
        for url, body, headers, status, date in responses:
            offsets.append(file.tell())
            http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": date}
            )
            writer.write_record(record)
    return offsets


def read(path: Path) -> list[Record | Refusal]:
    return list(read_archive(path, path.name, LIMIT))


@pytest.mark.skipif(not DATA.is_dir(), reason="shared WARC samples are not on this machine")
def test_every_real_archive_ends_in_records_and_refusals():
    source = Warc("archives", str(DATA), patterns=("**/*.warc*", "**/*.arc*"))
    found = {}
    for partition in source.partitions():
        counts = Counter(type(item) for item in source.read(partition))
        found[partition.name] = (counts[Record], counts[Refusal])
    assert len(found) == 29
    assert {name: found[name] for name in REAL} == REAL


@pytest.mark.skipif(not DATA.is_dir(), reason="shared WARC samples are not on this machine")
@pytest.mark.parametrize(
    "name", ["aut/example.warc.gz", "aut/example.arc.gz", "fastwarc/warcfile.warc.gz", "jwarc/cc.warc.gz"]
)
def test_inputs_and_payloads_are_those_that_warcio_reads(name):
    expected = []
    with (DATA / name).open("rb") as file:
        for record in ArchiveIterator(file, arc2warc=True):
            http = record.http_headers
            kind = (http.get_header("Content-Type") or "").split(";")[0] if http else ""
            if record.rec_type == "response" and kind == "text/html" and http.get_statuscode() == "200":
                expected.append((record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read()))
    assert expected
    assert [(item.url, item.payload) for item in read_archive(DATA / name, name, LIMIT)] == expected


@pytest.mark.skipif(not DATA.is_dir(), reason="shared WARC samples are not on this machine")
def test_the_same_capture_reads_the_same_from_warc_arc_and_lz4():
    pairs = [
        ("warcio/example.arc", "warcio/example.arc.gz"),
        ("fastwarc/warcfile.warc.gz", "fastwarc/warcfile.warc.lz4"),
    ]
    for left, right in pairs:
        bodies = [{r.key: r.payload for r in read_archive(DATA / name, name, LIMIT)} for name in (left, right)]
        assert bodies[0] == bodies[1]


def test_captures_carry_key_date_charset_and_opt_outs(tmp_path):
    page = response(
        "HTTP://Example.org:80/a?utm_source=x#top", b"<html>a</html>", ("X-Robots-Tag", "otherbot: noai, noindex"),
        ("TDM-Reservation", "1"), ("Content-Usage", "train-ai=n"), ("Content-Type", "text/html; charset=windows-1252"),
    )  # fmt: skip
    archive(tmp_path / "a.warc.gz", page)
    [record] = read(tmp_path / "a.warc.gz")
    assert (record.key, record.url) == ("http://example.org/a", "HTTP://Example.org:80/a?utm_source=x#top")
    assert record.fetched.isoformat() == "2026-01-02T03:04:05+00:00"
    assert record.charset == "windows-1252"
    assert record.opt_out == ("header:content-usage:train-ai=n", "header:tdm-reservation:1", "header:x-robots-tag:noai")


def test_only_successful_html_and_pdf_captures_are_inputs(tmp_path):
    image = ("http://e.org/i", b"\x89PNG", [("Content-Type", "image/png")], "200 OK", "2026-01-02T03:04:05Z")
    untyped = ("http://e.org/p", b"%PDF-1.4 ...", [], "200 OK", "2026-01-02T03:04:05Z")
    archive(tmp_path / "a.warc.gz", response("http://e.org/x", b"gone", status="404 Not Found"), image, untyped)
    assert [(item.key, item.mime) for item in read(tmp_path / "a.warc.gz")] == [("http://e.org/p", "application/pdf")]


def test_a_second_capture_counts_only_with_another_payload(tmp_path):
    later = "2026-02-03T04:05:06Z"
    archive(
        tmp_path / "a.warc.gz", response("http://e.org/x", b"<p>one"), response("http://e.org/x", b"<p>one",
        date=later),
        response("http://e.org/x", b"<p>two", date=later),
    )  # fmt: skip
    assert [item.key for item in read(tmp_path / "a.warc.gz")] == ["http://e.org/x", "http://e.org/x#20260203040506"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "chunked"])
def test_content_and_transfer_codings_are_undone(tmp_path, coding):
    body = b"<html>" + b"text " * 100 + b"</html>"
    coded = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}.get(coding, lambda data: data)(
        body
    )
    header = ("Content-Encoding", coding)
    if coding == "chunked":
        coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:99], body[99:], b""))
        header = ("Transfer-Encoding", "chunked")
    archive(tmp_path / "a.warc.gz", response("http://e.org/x", coded, header))
    [record] = read(tmp_path / "a.warc.gz")
    assert record.payload == body


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_bombs_and_cut_bodies_are_refused_and_the_rest_is_read(tmp_path, coding):
    compress = gzip.compress if coding == "gzip" else brotli.compress
    bomb, cut = compress(bytes(1 << 26)), compress(bytes(range(256)) * 40)[:-20]
    header = ("Content-Encoding", coding)
    archive(
        tmp_path / "a.warc.gz", response("http://e.org/1", bomb, header), response("http://e.org/2", cut, header),
        response("http://e.org/3", b"<p>fine"),
    )  # fmt: skip
    first, second, third = read(tmp_path / "a.warc.gz")
    assert (first.reason, second.reason) == ("bomb", "truncated")
    assert third.payload == b"<p>fine"


PAGES = [response(f"http://e.org/{n}", b"<html>page %d %s</html>" % (n, b"words " * 200)) for n in range(5)]


@pytest.mark.parametrize("compress", [True, False])
def test_a_damaged_record_costs_itself_only(tmp_path, compress):
    path = tmp_path / ("a.warc.gz" if compress else "a.warc")
    offsets = archive(path, *PAGES, compress=compress)
    data = bytearray(path.read_bytes())
    if compress:
        data[offsets[2] + 40 : offsets[2] + 80] = bytes(40)
    else:
        data[offsets[2] : offsets[2] + 8] = b"GARBAGE!"
    path.write_bytes(data)
    items = read(path)
    assert [item.key for item in items if isinstance(item, Record)] == [f"http://e.org/{n}" for n in (0, 1, 3, 4)]
    assert [item.reason for item in items if isinstance(item, Refusal)] == ["malformed"]


@pytest.mark.parametrize("wrong", [b"10", b"99999"])
def test_a_wrong_content_length_costs_one_record(tmp_path, wrong):
    path = tmp_path / "a.warc"
    offsets = archive(path, *PAGES, compress=False)
    data = path.read_bytes()
    position = data.index(b"Content-Length: ", offsets[2]) + 16
    path.write_bytes(data[:position] + wrong + data[data.index(b"\r\n", position) :])
    items = read(path)
    assert [item.key for item in items if isinstance(item, Record)] == [f"http://e.org/{n}" for n in (0, 1, 3, 4)]
    assert [item.key for item in items if isinstance(item, Refusal)] == ["http://e.org/2"]


@given(cut=st.integers(1, 1200), compress=st.booleans())
def test_a_cut_archive_keeps_all_whole_records(tmp_path_factory, cut, compress):
    path = tmp_path_factory.mktemp("cut") / ("a.warc.gz" if compress else "a.warc")
    offsets = archive(path, *PAGES, compress=compress)
    data = path.read_bytes()[:-cut]
    path.write_bytes(data)
    whole = sum(offset < len(data) for offset in offsets) - 1  # the last one may lack only its closing line ends
    items = read(path)
    assert [item.key for item in items if isinstance(item, Record)][:whole] == [
        f"http://e.org/{n}" for n in range(whole)
    ]
    assert len(items) <= len(PAGES)


@given(st.binary(max_size=300))
def test_any_bytes_after_the_headers_decode_or_are_refused(body):
    for coding in ("gzip", "deflate", "br"):
        for transfer in ("", "chunked"):
            try:
                decode_body(
                    Response(200, (("content-encoding", coding), ("transfer-encoding", transfer)), body), 1 << 16
                )
            except BodyError as error:
                assert error.reason in ("truncated", "malformed", "bomb", "too-large")


def test_headers_with_bare_line_feeds_and_folding_are_read():
    found = parse_response(
        b'HTTP/1.0 200 OK\nContent-Type: text/html;\n charset="ISO-8859-1"\nX-Robots-Tag: all\n\nbody'
    )
    assert (found.status, found.mime, found.charset, found.raw) == (200, "text/html", "ISO-8859-1", b"body")
    assert header_opt_outs(found) == ()
