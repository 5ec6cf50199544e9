"""One spelling for each URL, and no endless address spaces."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.crawl.config import CrawlConfig
from ingest.crawl.scope import Scope
from ingest.urls import canonical, domain_of, host_of, join, remove_dot_segments, trap
from shards.errors import InputError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.com", "http://example.com/"),  # RFC 3986, 6.2.3
        ("http://example.com:80/", "http://example.com/"),
        ("http://example.com:/", "http://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("https://example.com:80/a", "https://example.com:80/a"),
        ("HTTP://EXAMPLE.com./a", "http://example.com/a"),
        ("http://example.com/a/./b/../b/%63/%7bfoo%7d", "http://example.com/a/b/c/%7Bfoo%7D"),  # 6.2.2
        ("http://example.com/%2e%2e/%2E/x", "http://example.com/x"),
        ("http://example.com/a%2Fb%3F", "http://example.com/a%2Fb%3F"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/~u/é ü", "http://example.com/~u/%C3%A9%20%C3%BC"),
        ("http://example.com/a#part", "http://example.com/a"),
        ("http://example.com/?b=2&a=1", "http://example.com/?b=2&a=1"),  # the order may mean something
        ("http://example.com/?", "http://example.com/"),
        ("http://example.com/?id=7&utm_source=x&UTM_Medium=y&gclid=z&&q=", "http://example.com/?id=7&q="),
        ("http://example.com/?reference=1&source=pubmed", "http://example.com/?reference=1&source=pubmed"),
        ("http://example.com/a;jsessionid=0A1B?x=1", "http://example.com/a?x=1"),
        ("http://example.com\\a\\b", None),  # a backslash in the authority
        ("http://example.com/a\\b", "http://example.com/a/b"),
        (" http://exa\tmple.com/a\nb ", "http://example.com/ab"),
        ("http://Ärzte.example/", "http://xn--rzte-koa.example/"),
        ("http://[::FFFF:7f00:1]:8080/", "http://[::ffff:7f00:1]:8080/"),
        ("ftp://example.com/", None),
        ("javascript:alert(1)", None),
        ("http:///a", None),
        ("http://user:secret@example.com/", None),
        ("http://example.com:99999/", None),
        ("http://[::1/", None),
        ("http://exa mple.com/", None),
        ("http://" + "a" * 64 + ".example/", None),  # a label that no resolver takes
        ("http://a..b/", None),
    ],
)
def test_canonical_form(url, expected):
    if expected is None:
        with pytest.raises(InputError, match=r"not a|user name"):
            canonical(url)
    else:
        assert canonical(url) == expected


_text = st.text(st.characters(codec="utf-8"), max_size=30) | st.text("/.%2eEfF?&=;:@aé~ ", max_size=30)


@given(_text, _text)
def test_canonical_form_is_a_fixed_point_in_ascii_without_dots_or_fragment(path, query):
    url = canonical(f"http://example.com/{path}?{query}")
    assert canonical(url) == url
    assert url.isascii()
    assert not set(url) & set(' "<>#\\^`{|}')
    assert not {".", ".."} & set(urlsplit(url).path.split("/"))
    assert host_of(url) == "example.com"


@given(st.text())
def test_any_link_text_gives_a_canonical_url_or_none(reference):
    found = join("http://example.com/a/b", reference)
    assert found is None or canonical(found) == found


@given(st.text("./ab", max_size=20))
def test_dot_segments_go_the_way_of_rfc_3986(path):
    def by_the_book(rest):  # section 5.2.4, step by step
        out = ""
        while rest:
            if rest.startswith("/./") or rest == "/.":
                rest = "/" + rest[3:]
            elif rest.startswith("/../") or rest == "/..":
                rest, out = "/" + rest[4:], out[: max(out.rfind("/"), 0)]
            else:
                end = rest.find("/", 1)
                end = len(rest) if end < 0 else end
                out, rest = out + rest[:end], rest[end:]
        return out

    assert remove_dot_segments("/" + path) == by_the_book("/" + path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/b/c.html", None),
        ("/2024/01/01/2024/01/02", None),
        ("/a/a/b", None),
        ("/a/a/a/b", "repetitive"),
        ("/it/x/it/x/it/x", "repetitive"),
        ("/" + "a/b" * 3 + "/c", None),
        ("/" + "/".join("abcdefghijklmnopqrstuvwxyzab"), "deep"),
        ("/?" + "x" * 2000, "long"),
    ],
)
def test_traps(path, expected):
    assert trap("http://example.com" + path) == expected


def test_registrable_domain_and_its_absence():
    assert domain_of("www.dept.univ.ac.uk") == "univ.ac.uk"
    assert domain_of("127.0.0.1:8080") == "127.0.0.1:8080"
    assert domain_of("localhost") == "localhost"


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        (
            "host",
            ["http://www.a.org/x", "https://a.org/b/y", "https://a.org/"],
            ["http://b.a.org/", "http://a.org:81/"],
        ),
        ("domain", ["http://b.a.org/", "https://www.a.org/"], ["http://aa.org/", "http://a.org.evil.com/"]),
        (
            "prefix",
            ["https://a.org/b/c", "http://www.a.org/b/"],
            ["https://a.org/", "https://a.org/bb", "http://x.org/b/c"],
        ),
    ],
)
def test_scope(scope, inside, outside):
    asked = Scope(CrawlConfig(("https://a.org/b/start.html",), "me@example.org", scope=scope))
    assert [url for url in inside if asked.refusal(url)] == []
    assert {asked.refusal(url) for url in outside} == {"out-of-scope"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": ()}, "start is empty"),
        ({"start": ("example.org",)}, "'example.org'"),
        ({"contact": "nobody"}, "contact is 'nobody'"),
        ({"contact": "x@y.org\r\nCookie: a"}, "contact"),
        ({"user_agent": "Mozilla 5"}, "user_agent"),
        ({"scope": "web"}, "scope is 'web'"),
        ({"include": ("(",)}, "regular expression"),
        ({"delay": -1}, "delay is -1"),
        ({"max_pages": 0}, "max_pages is 0"),
    ],
)
def test_impossible_configurations_are_refused_by_name(changes, message):
    with pytest.raises(InputError, match=message):
        CrawlConfig(**({"start": ("https://a.org/",), "contact": "me@example.org"} | changes))


def test_huge_references_are_no_links_and_dots_take_no_quadratic_time():
    assert join("http://a.org/", "data:text/html," + "x" * 10_000_000) is None
    assert join("http://a.org/", "../" * 2000 + "x") == "http://a.org/x"
    assert remove_dot_segments("/a" * 300_000 + "/.." * 300_000) == "/"
