"""A whole crawl of small sites: what is captured, what fails and why, and what is left alone."""

import asyncio
import gzip
import json
import resource
import zlib

import pytest
from aiohttp import web
from crawl_web import captured, failures, html, keeps, paths
from fastwarc.warc import ArchiveIterator, WarcRecordType

from ingest.crawl import warc
from ingest.crawl.crawler import crawl
from ingest.crawl.outbox import exchange
from ingest.crawl.pin import finish, load_pin
from ingest.crawl.shares import shard_of
from ingest.urls import host_of
from shards.errors import BuildError, InputError


def run(config, directory, **options):
    crawl(config, directory, **options)
    return finish(directory)


def test_follows_links_within_the_host_and_fetches_each_page_once(serve, config, tmp_path):
    site = serve({
        "/": html("/a", "b?utm_source=x", "/a#part", "mailto:x@y.z", "http://elsewhere.example/", "/pic.png"),
        "/a": html("/", "/c"), "/b": html("/a"), "/c": html(),
    })  # fmt: skip
    pin = run(config(site.url), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/a", "/b", "/c"}
    assert {path: site.hits(path) for path in ("/", "/a", "/b", "/c")} == {"/": 1, "/a": 1, "/b": 1, "/c": 1}
    assert pin.counts["fetched"] == 4 == sum(entry["records"] for entry in pin.warcs)
    assert pin.counts["out_of_scope"] == 1
    assert pin.counts["not_followed"] == {"asset": 1}
    assert load_pin(tmp_path) == pin


def test_every_way_to_fail_has_its_reason(serve, config, tmp_path):
    async def slow(request):
        await asyncio.sleep(30)

    async def short(request):
        response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"<p>cut")
        request.transport.close()
        return response

    site = serve({
        "/": html("/slow", "/404", "/500", "/big", "/empty", "/image", "/br", "/short", "/broken", "/loop1", "/file",
                  "/chain0", "/ok"),
        "/slow": slow, "/short": short, "/500": {"status": 500},
        "/big": {"body": b"x" * 3000, "content_type": "text/html"},
        "/empty": {"body": b" \n", "content_type": "text/html"},
        "/image": {"body": b"GIF", "content_type": "image/gif"},
        "/br": {"body": b"x", "content_type": "text/html", "headers": {"Content-Encoding": "br"}},
        "/broken": {"body": gzip.compress(b"<p>x" * 99)[:-20], "content_type": "text/html",
                    "headers": {"Content-Encoding": "gzip"}},
        "/loop1": {"status": 302, "headers": {"Location": "/loop2"}},
        "/loop2": {"status": 301, "headers": {"Location": "/loop1"}},
        "/file": {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
        **{f"/chain{n}": {"status": 302, "headers": {"Location": f"/chain{n + 1}"}} for n in range(20)},
        "/ok": html(),
    })  # fmt: skip
    pin = run(config(site.url, timeout=0.4, max_bytes=2000, retries=1, backoff=0.01), tmp_path)
    found = {url.removeprefix(site.url): reason for url, reason in failures(tmp_path).items()}
    assert found == {
        "/slow": "timeout", "/404": "http-404", "/500": "http-500", "/big": "too-large", "/empty": "empty",
        "/image": "bad-type", "/br": "bad-encoding", "/short": "truncated", "/broken": "truncated",
        "/loop1": "redirect-loop", "/loop2": "redirect-loop", "/file": "bad-redirect", "/chain5": "too-many-redirects",
    }  # fmt: skip
    assert paths(site, captured(tmp_path)) == {"/", "/ok"}
    assert site.hits("/slow") == 2 == site.hits("/500")
    assert site.hits("/404") == 1
    assert pin.counts["redirected"] == 5
    assert sum(pin.counts["failed"].values()) == 13 == pin.failures["rows"]


def test_gzip_bomb_costs_one_page_and_little_memory(serve, config, tmp_path):
    layer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(layer.compress(b"\0" * (1 << 20)) for _ in range(512)) + layer.flush()  # 512 MiB in half a MiB
    headers = {"Content-Encoding": "gzip"}
    site = serve({"/": html("/bomb", "/ok"), "/ok": html(),
                  "/bomb": {"body": bomb, "content_type": "text/html", "headers": headers}})  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(config(site.url), tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 << 10  # KiB
    assert failures(tmp_path) == {f"{site.url}/bomb": "bomb"}


def test_retry_after_is_honoured_and_the_page_is_captured(serve, config, tmp_path):
    async def moody(request):
        if site.hits("/moody") < 3:
            return web.Response(status=503, headers={"Retry-After": "1"})
        return web.Response(text=html(), content_type="text/html")

    site = serve({"/": html("/moody", "/z"), "/moody": moody, "/z": html()})
    run(config(site.url), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/moody", "/z"}
    times = [when for when, _ in site.log]
    asked = [index for index, (_, path) in enumerate(site.log) if path == "/moody"]
    for index in asked[:2]:  # nothing at all reaches the host before the time it asked for
        assert times[index + 1] - times[index] >= 1.0


def test_host_that_asks_for_too_long_a_wait_is_left_alone(serve, config, tmp_path):
    busy = {"status": 429, "headers": {"Retry-After": "86400"}}
    site = serve({"/": html("/a", "/b", "/c"), "/a": busy, "/b": busy, "/c": busy})
    run(config(site.url), tmp_path)
    assert failures(tmp_path) == {
        f"{site.url}/a": "http-429", f"{site.url}/b": "retry-after", f"{site.url}/c": "retry-after"
    }  # fmt: skip
    assert site.hits("/b") == site.hits("/c") == 0


def test_private_addresses_are_refused_also_behind_redirects(serve, config, tmp_path):
    inside = serve({"/": html()})
    outside = serve({"/": html("/go"), "/go": {"status": 302, "headers": {"Location": inside.url}}})
    allowed = (f"127.0.0.1:{outside.port}",)
    run(config(outside.url, f"{inside.url}/x", "http://localhost:9/", allow_private=allowed), tmp_path)
    assert set(failures(tmp_path).values()) == {"private-address"}
    assert len(failures(tmp_path)) == 3
    assert inside.log == []


def test_one_request_at_a_time_with_the_delay_between_them(serve, config, tmp_path):
    async def thinking(request):
        await asyncio.sleep(0.03)
        return web.Response(text=html(), content_type="text/html")

    pages = {"/": html(*(f"/{n}" for n in range(8))), **{f"/{n}": thinking for n in range(8)}}
    sites = [serve(pages) for _ in range(3)]
    run(config(*(site.url for site in sites), delay=0.1, tdmrep=True), tmp_path)
    for site in sites:
        times = [when for when, _ in site.log]
        assert len(times) == 11  # robots.txt, tdmrep.json, nine pages
        assert keeps(0.1, times)
        assert site.most_running == 1
    span = max(site.log[-1][0] for site in sites) - min(site.log[0][0] for site in sites)
    assert span < sum(site.log[-1][0] - site.log[0][0] for site in sites)  # the hosts ran side by side


def test_crawl_delay_of_robots_txt_is_kept_up_to_the_cap(serve, config, tmp_path):
    robots = {"text": "User-agent: medcorpus\nCrawl-delay: 100"}
    site = serve({"/": html("/a", "/b"), "/a": html(), "/b": html(), "/robots.txt": robots})
    run(config(site.url, max_delay=0.2), tmp_path)
    times = [when for when, _ in site.log]
    assert keeps(0.2, times)


def test_max_pages_is_exact_and_the_rest_stays_queued(serve, config, tmp_path):
    site = serve({"/": html(*(f"/{n}" for n in range(20))), **{f"/{n}": html() for n in range(20)}})
    pin = run(config(site.url, max_pages=7), tmp_path)
    assert len(captured(tmp_path)) == 7 == pin.counts["fetched"]
    assert pin.counts["queued"] == 14


def test_max_depth_include_and_exclude(serve, config, tmp_path):
    site = serve({"/": html("/it/1", "/fr/1", "/it/secret"), "/it/1": html("/it/2"), "/it/2": html("/it/3"),
                  "/it/3": html(), "/fr/1": html(), "/it/secret": html()})  # fmt: skip
    pin = run(config(site.url, max_depth=2, include=("/it/",), exclude=("secret",)), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/it/1", "/it/2"}
    assert pin.counts["not_followed"] == {"excluded": 2, "too-deep": 1}


def test_authors_who_say_nofollow_are_heard(serve, config, tmp_path):
    def tagged(link, tag):
        return {"text": html(link), "content_type": "text/html", "headers": {"X-Robots-Tag": tag}}

    site = serve({
        "/": html("/meta", "/header", "/other"),
        "/meta": html("/hidden1", head='<meta name="Robots" content="index, NoFollow">'),
        "/header": tagged("/hidden2", "noai, nofollow"), "/other": tagged("/seen", "foobot: nofollow"),
        "/seen": html(), "/hidden1": html(), "/hidden2": html(),
    })  # fmt: skip
    run(config(site.url), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/meta", "/header", "/other", "/seen"}


def test_sitemaps_of_robots_txt_are_read_also_gzipped_and_nested(serve, config, tmp_path):
    def urlset(*urls):
        return "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>" + "".join(
            f"<url><loc>{url}</loc></url>" for url in urls
        )

    site = serve({"/": html(), "/a": html(), "/b": html()})
    index = f"<sitemapindex><sitemap><loc>{site.url}/two.xml.gz</loc></sitemap></sitemapindex>"
    packed = gzip.compress(urlset(f"{site.url}/b", "http://elsewhere.example/").encode())
    site.pages |= {
        "/robots.txt": {"text": f"Sitemap: {site.url}/one.xml\nSitemap: /index.xml"},
        "/one.xml": {"text": urlset(f"{site.url}/a"), "content_type": "application/xml"},
        "/index.xml": {"text": index, "content_type": "application/xml"},
        "/two.xml.gz": {"body": packed, "content_type": "application/gzip"},
    }
    pin = run(config(site.url), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/a", "/b"}
    assert pin.counts["failed"] == {}


def test_warc_is_read_alike_by_warcio_and_fastwarc_with_valid_digests(serve, config, tmp_path):
    page = html(text="Ibuprofène é" * 50).encode()
    headers = {"Content-Encoding": "gzip", "X-Robots-Tag": "noai", "tdm-reservation": "1"}
    site = serve({
        "/": {"body": gzip.compress(page), "headers": headers | {"Content-Type": "text/html; charset=utf-8"}},
        "/x.pdf": {"body": b"%PDF-1.7 x", "content_type": "application/pdf"},
    })  # fmt: skip
    run(config(site.url, site.url + "/x.pdf"), tmp_path)
    assert captured(tmp_path) == {f"{site.url}/": page, f"{site.url}/x.pdf": b"%PDF-1.7 x"}
    with next(tmp_path.glob("*.warc.gz")).open("rb") as file:
        records = {}
        for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=False):
            assert record.verify_block_digest()
            record.parse_http()
            assert record.verify_payload_digest()
            records[record.headers["WARC-Target-URI"]] = (record.http_headers.asdict(), record.reader.read())
    fields, body = records[f"{site.url}/"]
    assert body == page
    assert fields["X-Robots-Tag"] == "noai"
    assert fields["tdm-reservation"] == "1"
    assert fields["X-Orig-Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in fields
    assert int(fields["Content-Length"]) == len(page)


def test_tdmrep_and_content_usage_are_kept_in_hosts_json(serve, config, tmp_path):
    policy = [{"location": "/", "tdm-reservation": 1}]
    site = serve({
        "/": html(), "/.well-known/tdmrep.json": {"text": json.dumps(policy), "content_type": "application/json"},
        "/robots.txt": {"text": "User-agent: *\nContent-Usage: train-ai=n\nDisallow: /private"},
    })  # fmt: skip
    pin = run(config(site.url, tdmrep=True), tmp_path)
    host = json.loads((tmp_path / pin.hosts["name"]).read_text())[site.url]
    assert host["tdmrep"] == policy
    assert host["content_usage"] == ["train-ai=n"]


def test_continued_crawl_fetches_nothing_twice_and_another_configuration_is_refused(serve, config, tmp_path):
    site = serve({"/": html("/a"), "/a": html()})
    crawl(config(site.url), tmp_path)
    before = len(site.log)
    assert crawl(config(site.url, delay=1.0), tmp_path).fetched == 2
    assert len(site.log) == before
    with pytest.raises(InputError, match="scope"):
        crawl(config(site.url, scope="domain"), tmp_path)


def test_uncommitted_bytes_are_cut_from_the_warc(serve, config, tmp_path):
    site = serve({"/": html("/a"), "/a": html()})
    crawl(config(site.url, max_pages=1), tmp_path)
    (file,) = tmp_path.glob("*.warc.gz")
    size = file.stat().st_size
    with file.open("ab") as out:
        out.write(b"half a record")
    (tmp_path / "shard-000-00009.warc.gz").write_bytes(b"never committed")
    run(config(site.url), tmp_path)
    assert len(list(tmp_path.glob("*.warc.gz"))) == 1
    assert file.stat().st_size > size
    assert paths(site, captured(tmp_path)) == {"/", "/a"}


def test_two_shards_with_exchange_capture_what_one_captures(serve, config, tmp_path):
    sites = [serve({}) for _ in range(4)]
    while len({shard_of(host_of(site.url + "/"), 2) for site in sites}) < 2:  # the ports decide who owns whom
        sites.append(serve({}))
    for index, site in enumerate(sites):
        others = [f"{other.url}/{index}" for other in sites]
        site.pages |= {"/": html("/1", *others), **{f"/{n}": html(*others, f"/{n + 5}") for n in range(8)}}
    settings = config(sites[0].url, *(f"{site.url}/nothing" for site in sites))
    run(settings, tmp_path / "one")
    rounds = 0
    while True:
        for shard in range(2):
            crawl(settings, tmp_path / "two", shard, 2)
        rounds += 1
        if not exchange(tmp_path / "two", 2):
            break
    pin = finish(tmp_path / "two", 2)
    assert captured(tmp_path / "two") == captured(tmp_path / "one")
    assert failures(tmp_path / "two") == failures(tmp_path / "one")
    assert rounds > 1
    assert len(pin.warcs) == 2


def test_full_disk_ends_the_crawl_with_advice_and_loses_nothing(serve, config, tmp_path, monkeypatch):
    site = serve({"/": html("/a", "/b"), "/a": html(), "/b": html()})
    append, calls = warc.append, []

    def failing(path, offset, data):
        calls.append(path)
        if len(calls) == 2:
            path.open("ab").write(data[:50])
            raise OSError(28, "No space left on device")
        return append(path, offset, data)

    monkeypatch.setattr(warc, "append", failing)
    with pytest.raises(BuildError, match="No space left"):
        crawl(config(site.url), tmp_path)
    run(config(site.url), tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/a", "/b"}
