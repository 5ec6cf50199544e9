"""Lists of references at the end of articles go; lists of doses, sources and leaflets stay."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.options import Options
from ingest.extract.pdf.extract import extract_pdf
from ingest.extract.references import looks_like_reference, without_references
from ingest.extract.sandbox import Limits, Sandbox

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pdf"
BODY = "\n\n".join(
    f"Paragraph {n}: the dose of colchicine was {n} mg, and the attack went within two days." for n in range(9)
)
ITEMS = [
    "1. Smith AB, Jones CD. Colchicine in acute gout. N Engl J Med. 2004;351(3):112-119.",
    "2. Rossi M, Bianchi L, et al. La gotta nell'anziano. Recenti Prog Med 2011; 102: 45-50.",
    "3. World Health Organization. Pain relief. Geneva: WHO; 1996.",
    "4. Dupont J. La goutte. Rev Prat 2015;65:201-6. doi:10.1000/xyz",
    "5. García P, López R. Gota y dieta. Med Clin (Barc) 2018;150(2):61-66.",
    "6. Lee K. Urate. Lancet 2020;395:1855-63.",
]


@pytest.mark.parametrize(
    "heading",
    ["## References", "REFERENCES", "7. Références bibliographiques", "### Bibliografia", "Riferimenti bibliografici",
     "## Referencias bibliográficas", "Bibliografía", "## Literature cited", "**Bibliographie**"],
)  # fmt: skip
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_the_list_below_its_heading_goes(heading, between):
    assert without_references(f"{BODY}\n\n{heading}\n\n{between.join(ITEMS)}") == BODY


def test_what_stands_behind_the_list_stays():
    after = "## Appendix A\n\nChildren take 5 mg/kg."
    assert without_references("\n\n".join([BODY, "## References", *ITEMS, after])) == f"{BODY}\n\n{after}"
    loose = ["The next article begins here.", "It tells of doses.", "And of tablets of 5 mg."]
    assert without_references("\n\n".join([BODY, "References", *ITEMS, *loose])) == "\n\n".join([BODY, *loose])


@pytest.mark.parametrize(
    "section",
    [
        "## References\n\n" + "\n".join(ITEMS[:4]),  # too few
        "## References\n\n" + "\n\n".join(f"{n}. Take {n} tablets of 500 mg a day, not more." for n in range(1, 9)),
        "## Références\n\nTitulaire : Laboratoire X, 12 rue Y, 75000 Paris. AMM 2004, révisée en 2011.",
        "## Reference values\n\n" + "\n".join(ITEMS),
        "\n".join(ITEMS),
    ],
)
def test_anything_else_stays(section):
    assert without_references(f"{BODY}\n\n{section}") == f"{BODY}\n\n{section}"


def test_a_page_that_is_a_bibliography_stays():
    text = "References\n\n" + "\n".join(ITEMS)
    assert without_references(text) == text


@given(st.text(max_size=300), st.text(max_size=300))
def test_text_without_such_a_list_is_not_touched(before, after):
    text = f"{before}\nReferences\n{after}"
    if sum(map(looks_like_reference, after.split("\n"))) < 5:
        assert without_references(text) == text


@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/pdf")
def test_real_articles_lose_their_references_and_leaflets_nothing():
    for folder in sorted((DATA / "norma_jats").iterdir())[:2]:
        text = extract_pdf((folder / "fulltext.pdf").read_bytes(), 100).text
        assert 0.7 * len(text) < len(without_references(text)) < 0.9 * len(text)
    for path in sorted((DATA / "french_spc").rglob("*.pdf"))[:2]:
        text = extract_pdf(path.read_bytes(), 100).text
        assert without_references(text) == text


def test_a_recipe_may_keep_them():
    body = "".join(f"<p>{part}</p>" for part in BODY.split("\n\n"))
    items = "".join(f"<li>{item}</li>" for item in ITEMS)
    page = (
        f"<html><body><article><h1>Gout</h1>{body}<h2>References</h2><ol>{items}</ol></article></body></html>".encode()
    )
    sandbox = Sandbox(Limits())
    kept, dropped = (
        sandbox.extract(page, "text/html", None, None, dataclasses.replace(Options(), references=choice)).text
        for choice in ("keep", "drop")
    )
    sandbox.close()
    assert "Lancet" in kept and "Lancet" not in dropped and dropped.rstrip().endswith("within two days.")
