"""One GET request: streamed, limited in size, ratio and time, to public addresses only. Redirects are not followed."""

import asyncio
import dataclasses
import ssl
import time
from datetime import UTC, datetime

import aiohttp
import yarl

from ingest.crawl.config import CrawlConfig
from ingest.crawl.guard import Guard, PrivateAddressError
from ingest.crawl.retry import retry_after
from ingest.decode import BodyError, Decoder

MAX_HEADER_BYTES = 32 << 10  # of one line


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came of a request: a status with headers and body, or a `reason` why there is none.

    `body` is decoded; it is read for 2xx answers of an accepted type only. `retry_after` is in seconds, `answered` the
    monotonic time at which the answer, or the failure, arrived.
    """

    url: str
    time: datetime  # when the request started, UTC
    status: int | None = None
    phrase: str = ""
    version: str = "HTTP/1.1"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reason: str | None = None
    message: str = ""
    retry_after: float | None = None
    answered: float = dataclasses.field(default_factory=time.monotonic)

    def header(self, name: str) -> str:
        """Values of a header, joined by ", "; empty if absent."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    @property
    def media_type(self) -> str:
        """The type of Content-Type, lower case, without parameters."""
        return self.header("content-type").split(";")[0].strip().lower()


class Fetcher:
    """A session of requests with one identity. Use as an asynchronous context manager."""

    def __init__(self, config: CrawlConfig):
        self._config = config
        self._guard = Guard(config.allow_private)

    async def __aenter__(self) -> "Fetcher":
        connector = aiohttp.TCPConnector(resolver=self._guard, limit=0, limit_per_host=1, ttl_dns_cache=300)
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=self._config.headers,
            auto_decompress=False,  # decoded here, with limits
            trust_env=False,  # a proxy would resolve names behind the guard's back
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            timeout=aiohttp.ClientTimeout(total=None),  # one deadline for everything, below
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, url: str, types: tuple[str, ...] | None, max_bytes: int, cut: bool = False) -> Answer:
        """Request a canonical URL; never raises for what the network or the server does.

        `types`: accepted media types, None for any. `cut`: a longer body is cut at `max_bytes` instead of refused.
        """
        started = datetime.now(UTC)
        try:
            target = yarl.URL(url, encoded=True)  # as it is: canonical already
            self._guard.check(target.host or "", target.port or 0)
            async with asyncio.timeout(self._config.timeout):
                async with self._session.get(target, allow_redirects=False) as answer:
                    return await self._read(url, started, answer, types, max_bytes, cut)
        except TimeoutError:
            reason, message = "timeout", f"no complete answer within {self._config.timeout:g} s"
        except BodyError as error:
            reason, message = error.reason, str(error)
        except PrivateAddressError as error:
            reason, message = "private-address", str(error)
        except aiohttp.ClientConnectorDNSError as error:
            reason, message = "dns", str(error)
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            reason, message = "tls", str(error)
        except aiohttp.ClientConnectorError as error:
            reason, message = "refused", str(error)
        except aiohttp.ClientPayloadError as error:
            reason, message = "truncated", str(error)
        except (aiohttp.InvalidURL, aiohttp.http_exceptions.HttpProcessingError, aiohttp.ClientResponseError) as error:
            reason, message = "malformed", f"{type(error).__name__}: {error}"
        except (aiohttp.ClientError, OSError) as error:
            reason, message = "connection", f"{type(error).__name__}: {error}"
        return Answer(url, started, reason=reason, message=message[:500])

    async def _read(
        self,
        url: str,
        started: datetime,
        answer: aiohttp.ClientResponse,
        types: tuple[str, ...] | None,
        max_bytes: int,
        cut: bool,
    ) -> Answer:
        version = f"HTTP/{answer.version.major}.{answer.version.minor}" if answer.version else "HTTP/1.1"
        headers = tuple((_text(name), _text(value)) for name, value in answer.raw_headers)
        head = Answer(url, started, answer.status, answer.reason or "", version, headers)
        head = dataclasses.replace(head, retry_after=retry_after(head.header("retry-after") or None, time.time()))
        if not 200 <= answer.status < 300:
            answer.close()  # the body is of no use: do not make the server send it
            return head
        if types is not None and head.media_type not in types:
            answer.close()
            message = f"Content-Type is {head.media_type or 'absent'}"
            return dataclasses.replace(head, reason="bad-type", message=message)
        decoder = Decoder(head.header("content-encoding"), max_bytes, self._config.max_ratio)
        try:
            async for chunk in answer.content.iter_chunked(1 << 16):
                decoder.feed(chunk)
        except BodyError as error:
            answer.close()
            if not (cut and error.reason == "too-large"):
                raise
            return dataclasses.replace(head, body=decoder.cut())
        return dataclasses.replace(head, body=decoder.finish())


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
