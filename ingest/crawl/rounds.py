"""A crawl by several tasks: rounds of crawling one's own hosts, then exchanging the links to others' hosts."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ingest.crawl.config import SHAPING, CrawlConfig
from ingest.crawl.outbox import exchange
from ingest.crawl.pin import Pin, finish, load_pin
from ingest.crawl.watch import watching
from ingest.engine.executors import Executor
from shards.step import canonical_json


def crawl_directory(state: Path, name: str, config: CrawlConfig) -> Path:
    """Where a crawl lives: another start list, scope or size is another crawl; another delay or contact is not."""
    plain = config.as_json()
    shaping = {field: plain[field] for field in (*SHAPING, "max_pages")}
    digest = hashlib.sha256(canonical_json(shaping).encode()).hexdigest()[:8]
    return state / "crawls" / f"{name}-{digest}"


def run_crawl(
    config: CrawlConfig,
    directory: Path,
    crawlers: int,
    executor: Executor,
    on_counts: Callable[[Mapping[str, int]], None],
) -> Pin:
    """Finish the crawl in `directory`, from wherever it stopped; a pinned crawl is left as it is.

    `on_counts` hears now and then how many pages are in which state.
    """
    pin = load_pin(directory)
    if pin is not None:
        return pin
    from ingest.crawl.crawler import crawl  # only a build that crawls waits for aiohttp to load

    with watching(directory, on_counts):
        while pin is None:
            executor.call(crawl, [(config, directory, shard, crawlers) for shard in range(crawlers)])
            if not exchange(directory, crawlers):
                pin = finish(directory, crawlers)
    return pin
