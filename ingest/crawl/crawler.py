"""The crawl of one shard: a worker for each host that has pages, many hosts at a time."""

import asyncio
import dataclasses
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from ingest.crawl import sitemap
from ingest.crawl.config import SHAPING, CrawlConfig
from ingest.crawl.fetch import Fetcher
from ingest.crawl.frontier import PAGE, Frontier, Link, Outcome, Page, timestamp
from ingest.crawl.judge import judge
from ingest.crawl.origins import Origins
from ingest.crawl.pin import load_pin
from ingest.crawl.polite import Gates
from ingest.crawl.recorder import Recorder
from ingest.crawl.scope import Scope
from ingest.crawl.shares import Shares
from ingest.urls import canonical, host_of, origin_of
from shards.errors import BuildError, InputError

# What makes it another crawl. The rest (delays, limits, names) may change when a crawl is continued.


@dataclasses.dataclass(frozen=True)
class CrawlEvent:
    """One attempt that came to an end, for progress displays. `bytes`: size of the body."""

    url: str
    state: str
    reason: str | None
    bytes: int
    captured: int
    queued: int


@dataclasses.dataclass(frozen=True)
class CrawlReport:
    """Where a shard stands. `failed` and `refused` count by reason; `queued` is what max_pages left over."""

    fetched: int
    redirected: int
    robots: int
    failed: dict[str, int]
    refused: dict[str, int]
    queued: int
    outbox: int


def crawl(
    config: CrawlConfig,
    directory: Path,
    shard: int = 0,
    shards: int = 1,
    on_event: Callable[[CrawlEvent], None] | None = None,
) -> CrawlReport:
    """Crawl, or go on crawling, until the shard has no page left or its share of `max_pages` is captured.

    Safe to kill at any moment and to call again. Links to hosts of other shards wait for `exchange`. Where `finish` has
    been called nothing is fetched any more. Raises InputError if the directory holds a crawl of another start list or
    scope, BuildError if it cannot be written to.
    """
    if not 0 <= shard < shards:
        raise InputError(f"shard is {shard}: must be from 0 to {shards - 1}")
    frontier = Frontier(directory, shard)
    try:
        _same_crawl(config, directory, frontier, shards)
        if load_pin(directory) is None:
            asyncio.run(_Crawl(config, directory, frontier, Shares(shard, shards), on_event).run())
        return report(frontier)
    except (OSError, sqlite3.OperationalError) as error:  # the disk's: those of the network are outcomes of pages
        raise BuildError(f"{directory}: cannot write ({error}); make room and run the same command again") from error
    finally:
        frontier.close()


def report(frontier: Frontier) -> CrawlReport:
    """The numbers of a shard."""
    counts, total = frontier.counts(), {}
    for (state, _), number in counts.items():
        total[state] = total.get(state, 0) + number
    failed = {reason: number for (state, reason), number in sorted(counts.items()) if state == "failed"}
    return CrawlReport(
        total.get("captured", 0), total.get("redirected", 0), total.get("robots", 0), failed, frontier.counters(),
        total.get("queued", 0), len(frontier.unsent()),
    )  # fmt: skip


def _same_crawl(config: CrawlConfig, directory: Path, frontier: Frontier, shards: int) -> None:
    now = config.as_json()
    before = frontier.remember("config", now)
    changed = [key for key in SHAPING if before[key] != now[key]]
    if changed:
        raise InputError(
            f"{directory} holds a crawl with other settings ({', '.join(changed)}); use another directory, or delete it"
        )
    if frontier.remember("shards", shards) != shards:
        raise InputError(f"{directory} was begun with {frontier.remember('shards', shards)} shards, not {shards}")


class _Crawl:
    def __init__(
        self,
        config: CrawlConfig,
        directory: Path,
        frontier: Frontier,
        shares: Shares,
        on_event: Callable[[CrawlEvent], None] | None,
    ):
        self._config, self._frontier, self._shares, self._on_event = config, frontier, shares, on_event
        self._scope = Scope(config)
        self._recorder = Recorder(config, directory, frontier)
        self._limit = shares.of(config.max_pages)
        self._in_flight = 0  # pages that may become captures
        self._due: dict[str, None] = {}  # hosts with pages to fetch now
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._asleep: dict[str, asyncio.TimerHandle] = {}  # hosts whose pages are for later

    async def run(self) -> None:
        """Until nothing is left, or enough is captured."""
        self._changed = asyncio.Event()
        start = [Link(url, host_of(url)) for url in map(canonical, self._config.start)]
        self._frontier.add(self._shares.divide(start)[0])
        self._due = dict.fromkeys(self._frontier.hosts())
        async with Fetcher(self._config) as fetcher:
            gates = Gates(self._config, fetcher, self._frontier)
            self._gates = gates
            self._origins = Origins(self._config, self._scope, self._frontier, gates, self._shares)
            try:
                await self._work()
            finally:
                for timer in self._asleep.values():
                    timer.cancel()
                for worker in self._workers.values():
                    worker.cancel()
                await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            for host, worker in list(self._workers.items()):
                if worker.done():
                    del self._workers[host]
                    worker.result()  # raises what the worker raised
                    self._schedule(host)
            while self._due and self._room() and len(self._workers) < self._config.hosts:
                host = next(iter(self._due))
                del self._due[host]
                self._workers[host] = asyncio.create_task(self._host(host))
                self._workers[host].add_done_callback(lambda _: self._changed.set())
            if not self._workers and not (self._asleep and self._room()):
                return
            await self._changed.wait()

    def _schedule(self, host: str) -> None:
        """Put a host without a worker where it belongs: due now, asleep, or nowhere."""
        when = self._frontier.due(host)
        if when is None or host in self._workers:
            return
        if host in self._asleep:
            self._asleep.pop(host).cancel()
        wait = when - time.time()
        if wait <= 0:
            self._due[host] = None
            self._changed.set()
        else:
            self._asleep[host] = asyncio.get_running_loop().call_later(wait, self._wake, host)

    def _wake(self, host: str) -> None:
        del self._asleep[host]
        self._schedule(host)

    def _room(self) -> bool:
        return self._recorder.captured + self._in_flight < self._limit

    async def _host(self, host: str) -> None:
        """Fetch the host's pages that are due, one after the other."""
        while self._room() and (page := self._frontier.lease(host, time.time())):
            self._in_flight += page.kind == PAGE
            try:
                await self._page(page)
            finally:
                self._in_flight -= page.kind == PAGE

    async def _page(self, page: Page) -> None:
        manners, hosts = await self._origins.manners(origin_of(page.url))
        self._announce(hosts)
        if not manners.rules.allows(page.url):
            state = "failed" if manners.reason else "robots"
            attempts = page.attempts + (state == "failed")
            outcome = Outcome(page, state, attempts, timestamp(), manners.reason, manners.message or None)
            await self._recorder.record(outcome)
            self._tell(outcome, 0)
            return
        if page.kind == PAGE:
            answer = await self._gates.get(page.url, self._config.media_types, self._config.max_bytes)
        else:
            answer = await self._gates.get(page.url, None, sitemap.MAX_BYTES)
        try:
            outcome = judge(page, answer, self._config, self._scope)
        except Exception as error:  # breaking a parser costs one page, which goes to the failures with the error
            message = f"{type(error).__name__}: {error}"[:500]
            outcome = Outcome(page, "failed", page.attempts + 1, timestamp(), "unreadable", message)
        mine, foreign = self._shares.divide(outcome.links)
        outcome = dataclasses.replace(outcome, links=tuple(mine), foreign=tuple(foreign))
        keep = answer if page.kind == PAGE else None
        self._announce(await self._recorder.record(outcome, keep))
        self._tell(outcome, len(answer.body))
        if answer.status != 200 and (answer.retry_after or 0.0) > self._config.max_wait:
            limit = f"more than max_wait {self._config.max_wait:g}"
            message = f"the server asked to wait {answer.retry_after:.0f} s, {limit}"
            self._frontier.close_host(page.host, "retry-after", message)

    def _announce(self, hosts: list[str]) -> None:
        for host in hosts:
            self._schedule(host)

    def _tell(self, outcome: Outcome, size: int) -> None:
        if self._on_event:
            event = CrawlEvent(
                outcome.page.url, outcome.state, outcome.reason, size, self._recorder.captured, self._frontier.queued
            )
            self._on_event(event)
