"""PDF: reading order, running lines, hyphens; and that real files, sound or not, end in text or a reason."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.extract.pdf.extract import extract_pdf
from ingest.extract.pdf.lines import Line
from ingest.extract.pdf.order import read_order
from ingest.extract.pdf.paragraphs import page_text
from ingest.extract.pdf.running import remove_running
from ingest.extract.result import ExtractError
from ingest.extract.sandbox import Limits, Sandbox
from ingest.sources.elements import SAFE

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not (DATA / "pdf").is_dir(), reason="shared PDF samples are not on this machine")


def line(text: str, left: float, top: float, width: float = 200) -> Line:
    return Line(text, left, top - 10, left + width, top, 600, 800)


def test_two_columns_are_read_one_after_the_other_below_a_wide_title():
    rows = [line("Title over both columns", 50, 780, 480)]
    left, right = ([f"line {number} of the {side} column" for number in range(4)] for side in ("left", "right"))
    for number in range(4):
        rows += [line(left[number], 50, 700 - 12 * number), line(right[number], 330, 700 - 12 * number)]
    assert texts_of(rows) == ["Title over both columns", *left, *right]


def texts_of(lines: list[Line]) -> list[str]:
    return [item.text for block in read_order(lines) for item in block]


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(20, 780), st.floats(1, 300)), max_size=30))
def test_reading_order_loses_and_doubles_no_line(places):
    lines = [line(f"line {number}", *place) for number, place in enumerate(places)]
    found = re.findall(r"line \d+", " ".join(texts_of(lines)))
    assert Counter(found) == Counter(item.text for item in lines)


def test_running_headers_and_page_numbers_go_and_repeated_body_lines_stay():
    pages = []
    for number in range(4):
        body = [line(f"Body {word} of this page", 50, 700 - 12 * row) for row, word in enumerate("abcdefghij"[number:])]
        repeated = [line("Take one tablet a day", 50, 400)]
        pages.append([line("EMA/123 Annex", 50, 790), *body, *repeated, line(f"- {number + 1} -", 280, 20)])
    texts = [[item.text for item in page] for page in remove_running(pages)]
    assert all("EMA/123 Annex" not in text and not any(part.startswith("- ") for part in text) for text in texts)
    assert all("Take one tablet a day" in text for text in texts)


def kept_of(lines: list[str], top: float = 20) -> list[str]:
    """What is left of lines that stand at the lower edge of one page each."""
    pages = [[line(f"Body of page {text}", 50, 500), line(text, 50, top)] for text in lines]
    return [item.text for page in remove_running(pages) for item in page if item.top == top]


@pytest.mark.parametrize(
    "rows",
    [
        [f"{10 * n} kg {5 * n} mg twice daily" for n in range(1, 5)],
        ["250", "500", "750", "1000"],
        ["1/2 tablet", "1 tablet", "2 tablets", "3 tablets"],
        ["1/4", "1/2", "3/4", "1/1"],
        [f"Day {n}" for n in range(1, 5)],
        [f"Max. {n} mg/kg" for n in (5, 10, 20, 40)],
    ],
)
def test_rows_that_differ_in_their_numbers_are_content(rows):
    assert kept_of(rows) == rows


@pytest.mark.parametrize(
    "label",
    ["{0}", "- {0} -", "{0}/4", "{0} of 4", "Page {0} of 4", "Pag. {0}", "página {0} de 4", "p. {0}",
     "{0} Journal of Pain 2020", "Journal of Pain 2020; 5(3) | {0}", "Foglio illustrativo 500 mg",
     "Metabolites 2014, 5 {0}", "Doe et al. Trials 2015, 16:1 Page {0} of 15", "VerDate Aug 05 Frm 000{0:02} Fmt 6"],
)  # fmt: skip
def test_page_numbers_and_lines_around_them_go(label):
    assert kept_of([label.format(number) for number in range(1, 5)]) == []
    if "4" not in label:
        assert kept_of([label.format(number) for number in range(97, 103)]) == []


def test_two_pages_prove_no_running_line():
    pages = [[line("Dose", 50, 790)], [line("Dose", 50, 790)]]
    assert remove_running(pages) == pages


def test_hyphens_of_line_ends_go_and_those_of_words_stay():
    lines = ["The anti-inflammatory hydro-", "cortisone and the anti-", "inflammatory SARS-CoV-", "2 test are ﬁne"]
    block = [line(text, 50, 700 - 12 * row) for row, text in enumerate(lines)]
    assert (
        page_text([[block]])
        == "The anti-inflammatory hydrocortisone and the anti-inflammatory SARS-CoV-2 test are fine"
    )


def test_short_lines_and_bullets_end_paragraphs():
    block = [
        line("Contraindications:", 50, 700, 60),
        line("• asthma", 50, 688, 40),
        line("• liver failure", 50, 676, 60),
    ]
    block += [line("A long line that fills the column", 50, 664, 300), line("and its end.", 50, 652, 80)]
    expected = "Contraindications:\n\n- asthma\n- liver failure\n\nA long line that fills the column and its end."
    assert page_text([[block]]) == expected


@needs_data
@pytest.mark.slow
def test_every_real_pdf_ends_in_text_or_a_reason_and_the_child_lives():
    sandbox, reasons, texts = Sandbox(Limits()), Counter(), 0
    files = sorted((DATA / "pdf").rglob("*.pdf")) + sorted((DATA / "poison").rglob("*.pdf"))
    for file in files:
        try:
            assert sandbox.extract(file.read_bytes(), "application/pdf", None, None).text.strip()
            texts += 1
        except ExtractError as error:
            reasons[error.reason] += 1
    sandbox.close()
    assert texts + reasons.total() == len(files)
    assert texts >= 65
    assert set(reasons) <= {"encrypted", "no-text", "garbled", "truncated", "malformed"}
    assert reasons["encrypted"] >= 25


@needs_data
def test_known_bad_pdfs_get_their_reason():
    reasons = {}
    for name in ("pdfminer/encryption/aes-256.pdf", "sample-files/019-grayscale-image/grayscale-image.pdf"):
        with pytest.raises(ExtractError) as refused:
            extract_pdf((DATA / "pdf" / name).read_bytes(), 100)
        reasons[name.split("/")[0]] = refused.value.reason
    whole = (DATA / "pdf/sample-files/004-pdflatex-4-pages/pdflatex-4-pages.pdf").read_bytes()
    for label, payload in (("cut", whole[: len(whole) // 2]), ("junk", b"%PDF-1.4 nonsense %%EOF"), ("none", b"")):
        with pytest.raises(ExtractError) as refused:
            extract_pdf(payload, 100)
        reasons[label] = refused.value.reason
    with pytest.raises(ExtractError) as refused:
        extract_pdf(whole, 3)
    reasons["long"] = refused.value.reason
    assert reasons == {
        "pdfminer": "encrypted", "sample-files": "no-text", "cut": "truncated", "junk": "malformed",
        "none": "malformed",
        "long": "too-many-pages",
    }  # fmt: skip


@needs_data
@pytest.mark.slow
def test_two_column_articles_read_like_their_publishers_xml():
    """Share of the XML's word 5-grams that the PDF's text has in the same sequence."""
    shares = {}
    for folder in sorted((DATA / "pdf" / "norma_jats").iterdir()):
        tree = etree.parse(folder / "fulltext.xml", etree.XMLParser(**SAFE))
        gold = [
            " ".join(paragraph.itertext())
            for name in ("body", "bdy")
            for body in tree.iter(name)
            for paragraph in body.iter("p")
        ]
        wanted = {gram for paragraph in gold for gram in _grams(paragraph)}
        read = _grams(extract_pdf((folder / "fulltext.pdf").read_bytes(), 100).text)
        shares[folder.name] = len(wanted & read) / len(wanted)
    assert len(shares) >= 5
    assert min(shares.values()) >= 0.85
    assert sum(shares.values()) / len(shares) >= 0.9


def _grams(text: str) -> set[tuple[str, ...]]:
    words = "".join(char if char.isalpha() else " " for char in text.casefold()).split()
    return set(zip(*(words[start:] for start in range(5)), strict=False))
