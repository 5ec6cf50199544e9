"""Superscripts and subscripts of a PDF, told by size and baseline: 10⁹/L must not become 109/L."""

import ctypes
import re

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.extract.script_chars import subscript, superscript

# What can be raised or lowered and has a Unicode character, right after what it belongs to.
_CANDIDATE = re.compile(r"(?<=[\w)\]µ%])[0-9+\-−–]{1,4}")
_SHIFT = 0.12  # of the height of the character before: least distance of the two baselines
_FARTHEST = 1.2
_SMALLER = 0.97  # a raised digit is lower than the letter before it, though that may have no ascender
_FULL = 0.85  # ... and clearly lower than a digit or a capital
_NEAR = 0.8  # of that height: widest gap between the two


def mark_scripts(text_page: pdfium.PdfTextPage, text: str) -> str:
    """`text`, all of the page, with raised and lowered digits and signs as such characters; its length stays."""
    out: list[str] = []
    done = 0
    for match in _CANDIDATE.finditer(text):
        end = match.end()
        moved = ((at, _shift(text_page, text, at)) for at in range(match.start(), end))
        start, shift = next(((at, shift) for at, shift in moved if shift), (end, 0))  # of 109, the 9 may be an exponent
        if shift == 0:
            continue
        stop = start + 1
        while stop < end and _level(text_page, start, stop):
            stop += 1
        marked = superscript(text[start:stop]) if shift > 0 else subscript(text[start:stop])
        if marked is not None and any(char.isdigit() for char in text[start:stop]):
            out += [text[done:start], marked]
            done = stop
    return "".join(out) + text[done:]


def _shift(text_page: pdfium.PdfTextPage, text: str, at: int) -> int:
    """1 for a character raised against the one before it, -1 for a lowered one, 0 for neither."""
    before, here = _tight_box(text_page, at - 1), _tight_box(text_page, at)
    height, own = before[3] - before[1], here[3] - here[1]
    if height <= 0 or own <= 0 or not -0.5 * height < here[0] - before[2] < _NEAR * height:
        return 0
    full = text[at - 1].isdigit() or text[at - 1].isupper() or text[at - 1] in ")]%"
    if text[at].isdigit() and own > (_FULL if full else _SMALLER) * height:
        return 0
    rise = _baseline(text_page, at) - _baseline(text_page, at - 1)
    if not _SHIFT * height < abs(rise) < _FARTHEST * height:
        return 0
    return 1 if rise > 0 else -1


def _level(text_page: pdfium.PdfTextPage, first: int, second: int) -> bool:
    return abs(_baseline(text_page, first) - _baseline(text_page, second)) < 0.5


def _baseline(text_page: pdfium.PdfTextPage, at: int) -> float:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, at, ctypes.byref(x), ctypes.byref(y))
    return y.value


def _tight_box(text_page: pdfium.PdfTextPage, at: int) -> tuple[float, float, float, float]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(text_page, at, *map(ctypes.byref, (left, right, bottom, top)))
    return left.value, bottom.value, right.value, top.value
