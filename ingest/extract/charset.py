"""The characters of a page: byte order mark, then what is declared, unless the bytes say otherwise."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
         (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]+)", re.I)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.-]+)", re.I)
_SCAN = 4096  # bytes searched for a declaration; browsers take 1024, real pages are worse
_FALLBACK = "cp1252"
_MAX_BAD = 0.0005  # share of broken bytes up to which a text is damaged UTF-8 and not another charset


def decode(data: bytes, http_charset: str | None) -> tuple[str, str]:
    """(text, charset) of a page's bytes, `http_charset` as declared by the transport.

    Order of WHATWG Encoding and HTML 13.2.3 (BOM, HTTP, meta), with two repairs: bytes that are valid UTF-8 beyond
    ASCII are UTF-8 whatever is declared, and a declared UTF-8 that is not gets the detected charset (mostly
    windows-1252, Python's cp1252).
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, errors="replace"), name
    declared = _label(http_charset) or _declared(data)
    if not data.isascii():
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass  # another charset, or damaged; which one is decided below
    if wide := _wide(data):
        return data.decode(wide, errors="replace"), wide
    if data.isascii():
        # Seven-bit charsets (ISO-2022, HZ) switch with escape sequences and so look like ASCII.
        name = declared if declared and declared.startswith("iso2022") else "utf-8"
        return data.decode(name, errors="replace"), name
    text = data.decode("utf-8", errors="replace")
    if declared == "utf-8" and text.count("\ufffd") <= _MAX_BAD * len(text) and _multibyte(text):
        return text, "utf-8"
    for name in (declared, detect_encoding(data, max_len=131_072), _FALLBACK):
        if name and not name.startswith("utf-") and (decoded := _try(data, name)) is not None:
            return decoded, name
    return text, "utf-8"


def _multibyte(text: str) -> bool:
    """Whether more characters beyond ASCII were read than bytes were broken."""
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - broken > broken


def _declared(data: bytes) -> str | None:
    head = data[:_SCAN]
    for pattern in (_META, _XML):
        if match := pattern.search(head):
            name = _label(match[1].decode("ascii"))
            return "utf-8" if name and name.startswith("utf-16") else name  # it could be read as ASCII, so it is not
    return None


def _label(name: str | None) -> str | None:
    """The charset that WHATWG assigns to a label (iso-8859-1: cp1252), by Python's name; None for an unknown one."""
    return map_encoding_to_html5(name.strip(), False) if name else None


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, by where the zero bytes of markup lie."""
    head = data[:400]
    if len(head) < 8 or head.count(0) < len(head) // 5:
        return None
    zeros = [head[start::4].count(0) for start in range(4)]
    quarter = len(head) // 4
    if zeros[0] > 0.9 * quarter and zeros[1] > 0.9 * quarter:
        return "utf-32-be"
    if zeros[2] > 0.9 * quarter and zeros[3] > 0.9 * quarter:
        return "utf-32-le"
    return "utf-16-be" if zeros[0] + zeros[2] > zeros[1] + zeros[3] else "utf-16-le"


def _try(data: bytes, name: str) -> str | None:
    """Decoded text; None when more than a few bytes do not fit."""
    try:
        text = data.decode(name, errors="replace")
    except LookupError:
        return None
    return text if text.count("\ufffd") <= max(2, _MAX_BAD * len(text)) or name == _FALLBACK else None
