"""E-mail addresses, secrets in URLs and IP addresses."""

import ipaddress
import re
from collections.abc import Iterator

from filters.privacy.context import CONTEXT, NUMBERING
from filters.privacy.window import Find, Window

_ADDRESS = 96  # characters before or behind the @
_LOCAL = r"[^\W_](?:[\w.%+'&-]{0,62}[\w+-])?"  # RFC 5321: at most 64 characters
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}"
_EMAIL = re.compile(rf"(?<![\w%+])(?:{_LOCAL}|_[\w.%+-]{{1,60}})@{_HOST}(?![\w@])")
_FILES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js")  # "icon@2x.png" is no address

_AT = r"\s?[\[(](?:at|arroba|arobase|chiocciola)[\])]\s?"
_DOT = r"(?:\s?[\[(](?:dot|punto|point)[\])]\s?|\.)"
_SPELT_EMAIL = re.compile(
    rf"(?<![\w.%+-])[^\W_][\w%+-]{{0,62}}(?:{_DOT}[\w%+-]{{1,62}}){{0,3}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,4}}"
    rf"{_DOT}[^\W\d_]{{2,24}}(?!\w)",
    re.IGNORECASE,
)

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,15}$", re.IGNORECASE)
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_SECRET = re.compile(
    r"[?&;#](?:\w*(?:token|api_?key|secret|signature|session_?id|session|credential)|auth|authorization|jwt|sig|key|sid"
    r"|sess|otp|ticket|php-?sessid|jsessionid|aspsessionid\w*|x-(?:amz|goog)-(?:signature|security-token|credential)"
    r"|awsaccesskeyid|cfid|cftoken|code_verifier)=([^&;#\s]{6,})",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"[?&;#](?:password|passwd|pwd|pass)=([^&;#\s]{4,})", re.IGNORECASE)
_OPAQUE = re.compile(r"(?=\S*[0-9])(?=\S*[a-z])\S{8,}|\S{16,}|[0-9]{8,}", re.IGNORECASE)  # no word, no year
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_USER = re.compile(r"://([^/?#@\s:]+:[^/?#@\s]+)@")

_MIN_V6 = 24  # characters of eight groups, colons included: shorter ones are ratios
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_V4 = re.compile(rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?!\w|\.\w)")
_V6 = re.compile(r"(?<![\w:.])[0-9a-f:]{4,39}(?![\w:])", re.IGNORECASE)


def emails(window: Window) -> Iterator[Find]:
    """Addresses with an `@`."""
    for match in window.matches(_EMAIL, _ADDRESS):
        if not match[0].lower().endswith(_FILES):
            yield match.start(), match.end(), "email"


def spelt_emails(window: Window) -> Iterator[Find]:
    """Addresses whose `@` is spelt out in brackets: name (at) domain (dot) org."""
    for match in window.matches(_SPELT_EMAIL, _ADDRESS):
        yield match.start(), match.end(), "email"


def url_tokens(window: Window) -> Iterator[Find]:
    """Values of parameters that open a door (token, session, signature ...), JSON web tokens, user and password.

    Only the secret, not the URL: what it points to stays in the text.
    """
    scheme = _SCHEME.search(window.text[: window.start])
    url = _URL.match(window.text, scheme.start()) if scheme else None
    if url is None:
        return
    spans = [match.span(1) for match in _SECRET.finditer(url[0]) if _OPAQUE.match(match[1])]
    spans += [match.span(1) for pattern in (_PASSWORD, _USER) for match in pattern.finditer(url[0])]
    spans += [match.span() for match in _JWT.finditer(url[0])]
    for start, end in spans:
        while end > start and url[0][end - 1] in ").,:!]*":  # the sentence's, not the URL's
            end -= 1
        yield url.start() + start, url.start() + end, "url_token"


def ipv4(window: Window) -> Iterator[Find]:
    """Four octets that are no version, section or enzyme number: large ones, or in context."""
    for match in window.matches(_V4):
        before = window.before(match.start(), 40)
        octets = match[0].split(".")
        large = int(octets[0]) >= 10 and max(map(int, octets)) >= 100 and sum(map(len, octets)) >= 7
        if (large or CONTEXT["ip"].search(before)) and not NUMBERING.search(before):
            yield match.start(), match.end(), "ip"


def ipv6(window: Window) -> Iterator[Find]:
    """Addresses of RFC 4291 with a group of three hexadecimal digits: no times, ratios or gene fusions."""
    for match in window.matches(_V6):
        groups = [group for group in match[0].split(":") if group]
        if len(groups) < 2 or max(map(len, groups)) < 3 or ("::" not in match[0] and len(match[0]) < _MIN_V6):
            continue
        if len(groups) < 3 and not CONTEXT["ip"].search(window.before(match.start(), 40)):
            continue
        try:
            ipaddress.IPv6Address(match[0])
        except ipaddress.AddressValueError:
            continue
        yield match.start(), match.end(), "ip"
