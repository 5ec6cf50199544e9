"""The probe pages hold what their gold says, and the scorers tell a good text from a damaged one."""

import html
import re
import unicodedata

import pytest

from bench.probe.pages import probe_pages
from bench.probe.score import MEASURES, score
from bench.tools.html_scores import Page, plain, snippet_score, word_f1, word_score
from ingest.extract.html.extract import extract_html
from ingest.extract.result import RejectedError

PAGES = probe_pages()


def words_of(page) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", "", page.data.decode()))
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("’", "'")


def test_there_are_enough_pages_all_different_in_four_languages() -> None:
    assert len(PAGES) >= 40 and len({page.data for page in PAGES}) == len(PAGES)
    assert {page.language for page in PAGES} == {"en", "fr", "it", "es"}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_gold_stands_in_the_page(page) -> None:
    whole, gold = words_of(page), page.gold
    cells = [cell for row in gold.rows for cell in row]
    for text in [*gold.headings, *gold.items, *cells, *gold.doses, *gold.boilerplate]:
        assert re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("’", "'") in whole, text


def test_our_text_of_the_probe_pages_keeps_what_is_medical() -> None:
    found = score(PAGES, [extract_html(page.data, None, None).text for page in PAGES])
    assert min(found[name] for name in MEASURES if name != "no_boilerplate") >= 0.99, found
    assert found["no_boilerplate"] >= 0.95, found


def test_damaged_texts_score_less() -> None:
    texts = [extract_html(page.data, None, None).text for page in PAGES]
    one_line = score(PAGES, [text.replace("\n", " ") for text in texts])
    assert one_line["headings"] == 0 and one_line["cells"] == 1
    flat = score(PAGES, [unicodedata.normalize("NFKC", text) for text in texts])
    assert flat["scripts"] < 0.5
    no_rows = score(PAGES, ["\n".join(line for line in text.split("\n") if "|" not in line) for text in texts])
    assert no_rows["cells"] < 0.5 and no_rows["doses"] < 0.9
    assert score(PAGES, [""] * len(PAGES))["items"] == 0


def test_the_sets_scores_on_small_examples() -> None:
    page = Page("a", None, b"", ("take 5 mg", "twice a day"), ("cookies",), "take 5 mg twice a day")
    assert snippet_score([page], ["**Take** take 5 mg\n- twice a day"]) == (1, 1, 1)
    precision, recall, f1 = snippet_score([page], ["take 5 mg cookies"])
    assert (precision, recall, f1) == (0.5, 0.5, 0.5)
    assert word_score([page], ["take 5 mg twice a day"]) == 1 and word_f1("", "a") == 0 and word_f1("", "") == 1
    assert plain("## Dose\n| a | b |\n|---|---|\n- 10⁹/L \\* x") == "Dose\n  a   b  \n\n109/L * x"


def test_no_probe_page_is_turned_away_by_the_benchmarks_glance() -> None:
    from bench.tools import html_measure
    from filters.models import find_language_model
    from ingest.extract.options import HtmlOptions

    model = find_language_model(None)
    limits = (html_measure.LANGUAGES, html_measure.OTHER_LANGUAGE, html_measure.OFF_TOPIC)
    options = HtmlOptions(*limits, model.sha256, model_path=model.path)
    assert all(extract_html(page.data, None, None, options).text for page in PAGES)
    german = "<p>Der Hafen war voller Schiffe, und die Kinder spielten am Strand, bis die Sonne unterging.</p>" * 5
    with pytest.raises(RejectedError) as caught:
        extract_html(f"<html><body>{german}</body></html>".encode(), None, None, options)
    assert (caught.value.rejection.reason, caught.value.rejection.language) == ("other-language", "de")
    english = "<p>The harbour was full of ships, and the children played on the beach until the sun went down.</p>" * 5
    with pytest.raises(RejectedError, match="off-topic"):
        extract_html(f"<html><body>{english}</body></html>".encode(), None, None, options)
