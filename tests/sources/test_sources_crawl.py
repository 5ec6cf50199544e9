"""A pinned crawl as a source: the opt-outs of hosts reach the records, and a changed file is noticed."""

import gzip
import hashlib
import io
import json
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.sources.archives.crawl import Crawled
from ingest.sources.archives.policies import read_policies
from ingest.sources.base import Record, Refusal
from shards.errors import CorruptionError

URLS = ("https://a.example/", "https://a.example/open/1", "https://b.example/x", "https://c.example/")


def host(tdmrep: object = None, usage: tuple[str, ...] = ()) -> dict:
    return {"robots_status": 200, "content_usage": list(usage), "tdmrep_status": 200, "tdmrep": tdmrep}


RULES = [{"location": "/open/*", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]
HOSTS = {
    "https://a.example": host(RULES),
    "https://b.example": host(usage=("train-ai=n", "/y train-ai=y")),
    "https://c.example": host("<html>not a policy</html>"),
}


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    with (tmp_path / "00.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url in URLS:
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("X-Robots-Tag", "noai")], "HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(b"<p>" + url.encode()), http_headers=http)
            )
    failure = {"url": "https://d.example/", "reason": "http-404", "message": "gone"}
    (tmp_path / "failures.jsonl").write_text(json.dumps(failure) + "\n")
    pin_hosts(tmp_path, HOSTS)
    return tmp_path


def pin_hosts(folder: Path, hosts: object) -> None:
    (folder / "hosts.json").write_text(json.dumps(hosts))
    entries = {
        name: {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name in ("00.warc.gz", "failures.jsonl", "hosts.json")
        if (data := (folder / name).read_bytes())
    }
    pin = {"warcs": [entries["00.warc.gz"]], "failures": entries["failures.jsonl"], "hosts": entries["hosts.json"]}
    (folder / "pin.json").write_text(json.dumps(pin))


def test_records_carry_the_opt_outs_of_their_host(crawl: Path) -> None:
    source = Crawled("crawl", str(crawl))
    items = [item for partition in source.partitions() for item in source.read(partition)]
    found = {item.key: set(item.opt_out) - {"header:x-robots-tag:noai"} for item in items if isinstance(item, Record)}
    assert found == {
        URLS[0]: {"tdmrep:reservation:1"}, URLS[1]: set(), URLS[2]: {"robots:content-usage:train-ai=n"}, URLS[3]: set(),
    }  # fmt: skip
    assert all("header:x-robots-tag:noai" in item.opt_out for item in items if isinstance(item, Record))
    assert [item.reason for item in items if isinstance(item, Refusal)] == ["http-404"]


def test_another_policy_is_another_partition(crawl: Path) -> None:
    before = Crawled("crawl", str(crawl)).partitions()
    pin_hosts(crawl, HOSTS | {"https://a.example": host()})
    after = Crawled("crawl", str(crawl)).partitions()
    assert before[0].sha256 != after[0].sha256
    assert before[1] == after[1]


@pytest.mark.parametrize("name", ["hosts.json", "00.warc.gz", "failures.jsonl"])
def test_a_file_that_is_not_what_was_pinned_stops_the_source(crawl: Path, name: str) -> None:
    (crawl / name).write_bytes((crawl / name).read_bytes() + gzip.compress(b" "))
    with pytest.raises(CorruptionError, match=name):
        Crawled("crawl", str(crawl)).partitions()


@pytest.mark.parametrize(
    ("entry", "path", "refused"),
    [
        (host([{"location": "/", "tdm-reservation": 1}]), "/a", True),
        (host([{"location": "/a$", "tdm-reservation": "1"}]), "/ab", False),
        (host([{"location": "*.pdf", "tdm-reservation": 1}]), "/x/y.pdf", True),
        (host({"tdm-reservation": 1}), "/a", True),
        (host([{"location": "/", "tdm-reservation": 0}, {"location": "/a", "tdm-reservation": 1}]), "/a", False),
        (host([5, None, {"location": "/"}]), "/a", False),
        (host(usage=("train-ai=n", "/a train-ai=y")), "/a", False),
        (host(usage=("train-ai=y", "/a train-ai=n;x=1")), "/a", True),
        (host(usage=("train-ai=y", "/ train-ai=n")), "/a", True),
    ],
)
def test_which_rule_counts_for_a_path(tmp_path: Path, entry: dict, path: str, refused: bool) -> None:
    (tmp_path / "hosts.json").write_text(json.dumps({"https://a.example": entry}))
    assert bool(read_policies(tmp_path / "hosts.json").opt_outs("https://a.example" + path)) == refused


@pytest.mark.parametrize("text", ["[]", "{", '{"https://a.example": {}}'])
def test_a_damaged_hosts_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "hosts.json").write_text(text)
    with pytest.raises(CorruptionError, match="not the hosts"):
        read_policies(tmp_path / "hosts.json")
