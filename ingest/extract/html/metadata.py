"""What a page says about itself: title, authors, site, date, language, licence, and opt-outs from use by machines."""

import json
import re
from collections.abc import Iterator
from datetime import datetime

from lxml import html

from ingest.extract import names
from ingest.extract.dates import parse_date
from ingest.extract.licenses import spdx
from ingest.extract.opt_outs import content_usage, only_directives, reserved, robots_directives

_TITLES = ("citation_title", "dc.title", "og:title")
_DATES = ("citation_publication_date", "citation_date", "article:published_time", "dcterms.issued", "dc.date.issued",
          "dcterms.date", "dc.date", "datepublished", "date")  # fmt: skip
_AUTHORS = ("citation_author", "citation_authors", "dc.creator", "dcterms.creator", "dc.contributor.author")
_BYLINES = ("author", "article:author", "parsely-author", "sailthru.author")
_JOURNALS = ("citation_journal_title", "prism.publicationname")
_SITES = ("dc.publisher", "dcterms.publisher", "citation_publisher", "application-name")
_RIGHTS = ("dc.rights.license", "dcterms.license", "dc.rights", "dcterms.rights", "citation_license", "license",
           "licence", "copyright")  # fmt: skip
_PROSE = ("keywords", "description", "news_keywords", "article:tag", *_TITLES)  # words here order nothing
_FOR_ROBOTS = re.compile(r"bot|crawl|spider")  # robots, x-robots-tag, googlebot
_RESERVED = re.compile(
    r"all rights reserved|tous droits réservés|todos los derechos reservados|tutti i diritti (?:sono )?riservati", re.I
)
_LICENSES = {"license", "cc:license", "dct:license", "dcterms:license"}  # rel, RDFa's property, microdata's itemprop
_RELATIONS = ("rel", "property", "itemprop")
_ASIDE = ("aside", "figure", "nav")  # a licence link in these is about a picture or another page
_TEXTS = {"CreativeWork", "BlogPosting", "Book", "Chapter", "Report", "Thesis", "LearningResource"}
_LANGUAGE = re.compile(r"[a-z]{2}(?=[-_]|$)")


def meta_fields(root: html.HtmlElement) -> dict[str, list[str]]:
    """The page's `meta` elements: lower-case name (or property, or itemprop) to contents, in order."""
    fields: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
        content = (element.get("content") or "").strip()
        if name and content:
            fields.setdefault(name.strip().lower(), []).append(content)
    return fields


def json_ld(root: html.HtmlElement) -> list[dict]:
    """All objects of the page's JSON-LD blocks, `@graph` opened; blocks that are not JSON are passed over."""
    found: list[dict] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                value = json.loads(script.text or "")
            except (ValueError, RecursionError):
                continue  # a page's broken block is no reason to lose the page
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    graph = item.get("@graph")
                    found += (
                        [item, *(part for part in graph if isinstance(part, dict))]
                        if isinstance(graph, list)
                        else [item]
                    )
    return found


def title(root: html.HtmlElement, meta: dict[str, list[str]], linked: list[dict]) -> str | None:
    """The title: citation metadata, then JSON-LD headline, the only `h1`, the `title` element."""
    headings = [" ".join(h.text_content().split()) for h in root.iter("h1")]
    return next(
        filter(
            None,
            [
                *(meta[name][0] for name in _TITLES if name in meta),
                *(item["headline"] for item in linked if isinstance(item.get("headline"), str)),
                *(headings if len(headings) == 1 else ()),
                " ".join((root.findtext(".//title") or "").split()),
            ],
        ),
        None,
    )


def author(meta: dict[str, list[str]], linked: list[dict]) -> str | None:
    """The authors: citation metadata and Dublin Core, then JSON-LD of the page, then the byline in `meta` elements."""
    cited = [value for name in _AUTHORS for value in meta.get(name, [])]
    stated = [name for item in linked if _is_page(item.get("@type")) for name in _names(item.get("author"))]
    bylines = [value for name in _BYLINES for value in meta.get(name, [])]
    return names.joined(cited) or names.joined(stated) or names.joined(bylines)


def site(meta: dict[str, list[str]], linked: list[dict]) -> str | None:
    """The journal, else the site's name as Open Graph, JSON-LD or Dublin Core state it."""
    pages = [item for item in linked if _is_page(item.get("@type"))]
    stated = [
        *(value for name in _JOURNALS for value in meta.get(name, [])),
        *meta.get("og:site_name", []),
        *(name for item in linked if item.get("@type") == "WebSite" for name in _names(item)),
        *(name for key in ("isPartOf", "publisher") for item in pages for name in _names(item.get(key))),
        *(value for name in _SITES for value in meta.get(name, [])),
    ]
    return next(filter(None, map(names.site, stated)), None)


def _names(value: object) -> list[str]:
    """Names in a JSON-LD value: a text, an object with a name, or a list of those."""
    if isinstance(value, list):
        return [name for item in value if not isinstance(item, list) for name in _names(item)]
    name = value.get("name") if isinstance(value, dict) else value
    return [name] if isinstance(name, str) else []


def published(root: html.HtmlElement, meta: dict[str, list[str]], linked: list[dict]) -> datetime | None:
    """The publication date that the page states in metadata; none is guessed from its words."""
    stated = [meta[name][0] for name in _DATES if name in meta]
    stated += [item["datePublished"] for item in linked if isinstance(item.get("datePublished"), str)]
    stated += [
        element.get("datetime", "")
        for element in root.iter("time")
        if "published" in (element.get("itemprop") or "").lower()
    ]
    return next(filter(None, map(parse_date, stated)), None)


def language(root: html.HtmlElement, meta: dict[str, list[str]], linked: list[dict]) -> str | None:
    """ISO 639-1 code that the page declares: `lang` of its root or body, else `meta` elements, else JSON-LD."""
    declared = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]
    body = root.find("body")
    if body is not None:
        declared += [part.get("lang") for part in (body, *body.iterchildren("main", "article"))]
    declared += meta.get("content-language", []) + meta.get("og:locale", []) + meta.get("dc.language", [])
    declared += [item["inLanguage"] for item in linked if isinstance(item.get("inLanguage"), str)]
    for value in filter(None, declared):
        if match := _LANGUAGE.match(value.strip().lower()):
            return match[0]
    return None


def license_of(root: html.HtmlElement, meta: dict[str, list[str]], linked: list[dict]) -> tuple[str | None, str | None]:
    """(SPDX licence, where it was read) from `rel=license`, metadata, JSON-LD; (None, statement) for an unknown one.

    A statement that all rights are reserved overrules any licence that another statement grants.
    """
    statements = list(_license_statements(root, meta, linked))
    for where, statement in statements:
        if _RESERVED.search(statement) and not spdx(statement):
            return None, f"{where}: {statement}"[:300]
    for where, statement in statements:
        if found := spdx(statement):
            return found, f"{where}: {statement}"[:300]
    binding = [f"{where}: {statement}"[:300] for where, statement in statements if where.startswith("rel")]
    return None, binding[0] if binding else None


def _license_statements(root: html.HtmlElement, meta: dict, linked: list[dict]) -> Iterator[tuple[str, str]]:
    """(where, statement) for the page as a whole, the most binding first; not for its pictures or its neighbours."""
    for element in [*root.iter("link"), *root.iter("a")]:
        said = [value for name in _RELATIONS if (value := element.get(name)) and "license" in value.lower()]
        licenses = said and not _LICENSES.isdisjoint(" ".join(said).lower().split()) and element.get("href")
        if licenses and (element.tag == "link" or next(element.iterancestors(*_ASIDE), None) is None):
            yield "rel=license", element.get("href")
    for name in _RIGHTS:
        for value in meta.get(name, []):
            yield f"meta {name}", value
    for item in linked:
        if _is_page(item.get("@type")):
            for name in ("license", "copyrightNotice"):
                yield from ((f"json-ld {name}", value) for value in _statements(item.get(name)))


def _statements(value: object) -> list[str]:
    """Texts and addresses in a JSON-LD value: a text, an object with an address or a name, or a list of those."""
    if isinstance(value, list):
        return [text for item in value if not isinstance(item, list) for text in _statements(item)]
    if isinstance(value, dict):
        return [text for name in ("@id", "url", "name") if isinstance(text := value.get(name), str)]
    return [value] if isinstance(value, str) else []


def _is_page(kind: object) -> bool:
    """Whether a JSON-LD `@type` (a name or a list of names) stands for the page or its text."""
    names = [name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str)]
    return any(name in _TEXTS or name.endswith(("WebPage", "Article")) for name in names)


def opt_outs(meta: dict[str, list[str]]) -> tuple[str, ...]:
    """Opt-outs in `meta` elements, sorted: noai and noimageai (for any agent), TDM reservation, Content-Usage.

    Directives count in elements for robots and where a value is nothing else; the words of a title or summary do not.
    """
    found = set()
    for name, values in meta.items():
        if name in _PROSE or name.startswith(("og:", "twitter:")):
            continue
        for value in values:
            if _FOR_ROBOTS.search(name) or only_directives(value):
                found |= {f"meta:robots:{token}" for token in robots_directives(value)}
    for value in meta.get("content-usage", []):
        found |= {f"meta:content-usage:{refused}" for refused in content_usage(value)}
    if any(map(reserved, meta.get("tdm-reservation", []))):
        found.add("meta:tdm-reservation:1")
    return tuple(sorted(found))
