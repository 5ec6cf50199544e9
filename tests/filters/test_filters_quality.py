"""Quality scores against counts made by hand and by plain Python, and the presets against documents good and bad."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from quality_documents import BAD, GOOD
from quality_reference import reference

from filters.quality.measure import COLUMNS
from filters.quality.presets import PRESETS, broken, preset
from filters.quality.step import SCHEMA, Quality
from shards.errors import InputError
from shards.schema import check


def score(*texts: str) -> pa.Table:
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string())})
    return check(Quality().run(table)["scores"], SCHEMA, "quality")


def run(*texts: str) -> list[dict]:
    return score(*texts).to_pylist()


def test_words_letters_and_symbols_are_counted():
    (row,) = run("# Été: 12 mg ... ## fin…")
    assert row["words"] == 4  # bars, bullets and ellipses are no words
    assert row["mean_word_length"] == pytest.approx((4 + 2 + 2 + 4) / 4)
    assert row["symbol_word_ratio"] == pytest.approx(3 / 4)  # ## and two ellipses; the first # makes a heading
    assert row["letter_word_share"] == pytest.approx(3 / 4)
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
    assert row["duplicate_paragraph_chars"] == pytest.approx(20 / 46)
    assert alone["duplicate_line_share"] == alone["duplicate_paragraph_share"] == 0


def test_the_order_of_lines_tells_paragraphs_apart():
    (row,) = run("one\ntwo\n\ntwo\none")
    assert row["duplicate_paragraph_share"] == 0 and row["duplicate_line_share"] == pytest.approx(1 / 2)


def test_stop_words_are_those_of_the_best_language_in_any_case():
    english, french, none = run("THE dose of The drug is for a child", "le lait de la mère, l’eau du père", "mg mg tab")
    assert english["stop_words"] == 5  # the, of, is, for, a
    assert english["gopher_stop_words_en"] == 1  # of: the others are not spelt so, or not among the eight
    assert french["stop_words"] == 5  # le, de, la, l', du
    assert french["gopher_stop_words_fr"] == 2 and french["gopher_stop_words_en"] == 0
    assert none["stop_words"] == 0


def test_spam_repeats_its_ngrams_and_prose_does_not():
    prose, spam = run("One dose in the morning is enough for most adults with mild pain.", "buy cheap pills now " * 50)
    assert prose["top_2gram_chars"] == prose["top_3gram_chars"] == prose["duplicate_5gram_chars"] == 0
    assert spam["top_2gram_chars"] > 0.4 and spam["top_4gram_chars"] > 0.9 and spam["duplicate_5gram_chars"] > 0.7


def test_tables_and_bibliographies_are_not_judged_as_prose():
    table = "| Sodium | 138 | 135 |\n" * 30
    (row,) = run(f"The patient was well on the day of the visit.\n{table}Smith J, et al. Pain 2010;12(3):44-50.")
    assert row["table_line_share"] == pytest.approx(30 / 32) and row["reference_line_share"] == pytest.approx(1 / 32)
    assert row["duplicate_line_share"] == row["duplicate_5gram_chars"] == 0
    assert row["gopher_duplicate_line_share"] > 0.9 and row["gopher_duplicate_5gram_chars"] > 0.5
    assert row["letter_word_share"] == row["stop_word_share"] == 1  # too little prose to judge beside so much table


def test_a_dated_sentence_is_no_reference_and_a_paragraph_that_cites_is_none():
    cited = "In 2010 Smith et al found that pain is common. "
    rows = run("The trial ran from 2010 to 2012.", cited, cited * 20, "At 10:30 on 5 May the ratio was 3:1.")
    assert [row["reference_line_share"] for row in rows] == [0, 1, 0, 0]


def test_menus_are_bare_and_lists_of_codes_or_values_are_not():
    rows = run(
        "Home\nAbout us\nContact", "A00 Cholera\nA01 Typhoid", "Sex: female\nRoute: oral", "It hurts.", "x" * 201
    )
    assert [row["bare_line_chars"] for row in rows] == [1, 0, 0, 0, 0]


def test_texts_without_words_score_zero():
    for row in run("", " \n\n ", "…"):
        assert row["top_2gram_chars"] == row["stop_words"] == row["letter_word_share"] == 0
    assert run() == []


def test_parameters_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="short_line"):
        Quality(short_line=0)


def test_c4_says_what_it_would_drop_and_why():
    (row,) = run(
        "This line is kept. It has two sentences.\nno end here\nShort one.\nPlease enable JavaScript to go on.\n"
        f"We do use cookies on this site.\nA {'w' * 1001} word.\nDr. J. Smith said so [12]\nEnd of a cited line.[3]"
    )
    assert row["c4_sentences"] == 3 and row["c4_kept_line_share"] == pytest.approx(2 / 8)
    assert [row[f"c4_{fate}_line_share"] for fate in ("long_word", "few_words", "javascript", "policy")] == [1 / 8] * 4
    assert row["c4_no_end_line_share"] == pytest.approx(2 / 8)
    assert sum(row[name] for name in COLUMNS if name.startswith("c4_") and name.endswith("_chars")) > 0.99


HOSTILE = {
    "empty": "",
    "one word": "aspirin",
    "blank": "\n \t\n\u3000\n",
    "control characters": "".join(map(chr, range(32))) * 20 + "\x7f\x80\x85\x9f",
    "right to left": "المريض يعاني من ألم شديد في الصدر. " * 20 + "החולה סובל מכאבים.",
    "emoji only": "😀😀 🏥💊 👩‍⚕️ 🇫🇷" * 50,
    "no spaces": "ACGT" * 5000,
    "one line feed after the other": "\n" * 5000,
    "unassigned and private": "\U0010ffff\ue000\U000e0100 " * 30,
    "bars": "|" * 3000 + "\n" + "| " * 3000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_score_as_plain_python_counts_them_beside_others(name):
    before, row, after = run("A first document.", HOSTILE[name], "A last document.")
    assert (before["doc_id"], row["doc_id"], after["doc_id"]) == ("0", "1", "2")
    assert before["words"] == after["words"] == 3
    assert {column: row[column] for column in reference(HOSTILE[name])} == pytest.approx(reference(HOSTILE[name]))


def test_ten_megabytes_in_one_document_are_read_whole():
    sentence = "The dose of 7.5 mg is taken once a day.\n"
    (row,) = run(sentence * (10_000_000 // len(sentence)))
    assert row["characters"] == 10_000_000 and row["lines"] == 250_000
    assert row["duplicate_line_share"] == pytest.approx(1 - 1 / 250_000)


def test_the_step_reads_chunks_slices_and_leaves_its_input_as_it_was():
    texts = [f"Document number {row} is about a dose of {row} mg." for row in range(40)]
    table = pa.concat_tables(
        [
            pa.table({"doc_id": [str(row)], "text": pa.array([text], pa.large_string())})
            for row, text in enumerate(texts)
        ]
    )
    scores = Quality().run(table.slice(5, 30))["scores"]
    assert table["text"].to_pylist() == texts
    assert scores.equals(Quality().run(table)["scores"].slice(5, 30))


_WORDS = (
    "a bb the of dose 7.5 120/80 l'eau beta-lactam J. U.S. - • # ## ... … | || § ... ) ] [1] [edit] { cookies use "
    "javascript lorem ipsum 2010;12(3):4 É. É œ\u0301 _ 1. end. end! «fin». http://x.org/a.b '' x'"
)
WORDS = st.sampled_from(_WORDS.split())
GAPS = st.sampled_from(
    [" ", " ", " ", "\n", "\n\n", "\n \n", "\r\n", "\t", "\u2028", "\x0b", "\xa0", "", ". ", "...\n"]
)
TEXTS = st.one_of(
    st.lists(st.tuples(WORDS, GAPS), max_size=60).map(lambda pairs: "".join(word + gap for word, gap in pairs)),
    st.lists(st.tuples(st.sampled_from(["ab", "c"]), st.sampled_from(" \n")), max_size=40).map(
        lambda pairs: "".join(word + gap for word, gap in pairs)
    ),
    st.text(max_size=120),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(["\n", "\n\na\n", " a \n\n a", "J..! x", "a.\n\n \n\na.", "\ufeff."])
def test_columns_of_the_peers_are_those_of_plain_python(texts):
    for row, text in zip(run(*texts), texts, strict=True):
        expected = reference(text)
        assert {name: row[name] for name in expected} == expected


@given(st.lists(TEXTS, max_size=5))
def test_shares_are_sound_and_each_document_scores_as_it_does_alone(texts):
    rows = run(*texts)
    for row, text in zip(rows, texts, strict=True):
        for name, value in row.items():
            if name.endswith(("_share", "line_chars", "paragraph_chars", "notice_chars", "bare_line_chars")):
                assert 0 <= value <= (1 if name != "c4_third_line_chars" else len(text)), name
        (alone,) = run(text)
        assert alone | {"doc_id": row["doc_id"]} == row


@pytest.mark.parametrize("language", GOOD)
def test_the_medical_preset_keeps_medical_forms_that_gopher_drops(language):
    scores = score(*GOOD[language].values())
    verdicts = dict(zip(GOOD[language], broken(scores, preset("medical").of(language)), strict=True))
    assert verdicts == dict.fromkeys(GOOD[language], "")
    assert all(broken(scores, preset("gopher").of(language)))


@pytest.mark.parametrize("language", BAD)
def test_the_medical_preset_drops_noise(language):
    scores = score(*BAD[language].values())
    verdicts = dict(zip(BAD[language], broken(scores, preset("medical").of(language)), strict=True))
    assert [kind for kind, column in verdicts.items() if not column] == []


def test_presets_name_columns_that_exist_and_bounds_that_can_be_met():
    for name, one in PRESETS.items():
        for language in ("en", "fr", "it", "es", "de"):
            for column, (least, most) in one.of(language).items():
                assert column in COLUMNS, (name, column)
                assert least is None or most is None or least <= most, (name, column)
    assert preset("gopher").of("fr")["gopher_stop_words_fr"] == (2, None)
    with pytest.raises(InputError, match="there are: gopher, c4, fineweb, medical"):
        preset("strict")


def test_a_share_on_the_bound_is_within_it():
    lines = ["one two", "one two", "one two", "one two", *(f"line {n}" for n in range(6))]
    scores = score("\n".join(lines))
    assert scores["gopher_duplicate_line_share"][0].as_py() == 0.3
    assert broken(scores, {"gopher_duplicate_line_share": (None, 0.3)}).tolist() == [""]
    assert broken(scores, {"lines": (None, 9), "words": (1000, None)}).tolist() == ["lines"]
