"""The compiled match of the lexicons: equal to the plain one, and the same on every kind of document."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.domain.step import domain_filter
from filters.domain.term_match import tally
from filters.domain.terms import LANGUAGES, lexicons
from filters.folding import fold
from filters.words import find_words

_STEMS = [
    "cardio",
    "itis",
    "itide",
    "emia",
    "émie",
    "œdème",
    "nephr",
    "veterinar",
    "diab",
    "a",
    "x",
    "ß",
    "statin",
    "os",
]
_KNOWN = sorted(word for word in lexicons()[0].words if word.isalpha())[:300]
words = st.one_of(st.sampled_from(_KNOWN), st.lists(st.sampled_from(_STEMS), min_size=1, max_size=5).map("".join))


def found(texts: list[str]):
    return tally(find_words(pa.array(texts, pa.large_string())))


@given(st.lists(words, min_size=1, max_size=30))
def test_each_word_weighs_what_its_lexicon_says(sample):
    weights = found(sample).cover
    wanted = [[lexicon.weight(fold(word)) for lexicon in lexicons()] for word in sample]
    np.testing.assert_allclose(weights, wanted, atol=1e-6)


def test_a_phrase_of_a_neighbouring_field_takes_the_weight_of_its_words():
    alone, phrase = found(["health", "health insurance"]).cover[:, LANGUAGES.index("en")]
    assert alone > 0 and phrase < 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pneumonia",
        "\x00\x07\x1b\u200b\ufeff",
        "مرض السكري يصيب الكثير من الناس",
        "😀🩺💊👩🏽‍⚕️",
        "a" * 1_000_000,
        "cardio " * 1_500_000,
    ],
    ids=["empty", "one word", "control", "right to left", "emoji", "one long word", "10 MB"],
)
def test_odd_documents_are_scored_in_their_row(text):
    table = pa.table({"doc_id": ["a", "b", "c"], "text": ["acute pneumonia", text, "acute pneumonia"]})
    rows = domain_filter().run(table)["scores"].to_pylist()
    assert [row["doc_id"] for row in rows] == ["a", "b", "c"]
    assert rows[0] | {"doc_id": ""} == rows[2] | {"doc_id": ""}
    assert 0 <= rows[1]["score"] <= 1
