"""HTML: right characters, doses that survive tables, metadata and opt-outs."""

import contextlib
import gzip
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.extract.charset import decode
from ingest.extract.clean import clean
from ingest.extract.html import extract as extraction
from ingest.extract.html.extract import extract_html
from ingest.extract.html.select import Selection
from ingest.extract.result import ExtractError
from ingest.extract.scripts import subscript, superscript

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
STORY = "Il foglio illustrativo dice come si prende il medicinale e che cosa contiene.\n"
FILLER = "<p>Il paracetamolo è indicato nel trattamento sintomatico della febbre e del dolore lieve o moderato.</p>"


def page(body: str, head: str = "") -> bytes:
    start = f"<html lang='it-IT'><head><meta charset='utf-8'><title>Foglio</title>{head}</head>"
    return f"{start}<body><article><h1>Paracetamolo 500 mg</h1>{FILLER}{body}{FILLER}</article></body></html>".encode()


def text(body: str) -> str:
    return extract_html(page(body), None, None).text


def test_doses_in_lists_inside_table_cells_survive():
    rows = "<tr><th>Età<th>Dose<th>Max<tr><td>6-12 anni<td><ul><li>250 mg<li>ogni 6 ore</ul><td>1 g"
    rows += "<tr><td><p>Adulti</p><td>Dose<ul><li><p>500 mg</p><li>ogni 4 ore<ol><li>max 6</ol></ul><td>4 g"
    found = text(f"<table>{rows}</table>")
    assert "| 6-12 anni | 250 mg; ogni 6 ore | 1 g |" in found
    assert "| Adulti | Dose; 500 mg; ogni 4 ore; max 6 | 4 g |" in found


def test_superscripts_and_subscripts_stay_numbers_of_their_own():
    found = text(
        "<p>Piastrine 150 × 10<sup>9</sup>/L, 2 h<sup>-1</sup>, Na<sub>2</sub>HPO<sub>4</sub>, 70 m<sup>2</sup>.</p>"
    )
    assert "150 × 10⁹/L, 2 h⁻¹, Na₂HPO₄, 70 m²." in found


def test_nested_lists_and_headings_keep_their_order():
    nested = "<ul><li>Allergia:<ul><li>al paracetamolo</li><li>agli eccipienti</li></ul></li><li>Altro</li></ul>"
    found = text(f"<h2>Controindicazioni</h2>{nested}")
    assert "## Controindicazioni\n\n- Allergia:\n  - al paracetamolo\n  - agli eccipienti\n- Altro" in found


def test_metadata_comes_from_what_the_page_states():
    linked = json.dumps(
        {"@graph": [{"@type": "Article", "datePublished": "2024-05-06T10:00:00+02:00", "headline": "H"}]}
    )
    head = f"<script type='application/ld+json'>{linked}</script><meta name='robots' content='index, noai'>"
    head += "<meta name='tdm-reservation' content='1'><meta name='keywords' content='noimageai, doses'>"
    head += "<link rel='license' href='https://creativecommons.org/licenses/by-nc/4.0/deed.it'>"
    found = extract_html(page("", head), None, None)
    assert (found.title, found.language, found.license) == ("H", "it", "CC-BY-NC-4.0")
    assert found.published.isoformat() == "2024-05-06T08:00:00+00:00"
    assert found.opt_out == ("meta:robots:noai", "meta:tdm-reservation:1")
    assert found.extractor.split("/")[0] in ("trafilatura", "readability")


@pytest.mark.parametrize(
    "payload", [bytes(range(256)) * 50, b"\x89PNG....", b"", b"   ", b"<html><body></body></html>", b"\x00\x00\x00"]
)
def test_pages_without_text_are_refused(payload):
    with pytest.raises(ExtractError):
        extract_html(payload, None, None)


def test_a_hundred_thousand_nested_elements_end_in_text_or_refusal():
    with contextlib.suppress(ExtractError, RecursionError):  # the sandbox turns both into a refusal
        extract_html(b"<div>" * 100_000 + b"deep", None, None)


WORDS = "Señal: fièvre à 39 °C, più caffè – “50 µg” d’œuf"


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        *itertools.product(["utf-8", "utf-16", "utf-32"], ["utf-8", "iso-8859-1", "windows-1251", None]),
        *itertools.product(["windows-1252"], ["utf-8", "iso-8859-1", None]),  # windows-1251 would fit these bytes, too
    ],
)
def test_a_wrong_declaration_does_not_break_characters(charset, declared):
    assert WORDS in decode(f"<html><p>{WORDS} {WORDS}</p></html>".encode(charset), declared)[0]


def test_a_meta_declaration_counts_where_the_transport_declares_nothing():
    source = "<html><meta charset=windows-1250><p>Žluťoučký kůň</p></html>"
    assert decode(source.encode("windows-1250"), None) == (source, "cp1250")


def test_one_broken_byte_does_not_turn_utf8_into_another_charset():
    source = ("è" * 3000).encode() + b"\xe8" + ("ù" * 10).encode()
    assert decode(source, "utf-8")[0] == "è" * 3000 + "\ufffd" + "ù" * 10


@example("\x00\x00\x00", "utf-8")
@given(st.text(), st.sampled_from(["utf-8", "utf-16", "windows-1252", None]))
def test_utf8_bytes_come_back_whatever_is_declared(words, declared):
    source = f"é€ù{words.encode(errors='ignore').decode()}"
    assert decode(source.encode(), declared)[0] == source


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "utf-7", "x-user-defined", "idna", "base64", "", None]))
def test_any_bytes_decode(data, declared):
    assert isinstance(decode(data, declared)[0], str)


@pytest.mark.skipif(not (DATA / "poison").is_dir(), reason="shared charset samples are not on this machine")
def test_real_legacy_pages_decode_to_the_right_characters():
    checked = 0
    for folder, name in [
        ("windows-1252", "windows-1252"), ("iso-8859-1", "windows-1252"), ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"),
        ("UTF-16", "utf-16"), ("UTF-16LE", "utf-16-le"), ("UTF-16BE", "utf-16-be"), ("UTF-32", "utf-32"),
        ("windows-1251-russian", "windows-1251"), ("KOI8-R", "koi8-r"), ("EUC-JP", "euc-jp"), ("SHIFT_JIS",
        "shift_jis"),
        ("Big5", "big5"), ("iso-8859-7-greek", "iso-8859-7"),
    ]:  # fmt: skip
        for file in sorted((DATA / "poison" / "chardet" / folder).iterdir()):
            data = file.read_bytes()
            expected = data.decode(name, errors="replace").lstrip("\ufeff")
            found = decode(data, name)[0]
            assert _same(found, expected), f"{folder}/{file.name}"
            checked += 1
    assert checked >= 30


def _same(left: str, right: str) -> bool:
    """Equal but for the few characters in which Python's codecs and the WHATWG ones differ."""
    return (
        sum(a != b for a, b in zip(left, right, strict=False)) <= 0.001 * len(right)
        and abs(len(left) - len(right)) < 10
    )


@pytest.mark.skipif(not (DATA / "html").is_dir(), reason="shared HTML samples are not on this machine")
def test_real_pages_keep_their_marked_passages():
    folder = DATA / "html" / "trafilatura"
    marked = {item["file"]: item for item in json.loads((folder / "evaldata.subset.json").read_text()).values()}
    files = [file for file in sorted((folder / "pages").iterdir()) if file.name.removesuffix(".gz") in marked][:12]
    wanted = found = 0
    for file in files:
        body = extract_html(gzip.decompress(file.read_bytes()), None, None).text
        for passage in marked[file.name.removesuffix(".gz")]["with"]:
            wanted += 1
            found += " ".join(passage.split()) in " ".join(body.split())
    assert wanted >= 20
    assert found / wanted >= 0.8


@given(st.text())
def test_cleaning_is_idempotent_and_leaves_nothing_unseen(words):
    once = clean(words)
    assert clean(once) == once
    assert not any(char in once for char in "\r\x00\ufeff\u200b")
    once.encode()


def test_cleaning_keeps_what_compatibility_forms_would_destroy():
    assert clean("10² m\u00adg ½ µ\r\nﬁn\n\n\n\nx\u0301") == "10² mg ½ µ\nﬁn\n\nx\u0301"


def test_only_numbers_become_scripts():
    assert (superscript("-1"), superscript("9"), superscript("th"), superscript("")) == ("⁻¹", "⁹", None, None)
    assert (subscript("2"), subscript("max")) == ("₂", None)


def test_a_layout_table_is_not_flattened_into_one_row() -> None:
    words = "Renal colic is among the worst pains known, and imaging shows nearly every stone that causes it. " * 6
    cell = f"<h1>Stones</h1><p>{words}</p><h2>Imaging</h2><p>{words}"
    page = f"<html><body><table><tr><td>menu<td>{cell}</table></body></html>"
    text = extract_html(page.encode(), "utf-8", None).text
    assert "# Stones" in text
    assert "## Imaging" in text
    assert "|" not in text


def test_escapes_of_markdown_do_not_stay_in_the_text() -> None:
    found = text("<p>eGFR &lt; 5 mg, 5 * 3 [x] _a_ C:\\*x</p><p>- 5 mg</p><p>1. Uno</p><p># 5</p><pre>a\\_b\nc</pre>")
    assert "eGFR < 5 mg, 5 * 3 [x] _a_ C:\\*x\n\n- 5 mg\n\n1. Uno\n\n# 5" in found
    assert "a\\_b" in found


def test_a_pipe_in_a_cell_stays_escaped() -> None:
    found = text("<table><tr><th>a<th>b<tr><td>x | y &lt; 5<td>2 * 3</table>")
    assert "| x \\| y < 5 | 2 * 3 |" in found


def test_formulas_and_exponents_keep_their_numbers() -> None:
    formula = "<math><semantics><mrow><msup><mn>10</mn><mn>9</mn></msup><mo>/</mo><mi>L</mi></mrow></semantics></math>"
    found = text(f"<p>Piastrine {formula}, 10<sup>5.5</sup> TCID50, <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> "
                 "compressa.</p>")  # fmt: skip
    assert "Piastrine 10⁹/L, 10^5.5 TCID50, 1/2 compressa." in found


def test_cleaning_takes_trailing_blanks_only() -> None:
    assert clean("a \t\xa0\n b  c\xa0 \n\n\n\nd") == "a\n b  c\n\nd"
    assert clean("x" + " " * 1_000_000 + "y") == "x" + " " * 1_000_000 + "y"  # quadratic: half an hour


def test_a_page_whose_doses_all_got_lost_is_chosen_anew_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    doses = "".join(
        f"<p>Pazienti del gruppo numero {n}: {n * 50} mg al giorno, per via orale.</p>" for n in range(1, 9)
    )
    story = "<p>Il foglio illustrativo dice come si prende il medicinale e che cosa contiene.</p>" * 10
    source = f"<html><body><article><h1>Dosi</h1>{story}{doses}{story}</article></body></html>".encode()
    monkeypatch.setattr(extraction.trafilatura, "extract", lambda *args, **options: STORY * 20)
    found = extract_html(source, None, None)
    assert "400 mg al giorno" in found.text and found.extractor.endswith("+resiliparse")
    monkeypatch.setattr(extraction, "select", lambda blocks, keys, text: Selection([0], 1.0))
    with pytest.raises(ExtractError) as refused:
        extract_html(source, None, None)
    assert refused.value.reason == "doses-lost"
