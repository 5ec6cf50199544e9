"""Fixtures of the crawl's tests."""

from collections.abc import Callable, Iterator

import pytest
from crawl_web import Site, Web

from ingest.crawl.config import CrawlConfig


@pytest.fixture
def serve() -> Iterator[Callable[[dict], Site]]:
    """serve({"/": html("/a")}) -> Site"""
    servers = Web()
    yield servers.serve
    servers.close()


@pytest.fixture
def config() -> Callable[..., CrawlConfig]:
    """A configuration for sites of `serve`, fast and without extras, changed by keyword arguments."""

    def make(*start: str, **changes: object) -> CrawlConfig:
        settings = {"delay": 0.0, "backoff": 0.05, "timeout": 5.0, "tdmrep": False, "allow_private": ("127.0.0.1",)}
        return CrawlConfig(start, "https://example.org/bot", **(settings | changes))

    return make
