"""Which URLs belong to a crawl."""

import re

from ingest.crawl.config import CrawlConfig
from ingest.urls import canonical, domain_of, host_of, trap

# Files that are never documents; asking for them would only cost the site.
_ASSET = re.compile(
    r"\.(css|js|mjs|json|map|png|jpe?g|gif|webp|svg|ico|bmp|tiff?|avif|mp[34]|m4[av]|og[gv]|wav|webm|avi|mov|wmv|flv|woff2?"
    r"|ttf|eot|otf|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|dmg|iso|apk|msi|jar|docx?|xlsx?|pptx?|od[tsp]|epub|rtf|csv|ics|vcf"
    r"|rss|atom)$",
    re.IGNORECASE,
)


class Scope:
    """The scope of a configuration, ready to be asked."""

    def __init__(self, config: CrawlConfig):
        self._start = frozenset(map(canonical, config.start))
        self._part = {"host": _site, "domain": _domain, "prefix": None}[config.scope]
        self._prefixes = tuple(_below(url).rpartition("/")[0] + "/" for url in self._start)
        self._parts = frozenset(self._part(url) for url in self._start) if self._part else frozenset()
        self._include = [re.compile(pattern) for pattern in config.include]
        self._exclude = [re.compile(pattern) for pattern in config.exclude]

    def refusal(self, url: str) -> str | None:
        """Why a canonical URL is not to be fetched: out-of-scope, excluded, asset or trap-*; None if it is."""
        if url in self._start:
            return None
        inside = self._part(url) in self._parts if self._part else _below(url).startswith(self._prefixes)
        if not inside:
            return "out-of-scope"
        if any(pattern.search(url) for pattern in self._exclude):
            return "excluded"
        if self._include and not any(pattern.search(url) for pattern in self._include):
            return "excluded"
        if _ASSET.search(url.split("?")[0]):
            return "asset"
        reason = trap(url)
        return f"trap-{reason}" if reason else None

    def same_site(self, url: str) -> bool:
        """Whether the URL's host is one of the crawl's, whatever the path (for sitemaps)."""
        return (self._part or _site)(url) in (self._parts or {_site(start) for start in self._start})


def _site(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _domain(url: str) -> str:
    return domain_of(host_of(url))


def _below(url: str) -> str:
    """The URL without its scheme and query: http and https are one place."""
    return url.split("?")[0].split("//", 1)[1].removeprefix("www.")
