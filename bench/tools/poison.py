"""Inputs that break extractors, real and made here, put through the sandbox one by one, with the memory each takes.

Real: every file of `../shared/data/poison` (files that crashed PDF libraries, legacy character sets, parser tests).
Made: what a hostile or broken server may send: page trees that say a million or lead in circles, an image of 10¹⁰
pixels, a stream that inflates to a gigabyte, a hundred thousand open elements, a cell over a million columns.
"""

import dataclasses
import zlib
from collections.abc import Iterator
from pathlib import Path

from ingest.extract.result import ExtractError
from ingest.extract.sandbox import Limits, Sandbox

LIMITS = Limits(cpu_seconds=20, wall_seconds=120)
_PDF = "application/pdf"


@dataclasses.dataclass(frozen=True)
class Poison:
    """An input as a source would hand it on."""

    name: str
    mime: str
    data: bytes


@dataclasses.dataclass(frozen=True)
class Ending:
    """How an input ended: "text", or the reason of its quarantine; the most memory it took (bytes)."""

    name: str
    outcome: str
    peak: int


def poison(folder: Path) -> list[Poison]:
    """The files below `folder` and those made here, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SOURCES.md")
    real = [
        Poison(str(path.relative_to(folder)), _PDF if path.suffix == ".pdf" else "text/html", path.read_bytes())
        for path in files
    ]
    return [*real, *_made()]


def endings(inputs: list[Poison], sandbox: Sandbox) -> Iterator[Ending]:
    """What becomes of each input, in order, in one sandbox."""
    for one in inputs:
        try:
            outcome = "text" if sandbox.extract(one.data, one.mime, None, None).text.strip() else "nothing"
        except ExtractError as error:
            outcome = error.reason
        yield Ending(one.name, outcome, sandbox.peak)


def summary(found: list[Ending], sandbox: Sandbox) -> dict[str, float | bool]:
    """Checks for a benchmark: how many ended in text and in quarantine, and whether memory stayed within the cap."""
    peak = max(ending.peak for ending in found)
    return {
        "poison_files": len(found),
        "poison_text": sum(ending.outcome == "text" for ending in found),
        "poison_quarantined": sum(ending.outcome != "text" for ending in found),
        "poison_children_replaced": sandbox.lost,
        "poison_peak_mb_max": peak / 1e6,
        "poison_cap_mb": LIMITS.memory / 1e6,
        "poison_within_cap": 0 < peak < LIMITS.memory,
    }


def _made() -> list[Poison]:
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>"
    circle = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> "
    )
    page += b">> >>"
    draw = _stream(b"", b"q 500 0 0 500 0 0 cm /I Do Q")
    image = b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    many = b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % b" ".join([b"3 0 R"] * 100_000)
    one = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    inflating = b"/Filter /FlateDecode", zlib.compress(b"(x) Tj " * (150 << 20 >> 3), 9)
    return [
        Poison("made/million-pages.pdf", _PDF, _pdf(pages, page, draw)),
        Poison("made/page-tree-in-circles.pdf", _PDF, _pdf(circle, page, draw)),
        Poison("made/one-page-100000-times.pdf", _PDF, _pdf(many, page, draw)),
        Poison("made/image-of-10-gigapixels.pdf", _PDF, _pdf(one, page, draw, _stream(image, b"\0" * 100))),
        Poison("made/stream-that-inflates.pdf", _PDF, _pdf(one, page, _stream(*inflating))),
        Poison("made/cut.pdf", _PDF, _pdf(one, page, draw)[:200]),
        Poison("made/deep.html", "text/html", b"<div>" * 100_000 + b"deep"),
        Poison("made/wide-cell.html", "text/html", b"<table><tr><td colspan=1000000 rowspan=60000>x</table>" * 50),
        Poison("made/attributes.html", "text/html", b"<p " + b"".join(b"a%d=1 " % n for n in range(60_000)) + b">x"),
        Poison("made/long-line.html", "text/html", b"<p>" + b"dose " * 2_000_000),
    ]


def _stream(head: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


def _pdf(*objects: bytes) -> bytes:
    """A file of a catalogue (object 1) and the objects given, numbered from 2 on."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate((b"<< /Type /Catalog /Pages 2 0 R >>", *objects), 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table + tail
