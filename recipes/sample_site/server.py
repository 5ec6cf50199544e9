"""Serve the sample site on this machine, with its planted misbehaviour.

From a shell: ``python -m recipes.sample_site.server --port 0``. From code: ``with serve() as site: crawl(site.url)``.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import random
import threading
import time
import tomllib
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from recipes.sample_site.render import HERE

PAGES = HERE / "pages"
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".txt": "text/plain; charset=utf-8"}
MIB = 1 << 20
BOMB_MIB = 1024
ROBOTS = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0.02\n\nSitemap: {url}sitemap.xml\n"


class Request(NamedTuple):
    """One answered request; ``time`` is in seconds since the epoch, at its arrival."""

    time: float
    method: str
    path: str
    status: int


@dataclass
class SampleSite:
    """A running sample site."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)


@functools.cache
def gzip_bomb(mebibytes: int = BOMB_MIB) -> bytes:
    """A valid gzip stream of an HTML page with ``mebibytes`` MiB of zeros in its body.

    One chunk is compressed, and the outcome repeated: after a full flush a deflate stream starts afresh.
    """
    head, chunk, tail = b"<!DOCTYPE html><html><body><p>Formulary ", b"0" * MIB, b"</p></body></html>"
    crc = zlib.crc32(head)
    for _ in range(mebibytes):
        crc = zlib.crc32(chunk, crc)
    crc = zlib.crc32(tail, crc)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    parts = [deflate.compress(part) + deflate.flush(zlib.Z_FULL_FLUSH) for part in (head, chunk)]
    size = len(head) + mebibytes * MIB + len(tail)
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    trailer = (crc & 0xFFFFFFFF).to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    end = deflate.compress(tail) + deflate.flush(zlib.Z_FINISH)
    return header + parts[0] + parts[1] * mebibytes + end + trailer


def _garbage() -> bytes:
    return random.Random(7).randbytes(20_000)


async def _slow(request: web.Request, seconds: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPES[".html"]})
    await response.prepare(request)
    await response.write(b"<!DOCTYPE html><html lang='en'><body><p>Waiting times for outpatients")
    await asyncio.sleep(seconds)
    with suppress(ConnectionResetError):  # a crawler with a time limit has left by now
        await response.write(b"</p></body></html>")
        await response.write_eof()
    return response


def _robots_and_sitemap(request: web.Request, fates: list[dict]) -> web.Response:
    base = f"http://{request.host}/"
    if request.path == "/robots.txt":
        return web.Response(text=ROBOTS.format(url=base))
    found = (base + row["path"].lstrip("/") for row in fates if row["fate"] in ("keep", "drop"))
    body = "".join(f"<url><loc>{url}</loc></url>\n" for url in found)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}'
    )
    return web.Response(text=text + "</urlset>\n", content_type="application/xml")


def make_app(slow_seconds: float = 20.0, log: list[Request] | None = None) -> web.Application:
    """The web application; ``log`` receives one entry for each request."""
    settings = tomllib.loads((HERE / "site.toml").read_text(encoding="utf-8"))
    fates = tomllib.loads((HERE / "fates.toml").read_text(encoding="utf-8"))["page"]
    routes = {route["path"]: route for route in settings["route"]}
    log = [] if log is None else log

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path in ("/robots.txt", "/sitemap.xml"):
            return _robots_and_sitemap(request, fates)
        if route := routes.get(request.path):
            return await planted(request, route)
        file = PAGES / request.path.lstrip("/")
        if request.path.endswith("/"):
            file /= "index.html"
        if not file.resolve().is_relative_to(PAGES.resolve()) or not file.is_file():
            return web.Response(status=404, text="not found")
        headers = {"Content-Type": CONTENT_TYPES.get(file.suffix, "application/octet-stream")}
        return web.Response(body=file.read_bytes(), headers=headers | settings["headers"].get(request.path, {}))

    async def planted(request: web.Request, route: dict) -> web.StreamResponse:
        html = {"Content-Type": CONTENT_TYPES[".html"]}
        match route["kind"]:
            case "redirect":
                return web.Response(status=route["status"], headers={"Location": route["to"]})
            case "slow":
                return await _slow(request, slow_seconds)
            case "error":
                return web.Response(status=500, text="internal error")
            case "bomb":
                return web.Response(body=gzip_bomb(), headers=html | {"Content-Encoding": "gzip"})
            case "empty":
                return web.Response(body=b"", headers=html)
            case "garbage":
                return web.Response(body=_garbage(), headers=html)
        return web.Response(status=404, text="not found")

    @web.middleware
    async def logged(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        arrived, status = time.time(), 200
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            log.append(Request(arrived, request.method, request.path, status))

    app = web.Application(middlewares=[logged])
    app.router.add_route("GET", "/{path:.*}", answer)
    return app


async def _run(
    site: SampleSite, port: int, slow_seconds: float, ready: Callable[[], None], stop: asyncio.Event
) -> None:
    gzip_bomb()
    runner = web.AppRunner(make_app(slow_seconds, site.requests), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        ready()
        await stop.wait()
    finally:
        await runner.cleanup()
        waiting = asyncio.all_tasks() - {asyncio.current_task()}  # visitors of the slow page
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@contextmanager
def serve(port: int = 0, slow_seconds: float = 20.0) -> Iterator[SampleSite]:
    """Run the site in a background thread for as long as the context lasts; port 0 takes a free one."""
    site, started, failure = SampleSite(), threading.Event(), []
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    def work() -> None:
        try:
            loop.run_until_complete(_run(site, port, slow_seconds, started.set, stop))
        except OSError as error:
            failure.append(error)
        finally:
            started.set()
            loop.close()

    thread = threading.Thread(target=work, name="sample-site", daemon=True)
    thread.start()
    started.wait()
    if failure:
        raise failure[0]
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def main() -> None:
    """Command line: serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--slow-seconds", type=float, default=20.0, help="how long the slow page keeps one waiting")
    options = parser.parse_args()
    with serve(options.port, options.slow_seconds) as site:
        print(f"SERVING {site.url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
