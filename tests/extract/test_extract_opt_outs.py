"""Opt-outs and licences: none that a page or a server states is missed, none is invented."""

import json

import pytest
from lxml import html

from ingest.extract.html.metadata import json_ld, language, license_of, meta_fields, opt_outs
from ingest.sources.archives.http import Response, header_opt_outs


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("x-robots-tag", "noai noimageai", {"x-robots-tag:noai", "x-robots-tag:noimageai"}),
        ("x-robots-tag", "noindex; noai", {"x-robots-tag:noai"}),
        ("x-robots-tag", "otherbot: noai, noindex", {"x-robots-tag:noai"}),
        ("x-robots-tag", "otherbot:NOAI", {"x-robots-tag:noai"}),
        ("x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 PST, noai", {"x-robots-tag:noai"}),
        ("x-robots-tag", "noindex, nofollow", set()),
        ("content-usage", "train-ai=n;x=1", {"content-usage:train-ai=n"}),
        ("content-usage", "search=y, train-genai=n, tdm = n", {"content-usage:tdm=n", "content-usage:train-genai=n"}),
        ("content-usage", "train-ai=y", set()),
        ("tdm-reservation", "1", {"tdm-reservation:1"}),
        ("tdm-reservation", "0", set()),
    ],
)
def test_header_opt_outs(field: str, value: str, found: set[str]) -> None:
    assert set(header_opt_outs(Response(200, ((field, value),), b""))) == {f"header:{name}" for name in found}


@pytest.mark.parametrize(
    ("element", "found"),
    [
        ('name=robots content="noai noimageai"', {"robots:noai", "robots:noimageai"}),
        ('name=robots content="noindex;noai"', {"robots:noai"}),
        ('name=robots content="otherbot: noai"', {"robots:noai"}),
        ('name=GoogleBot content="max-snippet:-1, noai"', {"robots:noai"}),
        ('name=deviant content="noai, noimageai"', {"robots:noai", "robots:noimageai"}),
        ('http-equiv=X-Robots-Tag content="noai"', {"robots:noai"}),
        ('name=content-usage content="train-ai=n"', {"content-usage:train-ai=n"}),
        ('http-equiv=Content-Usage content="train-ai=n;x=1"', {"content-usage:train-ai=n"}),
        ('name=tdm-reservation content="1"', {"tdm-reservation:1"}),
        ('name=twitter:title content="How, noai, works"', set()),
        ('name=twitter:description content="noai"', set()),
        ('property=og:description content="noai, noimageai"', set()),
        ('name=dcterms.abstract content="how noai works"', set()),
        ('name=keywords content="noai"', set()),
    ],
)
def test_meta_opt_outs(element: str, found: set[str]) -> None:
    root = html.document_fromstring(f"<html><head><meta {element}></head><body>x</body></html>")
    assert set(opt_outs(meta_fields(root))) == {f"meta:{name}" for name in found}


def license_in(head: str = "", body: str = "") -> str | None:
    root = html.document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>")
    return license_of(root, meta_fields(root), json_ld(root))[0]


def linked(**facts: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(facts)}</script>"


BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize("kind", ["WebPage", "MedicalWebPage", "NewsArticle", "CreativeWork", ["Thing", "Article"]])
def test_the_licence_of_a_text_is_the_page_s(kind: str | list[str]) -> None:
    assert license_in(linked(**{"@type": kind, "license": BY})) == "CC-BY-4.0"


@pytest.mark.parametrize("kind", ["ImageObject", "VideoObject", "Dataset", None, ["ImageObject"]])
def test_the_licence_of_a_picture_is_not_the_page_s(kind: object) -> None:
    assert license_in(linked(**{"@type": kind, "license": BY})) is None


@pytest.mark.parametrize("place", ["figure", "aside", "nav"])
def test_a_licence_link_about_something_else_does_not_count(place: str) -> None:
    link = f"<a rel=license href='{BY}'>CC BY</a>"
    assert license_in(body=f"<{place}><p>{link}</p></{place}>") is None
    assert license_in(body=f"<footer>{link}</footer>") == "CC-BY-4.0"
    assert license_in(f"<link rel=license href='{BY_SA}'>", link) == "CC-BY-SA-4.0"


def test_all_rights_reserved_overrules_a_licence() -> None:
    reserved = "<meta name=dc.rights content='© 2024 X. All rights reserved.'>"
    link = f"<a rel=license href='{BY}'>CC BY</a>"
    assert license_in(reserved, link) is None
    assert license_in(linked(**{"@type": "Article", "copyrightNotice": "Tous droits réservés"}), link) is None
    assert license_in("<meta name=dc.rights content='All rights reserved, but text under CC BY 4.0'>") == "CC-BY-4.0"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="license" content="https://creativecommons.org/licenses/by/4.0/">',
        '<link itemprop="license" href="https://creativecommons.org/licenses/by/4.0/">',
        '<link property="dct:license" href="https://creativecommons.org/licenses/by/4.0/">',
        """<script type="application/ld+json">{"@type": "Article", "license":
           [{"@type": "CreativeWork", "url": "https://creativecommons.org/licenses/by/4.0/"}]}</script>""",
    ],
)
def test_a_licence_is_read_in_every_form_that_pages_state_it_in(head: str) -> None:
    assert license_in(head) == "CC-BY-4.0"


@pytest.mark.parametrize(
    ("page", "declared"),
    [
        ("<html lang=fr-FR><body lang=it>", "fr"), ("<html><body lang=it>", "it"),
        ("<html><body><article lang=es>", "es"), ("<html><head><meta property=og:locale content=fr_CA></head>", "fr"),
        ('<html><head><script type="application/ld+json">{"inLanguage":"es-ES"}</script></head>', "es"),
        ("<html><body>", None),
    ],
)  # fmt: skip
def test_a_page_declares_its_language(page: str, declared: str | None) -> None:
    root = html.document_fromstring(f"{page}<p>x</p></body></html>")
    assert language(root, meta_fields(root), json_ld(root)) == declared
