"""URLs: one spelling for each (RFC 3986, section 6), and guards against address spaces without end."""

import ipaddress
import re
from urllib.parse import urljoin, urlsplit

import courlan
import idna

from shards.errors import InputError

MAX_LENGTH = 2000  # characters
MAX_SEGMENTS = 25  # of a path
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
_QUERY_SAFE = _PATH_SAFE | frozenset(b"?")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_CONTROLS = "".join(map(chr, range(0x21))) + "\x7f"
_SESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)
# Parameters that name the visitor or the campaign, never the page.
_TRACKING = re.compile(
    r"utm_\w+|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|igshid|mc_[ce]id|mkt_tok|_hs(enc|mi)|vero_id"
    r"|pk_(campaign|kwd|source|medium)|mtm_\w+|oly_(anon|enc)_id|_ga|_gl|xtor|phpsessid|jsessionid|aspsessionid\w*",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"(/[^/]+(?:/[^/]+){0,3}?)\1{2,}(?=/|$)")


def canonical(url: str) -> str:
    """The one spelling of an http(s) URL: ASCII, no fragment, no user, no tracking parameters.

    Lower-case scheme and host (IDNA), no default port, no dot segments, percent-encoding only where needed and in upper
    case (RFC 3986, 6.2.2 and 6.2.3). The order of query parameters is kept. Raises InputError.
    """
    text = url.strip(_CONTROLS)
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
        if scheme not in _DEFAULT_PORTS or not host:
            raise InputError(f"{url!r}: not a URL with http or https and a host")
        if parts.username is not None or parts.password is not None:
            raise InputError(f"{url!r}: holds a user name or password; leave them out")
        name = _host(host)
    except ValueError as error:  # a bad port, bracket or host name
        raise InputError(f"{url!r}: not a URL ({error})") from error
    authority = name if port in (None, _DEFAULT_PORTS[scheme]) else f"{name}:{port}"
    path = _SESSION.sub("", escape(parts.path.replace("\\", "/"), _PATH_SAFE))
    query = "&".join(item for item in escape(parts.query, _QUERY_SAFE).split("&") if not _is_noise(item))
    return f"{scheme}://{authority}{remove_dot_segments(path) or '/'}" + (f"?{query}" if query else "")


def join(base: str, reference: str) -> str | None:
    """The canonical URL a link on page `base` points to; None for mailto:, javascript: and the malformed or huge."""
    if len(reference) > 4 * MAX_LENGTH:  # data: and the like; no shortening makes it one that is followed
        return None
    try:
        return canonical(urljoin(base, reference.strip(_CONTROLS)))
    except (InputError, ValueError):
        return None


def escape(text: str, safe: frozenset[int] = _QUERY_SAFE) -> str:
    """Normal form of percent-encoding: unreserved characters plain, all but `safe` as upper-case %XX (RFC 3986, 2)."""
    raw = text.encode("utf-8", "surrogatepass")
    out, position = bytearray(), 0
    while position < len(raw):
        match = _ESCAPE.match(raw, position)
        if match:
            octet = int(match[1], 16)
            out += bytes([octet]) if octet in _UNRESERVED else match[0].upper()
            position = match.end()
        else:
            octet = raw[position]
            out += bytes([octet]) if octet in safe else b"%%%02X" % octet
            position += 1
    return out.decode("ascii")


def remove_dot_segments(path: str) -> str:
    """Resolve "." and ".." segments (RFC 3986, 5.2.4); the path keeps its closing slash."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def host_of(url: str) -> str:
    """`host` or `host:port` of a canonical URL: the unit of politeness."""
    return url.split("/", 3)[2]


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a canonical URL: the unit of robots.txt."""
    return "/".join(url.split("/", 3)[:3])


def domain_of(host: str) -> str:
    """The registrable domain of a host (Public Suffix List); the host itself when it has none."""
    return courlan.extract_domain(f"http://{host}/") or host


def trap(url: str) -> str | None:
    """Why a canonical URL looks like a part of an endless address space, or None."""
    if len(url) > MAX_LENGTH:
        return "long"
    path = url[len(origin_of(url)) :].split("?")[0]
    if path.count("/") > MAX_SEGMENTS:
        return "deep"
    return "repetitive" if _REPEATED.search(path) else None


def _host(host: str) -> str:
    host = host.rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    if not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", name) or len(name) > 253:
        raise ValueError(f"{host!r} is not a host name")
    return name


def _is_noise(item: str) -> bool:
    return not item or bool(_TRACKING.fullmatch(item.split("=")[0]))
