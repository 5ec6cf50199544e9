"""Quality scores against counts made by hand and by plain Python."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.quality import SCHEMA, Quality
from shards.errors import InputError
from shards.schema import check


def run(*texts: str) -> list[dict]:
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string())})
    return check(Quality().run(table)["scores"], SCHEMA, "quality").to_pylist()


def test_words_letters_and_symbols_are_counted():
    (row,) = run("# Été: 12 mg ... ## fin…")
    assert row["words"] == 7
    assert row["mean_word_length"] == pytest.approx((1 + 4 + 2 + 2 + 3 + 2 + 4) / 7)
    assert row["symbol_word_ratio"] == pytest.approx(4 / 7)  # two runs of #, two ellipses
    assert row["letter_word_share"] == pytest.approx(3 / 4)  # "#", "..." and "##" have neither letter nor digit
    assert row["alphabetic_share"] == pytest.approx(8 / 18)


def test_lines_are_told_by_their_ends():
    (row,) = run(
        "- first item\n* second…\n• third...\n\n  -5 °C is cold.  \n*emphasis* and a long line without an end here"
    )
    assert row["lines"] == 5
    assert row["bullet_line_share"] == pytest.approx(3 / 5)
    assert row["ellipsis_line_share"] == pytest.approx(2 / 5)
    assert row["terminal_line_share"] == pytest.approx(3 / 5)
    assert row["short_line_share"] == pytest.approx(4 / 5)


def test_repeated_lines_and_paragraphs_are_counted_within_a_document_only():
    block = "same line\nother line"
    row, alone = run(f"{block}\n\n{block}\n\nnew line", block)
    assert row["duplicate_line_share"] == pytest.approx(2 / 5)
    assert row["duplicate_line_chars"] == pytest.approx(19 / 46)
    assert row["duplicate_paragraph_share"] == pytest.approx(1 / 3)
    assert row["duplicate_paragraph_chars"] == pytest.approx(19 / 46)
    assert alone["duplicate_line_share"] == alone["duplicate_paragraph_share"] == 0


def test_the_order_of_lines_tells_paragraphs_apart():
    (row,) = run("one\ntwo\n\ntwo\none")
    assert row["duplicate_paragraph_share"] == 0 and row["duplicate_line_share"] == pytest.approx(1 / 2)


def test_stop_words_are_those_of_the_best_language():
    english, french, none = run("The dose of the drug is for a child", "le lait de la mère et du père", "mg mg tab")
    assert english["stop_words"] == 4  # the, of, is, for
    assert french["stop_words"] == 5  # le, de, la, et, du
    assert none["stop_words"] == 0


def test_spam_repeats_its_ngrams_and_prose_does_not():
    prose, spam = run("One dose in the morning is enough for most adults with mild pain.", "buy cheap pills now " * 50)
    assert prose["top_2gram_chars"] == prose["top_3gram_chars"] == prose["top_4gram_chars"] == 0
    assert spam["top_2gram_chars"] > 0.5 and spam["top_4gram_chars"] > 0.9


def test_texts_without_words_score_zero():
    for row in run("", " \n\n ", "…"):
        assert row["top_2gram_chars"] == row["stop_words"] == row["letter_word_share"] == 0
    assert run() == []


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="short_line"):
        Quality(short_line=0)


WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "dose"]), max_size=30)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_top_ngrams_are_those_of_a_counter(documents):
    for row, words in zip(run(*(" ".join(words) for words in documents)), documents, strict=True):
        total = sum(map(len, words))
        for n in (2, 3, 4):
            counts = Counter(tuple(words[start : start + n]) for start in range(len(words) - n + 1))
            top = max(((count, sum(map(len, gram))) for gram, count in counts.items() if count > 1), default=(0, 0))
            expected = min(1, top[0] * top[1] / total) if total else 0
            assert row[f"top_{n}gram_chars"] == pytest.approx(expected)


@given(st.lists(st.text(max_size=80), max_size=5))
def test_shares_stay_between_0_and_1_and_words_are_those_of_split(texts):
    for row, text in zip(run(*texts), texts, strict=True):
        for name, value in row.items():
            if name.endswith(("_share", "_chars")):
                assert 0 <= value <= 1, name
        if not set(text) & set("\x1c\x1d\x1e\x1f"):  # split() knows four separators more
            assert row["words"] == len(text.split())
