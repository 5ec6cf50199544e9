"""Links of an HTML page, unless its author asks not to follow them.

Read as a stream of tags, in time linear in the page: trees of hostile pages (thousands of unclosed <a>) cost minutes.
"""

import re

from lxml import etree
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from ingest.urls import join

MAX_LINKS = 10_000  # of one page
_MAX_CONTENT = 2000  # characters of a meta element that are read
_FOLLOWED_RELATIONS = {"next", "prev", "alternate"}
_NOT_AGENTS = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


def extract(body: bytes, url: str, robots_tag: str, product: str) -> list[str]:
    """Canonical URLs that the page links to, in order, each once; empty if the page or its header says nofollow.

    `robots_tag`: value of X-Robots-Tag. A link's own rel="nofollow" is about endorsement, no reason to stay out.
    """
    if header_nofollow(robots_tag, product):
        return []
    text = bytes_to_str(body, detect_encoding(body)).replace("\0", "")
    tags = _Tags(product)
    parser = etree.HTMLParser(target=tags, encoding="utf-8", recover=True, no_network=True, huge_tree=False)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # nothing that looks like a tag, or damage at the end: what came before it counts
    if tags.nofollow:
        return []
    base = join(url, tags.base) or url
    targets = (join(base, reference) for reference in tags.references if not reference.startswith("#"))
    return list(dict.fromkeys(target for target in targets if target))[:MAX_LINKS]


def header_nofollow(robots_tag: str, product: str) -> bool:
    """Whether an X-Robots-Tag, which may name agents ("medbot: nofollow"), tells `product` not to follow links."""
    applies = True
    for part in robots_tag.lower().split(","):
        agent, colon, rest = part.partition(":")
        if colon and agent.strip() not in _NOT_AGENTS:
            applies, part = agent.strip() in (product, "*"), rest
        if applies and part.strip() in ("nofollow", "none"):
            return True
    return False


def refresh_target(content: str) -> str:
    """The address in a refresh ("5; url='/next'"), "" when there is none; HTML standard, 4.2.5.3."""
    cut = re.search("[;,]", content)
    if cut is None or content[: cut.start()].strip().strip("0123456789."):
        return ""
    target = content[cut.end() :].strip()
    name, equals, rest = target.partition("=")
    return (rest if equals and name.strip().lower() == "url" else target).strip("'\" \t\r\n")


class _Tags:
    """Collects what matters from the stream of start tags (lxml's parser target)."""

    def __init__(self, product: str):
        self._robots = ("robots", product)
        self.references: list[str] = []
        self.base = ""
        self.nofollow = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """One start tag."""
        reference = attributes.get("href") or attributes.get("src") or ""
        match tag:
            case "a" | "area" | "frame" | "iframe":
                self._add(reference)
            case "link" if set(attributes.get("rel", "").lower().split()) & _FOLLOWED_RELATIONS:
                self._add(reference)
            case "base":
                self.base = self.base or reference
            case "meta":
                content = attributes.get("content", "")
                if attributes.get("name", "").strip().lower() in self._robots:
                    self.nofollow |= not {"nofollow", "none"}.isdisjoint(re.split(r"[\s,;]+", content.lower()))
                elif attributes.get("http-equiv", "").lower() == "refresh":
                    self._add(refresh_target(content[:_MAX_CONTENT]))

    def close(self) -> None:
        """The end of the page."""

    def _add(self, reference: str) -> None:
        if reference and len(self.references) < 2 * MAX_LINKS:
            self.references.append(reference)
