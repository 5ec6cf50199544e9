"""One request per host at a time, and a delay between them, also across restarts."""

import asyncio
import dataclasses
import time

from ingest.crawl.config import CrawlConfig
from ingest.crawl.fetch import Answer, Fetcher
from ingest.crawl.frontier import Frontier
from ingest.urls import host_of


@dataclasses.dataclass
class _Gate:
    lock: asyncio.Lock
    delay: float
    next_at: float  # time.monotonic()


class Gates:
    """The way to the network: every request of a crawl passes its host's gate.

    The delay runs from the moment the server began to answer, so that the server, too, sees at least the delay between
    two requests, however long the first one was on its way.
    """

    def __init__(self, config: CrawlConfig, fetcher: Fetcher, frontier: Frontier):
        self._config, self._fetcher, self._frontier = config, fetcher, frontier
        self._gates: dict[str, _Gate] = {}

    async def get(self, url: str, types: tuple[str, ...] | None, max_bytes: int, cut: bool = False) -> Answer:
        """`Fetcher.get`, when it is the URL's turn."""
        host = host_of(url)
        gate = self._gate(host)
        async with gate.lock:
            await asyncio.sleep(max(0.0, gate.next_at - time.monotonic()))
            self._frontier.set_next_at(host, time.time() + gate.delay)
            answer = await self._fetcher.get(url, types, max_bytes, cut)
            asked = answer.retry_after if answer.retry_after is not None and answer.status != 200 else 0.0
            gate.next_at = answer.answered + max(gate.delay, min(asked, self._config.max_wait))
            self._frontier.set_next_at(host, time.time() + gate.next_at - time.monotonic())
            return answer

    def slow_down(self, host: str, crawl_delay: float | None) -> None:
        """Respect the host's Crawl-delay, up to the configured `max_delay`; never faster than `delay`."""
        gate = self._gate(host)
        wanted = max(self._config.delay, min(crawl_delay or 0.0, self._config.max_delay))
        gate.next_at += wanted - gate.delay
        gate.delay = wanted

    def _gate(self, host: str) -> _Gate:
        if host not in self._gates:
            # A clock set back must not stop the crawl: no remembered wait is longer than one that can be asked for.
            left = min(self._frontier.next_at(host) - time.time(), max(self._config.max_wait, self._config.max_delay))
            self._gates[host] = _Gate(asyncio.Lock(), self._config.delay, time.monotonic() + max(0.0, left))
        return self._gates[host]
