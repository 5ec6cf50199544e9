"""A publisher on this machine for the tests of fetchers: says what it is told to, and remembers what it was asked."""

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, Mapping[str, str], bytes]


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as it came. `path` includes the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


Route = bytes | Reply | Callable[[Request], bytes | Reply]


@dataclasses.dataclass(frozen=True)
class Publisher:
    """`url` without a slash at its end; `requests` in the order in which they came."""

    url: str
    requests: list[Request]

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [request.path for request in self.requests]


@contextmanager
def serve(routes: Mapping[str, Route]) -> Iterator[Publisher]:
    """Serve `routes`: path with query, or path alone, to an answer; all else is 404. Ranges of bytes answers work.

    Whole answers get an ETag by their content; a Range with another If-Range gets the whole file (RFC 9110 14.2).
    """
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = Request(self.command, self.path, self.headers, self.rfile.read(length))
            asked.append(request)
            route = routes.get(self.path, routes.get(self.path.split("?")[0]))
            answer = route(request) if callable(route) else route
            if answer is None:
                answer = (404, {}, b"not here")
            status, headers, body = self._part(answer) if isinstance(answer, bytes) else answer
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | dict(headers)).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            stated = {name.lower(): value for name, value in headers.items()}.get("content-length")
            self.close_connection = stated is not None and int(stated) != len(body)  # a transfer that breaks off

        do_POST = do_HEAD = do_GET

        def _part(self, body: bytes) -> Reply:
            tag = f'"{hash(body) & 0xFFFFFFFF:x}"'
            wanted = self.headers.get("Range", "")
            if not wanted.startswith("bytes=") or self.headers.get("If-Range", tag) != tag:
                return 200, {"ETag": tag}, body
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            if int(first) >= len(body):
                return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
            end = min(int(last) + 1, len(body)) if last else len(body)
            span = {"Content-Range": f"bytes {first}-{end - 1}/{len(body)}", "ETag": tag}
            return 206, span, body[int(first) : end]

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Publisher(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
