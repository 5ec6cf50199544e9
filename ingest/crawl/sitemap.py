"""Sitemaps (sitemaps.org 0.9): XML, gzipped or not, urlset or index."""

import io

from lxml import etree

from ingest.decode import Decoder
from ingest.urls import join

MAX_BYTES = 50 << 20  # uncompressed, by the protocol
MAX_URLS = 50_000
MAX_NESTING = 2  # an index of indexes is followed, no further
MAX_RATIO = 200.0  # lists of addresses compress well


def parse(body: bytes, url: str) -> tuple[list[str], list[str]]:
    """(pages, further sitemaps) that a sitemap names, as canonical URLs; of a damaged one, what precedes the damage.

    Raises `BodyError` for gzip data that is damaged or too large.
    """
    if body[:2] == b"\x1f\x8b":
        decoder = Decoder("gzip", MAX_BYTES, MAX_RATIO)
        decoder.feed(body)
        body = decoder.finish()
    pages: dict[str, None] = {}
    sitemaps: dict[str, None] = {}
    reader = etree.iterparse(
        io.BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    for _, element in reader:
        name = _local(element)
        if name == "loc" and element.text and element.getparent() is not None:
            found = sitemaps if _local(element.getparent()) == "sitemap" else pages
            target = join(url, element.text)
            if target:
                found[target] = None
            if len(pages) + len(sitemaps) >= MAX_URLS:
                break
        elif name in ("url", "sitemap"):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return list(pages), list(sitemaps)


def _local(element: etree._Element) -> str:
    """The tag without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
