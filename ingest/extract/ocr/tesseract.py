"""Recognising a page's text from its image, by Tesseract: an external program, opted into by a recipe.

Debian packages: tesseract-ocr, tesseract-ocr-fra, tesseract-ocr-ita, tesseract-ocr-spa.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
import pypdfium2 as pdfium

from ingest.extract.ocr.image import find_rules
from ingest.extract.ocr.language import TESSERACT, chosen, language_in
from ingest.extract.ocr.words import page_lines
from ingest.extract.options import PdfOptions
from ingest.extract.pdf.lines import Line
from ingest.extract.result import ExtractError
from shards.errors import InputError

SECONDS_A_PAGE = 120
_MOST_PIXELS = 40_000_000  # A3 at 400 dpi; larger pages are rendered smaller
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}  # many children run at once: threads of each would only wait for the others
_LOOK = 110  # dots per inch of a first look
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


class Recogniser:
    """Reads the images of one file's pages, each in the language that the one before it was in.

    `language`: what the file says or its pages with text show (ISO 639-1). Where nothing does, the first page is looked
    at in low resolution; a page that turns out to be in another language is read once more.
    """

    def __init__(self, options: PdfOptions, language: str | None):
        self._options, self._language = options, language

    def recognise(self, page: pdfium.PdfPage) -> list[Line]:
        """The lines of a page's image with their boxes, tables put together.

        Raises `ExtractError` (timeout, ocr-failed).
        """
        if self._language is None and len(self._options.ocr_languages) > 1:
            self._language = language_in([line.text for line in self._read(page, _LOOK)])
        lines = self._read(page, self._options.ocr_dpi)
        found = language_in([line.text for line in lines])
        if found not in (None, self._language) and TESSERACT[found] in self._options.ocr_languages:
            self._language = found
            lines = self._read(page, self._options.ocr_dpi)
        return lines

    def _read(self, page: pdfium.PdfPage, dpi: int) -> list[Line]:
        pixels = _pixels(page, dpi)
        size = page.get_size()
        points = size[0] / pixels.shape[1]
        languages = chosen(self._options.ocr_languages, self._language)
        return page_lines(_tesseract(pixels, languages, dpi), points, find_rules(pixels, points), size)


def _tesseract(pixels: np.ndarray, languages: Sequence[str], dpi: int) -> bytes:
    """Tesseract's hOCR of a grey image."""
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(dpi), "hocr"]
    image = b"P5\n%d %d\n255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes()
    try:
        done = subprocess.run(
            command, input=image, capture_output=True, timeout=SECONDS_A_PAGE, check=False, env=os.environ | _ONE_THREAD
        )
    except subprocess.TimeoutExpired as error:
        raise ExtractError("timeout", f"Tesseract took more than {SECONDS_A_PAGE} s for a page") from error
    if done.returncode != 0:
        raise ExtractError("ocr-failed", done.stderr.decode(errors="replace")[-300:] or f"status {done.returncode}")
    return done.stdout


def _pixels(page: pdfium.PdfPage, dpi: int) -> np.ndarray:
    """The page in grey, rows from the top."""
    width, height = page.get_size()
    scale = dpi / _POINTS_PER_INCH
    scale = min(scale, scale * (_MOST_PIXELS / max(1.0, width * height * scale * scale)) ** 0.5)
    return np.ascontiguousarray(np.ascontiguousarray(page.render(scale=scale, grayscale=True).to_numpy()).squeeze())
