"""Real pages as input: those of ../shared/data, and where that is absent the repository's sample site."""

import dataclasses
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.tools.process import ROOT
from shards.errors import InputError

DATA = ROOT.parent / "shared" / "data"
SAMPLE = ROOT / "recipes" / "sample_site" / "pages"
_FETCHED = "2024-01-01T00:00:00Z"


@dataclasses.dataclass(frozen=True)
class Page:
    """A page as it was served."""

    url: str
    html: bytes


def pages(limit: int | None = None) -> list[Page]:
    """Distinct pages (no URL and no content twice), at most `limit`, in an order that mixes their origins.

    Web Content Extraction Benchmark (CC-BY-4.0) and trafilatura's evaluation pages (Apache-2.0), the crawl of the
    Archives Unleashed Toolkit's tests (Apache-2.0). Raises `InputError` when there are none.
    """
    origins = (_wcxb, _trafilatura, _crawled) if DATA.exists() else (_sample,)
    found: dict[str, Page] = {}
    contents = set()
    for origin in origins:
        for page in origin():
            digest = hashlib.sha256(page.html).digest()
            if page.url not in found and digest not in contents:
                found[page.url] = page
                contents.add(digest)
    if not found:
        raise InputError(f"no pages in {DATA} and none in {SAMPLE}: run this in a complete clone")
    mixed = sorted(found.values(), key=lambda page: hashlib.sha256(page.url.encode()).digest())
    return mixed[:limit]


def write_warc(path: Path, chosen: list[Page]) -> None:
    """The pages as response records of one gzipped WARC 1.1 file, with their media type stated."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        for page in chosen:
            headers = [("Content-Type", "text/html"), ("Content-Length", str(len(page.html)))]
            record = writer.create_warc_record(
                page.url,
                "response",
                payload=io.BytesIO(page.html),
                length=len(page.html),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": _FETCHED, "WARC-Identified-Payload-Type": "text/html"},
            )
            writer.write_record(record)


def write_folder(path: Path, chosen: list[Page]) -> None:
    """The pages as files 0000.html, 0001.html ... of one folder."""
    path.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(chosen):
        (path / f"{number:04d}.html").write_bytes(page.html)


def _wcxb() -> Iterator[Page]:
    root = DATA / "html" / "wcxb"
    for path in sorted((root / "html").glob("*.html.gz")):
        truth = root / "ground-truth" / f"{path.name.removesuffix('.html.gz')}.json"
        url = json.loads(truth.read_text(encoding="utf-8"))["url"]
        yield Page(_url(url, "wcxb", path.name), gzip.decompress(path.read_bytes()))


def _trafilatura() -> Iterator[Page]:
    root = DATA / "html" / "trafilatura"
    for url, facts in json.loads((root / "evaldata.subset.json").read_text(encoding="utf-8")).items():
        path = root / "pages" / f"{facts['file']}.gz"
        if path.exists():
            yield Page(_url(url, "trafilatura", path.name), gzip.decompress(path.read_bytes()))


def _crawled() -> Iterator[Page]:
    path = DATA / "warc" / "aut" / "example.warc.gz"
    if not path.exists():
        return
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            http = record.http_headers
            if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
                continue
            if (http.get_header("Content-Type") or "").lower().startswith("text/html"):
                yield Page(record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())


def _sample() -> Iterator[Page]:
    for path in sorted(SAMPLE.rglob("*.html")):
        yield Page(_url("", "sample", path.relative_to(SAMPLE).as_posix()), path.read_bytes())


def _url(url: str, origin: str, name: str) -> str:
    """The page's URL; some pages of the evaluation sets have none and get one of a reserved domain (RFC 2606)."""
    return url if url.startswith(("http://", "https://")) else f"http://{origin}.invalid/{quote(name)}"
