"""The HTTP client of all fetchers: says who asks, asks a host once per interval, obeys Retry-After, resumes downloads.

RFC 9110 sections 10.1.5 (User-Agent), 10.2.3 (Retry-After), 13.1.5 (If-Range), 14 (Range).
"""

import dataclasses
import email.utils
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from shards import disk
from shards.errors import InputError, MedcorpusError
from shards.step import library_version

T = TypeVar("T")
_CHUNK = 1 << 16  # a transfer that breaks loses no more than this
_PASSING = (408, 425, 429, 500, 502, 503, 504)  # what a later request may get past
_BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_FIRST_PAUSE = 2.0  # seconds before the second attempt; doubles with each further one
PART = ".part"  # suffix of an unfinished download; readers' patterns do not match it


class FetchError(MedcorpusError):
    """An address that gave nothing after all attempts. `status` is None when no answer came."""

    def __init__(self, url: str, status: int | None, message: str):
        super().__init__(f"{url}: {message}")
        self.url = url
        self.status = status


@dataclasses.dataclass(frozen=True)
class Answer:
    """A small answer, whole in memory. Header names are case-insensitive."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises `FetchError` when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise FetchError(self.url, self.status, f"the answer is not JSON ({error})") from error


class Client:
    """Requests to publishers. `contact`: a page or mail address that tells them whom to write to; it must be given.

    `interval`: least seconds between two requests to one host. `attempts`: of each request; 429, 5xx and broken
    connections are tried again, after what Retry-After asks (at most `longest_wait` seconds) or a doubling pause.
    `on_bytes` hears of every piece of a download: (file name, bytes so far, bytes in all or None).
    """

    def __init__(
        self,
        contact: str,
        interval: float = 1.0,
        attempts: int = 5,
        longest_wait: float = 600.0,
        timeout: float = 60.0,
        on_bytes: Callable[[str, int, int | None], None] = lambda name, done, total: None,
    ):
        if not contact.strip():
            raise InputError("no contact: set `contact` in the recipe to a page or mail address; publishers ask for it")
        self.session = requests.Session()
        self.session.headers["User-Agent"] = f"medcorpus/{library_version('medcorpus')} (+{contact})"
        self._interval, self._attempts, self._longest, self._timeout = interval, attempts, longest_wait, timeout
        self._on_bytes = on_bytes
        self._next: dict[str, float] = {}  # host -> time.monotonic() of its next turn

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 64 << 20,
    ) -> Answer:
        """A small answer of at most `limit` bytes; raises `FetchError` for any status but 2xx."""

        def read(response: requests.Response) -> Answer:
            body = bytearray()
            for piece in response.iter_content(_CHUNK):
                body += piece
                if len(body) > limit:
                    raise FetchError(response.url, response.status_code, f"the answer has more than {limit} bytes")
            return Answer(response.url, response.status_code, response.headers, bytes(body))

        return self._ask(url, params, dict(headers or {}), read)

    def download(
        self,
        url: str,
        path: Path,
        *,
        md5: str | None = None,
        sha256: str | None = None,
        byte_range: tuple[int, int] | None = None,
        headers: Mapping[str, str] | None = None,
        begins: bytes = b"",
    ) -> int:
        """Bring `url` to `path`, which holds all of it or does not exist; returns its bytes.

        What a broken transfer left in `path`.part is gone on with, if the server still has the same file.
        `byte_range`: first byte and one past the last, of a part to be had alone. A wrong digest, or a file that begins
        otherwise than `begins`, raises `FetchError` and leaves nothing behind.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        part, tag = path.with_name(path.name + PART), path.with_name(path.name + PART + ".tag")

        def read(response: requests.Response) -> None:
            if response.status_code == 416:  # all of it had come before, or it is another file by now
                if response.headers.get("Content-Range") == f"bytes */{have()}":
                    return
                part.unlink(missing_ok=True)
                raise requests.ConnectionError("the range asked for is not there, begin anew")
            _check_range(response, byte_range, have())
            resumed = response.status_code == 206 and have() > 0
            if not resumed:
                part.unlink(missing_ok=True)  # first, so that the mark never stands beside another file's bytes
                tag.write_text(_mark(response))
            done = have()
            length = response.headers.get("Content-Length", "")
            encoded = response.headers.get("Content-Encoding") not in (None, "identity")
            total = done + int(length) if length.isdecimal() and not encoded else None
            with part.open("ab" if resumed else "wb") as file:
                for piece in response.iter_content(_CHUNK):
                    file.write(piece)
                    done += len(piece)
                    self._on_bytes(path.name, done, total)
            if total is not None and done != total:
                raise requests.ConnectionError(f"{done} of {total} bytes came")

        def have() -> int:
            return part.stat().st_size if part.exists() else 0

        def asked() -> dict[str, str]:
            mark = tag.read_text() if tag.exists() else ""
            if not mark:
                part.unlink(missing_ok=True)
            first, end = byte_range or (0, None)
            first += have()
            wanted = {"Accept-Encoding": "identity"} | dict(headers or {})
            if byte_range or have():
                wanted["Range"] = f"bytes={first}-{'' if end is None else end - 1}"
            return wanted | ({"If-Range": mark} if have() else {})

        if byte_range is None or have() < byte_range[1] - byte_range[0]:
            self._ask(url, None, asked, read)
        wrong = _wrong_digest(part, md5, sha256)
        if not wrong and byte_range and have() != byte_range[1] - byte_range[0]:
            wrong = f"{have()} bytes came, {byte_range[1] - byte_range[0]} were asked for"
        if not wrong and begins:
            with part.open("rb") as file:
                head = file.read(len(begins))
            wrong = "" if head == begins else f"it begins with {head!r} and not with {begins!r}: a page in its place?"
        tag.unlink(missing_ok=True)
        if wrong:
            part.unlink()
            raise FetchError(url, None, f"{wrong}; what came is thrown away, run the command again")
        disk.move(part, path)
        return path.stat().st_size

    def _ask(
        self,
        url: str,
        params: Mapping[str, str | int] | None,
        headers: dict[str, str] | Callable[[], dict[str, str]],
        read: Callable[[requests.Response], T],
    ) -> T:
        for attempt in range(1, self._attempts + 1):
            self._wait_turn(url)
            wait, status, message = _FIRST_PAUSE * 2 ** (attempt - 1), None, ""
            try:
                sent = headers() if callable(headers) else headers
                with self.session.get(url, params=params, headers=sent, stream=True, timeout=self._timeout) as response:
                    self._took_turn(url)
                    status = response.status_code
                    if 200 <= status < 300 or (status == 416 and "Range" in sent):
                        return read(response)
                    message = f"HTTP status {status} {response.reason or ''}".rstrip()
                    if status not in _PASSING:
                        raise FetchError(url, status, message)
                    wait = max(wait, retry_after(response.headers.get("Retry-After", ""), time.time()))
            except requests.RequestException as error:
                self._took_turn(url)
                message = f"{type(error).__name__}: {error}"
                if not isinstance(error, _BROKEN):
                    raise FetchError(url, status, message) from error
            if wait > self._longest:
                raise FetchError(url, status, f"{message}; asks to come back in {wait:,.0f} s, run the command then")
            if attempt < self._attempts:
                time.sleep(wait)
        raise FetchError(url, status, f"{message} ({self._attempts} attempts)")

    def _wait_turn(self, url: str) -> None:
        time.sleep(max(0.0, self._next.get(urlsplit(url).netloc, 0.0) - time.monotonic()))

    def _took_turn(self, url: str) -> None:
        self._next[urlsplit(url).netloc] = time.monotonic() + self._interval


def retry_after(value: str, now: float) -> float:
    """Seconds that a Retry-After header asks for (a number or an HTTP date); 0 where it says nothing sensible."""
    value = value.strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (TypeError, ValueError):
        return 0.0


def _mark(response: requests.Response) -> str:
    """What tells two versions of the file apart, for If-Range; a weak ETag promises no equal bytes."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _check_range(response: requests.Response, byte_range: tuple[int, int] | None, have: int) -> None:
    """Raise `FetchError` when a part was asked for and something else came."""
    if byte_range is None and response.status_code != 206:
        return  # the whole file, asked for or because it has changed
    stated = response.headers.get("Content-Range", "")
    first = (byte_range[0] if byte_range else 0) + have
    if response.status_code != 206 or not stated.startswith(f"bytes {first}-"):
        raise FetchError(
            response.url, response.status_code, f"asked for bytes from {first}, got {stated or 'the whole file'}"
        )


def _wrong_digest(path: Path, md5: str | None, sha256: str | None) -> str:
    """What is wrong with a file's digests; empty when nothing is."""
    for name, wanted in (("md5", md5), ("sha256", sha256)):
        if wanted is not None:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, name).hexdigest()
            if found != wanted.lower():
                return f"its {name} is {found}, {wanted.lower()} was stated"
    return ""


def remember(path: Path, state: Any) -> None:
    """Write a fetcher's state (JSON) so that a kill leaves the old or the new one."""
    disk.write(path, memoryview(json.dumps(state, sort_keys=True).encode()))


def recall(path: Path) -> Any:
    """The state that `remember` wrote, None when there is none."""
    return json.loads(path.read_bytes()) if path.exists() else None
