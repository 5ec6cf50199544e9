"""Fetchers bring what their publishers hold, once, and go on where they were stopped."""

import gzip
import hashlib
import itertools
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fetch_server import Request, serve
from sickle import Sickle

from ingest.fetch import client as fetch_client
from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client
from ingest.fetch.common_crawl import CommonCrawl
from ingest.fetch.files import Files, Listing
from ingest.fetch.pages import CimaDocuments, ClinicalTrialsPages, OaiPages
from ingest.fetch.pmc import PmcArticles
from ingest.sources.archives.warc import Warc
from ingest.sources.base import Record
from ingest.sources.cima import Cima
from ingest.sources.clinicaltrials import ClinicalTrials
from ingest.sources.oai import Oai
from shards.errors import InputError


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_client, "_FIRST_PAUSE", 0.01)


def client() -> Client:
    return Client("https://example.org/about", interval=0.0)


def run(fetcher, root: Path, limit: int | None = None) -> tuple[list[str], list[str]]:
    """(names of new files, addresses missed)."""
    outcomes = list(fetcher.run(client(), root, limit))
    new = [outcome.name for outcome in outcomes if isinstance(outcome, Fetched) and outcome.new]
    return new, [outcome.url for outcome in outcomes if isinstance(outcome, Missed)]


def records(source) -> list[Record]:
    items = [item for partition in source.partitions() for item in source.read(partition)]
    return [item for item in items if isinstance(item, Record)]


def test_listed_files_are_checked_and_brought_once(tmp_path: Path) -> None:
    names = [f"pubmed26n000{at}.xml.gz" for at in range(1, 4)]
    data = {name: gzip.compress(name.encode()) for name in names}
    listing = "".join(f'<a href="{name}">x</a><a href="{name}.md5">y</a>' for name in names) + '<a href="README">z</a>'
    routes = {"/base/": listing.encode()} | {f"/base/{name}": body for name, body in data.items()}
    digests = {name: hashlib.md5(body).hexdigest() for name, body in data.items()} | {names[1]: "0" * 32}
    routes |= {f"/base/{name}.md5": f"MD5({name})= {digest}\n".encode() for name, digest in digests.items()}
    with serve(routes) as site:
        fetcher = Listing((f"{site.url}/base",))
        assert run(fetcher, tmp_path, 1) == ([names[0]], [])
        new, missed = run(fetcher, tmp_path)
        assert new == [names[2]] and missed == [f"{site.url}/base/{names[1]}"]
        asked = len(site.requests)
        routes[f"/base/{names[1]}.md5"] = hashlib.md5(data[names[1]]).hexdigest().encode()
        assert run(fetcher, tmp_path) == ([names[1]], [])
        assert run(fetcher, tmp_path) == ([], []) and len(site.requests) == asked + 4
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_files_by_address_never_leave_their_folder(tmp_path: Path) -> None:
    with serve({"/a.txt": b"a", "/x/..": b"b"}) as site:
        digest = hashlib.sha256(b"a").hexdigest()
        assert run(Files((f"{site.url}/a.txt",), (digest,)), tmp_path) == (["a.txt"], [])
        assert run(Files((f"{site.url}/x/..",)), tmp_path)[1] == [f"{site.url}/x/.."]
    with pytest.raises(InputError, match="as many sha256"):
        Files(("a", "b"), ("c",))


def test_trials_page_by_page_resumed_by_token(tmp_path: Path) -> None:
    def page(request: Request) -> bytes:
        token = int(dict(part.split("=") for part in request.path.split("?")[1].split("&")).get("pageToken", 0))
        study = {
            "protocolSection": {"identificationModule": {"nctId": f"NCT{token:08d}", "officialTitle": f"T{token}"}}
        }
        return json.dumps({"studies": [study]} | ({"nextPageToken": str(token + 1)} if token < 3 else {})).encode()

    with serve({"/api/v2/studies": page}) as site:
        fetcher = ClinicalTrialsPages(f"{site.url}/api/v2/studies")
        assert run(fetcher, tmp_path, 2)[0] == ["studies-00000.json.gz", "studies-00001.json.gz"]
        assert run(fetcher, tmp_path)[0] == ["studies-00002.json.gz", "studies-00003.json.gz"]
        assert run(fetcher, tmp_path) == ([], []) and len(site.requests) == 4
    assert [item.key for item in records(ClinicalTrials("ct", str(tmp_path)))] == [f"NCT{at:08d}" for at in range(4)]


def oai_response(body: str) -> bytes:
    return f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{body}</OAI-PMH>'.encode()


def oai_record(number: int) -> str:
    dc = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    fields = f"<dc:title>T{number}</dc:title><dc:description>D{number}</dc:description><dc:language>es</dc:language>"
    header = f"<header><identifier>oai:x:{number}</identifier><datestamp>2020-01-01</datestamp></header>"
    return f"<record>{header}<metadata><oai_dc:dc {dc}>{fields}</oai_dc:dc></metadata></record>"


def test_a_repository_is_harvested_as_sickle_does_it_through_busy_answers_and_lost_tokens(tmp_path: Path) -> None:
    busy, lost = itertools.count(), itertools.count()

    def answer(request: Request):
        if "resumptionToken=b" in request.path and next(busy) == 0:
            return 503, {"Retry-After": "0"}, b""
        if "resumptionToken=c" in request.path and next(lost) == 0:
            return oai_response('<error code="badResumptionToken">expired</error>')
        page = {"resumptionToken=b": 1, "resumptionToken=c": 2}
        at = next((number for mark, number in page.items() if mark in request.path), 0)
        token = ("<resumptionToken>b</resumptionToken>", "<resumptionToken>c</resumptionToken>", "")[at]
        return oai_response(f"<ListRecords>{oai_record(2 * at)}{oai_record(2 * at + 1)}{token}</ListRecords>")

    with serve({"/oai": answer}) as site:
        new, missed = run(OaiPages(f"{site.url}/oai", set="med"), tmp_path)
        assert len(new) == 5 and not missed  # two pages before the token was lost, then all three again
        assert "set=med" in site.paths[0] and run(OaiPages(f"{site.url}/oai", set="med"), tmp_path) == ([], [])
        oracle = [record.header.identifier for record in Sickle(f"{site.url}/oai").ListRecords(metadataPrefix="oai_dc")]
    assert sorted({item.key for item in records(Oai("oai", str(tmp_path)))}) == sorted(oracle)


def test_cima_documents_page_by_page(tmp_path: Path) -> None:
    def medicines(request: Request) -> bytes:
        page = int(request.path.split("pagina=")[1].split("&")[0])
        found = [{"nregistro": str(10 * page + at), "nombre": f"M{page}{at}"} for at in range(2)]
        found.append({"nregistro": "99", "nombre": "no sections", "docs": [{"tipo": 1, "secc": False}, {"tipo": 2}]})
        found[0]["docs"] = [{"tipo": 1, "url": "https://cima.aemps.es/cima/pdfs/ft/1/FT_1.pdf", "secc": True}]
        return json.dumps({"totalFilas": 4, "tamanioPagina": 2, "resultados": found if page < 3 else []}).encode()

    def sections(request: Request):
        if "nregistro=21" in request.path:
            return 404, {}, b""
        return json.dumps([{"seccion": "4.2", "titulo": "Posología", "contenido": "<p>5 mg</p>"}]).encode()

    routes = {"/medicamentos": medicines, "/docSegmentado/contenido/1": sections}
    with serve(routes) as site:
        fetcher = CimaDocuments(site.url, (1,))
        new, missed = run(fetcher, tmp_path)
        assert new == ["10_1.json", "11_1.json", "20_1.json"] and len(missed) == 1 and "nregistro=21" in missed[0]
        assert run(fetcher, tmp_path)[0] == []
    assert records(Cima("cima", str(tmp_path)))[0].text == "# M10\n\n### 4.2 Posología\n\n5 mg"


def test_articles_are_listed_by_pages_of_the_bucket(tmp_path: Path) -> None:
    keys = [f"PMC{at}.1/PMC{at}.1{suffix}" for at in range(4) for suffix in (".json", ".txt", ".xml")]

    def listing(request: Request) -> bytes:
        start = 6 if "continuation-token=next" in request.path else 0
        found = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys[start : start + 6])
        more = "<NextContinuationToken>next</NextContinuationToken>" if start == 0 else ""
        return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{found}{more}</ListBucketResult>'.encode()

    with serve({"/": listing} | {f"/{key}": key.encode() for key in keys}) as site:
        fetcher = PmcArticles(site.url)
        assert len(run(fetcher, tmp_path, 3)[0]) == 3
        assert len(run(fetcher, tmp_path)[0]) == 5
        asked = len(site.requests)
        assert run(fetcher, tmp_path) == ([], []) and len(site.requests) == asked + 1
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("PMC*.*") if path.is_file()) == [
        key for key in keys if not key.endswith(".txt")
    ]


def test_captures_of_an_index_become_archives_of_their_exact_bytes(tmp_path: Path) -> None:
    members, rows, at = [], [], 0
    for number in range(5):
        url = f"https://salute{number}.it/"
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>Dose 5 mg</p></body></html>"
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        head += f"WARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: application/http; msgtype=response\r\n"
        member = gzip.compress(head.encode() + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(http), http), mtime=0)
        rows.append({
            "url": url, "url_host_registered_domain": f"salute{number}.it", "fetch_status": 200,
            "content_mime_detected": "text/html", "content_languages": "ita,eng" if number != 3 else "deu",
            "content_truncated": None if number != 4 else "length", "warc_filename": "a.warc.gz",
            "warc_record_offset": at, "warc_record_length": len(member),
        })  # fmt: skip
        members.append(member)
        at += len(member)
    rows[1]["url"] = "https://altro.it/"  # the index is wrong about this one
    schema = pa.Table.from_pylist(rows).schema.set(5, pa.field("content_truncated", pa.string()))
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "index.parquet")
    domains = tuple(row["url_host_registered_domain"] for row in rows)
    root = tmp_path / "captures"
    root.mkdir()
    with serve({"/a.warc.gz": b"".join(members)}) as site:
        fetcher = CommonCrawl("CC-X", str(tmp_path / "index.parquet"), site.url, domains, ("ita",), per_file=2)
        new, missed = run(fetcher, root, 1)
        assert new == ["CC-X-00000.warc.gz"] and missed == ["https://altro.it/"]
        assert run(fetcher, root) == (["CC-X-00001.warc.gz"], [])
        asked = len(site.requests)
        assert run(fetcher, root) == ([], []) and len(site.requests) == asked == 3
        assert all(request.headers["Range"] for request in site.requests)
    assert (root / "CC-X-00000.warc.gz").read_bytes() == members[0]
    assert [item.key for item in records(Warc("cc", str(root)))] == ["https://salute0.it/", "https://salute2.it/"]
    other = CommonCrawl("CC-X", str(tmp_path / "index.parquet"), site.url, domains[:1], ("ita",))
    with pytest.raises(InputError, match="other choices"):
        run(other, root)
    with pytest.raises(InputError, match="domains"):
        CommonCrawl("CC-X")
