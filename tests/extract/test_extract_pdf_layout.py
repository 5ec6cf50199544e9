"""The layout of PDF pages: runs and scripts, columns and tables, running lines, paragraphs, headings, lists, facts."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_pdf import grid, pdf, text

from ingest.extract.pdf.extract import extract_pdf
from ingest.extract.pdf.facts import title
from ingest.extract.pdf.hyphens import NOTHING_KNOWN, Hyphens
from ingest.extract.pdf.lines import SIDE, TABLE, Line, joined, rows_of, with_scripts
from ingest.extract.pdf.open_tables import open_tables
from ingest.extract.pdf.order import read_order
from ingest.extract.pdf.page import read_page
from ingest.extract.pdf.paragraphs import page_text
from ingest.extract.pdf.running import remove_running
from ingest.extract.pdf.runs import split_runs
from ingest.extract.pdf.symbols import readable
from ingest.extract.pdf.tables import find_grids, markdown

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pdf"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/pdf")
WORDS = "Platelets and leucocytes were counted in every patient before the first dose."


def line(words: str, left: float, top: float, width: float = 200, size: float = 10, **looks: object) -> Line:
    return Line(words, left, top - size, left + width, top, 600, 800, **looks)


def read(*streams: str) -> str:
    return extract_pdf(pdf(*streams), 100).text


# Runs and scripts


def test_a_row_of_columns_written_across_is_parted_at_the_gutter():
    rows = "".join(
        text(60, 700 - 14 * at, f"left words of row {at} go on")
        + text(320, 700 - 14 * at, f"right words of row {at} too")
        for at in range(5)
    )
    found = read(rows)
    assert found.index("left words of row 4") < found.index("right words of row 0")


@pytest.mark.parametrize(
    ("words", "marks", "told"),
    [
        ("109/L", [0, 0, 1, 0, 0], "10⁹/L"),
        ("h-1", [0, 1, 1], "h⁻¹"),
        ("CO2", [0, 0, -1], "CO₂"),
        ("shown1,2", [0] * 5 + [1] * 3, "shown¹,²"),
        ("shown1–3", [0] * 5 + [1] * 3, "shown¹–³"),
        ("placeboa", [0] * 7 + [1], "placeboᵃ"),
        ("1st", [0, 1, 1], "1st"),
        ("BrandTM", [0] * 5 + [1, 1], "Brand™"),
        ("Na+", [0, 0, 1], "Na⁺"),
    ],
)
def test_scripts_get_their_unicode_forms(words: str, marks: list[int], told: str):
    assert with_scripts(words, bytes(mark % 256 for mark in marks)) == told


def test_a_raised_label_before_a_line_is_a_superscript():
    assert "¹ Department of Medicine, Turin" in read(
        text(60, 704, "1", 7) + text(68, 700, "Department of Medicine, Turin") + text(60, 600, WORDS)
    )


def test_accents_written_apart_combine_with_their_letters():
    # TeX sets an accent as a character of its own over the letter, and pdfium may give it later.
    codes, places = np.array([ord(char) for char in "J´an"], np.uint32), np.zeros((4, 7))
    places[:] = [
        (0, 0, 6, 10, 0, 0, 10),
        (7, 0, 10, 10, 7, 0, 10),
        (6, 0, 12, 10, 6, 0, 10),
        (12, 0, 18, 10, 12, 0, 10),
    ]
    out, _, runs, _ = split_runs(
        codes, places, np.zeros(4, np.int8), np.ones(4, np.int8), np.zeros(4, np.int8), np.full(4, -1, np.int32)
    )
    assert out.tobytes().decode("utf-32-le") == "Ja\u0301n" and len(runs) == 1


def test_symbol_fonts_keep_their_signs():
    codes = np.array([0xF0A3, 0xF0B3, 0xF06D, 0xF0B7, ord("5")], np.uint32)
    chosen = np.ones(5, bool)
    assert "".join(map(chr, readable(codes, chosen, "symbolmt"))) == "≤≥μ•5"
    assert chr(readable(codes, chosen, "wingdings")[1]) == "\uf0b3"  # no sign that is known
    assert chr(readable(codes, chosen, "abcdef+unknown")[3]) == "•"
    zero = np.array([ord("0")], np.uint32)
    assert [chr(readable(zero, np.ones(1, bool), font)[0]) for font in ("abcdef+cmsy10", "cmr10")] == ["′", "0"]


def test_a_page_turned_on_its_side_is_read_like_any_other():
    upright = read(text(72, 700, WORDS) + text(72, 680, "Second line of it."))
    source = pdfium.PdfDocument(pdf(text(72, 700, WORDS) + text(72, 680, "Second line of it.")))
    source[0].set_rotation(90)
    turned = read_order(read_page(source[0]).lines)
    assert [found.text for block in turned for found in block] == [WORDS, "Second line of it."]
    sideways = "".join(
        f"BT /F1 12 Tf 0 1 -1 0 {x} 100 Tm ({words}) Tj ET\n"
        for x, words in ((300, WORDS), (320, "Second line of it."))
    )
    assert read(sideways) == upright


# Columns, tables


def test_cells_without_rules_stay_in_their_rows():
    cells = (("Age", "Dose"), ("2 y", "5 mg"), ("6 y", "9 mg"))
    rows = [line(words, left, 700 - 14 * at) for at, row in enumerate(cells)
            for words, left in zip(row, (50, 330), strict=True)]  # fmt: skip
    found = [item.text for block in read_order(rows) for item in block]
    assert found == ["Age   Dose", "2 y   5 mg", "6 y   9 mg"]


def test_a_heading_over_the_right_column_comes_after_the_left_one():
    rows = [line("Right column begins higher here", 330, 720)]
    for at in range(5):
        rows += [
            line(f"left column text, line {at}", 50, 700 - 14 * at),
            line(f"right text of line {at}", 330, 700 - 14 * at),
        ]
    found = [item.text for block in read_order(rows) for item in block]
    assert found[5] == "Right column begins higher here"


def test_a_full_line_between_columns_parts_them():
    rows = []
    for start in (700, 600):
        rows += [line(f"left text {start} line {at}", 50, start - 14 * at) for at in range(4)]
        rows += [line(f"right text {start} line {at}", 330, start - 14 * at) for at in range(4)]
    rows.append(line("A heading that runs across both of the columns", 50, 630, 480))
    found = [item.text for block in read_order(rows) for item in block]
    assert [words[:8] for words in (found[0], found[4], found[8], found[9], found[13])] == [
        "left tex", "right te", "A headin", "left tex", "right te",
    ]  # fmt: skip
    assert "700" in found[7] and "600" in found[9]


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(20, 780), st.floats(1, 300), st.floats(4, 30)), max_size=25))
def test_rows_hold_each_line_once_from_the_top_down(places):
    lines = [line(f"[{at}]", *place) for at, place in enumerate(places)]
    rows = rows_of(lines)
    assert sorted(id(item) for row in rows for item in row) == sorted(map(id, lines))
    assert all(row == sorted(row, key=lambda item: item.left) for row in rows)
    tokens = re.findall(r"\[\d+\]", " ".join(joined(row).text for row in rows))
    assert Counter(tokens) == Counter(item.text for item in lines)


def test_a_map_of_labels_is_read_from_the_top_down_and_whole():
    labels = [line(f"[{at}]", at * 7 % 500, 20 + at * 13 % 760, 20) for at in range(2_500)]
    found = re.findall(r"\[\d+\]", " ".join(item.text for block in read_order(labels) for item in block))
    assert Counter(found) == Counter(item.text for item in labels)


def test_merged_cells_of_a_ruled_table_are_told_once():
    rules = [(0, y, 300, y) for y in (0, 20, 40, 60)] + [(x, 0, x, 60) for x in (0, 300)]
    rules += [(100, 0, 100, 40), (200, 0, 200, 40)]  # the head runs over all columns
    [found] = find_grids(np.array(rules, float))
    assert found.cells.tolist() == [[0, 0, 0], [3, 4, 5], [6, 7, 8]]
    told = markdown(found, {0: "Dose in children", 3: "2 y", 4: "5 mg", 5: "oral", 6: "6 y", 7: "9 mg", 8: "oral"})
    assert told.splitlines()[0] == "| Dose in children |  |  |" and told.splitlines()[3] == "| 6 y | 9 mg | oral |"


def test_parts_of_one_table_side_by_side_are_one():
    rules = [(x, y, x + 90, y) for x in (0, 100, 200) for y in (0, 20, 40)]
    rules += [(x + side, 0, x + side, 40) for x in (0, 100, 200) for side in (0, 90)]
    [found] = find_grids(np.array(rules, float))
    assert found.cells.shape == (2, 5)


def test_the_items_of_a_list_in_a_cell_stay_apart():
    rows = [["Frequency", "Reaction"], ["Common", ""]]
    cell = text(163, 686, "Nausea", 8) + text(163, 676, "Headache", 8) + text(163, 668, "Rash", 8)
    found = read(grid(60, 740, [100, 150], rows, 40) + cell + text(60, 500, WORDS))
    assert "| Common | Nausea ; Headache ; Rash |" in found


def open_table(below: list[Line]) -> list[tuple[tuple[float, float, float, float], str]]:
    rules = np.array([(50, y, 550, y) for y in (700, 680, 600)], float)
    head = [line("Group", 50, 695, 60), line("Dose", 300, 695, 60), line("Response", 450, 695, 60)]
    return open_tables(rules, head + below)


def test_a_table_between_rules_across_is_read_row_by_row():
    below = [line(words, left, 675 - 16 * at, 70) for at, row in enumerate(
        (("Children", "5 mg", "12 (40%)"), ("Adults", "10 mg", "20 (61%)"), ("of whom women", "10 mg", "9 (58%)"))
    ) for words, left in zip(row, (50, 300, 450), strict=True)]  # fmt: skip
    [(box, rows)] = open_table(below)
    assert box == (50, 600, 550, 700)
    assert rows.splitlines() == [
        "| Group | Dose | Response |", "| --- | --- | --- |", "| Children | 5 mg | 12 (40%) |",
        "| Adults | 10 mg | 20 (61%) |", "| of whom women | 10 mg | 9 (58%) |",
    ]  # fmt: skip


def test_text_in_two_columns_between_rules_is_no_table():
    below = [line("words that fill the line from edge to edge", left, 675 - 12 * at, 240) for at in range(6)
             for left in (50, 310)]  # fmt: skip
    assert open_table(below) == []


# Running lines


def test_the_last_row_of_a_table_stays_though_one_of_its_cells_recurs():
    pages = [
        [
            line(f"Body of page {at}", 50, 500),
            line(f"{at + 2} to {3 * at + 7} kg", 50, 20),
            line("twice daily", 300, 20),
        ]
        for at in range(4)
    ]
    assert remove_running(pages) == pages


def test_ruled_tables_stay_though_they_recur():
    pages = [[line(f"Body {at}", 50, 500), line("| a | b |", 50, 60, kind=TABLE)] for at in range(5)]
    assert remove_running(pages) == pages


def test_stamps_in_the_outer_margin_go_and_labels_of_figures_stay():
    stamp, axis = line("arXiv:1234.5678v1", 10, 600, 12, kind=SIDE), line("Survival (%)", 120, 600, 12, kind=SIDE)
    download = line("Downloaded from http://example.org/ on July 12, 2017", 50, 30)
    body = line("Body", 50, 500)
    assert remove_running([[body, stamp, axis, download]]) == [[body, axis]]


def test_one_page_loses_its_number_and_keeps_the_numbers_of_its_text():
    body = [line(f"Row {at}", 50, 700 - 40 * at) for at in range(6)]
    assert remove_running([[*body, line("447", 280, 30, 20)]]) == [body]
    in_text = line("447", 50, 400, 20)
    assert in_text in remove_running([[*body, in_text]])[0]
    with_unit = line("5 mg", 280, 30, 20)
    assert with_unit in remove_running([[*body, with_unit]])[0]


def test_a_file_of_nothing_but_equal_pages_keeps_them():
    pages = [[line("Consent form", 50, 790)] for _ in range(4)]
    assert remove_running(pages) == pages


# Paragraphs


@pytest.mark.parametrize(
    ("first", "second", "document", "told"),
    [
        ("the pa-", "tients", "", "the patients"),
        ("SARS-CoV-", "2 infection", "", "SARS-CoV-2 infection"),
        ("an anti-", "inflammatoire", "", "an anti-inflammatoire"),
        ("un antiin\x02", "flamatorio", "", "un antiinflamatorio"),
        ("a-", "t-il", "", "a-t-il"),
        ("decision-", "making", "a decision is in the making", "decision-making"),
        ("decision-", "making", "on decisionmaking, a decision in the making", "decisionmaking"),
        ("con-", "cepto", "con un concepto", "concepto"),
        ("drug-", "monitoring", "a drug-monitoring program", "drug-monitoring"),
        ("1998-", "2002", "", "1998-2002"),
        ("B-", "Lymphozyten", "", "B-Lymphozyten"),
        ("medicina -", "una pausa", "", "medicina - una pausa"),
        ("no hyphen", "here", "", "no hyphen here"),
        ("the 737–", "9 and", "", "the 737–9 and"),
        ("a pause –", "and on", "", "a pause – and on"),
    ],
)
def test_hyphens_of_four_languages(first: str, second: str, document: str, told: str):
    assert Hyphens.of([document]).join(first, second) == told


@given(st.text("abc-\x02 ", min_size=1, max_size=12), st.text("abc-", min_size=1, max_size=8))
def test_joining_loses_no_letters(first: str, second: str):
    letters = re.compile(r"[a-c]")
    assert letters.findall(NOTHING_KNOWN.join(first, second)) == letters.findall(first + second)


def test_a_line_ends_a_paragraph_when_the_next_word_had_found_its_place():
    block = [
        line("ZYPADHERA 210 mg, powder and solvent for suspension", 50, 700, 380),
        line("ZYPADHERA 300 mg, powder and solvent for suspension", 50, 688, 380),
        line("A full line of the text that reaches the edge of its column", 50, 676, 480),
        line("and goes on.", 50, 664, 90),
    ]
    assert page_text([[block]]).split("\n\n") == [
        block[0].text, block[1].text, f"{block[2].text} {block[3].text}",
    ]  # fmt: skip


def test_larger_and_bold_lines_are_headings_and_long_bold_text_is_none():
    body = [
        line("Body text that fills the column of this page from edge to edge", 50, 600 - 12 * at, 480)
        for at in range(6)
    ]
    large, bold = line("Posology and method", 50, 700, 200, 14), line("Special populations", 50, 650, 150, bold=True)
    found = page_text([[[large], [bold], body]])
    assert found.startswith("## Posology and method\n\n### Special populations\n\nBody text")
    every = [[line(words.text, 50, words.top, 480, bold=True) for words in body], [bold]]
    assert "###" not in page_text([every])


def test_sizes_of_recognised_text_make_no_headings():
    words = [
        line(f"Words recognised in a scanned image {at}", 50, 700 - 14 * at, 400, 7 + 1.7 * (at * 5 % 7))
        for at in range(14)
    ]
    assert "#" not in page_text([[words]])


def test_bullets_make_a_list():
    block = [line("• asthma", 50, 676, 40), line("the column", 58, 652, 60)]
    block.insert(1, line("• liver failure that goes on over more than one line of", 50, 664, 300))
    assert page_text([[block]]) == "- asthma\n- liver failure that goes on over more than one line of the column"


# Facts


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Safety of drug X", "Safety of drug X"),
        ("Zypadhera, INN-olanzapine", "Zypadhera, INN-olanzapine"),
        ("Microsoft Word - smpc_final.doc", None),
        ("untitled", None),
        ("pone.0115884 1..14", None),
        ("smpc-final.pdf", None),
        ("", None),
    ],
)
def test_names_of_files_and_programs_are_no_titles(written: str, told: str | None):
    class Document:
        def get_metadata_dict(self) -> dict[str, str]:
            return {"Title": written}

    assert title(Document()) == told


@needs_data
def test_a_title_in_large_type_stands_in_for_a_file_name():
    found = extract_pdf((DATA / "norma_jats/journal.pone.0115884/fulltext.pdf").read_bytes(), 100)
    assert found.title.startswith("A Novel Reproductive Mode in Frogs")
    leaflet = extract_pdf((DATA / "french_spc/PDF_SPC_DOWNLOADED/anx_153856_fr.pdf").read_bytes(), 100)
    assert leaflet.language == "fr" and "### 4.3 Contre-indications" in leaflet.text


@needs_data
def test_a_journals_table_keeps_its_rows():
    found = extract_pdf(
        (DATA / "norma_jats/http_www.trialsjournal.com_content_16_1_1/fulltext.pdf").read_bytes(), 100
    ).text
    assert "| Already quit (%) | 57.9 | 53.8 |" in found
    assert "| Local gym | Gym instructors informed about study and provided with information packs" in found
