"""Scans: wrong characters, and rows of dose tables that are whole, beside Tesseract's plain text.

The figure is Levenshtein distance per 1,000 characters of real medical text (E3C), set in type, printed as pixels at
200 dpi, blurred, specked and askew, four pages in each of four languages; white space folded; one run, which always
gives the same. Ours reads an image-only PDF with Tesseract, too, and chooses the language by itself; the peers are
given the same pixels: Tesseract with its default (English), and with all four languages in a fixed order.
`*_right_language`: ours when told the language. `table_cells_*`: share of the cells of ruled tables (cells of several
lines) that stand whole between bars, for plain text on one line. Not shown: time, scans of real paper, handwriting,
more than one column. Needs Tesseract with eng, fra, ita, spa, and `../shared/data/text-medical`.
"""

import statistics
import subprocess
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from bench.frame import Benchmark, run
from bench.tools.scans import DPI, Scan, table_scans, text_scans
from ingest.extract.ocr.language import TESSERACT
from ingest.extract.ocr.tesseract import installed
from ingest.extract.options import PdfOptions
from ingest.extract.pdf.extract import extract_pdf
from shards.errors import InputError

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "text-medical" / "e3c_layer3"
LANGUAGES = ("spa", "fra", "ita", "eng")


def ours(scan: Scan, languages: tuple[str, ...] = LANGUAGES) -> str:
    """Our text of a scan."""
    return extract_pdf(scan.data, 10, PdfOptions(installed(languages), languages, ocr_dpi=DPI)).text


def tesseract(scan: Scan, languages: tuple[str, ...]) -> str:
    """Tesseract's plain text of the same pixels."""
    pixels = np.ascontiguousarray(pdfium.PdfDocument(scan.data)[0].render(scale=DPI / 72, grayscale=True).to_numpy())
    image = b"P5\n%d %d\n255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes()
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(DPI)]
    return subprocess.run(command, input=image, capture_output=True, check=True).stdout.decode()


def measure(quick: bool) -> Benchmark:
    """Errors by language and over all, then tables."""
    if not DATA.is_dir():
        raise InputError(f"{DATA} does not exist: this benchmark needs real text")
    scans = text_scans(DATA, 1 if quick else 4)
    sides = {
        "ours": [ours(scan) for scan in scans],
        "ours_right_language": [ours(scan, (TESSERACT[scan.language],)) for scan in scans],
        "tesseract_eng": [tesseract(scan, ("eng",)) for scan in scans],
        "tesseract_fixed_order": [tesseract(scan, LANGUAGES) for scan in scans],
    }
    rates = {name: [errors(text, scan.text) for text, scan in zip(texts, scans, strict=True)]
             for name, texts in sides.items()}  # fmt: skip
    checks: dict[str, float | bool] = {"pages": len(scans)}
    for name, found in rates.items():
        for language in TESSERACT:
            own = [rate for rate, scan in zip(found, scans, strict=True) if scan.language == language]
            checks[f"errors_{language}_{name}"] = statistics.mean(own)
    tables = table_scans()
    plain = [tesseract(scan, (TESSERACT[scan.language],)) for scan in tables]
    for name, texts in (("ours", [ours(scan) for scan in tables]), ("tesseract_right_language", plain)):
        checks[f"table_cells_whole_{name}"] = statistics.mean(map(cells_whole, texts, tables))
    means = {name: statistics.mean(found) for name, found in rates.items()}
    checks["errors_ours_right_language"] = means.pop("ours_right_language")
    return Benchmark("ocr", "character errors per 1,000", means.pop("ours"), means, checks, lower_is_better=True)


def errors(text: str, gold: str) -> float:
    """Levenshtein distance per 1,000 characters of the gold, white space folded."""
    return 1000 * Levenshtein.distance(" ".join(text.split()), " ".join(gold.split())) / len(gold)


def cells_whole(text: str, scan: Scan) -> float:
    """Share of a table's cells that stand in one line of the text, between bars where it has any."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    cells = {cell.strip() for line in lines for cell in (line.split("|") if "|" in line else [line])}
    told = [cell for row in scan.rows for cell in row]
    return sum(any(Levenshtein.distance(cell, other) <= len(cell) // 25 for other in cells) for cell in told) / len(
        told
    )


if __name__ == "__main__":
    run(measure, __doc__)
