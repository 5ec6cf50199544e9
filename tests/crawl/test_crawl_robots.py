"""robots.txt by RFC 9309: the file's rules, and what each kind of answer means."""

import re
from contextlib import closing

import pytest
from aiohttp import web
from crawl_web import captured, failures, html, paths
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from ingest.crawl.crawler import crawl
from ingest.crawl.frontier import Frontier
from ingest.crawl.pin import finish
from ingest.crawl.robots import decide, matches, parse

SITE = "http://example.com"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /a", "/ab", False),
        ("User-agent: *\nDisallow: /A", "/a", True),  # paths are case-sensitive
        ("USER-AGENT: MedCorpus\nDISALLOW: /a", "/a", False),  # names and fields are not
        ("User-agent: medcorpus/2.0\nDisallow: /a", "/a", False),
        ("User-agent: med\nDisallow: /", "/a", True),  # another robot
        ("User-agent: medcorpusbot\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: medcorpus\nAllow: /", "/a", True),  # the own group replaces "*"
        ("User-agent: medcorpus\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: medcorpus\nDisallow: /b", "/b",
         False),  # groups of one robot are joined
        ("User-agent: x\nUser-agent: medcorpus\nDisallow: /a", "/a", False),
        ("User-agent: medcorpus\nSitemap: /s.xml\nUser-agent: x\nDisallow: /a", "/a", False),  # no end of the group
        ("User-agent: medcorpus\nFoo: bar\nDisallow: /a", "/a", False),  # unknown lines are nothing
        ("User-agent: x\nFoo: bar\nUser-agent: medcorpus\nDisallow: /a", "/a", False),
        ("Disallow: /", "/a", True),  # a rule without a group
        ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a", "/a", False),
        ("User-agent: * # all\nDisallow: /a # private", "/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /a", "/a/b", True),  # the longest match decides
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),  # Allow wins a tie
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: *.pdf", "/a/b.pdf?x", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a-b-b", True),
        ("User-agent: *\nDisallow: /a?b=", "/a?b=1", False),
        ("User-agent: *\nDisallow: /é", "/%C3%A9", False),  # 2.2.2: octets and escapes are one
        ("User-agent: *\nDisallow: /%c3%a9", "/%C3%A9", False),
        ("User-agent: *\nDisallow: /%7Eme", "/~me", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: *\nDisallow: /a$b", "/a$b", False),
        ("User-agent: *\nDisallow: /a%24", "/a$", False),
        ("User-agent: *\nDisallow: /a%2A", "/a*", False),
        ("User-agent: *\nDisallow: a", "/a", False),
        ("<html><body>Not found</body></html>", "/a", True),
    ],
)  # fmt: skip
def test_rules_of_rfc_9309(text, path, allowed):
    assert parse(text.encode(), "medcorpus").allows(SITE + path) is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, False), (301, True), (400, True), (401, True), (403, True), (404, True), (410, True), (429, False),
     (500, False), (503, False), (None, False)],
)  # fmt: skip
def test_what_an_answer_means(status, allowed):
    assert decide(status, b"User-agent: *\nDisallow: /", "medcorpus").allows(SITE + "/a") is allowed


def test_other_fields():
    body = b"Sitemap: /s.xml\nUser-agent: *\nCrawl-delay: 2.5\nContent-Usage: train-ai=n\nCrawl-delay: soon"
    rules = parse(body, "x")
    assert (rules.crawl_delay, rules.sitemaps, rules.content_usage) == (2.5, ("/s.xml",), ("train-ai=n",))


def test_rules_made_to_cost_time_are_decided_all_the_same():
    body = b"User-agent: *\n" + b"".join(b"Disallow: /*a*b*c*%d*d$\n" % n for n in range(22_000))
    rules = parse(body, "medcorpus")  # longer than 512 KiB: the rest is not read
    assert 19_000 < len(rules.rules) < 22_000
    assert rules.allows(SITE + "/" + "abc" * 300)
    assert not rules.allows(SITE + "/abc7d")
    assert not matches("/" + "a*" * 40 + "b$", "/" + "a" * 5000)  # regular expressions would try for ever


_pattern = st.text("/ab*$", min_size=1, max_size=8).map(lambda text: "/" + text)


@given(_pattern, st.text("/ab", max_size=10).map(lambda text: "/" + text))
def test_pattern_matching_agrees_with_regular_expressions(pattern, target):
    anchored = pattern.endswith("$")
    body = "".join(".*" if sign == "*" else re.escape(sign) for sign in pattern.removesuffix("$"))
    assert matches(pattern, target) == bool(re.match(body + ("$" if anchored else ""), target))


_rule = st.tuples(st.sampled_from(["Allow", "Disallow"]), st.text("/ab*", min_size=1, max_size=6))


@settings(deadline=None)
@given(st.lists(_rule, max_size=8), st.text("/ab", max_size=8))
def test_rules_agree_with_protego(rules, path):
    text = "User-agent: *\n" + "".join(f"{field}: /{pattern}\n" for field, pattern in rules)
    # Protego weighs a rule by its length as written, and so do we once runs of "*" are one.
    if "**" not in text:
        url = f"{SITE}/{path}"
        assert parse(text.encode(), "x").allows(url) == Protego.parse(text).can_fetch(url, "x")


@given(st.binary(max_size=200))
def test_no_bytes_can_break_the_parser(body):
    parse(b"User-agent: *\nDisallow: /" + body, "medcorpus").allows(SITE + "/a")


def test_crawl_obeys_counts_and_does_not_ask(serve, config, tmp_path):
    site = serve({"/": html("/open", "/private/1", "/private/2"), "/open": html(), "/private/1": html(),
                  "/robots.txt": {"text": "User-agent: *\nDisallow: /private"}})  # fmt: skip
    crawl(config(site.url), tmp_path)
    pin = finish(tmp_path)
    assert paths(site, captured(tmp_path)) == {"/", "/open"}
    assert pin.counts["robots"] == 2
    assert failures(tmp_path) == {}
    assert site.hits("/private/1") == 0
    assert site.hits("/robots.txt") == 1


def test_server_whose_robots_txt_fails_is_not_crawled(serve, config, tmp_path):
    site = serve({"/": html(), "/robots.txt": {"status": 500}})
    crawl(config(site.url, retries=1, backoff=0.01), tmp_path)
    finish(tmp_path)
    assert failures(tmp_path) == {f"{site.url}/": "robots-unreachable"}
    assert [path for _, path in site.log] == ["/robots.txt", "/robots.txt"]


def test_robots_txt_that_recovers_and_moves_is_obeyed(serve, config, tmp_path):
    async def moody(request):
        if site.hits("/robots.txt") == 1:
            return web.Response(status=503)
        return web.Response(status=301, headers={"Location": "/real.txt"})

    rules = {"text": "User-agent: medcorpus\nDisallow: /x"}
    site = serve({"/": html("/x"), "/x": html(), "/robots.txt": moody, "/real.txt": rules})
    crawl(config(site.url, backoff=0.01), tmp_path)
    finish(tmp_path)
    assert paths(site, captured(tmp_path)) == {"/"}
    assert failures(tmp_path) == {}


def test_dead_host_fails_with_the_networks_reason(config, tmp_path):
    crawl(config("http://127.0.0.1:9/", retries=0), tmp_path)
    finish(tmp_path)
    assert failures(tmp_path) == {"http://127.0.0.1:9/": "refused"}


def test_unreachable_robots_txt_is_asked_for_again_by_the_next_process(serve, config, tmp_path):
    site = serve({"/": html(), "/a": html(), "/robots.txt": {"status": 503}})
    settings = config(site.url, f"{site.url}/a", retries=0)
    assert crawl(settings, tmp_path).failed == {"robots-unreachable": 2}
    site.pages["/robots.txt"] = {"text": ""}
    with closing(Frontier(tmp_path, 0)) as frontier:
        assert frontier.requeue(["robots-unreachable"]) == 2
    assert crawl(settings, tmp_path).fetched == 2


def test_a_line_of_blanks_takes_no_quadratic_time():
    rules = parse(b"User-agent: *\nDisallow" + b" " * 500_000 + b"\nDisallow: /a", "medcorpus")
    assert rules.rules == (("/a", False),)


def test_groups_of_ten_thousands_of_other_robots_cost_nothing():
    names = b"".join(
        b"User-agent: %s\n" % bytes([97 + n % 26, 97 + n // 26 % 26, 97 + n // 676]) for n in range(17_000)
    )
    rules = parse(names + b"Disallow: /x\n" * 10_000 + b"User-agent: *\nDisallow: /a", "medcorpus")
    assert rules.rules == (("/a", False),)


def test_a_preference_in_the_group_of_another_robot_is_not_for_all():
    assert parse(b"User-agent: x\nContent-Usage: train-ai=n", "medcorpus").content_usage == ()
    assert parse(b"Content-Usage: train-ai=n", "medcorpus").content_usage == ("train-ai=n",)
    assert parse(b"User-agent\nContent-Usage: train-ai=n", "medcorpus").content_usage == ("train-ai=n",)
