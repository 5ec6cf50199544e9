"""E-mail addresses, secrets in URLs and IP addresses."""

import ipaddress
import re
from collections.abc import Iterator

from filters.privacy.context import CONTEXT, NUMBERING
from filters.privacy.window import Find, Window

_LOCAL = r"[^\W_](?:[\w.%+'&-]{0,62}[\w+-])?"  # RFC 5321: at most 64 characters
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}"
_EMAIL = re.compile(rf"(?<![\w%+])(?:{_LOCAL}|_[\w.%+-]{{1,60}})@{_HOST}(?![\w@])")
_AT, _DOT = (
    r"\s?[\[({<]\s?(?:at|arroba|arobase|chiocciola)\s?[\])}>]\s?",
    r"(?:\s?[\[({<]\s?(?:dot|punto|point)\s?[\])}>]\s?|\.)",
)
_SPELT_EMAIL = re.compile(
    rf"(?<![\w.%+-])[^\W_][\w%+-]{{0,62}}(?:{_DOT}[\w%+-]{{1,62}}){{0,3}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,4}}"
    rf"{_DOT}[^\W\d_]{{2,24}}(?!\w)",
    re.IGNORECASE,
)
_FILES = ("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js")  # "icon@2x.png" is no address

_URL = re.compile(r"[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_SECRET = re.compile(
    r"[?&;#](?:\w*(?:token|api_?key|secret|signature|session_?id|session|credential)|auth|authorization|jwt|sig|key|sid"
    r"|sess|otp|ticket|php-?sessid|jsessionid|aspsessionid\w*|x-(?:amz|goog)-(?:signature|security-token|credential)"
    r"|awsaccesskeyid|cfid|cftoken|code_verifier)=([^&;#\s]{6,})",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"[?&;#](?:password|passwd|pwd|pass)=([^&;#\s]{4,})", re.IGNORECASE)
_OPAQUE = re.compile(r"(?=[^\s]*[0-9])(?=[^\s]*[a-z])[^\s]{8,}|[^\s]{16,}|[0-9]{8,}", re.IGNORECASE)  # no word, no year
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_USER = re.compile(r"://([^/?#@\s:]+:[^/?#@\s]+)@")

_V4 = re.compile(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(?!\w|\.\w)"
)
_V6 = re.compile(r"(?<![\w:.])[0-9a-f:]{4,39}(?![\w:])", re.IGNORECASE)


def emails(window: Window) -> Iterator[Find]:
    """Addresses with an `@`."""
    for match in _EMAIL.finditer(window.text):
        if window.touches(match) and not match[0].lower().endswith(tuple(f".{name}" for name in _FILES)):
            yield match.start(), match.end(), "email"


def spelt_emails(window: Window) -> Iterator[Find]:
    """Addresses whose `@` is spelt out in brackets: name (at) domain (dot) org."""
    for match in _SPELT_EMAIL.finditer(window.text):
        if window.touches(match):
            yield match.start(), match.end(), "email"


def url_tokens(window: Window) -> Iterator[Find]:
    """Values of parameters that open a door (token, session, signature ...), JSON web tokens, user and password.

    Only the secret, not the URL: what it points to stays in the text.
    """
    for url in _URL.finditer(window.text):
        if not window.touches(url):
            continue
        spans = [match.span(1) for match in _SECRET.finditer(url[0]) if _OPAQUE.match(match[1])]
        spans += [match.span(1) for pattern in (_PASSWORD, _USER) for match in pattern.finditer(url[0])]
        spans += [match.span() for match in _JWT.finditer(url[0])]
        for start, end in spans:
            while end > start and url[0][end - 1] in ").,:!]":  # the sentence's, not the URL's
                end -= 1
            yield url.start() + start, url.start() + end, "url_token"


def ipv4(window: Window) -> Iterator[Find]:
    """Four octets that are no version, section or enzyme number: large ones, or in context."""
    for match in _V4.finditer(window.text):
        if not window.touches(match):
            continue
        before = window.before(match.start(), 40)
        octets = [int(octet) for octet in match[0].split(".")]
        large = octets[0] >= 10 and max(octets) >= 100 and sum(map(len, match[0].split("."))) >= 7
        if CONTEXT["ip"].search(before) or (large and not NUMBERING.search(before)):
            yield match.start(), match.end(), "ip"


def ipv6(window: Window) -> Iterator[Find]:
    """Addresses of RFC 4291 with a group of three hexadecimal digits at least: no times, no gene fusions (`BCR::ABL`)."""
    for match in _V6.finditer(window.text):
        groups = [group for group in match[0].split(":") if group]
        if not window.touches(match) or len(groups) < 2 or max(map(len, groups)) < 3:
            continue
        if len(groups) < 3 and not CONTEXT["ip"].search(window.before(match.start(), 40)):
            continue
        try:
            ipaddress.IPv6Address(match[0])
        except ipaddress.AddressValueError:
            continue
        yield match.start(), match.end(), "ip"
