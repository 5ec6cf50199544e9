"""HTTP messages as archives keep them: status, headers, and the opt-outs in the headers (RFC 9110, RFC 9112)."""

import dataclasses
import re
from collections.abc import Iterator

from ingest.extract.opt_outs import content_usage, reserved, robots_directives

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.I)
_STATUS = re.compile(r"[0-9]{3}")


@dataclasses.dataclass(frozen=True)
class Response:
    """A response: status, header fields (lower-case name, value) in order, and the body as transferred."""

    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def values(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for field, value in self.headers if field == name]

    def get(self, name: str) -> str:
        """The field's last value, or an empty string."""
        values = self.values(name)
        return values[-1] if values else ""

    @property
    def mime(self) -> str:
        """Media type, lower case, without parameters."""
        return self.get("content-type").split(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """Charset parameter of the media type."""
        match = _CHARSET.search(self.get("content-type"))
        return match[1] if match else None


def parse_response(message: bytes) -> Response | None:
    """A response message; None when it does not start with a status line. Bare LF line ends are accepted."""
    if not message.startswith(b"HTTP/"):
        return None
    end = _HEADER_END.search(message)
    head, body = (message[: end.start()], message[end.end() :]) if end else (message, b"")
    lines = head.decode("latin-1").splitlines()
    parts = lines[0].split(None, 2)
    status = int(parts[1]) if len(parts) > 1 and _STATUS.fullmatch(parts[1]) else 0
    return Response(status, tuple(_fields(lines[1:])), body)


def _fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in lines:
        if line[:1] in " \t" and name:  # obsolete line folding
            value = f"{value} {line.strip()}"
            continue
        if name:
            yield name, value
        name, _, value = (part.strip() for part in line.partition(":"))
        name = name.lower()
    if name:
        yield name, value


def header_opt_outs(response: Response) -> tuple[str, ...]:
    """Machine-readable opt-outs in the headers, sorted, e.g. `header:x-robots-tag:noai`.

    X-Robots-Tag noai/noimageai (for any agent), TDM reservation (W3C TDMRep), Content-Usage (IETF AIPREF draft).
    """
    found = set()
    for value in response.values("x-robots-tag"):
        found |= {f"header:x-robots-tag:{name}" for name in robots_directives(value)}
    if any(map(reserved, response.values("tdm-reservation"))):
        found.add("header:tdm-reservation:1")
    for value in response.values("content-usage"):
        found |= {f"header:content-usage:{refused}" for refused in content_usage(value)}
    return tuple(sorted(found))
