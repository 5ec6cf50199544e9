"""The crawl's parts one by one: address guard, decoding with limits, retries, links, sitemaps, redirect cycles."""

import asyncio
import gzip
import time
import zlib
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.crawl import links, sitemap
from ingest.crawl.fetch import Fetcher
from ingest.crawl.frontier import MAX_STARTS, Frontier, Link, Outcome
from ingest.crawl.guard import Guard, PrivateAddressError, is_public
from ingest.crawl.pin import cycles
from ingest.crawl.retry import backoff, is_passing, retry_after
from ingest.crawl.shares import Shares, shard_of
from ingest.decode import BodyError, Decoder
from shards.errors import InputError

PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1",
    "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_wrapping(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_pass(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "127.1", "0x7f.1", "localhost"])
def test_no_spelling_of_this_machine_gets_through(config, host):
    async def ask():
        async with Fetcher(config("http://a.org/", allow_private=())) as fetcher:
            return await fetcher.get(f"http://{host}:9/", None, 1000)

    # aiohttp itself refuses the odd spellings of IPv4 as malformed.
    assert asyncio.run(ask()).reason in ("private-address", "malformed")


def test_name_that_resolves_to_a_private_address_is_refused_unless_allowed():
    async def resolve(allowed):
        return await Guard(allowed).resolve("localhost", 80)

    with pytest.raises(PrivateAddressError, match="allow_private"):
        asyncio.run(resolve(("localhost:81",)))
    assert asyncio.run(resolve(("localhost:80",)))


def _decode(data, encoding, step, max_bytes=1 << 22, max_ratio=100.0):
    decoder = Decoder(encoding, max_bytes, max_ratio)
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])
    return decoder.finish()


_KINDS = st.sampled_from(["gzip", "X-GZIP", "deflate", "raw", "", "members"])


@given(st.binary(max_size=2000), st.integers(1, 300), _KINDS)
def test_decoding_gives_back_the_body_however_it_is_cut(body, step, kind):
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = {
        "gzip": gzip.compress(body), "X-GZIP": gzip.compress(body), "deflate": zlib.compress(body), "": body,
        "raw": raw.compress(body) + raw.flush(), "members": gzip.compress(body[:9]) + gzip.compress(body[9:]),
    }[kind]  # fmt: skip
    encoding = {"raw": "deflate", "members": "gzip"}.get(kind, kind)
    assert _decode(data, encoding, step) == body


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (gzip.compress(bytes(3 << 20)), "gzip", "bomb"),
        (b"x" * 5_000_000, "", "too-large"),
        (gzip.compress(b"abc" * 99)[:-9], "gzip", "truncated"),
        (b"not gzip at all", "gzip", "bad-encoding"),
        (b"", "br", "bad-encoding"),
    ],
)
def test_bodies_that_are_refused(data, encoding, reason):
    with pytest.raises(BodyError) as caught:
        _decode(data, encoding, 1000)
    assert caught.value.reason == reason


def test_retry_after_in_all_its_forms():
    now = 1_700_000_000.0
    assert retry_after("120", now) == 120
    assert retry_after(formatdate(now + 60, usegmt=True), now) == 60
    assert retry_after(formatdate(now - 60, usegmt=True), now) == 0
    for unreadable in (None, "", "soon", "-5", "1e9", "9" * 40, "Thu, 99 Foo 2026"):
        assert retry_after(unreadable, now) is None


def test_only_passing_failures_are_retried_and_the_wait_doubles():
    assert [backoff(2.0, attempts) for attempts in (1, 2, 3)] == [2, 4, 8]
    assert all(map(is_passing, ["timeout", "http-500", "http-503", "http-429", "dns", "refused", "truncated"]))
    assert not any(map(is_passing, ["http-404", "http-501", "bomb", "private-address", "redirect-loop", "tls"]))


def test_links_in_all_their_places():
    page = b"""<base href="/x/"><link rel=next href=n><link rel=stylesheet href=s.css><a href="a?p=1&amp;q=2">1</a>
        <area href=/b><iframe src=c></iframe><meta http-equiv=Refresh content="0; URL='d'"><a href="#top">2</a>
        <a href="javascript:x()">3</a><a href="//other.org/e">4</a><a href=" /b ">5</a><a href="http://[bad/">6</a>"""
    assert links.extract(page, "http://a.org/", "", "medcorpus") == [
        "http://a.org/x/n", "http://a.org/x/a?p=1&q=2", "http://a.org/b", "http://a.org/x/c", "http://a.org/x/d",
        "http://other.org/e",
    ]  # fmt: skip


def test_links_of_hostile_pages_are_found_too():
    assert links.extract(b"<a href=x>" * 50_000, "http://a.org/", "", "m") == ["http://a.org/x"]
    assert links.extract(b"<div>" * 100_000 + b"<a href=x>", "http://a.org/", "", "m") == ["http://a.org/x"]
    assert links.extract("<a href='é'>".encode("utf-16"), "http://a.org/", "", "m") == ["http://a.org/%C3%A9"]
    assert links.extract(b"<<<<\0&&&", "http://a.org/", "", "m") == []


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("5;url=/next", "/next"), ("0; URL='d'", "d"), ('1.5 , url = "d" ', "d"), ("3; /a?url=5", "/a?url=5"),
        ("5", ""), ("soon; url=/x", ""), ("", ""), (";", ""), ("0;url=", ""),
    ],
)  # fmt: skip
def test_refresh_targets(content, target):
    assert links.refresh_target(content) == target


def test_a_refresh_of_blanks_takes_no_quadratic_time():
    page = b"<meta http-equiv=refresh content='0;" + b" " * 1_000_000 + b"x\n'><a href=/y>"
    assert links.extract(page, "http://a.org/", "", "m") == ["http://a.org/y"]


def test_many_gzip_members_and_much_data_at_once_take_no_quadratic_time():
    assert _decode(gzip.compress(b"x") * 30_000, "gzip", 1 << 30) == b"x" * 30_000
    body = bytes(range(256)) * 12_000
    assert _decode(gzip.compress(body, 0), "gzip", 1 << 30) == body


@given(st.binary(max_size=300))
def test_no_bytes_can_break_link_extraction(body):
    links.extract(b"<a href=" + body, "http://a.org/", "", "m")


@pytest.mark.parametrize(
    ("value", "nofollow"),
    [("", False), ("nofollow", True), ("noindex, NOFOLLOW", True), ("none", True), ("medcorpus: nofollow", True),
     ("otherbot: noindex, nofollow", False), ("otherbot: nofollow, medcorpus: none", True), ("*: nofollow", True),
     ("unavailable_after: 25 Jun 2010, nofollow", True), ("noai, max-snippet: 3", False)],
)  # fmt: skip
def test_x_robots_tag(value, nofollow):
    assert links.header_nofollow(value, "medcorpus") is nofollow


def test_damaged_sitemap_gives_what_precedes_the_damage_and_entities_stay_shut():
    body = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><urlset><url><loc>/a</loc></url><url><loc>&e;</loc>"
    assert sitemap.parse(body, "http://a.org/")[0][0] == "http://a.org/a"
    assert "root" not in str(sitemap.parse(body, "http://a.org/"))


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12)))
def test_cycles_are_the_urls_that_come_back_to_themselves(edges):
    def comes_back(start):
        url = start
        for _ in range(len(edges)):
            url = edges.get(url)
            if url == start:
                return True
        return False

    assert cycles(edges) == {url for url in edges if comes_back(url)}


@given(st.integers(1, 9), st.integers(1, 1000))
def test_shares_add_up_and_every_host_has_one_owner(shards, total):
    assert sum(Shares(shard, shards).of(total) for shard in range(shards)) == total
    hosts = [Link(f"http://h{n}.example/", f"h{n}.example") for n in range(20)]
    owned = [Shares(shard, shards).divide(hosts)[0] for shard in range(shards)]
    assert sorted(link.url for part in owned for link in part) == sorted(link.url for link in hosts)
    assert shard_of("www.example.org", shards) == shard_of("example.org", shards)


def test_frontier_belongs_to_one_process_and_leases_come_back(tmp_path):
    frontier = Frontier(tmp_path, 0)
    with pytest.raises(InputError, match="another process"):
        Frontier(tmp_path, 0)
    frontier.add([Link("http://a/2", "a", depth=1), Link("http://a/1", "a")])
    assert frontier.lease("a", time.time()).url == "http://a/1"
    frontier.close()
    again = Frontier(tmp_path, 0)
    assert again.queued == 2
    assert again.lease("a", time.time()).url == "http://a/1"
    again.close()


def test_page_that_ends_the_process_each_time_is_given_up(tmp_path):
    for _ in range(MAX_STARTS):
        frontier = Frontier(tmp_path, 0)
        frontier.add([Link("http://a/", "a")])
        assert frontier.lease("a", time.time())
        frontier.close()  # as a kill would
    frontier = Frontier(tmp_path, 0)
    assert frontier.lease("a", time.time()) is None
    assert frontier.counts() == {("failed", "crash"): 1}
    assert frontier.queued == 0
    frontier.close()


def test_failed_commit_changes_nothing(tmp_path):
    frontier = Frontier(tmp_path, 0)
    frontier.add([Link("http://a/", "a")])
    page = frontier.lease("a", time.time())
    broken = Outcome(page, "captured", 1, "", links=(Link("http://a/x", "a"), Link(None, "a")))
    with pytest.raises(Exception, match=r"NOT NULL|datatype|constraint"):
        frontier.commit([(broken, None), (Outcome(page, None, 1, ""), None)])
    assert frontier.counts() == {("leased", ""): 1}
    frontier.close()
