"""The polite web crawl: a start list with a scope becomes pinned WARC files.

A crawl records what the web said on a day, so it is the one thing that cannot be pure. Its result is a directory: WARC
files, `failures.jsonl`, `hosts.json` and, last, `pin.json` with the digests of the others. From there on everything is.
"""

from ingest.crawl.config import CrawlConfig
from ingest.crawl.crawler import CrawlEvent, CrawlReport, crawl
from ingest.crawl.outbox import exchange
from ingest.crawl.pin import Pin, finish, load_pin

__all__ = ["CrawlConfig", "CrawlEvent", "CrawlReport", "Pin", "crawl", "exchange", "finish", "load_pin"]
