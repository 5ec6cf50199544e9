"""Words, folding and distinct codes against plain Python."""

import re
import unicodedata

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from filters.words import find_words, fold, hash_words
from shards.texts import batches

LATIN = st.text(st.characters(max_codepoint=0x24F), max_size=200)


def words_of(texts: list[str]):
    return find_words(pa.array(texts, pa.large_string()))


def test_case_accents_and_ligatures_do_not_matter():
    words = words_of(["Œdème OEDEME oedème oede\u0300me ŒDÈME"])
    assert len(set(words.hashes.tolist())) == 1
    assert fold("Cœur d'Étienne ﬁèvre") == "coeur d'etienne fievre"


def test_apostrophes_end_a_word_and_digits_do_not():
    words = words_of(["l'HbA1c de 7,5 %"])
    assert [words.word(index) for index in range(len(words.hashes))] == ["l", "HbA1c", "de", "7", "5"]
    assert words.has_letter.tolist() == [True, True, True, False, False]


@given(st.lists(LATIN, max_size=8))
@example(["", "a", ""])
@example(["ß ẞ", "x²"])
def test_words_are_those_of_a_regular_expression(texts):
    words = words_of(texts)
    for row, text in enumerate(texts):
        # ², ½ and the like are word characters to `re` only.
        expected = re.findall(r"[^\W_]+", "".join(" " if unicodedata.category(c) == "No" else c for c in text))
        assert [words.word(index) for index in range(words.offsets[row], words.offsets[row + 1])] == expected


@given(st.lists(LATIN, max_size=6))
def test_equal_folded_words_have_equal_hashes_and_codes_count_up(texts):
    words = words_of(texts)
    folded = [fold(words.word(index)) for index in range(len(words.hashes))]
    codes, first = words.distinct()
    order = list(dict.fromkeys(folded))
    assert [folded[index] for index in first] == order
    assert [order[code] for code in codes] == folded


def test_batches_cut_between_documents_and_keep_all(monkeypatch):
    monkeypatch.setattr("shards.texts._BATCH_BYTES", 10)
    texts = ["aaaa", "bbbb", "cccc", "d" * 50, "", "e"]
    column = pa.chunked_array([texts[:4], texts[4:]]).slice(1)
    parts = [batch.to_pylist() for batch in batches(column)]
    assert [text for part in parts for text in part] == texts[1:]
    assert parts[0] == ["bbbb", "cccc"] and ["d" * 50] in parts


def test_a_sliced_batch_keeps_its_own_words():
    array = pa.array(["one two", "three", "four five"], pa.large_string()).slice(1)
    words = find_words(array)
    assert [words.word(index) for index in range(3)] == ["three", "four", "five"]
    assert words.offsets.tolist() == [0, 1, 3]


def test_hashes_of_single_words_are_those_in_texts():
    assert set(hash_words(["Été", "the"]).tolist()) == set(words_of(["the été, the"]).hashes.tolist())
    assert np.all(np.diff(hash_words(["a", "b", "c"]).astype(object)) > 0)
