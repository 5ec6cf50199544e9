"""What a crawl may fetch, and how politely."""

import dataclasses
import re

from ingest.urls import canonical
from shards.errors import InputError

SCOPES = ("host", "domain", "prefix")
HTML_TYPES = ("text/html", "application/xhtml+xml")
MEDIA_TYPES = (*HTML_TYPES, "application/pdf")
_CONTACT = re.compile(r"https?://[^\s()]+|[^\s@()]+@[^\s@()]+\.[^\s@()]+")
_PRODUCT = re.compile(r"[A-Za-z_-]+(/[\w.+-]+)?")
# What a crawl is, as against how it is done: with another of these it is another crawl.
SHAPING = ("start", "scope", "include", "exclude", "max_depth", "media_types")
_POSITIVE = ("timeout", "max_pages", "max_bytes", "max_ratio", "max_delay", "hosts", "warc_bytes", "lifetime")
_NOT_NEGATIVE = ("delay", "max_wait", "backoff", "max_depth", "max_redirects", "retries")


@dataclasses.dataclass(frozen=True)
class CrawlConfig:
    """Parameters of one crawl. Times are seconds, sizes are bytes.

    `contact` (a URL or an e-mail address) goes into every request, so that a site's owner can reach you.
    `scope` is what a link may point to: the `host` of a start URL ("www." or not), its registrable `domain`, or URLs
    below the start URL's folder (`prefix`). A URL in scope must also match one of the regular expressions `include`, if
    there are any, and none of `exclude`; start URLs need no `include`.
    """

    start: tuple[str, ...]
    contact: str
    scope: str = "host"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    user_agent: str = "medcorpus/0.1"  # the part before "/" is the product token that robots.txt names
    delay: float = 2.0  # between the starts of two requests to one host
    timeout: float = 60.0  # for one request, from connecting to the last byte
    max_pages: int = 100_000  # captures; shared out evenly between the shards of a crawl
    max_depth: int = 50  # links from a start URL
    max_bytes: int = 32 << 20  # of one body, decoded
    max_ratio: float = 100.0  # decoded to received bytes
    max_redirects: int = 5
    retries: int = 2  # after a first attempt that failed for a passing reason
    backoff: float = 10.0  # before the first retry; doubles with each
    max_delay: float = 30.0  # a longer Crawl-delay counts as this
    max_wait: float = 600.0  # a host whose Retry-After asks for more is left alone
    media_types: tuple[str, ...] = MEDIA_TYPES
    allow_private: tuple[str, ...] = ()  # hosts, or host:port, exempt from the refusal of private addresses
    sitemaps: bool = True
    tdmrep: bool = True  # fetch /.well-known/tdmrep.json of each host
    hosts: int = 32  # hosts asked at the same time
    warc_bytes: int = 128 << 20  # a WARC file that has grown beyond this is closed
    lifetime: float = 86_400.0  # of a cached robots.txt (RFC 9309, 2.4)

    def __post_init__(self) -> None:
        if not self.start:
            raise InputError("start is empty: name at least one http or https URL")
        for url in self.start:
            canonical(url)
        if self.scope not in SCOPES:
            raise InputError(f"scope is {self.scope!r}: choose one of {', '.join(SCOPES)}")
        if not _CONTACT.fullmatch(self.contact):
            raise InputError(f"contact is {self.contact!r}: a URL or e-mail address where site owners reach you")
        if not _PRODUCT.fullmatch(self.user_agent):
            raise InputError(f"user_agent is {self.user_agent!r}: must be like medbot/1.0")
        for pattern in (*self.include, *self.exclude):
            try:
                re.compile(pattern)
            except re.error as error:
                raise InputError(f"{pattern!r} is not a regular expression: {error}") from error
        for name, least in [(name, False) for name in _POSITIVE] + [(name, True) for name in _NOT_NEGATIVE]:
            value = getattr(self, name)
            if value < 0 or (value == 0 and not least):
                raise InputError(f"{name} is {value}: must be {'0 or more' if least else 'more than 0'}")

    @property
    def product(self) -> str:
        """The product token of robots.txt (RFC 9309, 2.2.1), lower case."""
        return self.user_agent.split("/")[0].lower()

    @property
    def headers(self) -> dict[str, str]:
        """Request headers that say who asks, for what, and whom to write to."""
        accept = ", ".join(self.media_types) + ", */*;q=0.1"
        if self.contact.startswith("http"):
            who = {"User-Agent": f"{self.user_agent} (+{self.contact})"}
        else:
            who = {"User-Agent": f"{self.user_agent} ({self.contact})", "From": self.contact}
        return who | {"Accept": accept, "Accept-Encoding": "gzip, deflate"}

    def as_json(self) -> dict:
        """Plain data, with lists for tuples."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in vars(self).items()}
