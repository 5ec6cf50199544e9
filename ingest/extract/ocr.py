"""Recognising a page's text from its image, by Tesseract: an external program, opted into by a recipe.

Debian packages: tesseract-ocr, tesseract-ocr-fra, tesseract-ocr-ita, tesseract-ocr-spa.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
import pypdfium2 as pdfium

from ingest.extract.options import PdfOptions
from ingest.extract.pdf_lines import Line
from ingest.extract.result import ExtractError
from shards.errors import InputError

SECONDS_A_PAGE = 120
_MOST_PIXELS = 40_000_000  # A3 at 400 dpi; larger pages are rendered smaller
_POINTS_PER_INCH = 72
_VERSION = re.compile(r"tesseract v?(\S+)")


def installed(languages: Sequence[str]) -> str:
    """Version of the Tesseract on this machine; `InputError` when it, or one of the languages, is missing."""
    if shutil.which("tesseract") is None:
        packages = " ".join(["tesseract-ocr", *(f"tesseract-ocr-{name}" for name in languages if name != "eng")])
        raise InputError(f"extraction.pdf.ocr needs Tesseract, which is not installed: apt-get install {packages}")
    version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True)
    known = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    if missing := [name for name in languages if name not in known]:
        packages = " ".join(f"tesseract-ocr-{name}" for name in missing)
        raise InputError(f"Tesseract does not know {', '.join(missing)}: apt-get install {packages}")
    match = _VERSION.search(version.stdout + version.stderr)
    return match[1] if match else "unknown"


def recognise(page: pdfium.PdfPage, options: PdfOptions) -> list[Line]:
    """The lines of a page's image, in Tesseract's reading order, without boxes.

    Raises `ExtractError` (timeout, ocr-failed).
    """
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(options.ocr_languages), "--dpi", str(options.ocr_dpi)]
    try:
        done = subprocess.run(
            command, input=_image(page, options.ocr_dpi), capture_output=True, timeout=SECONDS_A_PAGE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ExtractError("timeout", f"Tesseract took more than {SECONDS_A_PAGE} s for a page") from error
    if done.returncode != 0:
        raise ExtractError("ocr-failed", done.stderr.decode(errors="replace")[-300:] or f"status {done.returncode}")
    width, height = page.get_size()
    text = done.stdout.decode("utf-8", "replace")
    return [Line(line.strip(), 0, 0, 0, 0, width, height) for line in text.splitlines() if line.strip()]


def _image(page: pdfium.PdfPage, dpi: int) -> bytes:
    """The page in grey as a binary PGM file."""
    width, height = page.get_size()
    scale = dpi / _POINTS_PER_INCH
    scale = min(scale, scale * (_MOST_PIXELS / max(1.0, width * height * scale * scale)) ** 0.5)
    pixels = np.ascontiguousarray(page.render(scale=scale, grayscale=True).to_numpy()).squeeze()
    return b"P5\n%d %d\n255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes()
