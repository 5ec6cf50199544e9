"""A small web on 127.0.0.1: sites described by dictionaries, each server with a log of its requests."""

import asyncio
import dataclasses
import itertools
import json
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from warcio.archiveiterator import ArchiveIterator

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def html(*links: str, head: str = "", text: str = "Paracetamol 500 mg.") -> str:
    """A page with links."""
    return f"<html><head>{head}</head><body><p>{text}</p>{''.join(f'<a href={link!r}>x</a>' for link in links)}</body>"


@dataclasses.dataclass
class Site:
    """A server. `pages` maps a path to HTML text, a response's keyword arguments, or a handler."""

    pages: dict[str, str | dict | Handler]
    port: int = 0
    log: list[tuple[float, str]] = dataclasses.field(default_factory=list)  # (monotonic time, path with query)
    running: int = 0
    most_running: int = 0  # requests at the same time

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hits(self, path: str) -> int:
        return sum(logged == path for _, logged in self.log)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.log.append((time.monotonic(), request.raw_path))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            page = self.pages.get(request.raw_path, {"status": 404})
            if callable(page):
                return await page(request)
            if isinstance(page, str):
                return web.Response(text=page, content_type="text/html")
            return web.Response(**page)
        finally:
            self.running -= 1


class Web:
    """Servers in one thread of their own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.runners: list[web.AppRunner] = []

    def serve(self, pages: dict) -> Site:
        return asyncio.run_coroutine_threadsafe(self._serve(Site(pages)), self.loop).result(10)

    async def _serve(self, site: Site) -> Site:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", site.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.port = runner.addresses[0][1]
        self.runners.append(runner)
        return site

    def close(self) -> None:
        for runner in self.runners:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


def captured(directory: Path) -> dict[str, bytes]:
    """{URL: body} of all response records; fails on a URL that occurs twice and on a wrong digest."""
    found: dict[str, bytes] = {}
    for path in sorted(directory.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type == "response":
                    url = record.rec_headers.get_header("WARC-Target-URI")
                    assert url not in found
                    found[url] = record.content_stream().read()
    return found


def failures(directory: Path) -> dict[str, str]:
    """{URL: reason} of failures.jsonl"""
    rows = [json.loads(line) for line in (directory / "failures.jsonl").read_text().splitlines()]
    assert [row["url"] for row in rows] == sorted(row["url"] for row in rows)
    return {row["url"]: row["reason"] for row in rows}


def paths(site: Site, urls) -> set[str]:
    """The paths of a site's URLs."""
    return {url.removeprefix(site.url) for url in urls}


def keeps(delay: float, times: list[float]) -> bool:
    """Whether neighbours are `delay` seconds apart, but for what the clocks of two processes can disagree."""
    return min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.9 * delay
