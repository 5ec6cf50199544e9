"""Pages of PDFs: exponents, ruled tables, bookmarks, pages without usable text, and their recognition."""

import itertools
import shutil
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from tiny_pdf import grid, pdf, scan, text

from bench.tools.scans import table_scans
from ingest.extract.ocr import tesseract as ocr
from ingest.extract.ocr.image import find_rules
from ingest.extract.options import Options, PdfOptions
from ingest.extract.pdf.extract import extract_pdf
from ingest.extract.pdf.page import PageText
from ingest.extract.pdf.scan import BLANK, GARBLED, SCANNED, TEXT, state_of
from ingest.extract.result import ExtractError
from ingest.extract.sandbox import Limits, Sandbox
from shards.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = REPOSITORY.parent / "shared" / "data" / "pdf"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/pdf")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
WORDS = "Platelets and leucocytes were counted in every patient before the first dose."


def words_of(*streams: str, outline: tuple[str, ...] = ()) -> str:
    return extract_pdf(pdf(*streams, outline=outline), 100).text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Platelets 150 x 10^{9}/L at baseline", "Platelets 150 x 10⁹/L at baseline"),
        ("clearance 0.85 h^{-1} in adults", "clearance 0.85 h⁻¹ in adults"),
        ("surface 1.73 m^{2}, CO_{2} 40 mmHg", "surface 1.73 m², CO₂ 40 mmHg"),
        ("Dose 500 mg in 2019, n = 212", "Dose 500 mg in 2019, n = 212"),
        ("As Smith showed^{12} in a trial", "As Smith showed¹² in a trial"),
    ],
)
def test_raised_and_lowered_digits_stay_apart_from_the_number_before(written: str, read: str) -> None:
    assert read in words_of(text(72, 700, written) + text(72, 680, WORDS))


def test_a_line_goes_on_behind_its_superscript() -> None:
    found = words_of(text(72, 700, "more than 10^{6} CFU per millilitre were found in urine") + text(72, 684, WORDS))
    assert "more than 10⁶ CFU per millilitre were found" in found


def test_a_ruled_table_is_read_row_by_row_at_its_place() -> None:
    rows = [["Age", "Dose", "Maximum"], ["6-12 years", "250 mg", "1 g"], ["Adults", "500 mg", "4 g"]]
    page = text(72, 760, "Posology of the drug") + grid(72, 740, [120, 90, 90], rows) + text(72, 640, WORDS)
    found = words_of(page)
    table = "| Age | Dose | Maximum |\n| --- | --- | --- |\n| 6-12 years | 250 mg | 1 g |\n| Adults | 500 mg | 4 g |"
    assert f"Posology of the drug\n\n{table}\n\n{WORDS}" in found


def test_frames_around_running_text_are_no_table() -> None:
    frame = "60 600 m 60 780 l S 300 600 m 300 780 l S 540 600 m 540 780 l S "
    frame += "60 600 m 540 600 l S 60 700 m 540 700 l S 60 780 m 540 780 l S\n"
    found = words_of(frame + text(72, 740, WORDS) + text(72, 640, WORDS.replace("first", "last")))
    assert "|" not in found and WORDS in found


def test_bookmarks_make_headings() -> None:
    page = (
        text(72, 760, "4.2 Posology")
        + text(72, 730, WORDS)
        + text(72, 700, "4.3 Contraindications")
        + text(72, 670, WORDS)
    )
    found = words_of(page, outline=("4.2 Posology", "4.3 Contraindications"))
    assert f"## 4.2 Posology\n\n{WORDS}\n\n## 4.3 Contraindications\n\n{WORDS}" in found


def page_of(words: str, covered: float = 0.0, odd: float = 0.0) -> PageText:
    from ingest.extract.pdf.lines import Line

    return PageText([Line(words, 0, 0, 1, 1)] if words else [], len(words), covered, odd)


def test_pages_are_told_apart() -> None:
    assert state_of(page_of(WORDS)) == TEXT
    assert state_of(page_of(WORDS, covered=1.0)) == TEXT  # somebody's OCR under the image
    assert state_of(page_of("3", covered=0.9)) == SCANNED
    assert state_of(page_of("")) == BLANK
    assert state_of(page_of("A title")) == TEXT
    assert state_of(page_of(WORDS, odd=0.2)) == GARBLED
    assert state_of(page_of("\x04\x05\x06\x0b" * 100)) == GARBLED


def test_files_of_scans_are_refused_and_single_scans_are_left_out() -> None:
    whole = pdf(text(72, 700, WORDS))
    with pytest.raises(ExtractError, match="ocr = true") as refused:
        extract_pdf(scan(whole, 72), 10)
    assert refused.value.reason == "no-text"


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr", "it", "es"])
def test_scans_are_recognised_with_their_doses(language: str) -> None:
    files = sorted((REPOSITORY / "recipes/sample_site/pages" / language).glob("*.pdf"))
    source = next(data for data in map(Path.read_bytes, files) if b"%%EOF" in data[-1024:] and b"/Encrypt" not in data)
    expected = extract_pdf(source, 10).text
    names = {"en": "eng", "fr": "fra", "it": "ita", "es": "spa"}
    options = PdfOptions(tesseract=ocr.installed(tuple(names.values())), ocr_languages=(names[language],))
    sandbox = Sandbox(Limits())
    found = sandbox.extract(scan(source, 250), "application/pdf", None, None, Options(pdf=options))
    sandbox.close()
    assert found.extractor.endswith(f"+tesseract/{options.tesseract}")
    wanted = {word for word in expected.split() if len(word) > 3}
    had = {word for word in found.text.split() if len(word) > 3}
    assert len(wanted & had) > 0.85 * len(wanted)
    units = ("mg", "mg/kg", "mg/kg,", "ml")
    numbers = {word for word, unit in itertools.pairwise(expected.split()) if unit.strip(".;)|") in units}
    assert sum(number in found.text for number in numbers) >= 0.9 * len(numbers)


@needs_tesseract
def test_more_pages_than_allowed_are_not_recognised() -> None:
    data = scan(pdf(*[text(72, 700, WORDS)] * 3), 72)
    with pytest.raises(ExtractError, match="ocr_pages is 2") as refused:
        extract_pdf(data, 10, PdfOptions(tesseract="5", ocr_pages=2))
    assert refused.value.reason == "scanned"


def test_a_missing_tesseract_or_language_is_told_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("tesseract"):
        with pytest.raises(InputError, match="apt-get install tesseract-ocr-xyz"):
            ocr.installed(("eng", "xyz"))
    monkeypatch.setattr(ocr.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="apt-get install tesseract-ocr tesseract-ocr-fra"):
        ocr.installed(("eng", "fra"))


@needs_data
def test_the_dose_table_of_a_real_leaflet_is_whole() -> None:
    found = extract_pdf((DATA / "french_spc/PDF_SPC_DOWNLOADED/anx_153856_fr.pdf").read_bytes(), 100).text
    assert "| 15 mg / jour | 300 mg / 2 semaines | 210 mg / 2 semaines ou 405 mg / 4 semaines |" in found


@needs_data
def test_exponents_of_a_real_article_are_kept() -> None:
    found = extract_pdf((DATA / "norma_jats/04-00932/fulltext.pdf").read_bytes(), 100).text
    assert "(R²" in found and "(R2" not in found


TABLE_SCANS = {scan.language: scan for scan in table_scans()}


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("language", TABLE_SCANS)
def test_cells_of_several_lines_stay_whole_in_recognised_tables(language: str) -> None:
    names = ("spa", "fra", "ita", "eng")
    scan = TABLE_SCANS[language]
    found = extract_pdf(scan.data, 10, PdfOptions(ocr.installed(names), names, ocr_dpi=200)).text
    rows = [line for line in found.splitlines() if line.startswith("|") and "---" not in line]
    assert len(rows) == len(scan.rows) and all(row.count("|") == 4 for row in rows)
    longest = [max(row, key=len) for row in scan.rows]
    assert sum(cell in row for cell, row in zip(longest, rows, strict=True)) >= len(rows) - 1


def test_the_file_and_its_pages_say_in_which_language_an_image_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {
        "it": "Il paziente non deve prendere la dose con il latte; le compresse sono per via orale. ",
        "fr": "Le patient ne doit pas prendre la dose avec du lait ; les comprimés sont pour les adultes. ",
    }
    asked: list[tuple[tuple[str, ...], int]] = []

    def tesseract(pixels, languages, dpi):
        asked.append((languages, dpi))
        spans = "".join(f"<span class='ocrx_word' title='bbox {9 * at} 0 {9 * at + 5} 9'>{word}</span>"
                        for at, word in enumerate(words[spoken].split()))  # fmt: skip
        return f"<p><span class='ocr_line' title='bbox 0 0 999 9; x_size 9'>{spans}</span></p>".encode()

    monkeypatch.setattr(ocr, "_tesseract", tesseract)
    page, names = pdfium.PdfDocument(pdf(text(72, 700, WORDS)))[0], ("spa", "fra", "ita", "eng")
    recogniser, spoken = ocr.Recogniser(PdfOptions("5", names, ocr_dpi=300), None), "it"
    recogniser.recognise(page)
    assert asked == [(names, 110), (("ita",), 300)]
    spoken = "fr"  # the next page is in another language: it is read again
    assert "comprimés" in " ".join(line.text for line in recogniser.recognise(page))
    assert asked[2:] == [(("ita",), 300), (("fra",), 300)]
    ocr.Recogniser(PdfOptions("5", ("eng", "fra"), ocr_dpi=300), "fr").recognise(page)
    assert asked[4:] == [(("fra",), 300)]


def test_rules_are_found_in_a_page_of_pixels() -> None:
    pixels = np.full((400, 600), 255, np.uint8)
    pixels[100:103, 50:550] = 0
    pixels[50:350, 200:202] = 0
    pixels[300:340, 300:500] = 0  # a picture is no rule
    rules = find_rules(pixels, 0.5)
    assert rules.round().tolist() == [[25, 149, 275, 149], [100, 25, 100, 175]]
