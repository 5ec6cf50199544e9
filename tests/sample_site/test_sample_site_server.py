"""The sample site's server: planted headers, redirects, slow and broken answers, and its request log."""

import gzip
import time
import urllib.error
import urllib.request
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from site_text import fates

from recipes.sample_site.server import gzip_bomb, serve

SLOW = 0.4


@pytest.fixture(scope="module")
def site():
    with serve(slow_seconds=SLOW) as running:
        yield running


def get(site, path):
    """Status, headers and body, without following redirects."""
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, response.headers, response.read()
    connection.close()
    return answer


def test_every_path_is_served(site):
    for path, row in fates().items():
        if row["fate"] != "redirect" and row.get("reason") != "fetch":
            assert get(site, path)[0] == 200, path


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/en/asthma.html", "text/html; charset=utf-8"),
        ("/fr/zona.html", "text/html; charset=windows-1252"),
        ("/es/gota.html", "text/html"),
        ("/it/reflusso.html", "text/html"),
        ("/fr/coeliaque.html", "text/html; charset=iso-8859-15"),
        ("/en/hand-hygiene.pdf", "application/pdf"),
    ],
)
def test_content_types(site, path, content_type):
    assert get(site, path)[1]["Content-Type"] == content_type


def test_charset_bytes(site):
    assert "réapparition" in get(site, "/fr/zona.html")[2].decode("windows-1252")
    assert b"punci\xf3n" in get(site, "/es/gota.html")[2]
    wrong = get(site, "/it/reflusso.html")[2]
    assert b'<meta charset="utf-8">' in wrong and b"\xe8 cos\xec" in wrong
    assert b"45 \xa4" in get(site, "/fr/coeliaque.html")[2]


def test_robots_and_sitemap(site):
    text = get(site, "/robots.txt")[2].decode()
    assert "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.02\n" in text
    assert f"Sitemap: {site.url}sitemap.xml" in text
    sitemap = get(site, "/sitemap.xml")[2].decode()
    assert f"<loc>{site.url}en/asthma.html</loc>" in sitemap
    assert "/private/" not in sitemap


def test_opt_outs(site):
    assert b'<meta name="robots" content="index, follow, noai, noimageai">' in get(site, "/en/thyroid-nodules.html")[2]
    assert b'<meta name="tdm-reservation" content="1">' in get(site, "/it/vertigini.html")[2]
    assert get(site, "/fr/acne.html")[1]["X-Robots-Tag"] == "noai, noimageai"
    assert get(site, "/es/catarata.html")[1]["tdm-reservation"] == "1"


def test_redirects_and_failures(site):
    assert [(s, h["Location"]) for s, h, _ in (get(site, "/loop/a"), get(site, "/loop/b"))] == [
        (302, "/loop/b"),
        (302, "/loop/a"),
    ]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(site.url + "loop/a", timeout=10)
    status, headers, _ = get(site, "/en/gout-tablets")
    assert (status, headers["Location"]) == (301, "/en/allopurinol.html")
    assert get(site, "/misc/error.html")[0] == 500
    assert get(site, "/misc/missing.html")[0] == 404
    assert get(site, "/../server.py")[0] == 404
    assert get(site, "/misc/empty.html")[2] == b""
    status, headers, body = get(site, "/misc/garbage.html")
    assert headers["Content-Type"].startswith("text/html") and b"\x00" in body and b"<html" not in body


def test_slow_page_sends_its_headers_first(site):
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=10)
    begun = time.monotonic()
    connection.request("GET", "/misc/slow.html")
    response = connection.getresponse()
    headers_after = time.monotonic() - begun
    response.read()
    assert headers_after < SLOW / 2
    assert time.monotonic() - begun >= 0.9 * SLOW
    connection.close()


def test_bomb_is_small_on_the_wire(site):
    _, headers, body = get(site, "/misc/bomb.html")
    assert headers["Content-Encoding"] == "gzip"
    assert len(body) < 2_000_000
    assert int.from_bytes(body[-4:], "little") > 1 << 30


def test_bomb_is_valid_gzip():
    page = gzip.decompress(gzip_bomb(2))
    assert page.startswith(b"<!DOCTYPE html>") and page.endswith(b"</html>") and len(page) > 2 << 20


def test_requests_are_logged():
    with serve() as site:
        get(site, "/en/")
        get(site, "/misc/missing.html")
    assert [(r.method, r.path, r.status) for r in site.requests] == [
        ("GET", "/en/", 200),
        ("GET", "/misc/missing.html", 404),
    ]
    assert site.requests[0].time <= site.requests[1].time <= time.time()
