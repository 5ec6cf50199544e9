"""Numbers, units and signs reach the text as they were: JATS, PubMed and wiki markup."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.base import Record, Refusal
from ingest.sources.jats.article import Jats
from ingest.sources.pubmed import PubMed
from ingest.sources.tex import tex_text
from ingest.sources.wiki.wikitext import to_markdown

MATH = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'
MSUP = "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>9</mml:mn></mml:msup></mml:math>"
MFRAC = "<mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac></mml:math>"
REFERENCE = '<xref ref-type="bibr">2</xref>'


def jats(tmp_path, body: str, title: str = "", head: str = "", lang: str = "en") -> Record | Refusal:
    xml = f"""{head}<article {MATH} xml:lang="{lang}"><front><article-meta><title-group><article-title>{title}
</article-title></title-group></article-meta></front><body><sec>{body}</sec></body></article>"""
    (tmp_path / "a.nxml").write_text(xml)
    source = Jats("j", str(tmp_path))
    [item] = [item for partition in source.partitions() for item in source.read(partition)]
    return item


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("10<sup>5.5</sup> TCID50", "10^5.5 TCID50"), ("10<sup>-0.5</sup> or 10<sup>x</sup>", "10^-0.5 or 10^x"),
        (f"4 × {MSUP}/L", "4 × 10⁹/L"), (f"{MFRAC} tablet", "1/2 tablet"),
        ("ER (-) and PR (–) tumours; (-)-epicatechin", "ER (-) and PR (–) tumours; (-)-epicatechin"),
        (f"50 mg<sup>{REFERENCE}</sup> daily", "50 mg daily"), (f"50 mg<sup>{REFERENCE},{REFERENCE}</sup>.", "50 mg."),
        (f"50 mg [{REFERENCE}–{REFERENCE}], then", "50 mg, then"), (f"50 mg ({REFERENCE}) daily", "50 mg daily"),
        (f"50 mg {REFERENCE} daily", "50 mg daily"),
        (f"50 mg [no. 5 {REFERENCE}; {REFERENCE}] daily", "50 mg [no. 5] daily"),
        (f"PR (–) [{REFERENCE}]", "PR (–)"),
        ("<inline-formula><alternatives><tex-math>$$10^{9}$$</tex-math></alternatives></inline-formula>/L", "10⁹/L"),
        (f"<inline-formula><alternatives><tex-math>$$10^9$$</tex-math>{MSUP}</alternatives></inline-formula>/L",
         "10⁹/L"),
    ],
)  # fmt: skip
def test_an_article_keeps_its_numbers_and_signs(tmp_path, body, text):
    assert jats(tmp_path, f"<p>{body}</p>").text == text


def test_the_title_loses_its_citations_only(tmp_path):
    item = jats(tmp_path, "<p>x</p>", title=f"Doses of 10<sup>9</sup>/L (-)<sup>{REFERENCE}</sup>")
    assert item.title == "Doses of 10⁹/L (-)"


def test_named_entities_become_characters_and_unknown_ones_refuse_the_article(tmp_path):
    head = '<!DOCTYPE article SYSTEM "jats.dtd" [<!ENTITY mine SYSTEM "file:///etc/passwd">]>'
    assert jats(tmp_path, "<p>5 &micro;g <b>&le;</b>&nbsp;6</p>", head=head).text == "5 µg ≤ 6"
    refused = jats(tmp_path, "<p>5 &mine; g</p>", head=head)
    assert (refused.reason, "mine" in refused.message) == ("entity", True)


@pytest.mark.parametrize(("stated", "language"), [("spa", "es"), ("EN-gb", "en"), ("ger", None), ("fre", "fr")])
def test_an_articles_language_is_two_letters(tmp_path, stated, language):
    assert jats(tmp_path, "<p>x</p>", lang=stated).language == language


def test_cells_over_more_rows_keep_the_columns_in_place(tmp_path):
    table = """<table><thead><tr><th rowspan="2">Age</th><th colspan="2">Dose</th></tr><tr><th>Day</th><th>Night</th>
</tr></thead><tbody><tr><td rowspan="0">6</td><td>5 mg</td><td rowspan="2">7 mg</td></tr><tr><td>8 mg</td></tr>
<tr><td colspan="²">9 mg</td><td colspan="99999999999999999999">1 mg</td></tr></tbody></table>"""
    assert jats(tmp_path, table).text.split("\n") == [
        "| Age | Dose |  |", "| --- | --- | --- |", "|  | Day | Night |", "| 6 | 5 mg | 7 mg |", "|  | 8 mg |  |",
        "|  | 9 mg | 1 mg |",
    ]  # fmt: skip


def test_a_list_in_a_paragraph_of_a_list_is_written_once(tmp_path):
    inner = "<list><list-item><p>5 mg</p></list-item></list>"
    found = jats(tmp_path, f"<list><list-item><p>Dose: {inner}daily</p>{inner}</list-item></list>")
    assert found.text == "- Dose: daily\n  - 5 mg\n  - 5 mg"


CITATION = """<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle><Abstract>
<AbstractText>{text}</AbstractText></Abstract><Language>{language}</Language></Article></MedlineCitation>
</PubmedArticle>"""


def pubmed(tmp_path, content: str) -> list[Record | Refusal]:
    (tmp_path / "pubmed1.xml.gz").write_bytes(gzip.compress(f"<S {MATH}>{content}</S>".encode()))
    source = PubMed("pm", str(tmp_path))
    return [item for partition in source.partitions() for item in source.read(partition)]


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("[18F]FDG PET/CT in lymphoma.", "eng", "[18F]FDG PET/CT in lymphoma."),
        ("[18F]FDG and [11C]choline", "fre", "[18F]FDG and [11C]choline"),
        ("[Use of [18F]FDG in lymphoma].", "fre", "Use of [18F]FDG in lymphoma"),
        ("[Fever in children.]", "spa", "Fever in children"), ("[Sic].", "eng", "[Sic]."),
    ],
)  # fmt: skip
def test_only_translated_titles_lose_their_brackets(tmp_path, title, language, expected):
    [item] = pubmed(tmp_path, CITATION.format(pmid=1, title=title, text="x", language=language))
    assert item.title == expected


def test_an_abstract_keeps_powers_and_formulas(tmp_path):
    formula = MSUP.replace("<mml:math>", f"<mml:math {MATH}>")
    text = f"10<sup>5.5</sup> TCID50 at {formula}/L"
    [item] = pubmed(tmp_path, CITATION.format(pmid=1, title="T", text=text, language="eng"))
    assert item.text == "# T\n\n10^5.5 TCID50 at 10⁹/L"


def test_a_book_is_refused_and_the_articles_around_it_are_read(tmp_path):
    article = CITATION.format(pmid=1, title="T", text="x", language="eng")
    book = "<PubmedBookArticle><BookDocument><PMID>7</PMID></BookDocument></PubmedBookArticle>"
    found = pubmed(tmp_path, article + book + article.replace(">1<", ">2<") + "<DeleteCitation/>")
    assert [(item.key, getattr(item, "reason", "")) for item in found] == [("1", ""), ("7", "unsupported"), ("2", "")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{unité|500|mg}}", "500 mg"), ("{{unité|4.5|e=9|/L}}", "4.5×10⁹/L"), ("{{val|4.5|e=9|u=/L}}", "4.5×10⁹/L"),
        ("4.5{{e|9}}/L", "4.5×10⁹/L"), ("{{convert|5|to|10|mg}}", "5 to 10 mg"), ("{{convert|5|mg|oz}}", "5 mg"),
        ("{{formatnum:1000}} mg", "1000 mg"), ("{{frac|1|2}} {{frac|3|1|2}} {{frac|2}}", "1/2 3 1/2 1/2"),
        ("{{nb|12500}} {{M|500|mg}} {{unidad|500|mg}}", "12500 500 mg 500 mg"),
        ("{{val|5.2|0.3|ul=mg}} {{val|25|2|3}} {{val|1e-9|u=M}}", "5.2 ± 0.3 mg 25 +2 −3 1×10⁻⁹ M"),
        ("{{unité|3|mg||kg|-1}} {{unité|5|à=6|mg}}", "3 mg kg⁻¹ 5 à 6 mg"),
        ("<math>10^9</math>/L, <math>\\frac{1}{2}</math>", "10⁹/L, 1/2"),
        ("10<sup>5.5</sup> 10{{sup|-0.5}} 10<sup>9</sup> 1<sup>er</sup>", "10^5.5 10^-0.5 10⁹ 1er"),
        ("{{convert|46|°C}} {{unité|46|°}} {{frac|3n + 1|2}}", "46 °C 46° (3n + 1)/2"),
        ("{{chem|Sn|9|4-}} {{chem|O|2|-}}", "Sn₉⁴⁻ O₂⁻"), ("5{{ndash}}10 mg", "5–10 mg"),
        ("le 2{{e}} et le {{1er}}, {{e|x}}", "le 2e et le 1er, ×10^x"),
        ("500{{zap|mg}} {{zap|<}}5", "500mg <5"), ("5{{zap|10}}", "5 10"),
        ("in 2003{{sfn|Smith|2004}}{{rp|12}}, a {{zap|word}}", "in 2003, a"), ("a ( ; ) (  ) b", "a b"),
    ],
)  # fmt: skip
def test_wiki_quantities_are_kept(source, text):
    assert to_markdown(source, tables=True) == text


def test_what_is_no_simple_formula_stays_tex():
    assert tex_text(r"\int_0^1 x\,dx") == r"$\int_0^1 x\,dx$"
    wrapped = r"\documentclass[12pt]{minimal}\begin{document}$$\mathrm{H}_{2}\mathrm{O} \times 10^{5.5}$$\end{document}"
    assert tex_text(wrapped) == "H₂O ×10^5.5"


@given(st.text("{}|=1e9^\\ mg<>/[]'", max_size=40))
def test_no_wiki_text_breaks_the_reader(source):
    to_markdown(source, tables=True)


@pytest.mark.parametrize("char", [" ", "\t", "\n"])
def test_long_runs_of_blanks_are_no_burden(char):
    assert to_markdown("a (" + char * 400_000 + "b", tables=True).startswith("a (")
