"""What a crawl must know of an origin before it asks for a page: robots.txt and, for the record, tdmrep.json."""

import asyncio
import dataclasses
import time

from ingest.crawl import robots
from ingest.crawl.config import CrawlConfig
from ingest.crawl.fetch import Answer
from ingest.crawl.frontier import SITEMAP, Frontier, Link
from ingest.crawl.polite import Gates
from ingest.crawl.retry import backoff
from ingest.crawl.scope import Scope
from ingest.crawl.shares import Shares
from ingest.urls import host_of, join

MAX_SITEMAPS = 50  # named by one robots.txt
_TDMREP_BYTES = 1 << 20
_TDMREP = "/.well-known/tdmrep.json"


@dataclasses.dataclass(frozen=True)
class Manners:
    """What an origin permits. `reason`: why its robots.txt could not be had, in which case nothing is permitted."""

    rules: robots.Rules
    reason: str | None = None
    message: str = ""
    expires: float = 0.0  # Unix time


class Origins:
    """Manners of origins: asked for once, kept in the frontier for the configured `lifetime`."""

    def __init__(self, config: CrawlConfig, scope: Scope, frontier: Frontier, gates: Gates, shares: Shares):
        self._config, self._scope, self._frontier, self._gates = config, scope, frontier, gates
        self._shares = shares
        self._known: dict[str, Manners] = {}

    async def manners(self, origin: str) -> tuple[Manners, list[str]]:
        """Manners of an origin, and the hosts that got new sitemaps to read."""
        known = self._known.get(origin)
        if known is None and (row := self._frontier.origin(origin)) and not row["reason"]:
            known = self._read(row)  # of an earlier process; what could not be had then is asked for again
        hosts: list[str] = []
        if known is None or known.expires <= time.time():
            row = await self._ask(origin)
            known = self._read(row)
            mine, foreign = self._shares.divide(self._sitemaps(origin, known.rules))
            hosts = self._frontier.set_origin(row, mine, foreign)
        if origin not in self._known:
            self._gates.slow_down(host_of(origin + "/"), known.rules.crawl_delay)
        self._known[origin] = known
        return known, hosts

    def _read(self, row: dict) -> Manners:
        rules = robots.decide(row["status"], row["robots"], self._config.product)
        return Manners(rules, row["reason"], row["message"] or "", row["fetched"] + self._config.lifetime)

    async def _ask(self, origin: str) -> dict:
        answer = await self._robots(origin)
        status = answer.status if answer.reason is None else None
        row = {"name": origin, "fetched": time.time(), "status": status, "robots": answer.body, "reason": answer.reason}
        row |= {"message": answer.message, "tdmrep_status": None, "tdmrep": None}
        if status is not None and (status == 429 or status >= 500):
            row |= {"reason": "robots-unreachable", "message": f"robots.txt answered {status}: nothing may be fetched"}
        elif answer.reason:
            row["message"] = f"robots.txt: {answer.message}"
        rules = robots.decide(status, answer.body, self._config.product)
        if self._config.tdmrep and rules.allows(origin + _TDMREP):
            found = await self._gates.get(origin + _TDMREP, None, _TDMREP_BYTES)
            row |= {"tdmrep_status": found.status, "tdmrep": found.body if found.status == 200 else None}
        return row

    async def _robots(self, origin: str) -> Answer:
        """The answer to robots.txt after redirects, and after retries if it was a passing failure."""
        for attempt in range(self._config.retries + 1):
            answer = await self._follow(origin + "/robots.txt")
            # Only an answer that may pass is worth another request: the server's trouble, or the network's.
            settled = answer.status is not None and answer.status < 500 and answer.status != 429
            patience = (answer.retry_after or 0.0) <= self._config.max_wait
            if settled or not patience or answer.reason == "private-address" or attempt == self._config.retries:
                break
            await asyncio.sleep(backoff(self._config.backoff, attempt + 1))
        return answer

    async def _follow(self, url: str) -> Answer:
        for _ in range(robots.MAX_REDIRECTS + 1):
            answer = await self._gates.get(url, None, robots.MAX_BYTES, cut=True)
            target = join(url, answer.header("location")) if answer.status in (301, 302, 303, 307, 308) else None
            if not target:
                break
            url = target
        return answer

    def _sitemaps(self, origin: str, rules: robots.Rules) -> list[Link]:
        if not self._config.sitemaps:
            return []
        urls = (join(origin + "/", name) for name in rules.sitemaps[:MAX_SITEMAPS])
        return [Link(url, host_of(url), SITEMAP) for url in urls if url and self._scope.same_site(url)]
