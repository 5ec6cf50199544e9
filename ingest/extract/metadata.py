"""What a page says about itself: title, date, language, licence, and opt-outs from use by machines."""

import json
import re
from collections.abc import Iterator
from datetime import datetime

from lxml import html

from ingest.sources.dates import parse_date
from ingest.sources.licenses import spdx

_TITLES = ("citation_title", "dc.title", "og:title")
_DATES = ("citation_publication_date", "citation_date", "article:published_time", "dcterms.issued", "dc.date.issued",
          "dcterms.date", "dc.date", "datepublished", "date")  # fmt: skip
_RIGHTS = ("dc.rights.license", "dcterms.license", "dc.rights", "dcterms.rights", "citation_license", "copyright")
_PROSE = ("keywords", "description", "news_keywords", "article:tag", *_TITLES)  # words here order nothing
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


def language(root: html.HtmlElement, meta: dict[str, list[str]]) -> str | None:
    """ISO 639-1 code that the page declares: `lang` of the root element, else metadata."""
    declared = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]
    declared += meta.get("content-language", []) + meta.get("og:locale", []) + meta.get("dc.language", [])
    for value in filter(None, declared):
        if match := _LANGUAGE.match(value.strip().lower()):
            return match[0]
    return None


def license_of(root: html.HtmlElement, meta: dict[str, list[str]], linked: list[dict]) -> tuple[str | None, str | None]:
    """(SPDX licence, where it was read) from `rel=license`, metadata, JSON-LD; (None, statement) for an unknown one."""
    statements = list(_license_statements(root, meta, linked))
    for where, statement in statements:
        if found := spdx(statement):
            return found, f"{where}: {statement}"[:300]
    binding = [f"{where}: {statement}"[:300] for where, statement in statements if where.startswith("rel")]
    return None, binding[0] if binding else None


def _license_statements(root: html.HtmlElement, meta: dict, linked: list[dict]) -> Iterator[tuple[str, str]]:
    for element in root.iter("link", "a"):
        if "license" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield "rel=license", element.get("href")
    for name in _RIGHTS:
        for value in meta.get(name, []):
            yield f"meta {name}", value
    for item in linked:
        if isinstance(item.get("license"), str):
            yield "json-ld license", item["license"]


def opt_outs(meta: dict[str, list[str]]) -> tuple[str, ...]:
    """Opt-outs in `meta` elements, sorted: robots noai and noimageai (for any agent), TDM reservation (W3C TDMRep)."""
    found = set()
    for name, values in meta.items():
        for value in values if name not in _PROSE else ():
            tokens = {token.strip().lower() for token in value.split(",")}
            found |= {f"meta:robots:{token}" for token in tokens & {"noai", "noimageai"}}
    if "1" in meta.get("tdm-reservation", []):
        found.add("meta:tdm-reservation:1")
    return tuple(sorted(found))
