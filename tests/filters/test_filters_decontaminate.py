"""Decontamination against brute force in plain Python: forms of a text, both sides of the rule, proof and report."""

import random
import textwrap
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import TreebankWordTokenizer

from filters.decontaminate.benchmark import pin
from filters.decontaminate.coverage import spread
from filters.decontaminate.index import ITEMS, NGRAMS, BenchmarkIndex
from filters.decontaminate.ngrams import roll, telling_words, tells
from filters.decontaminate.report import refuse_residual, report, with_residual
from filters.decontaminate.residual import OVERLAPS, SEARCHED, WINDOWS, Residual, Windows
from filters.decontaminate.scores import SCHEMA, TOUCHED, Decontaminate, evidence
from filters.words import find_words
from shards import schema
from shards.errors import BuildError, InputError
from shards.schema import check

FORMS = {
    "verbatim": lambda text: text,
    "IOB tokens": lambda text: " ".join(TreebankWordTokenizer().tokenize(text)),
    "a token a line": lambda text: "\n".join(TreebankWordTokenizer().tokenize(text)),
    "lower case": str.lower,
    "capitals": str.upper,
    "line breaks": lambda text: textwrap.fill(text, 60),
    "no accents": lambda text: "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    ),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
}
CASE = (
    "Une patiente âgée de 54 ans, traitée par méthotrexate (15 mg/semaine), consultait pour une dyspnée d'effort "
    "d'aggravation progressive, associée à une toux sèche et à une fièvre à 38,5 °C évoluant depuis trois semaines. "
    "L'auscultation retrouvait des crépitants bilatéraux prédominant aux bases."
)
HARMLESS = (
    "The committee met on Tuesday to discuss the budget of the new hospital wing, which is expected to open next year. "
    "Several members asked for a second opinion about the cost of the parking garage and of the garden behind it."
)


def benchmark_of(folder: Path, texts: list[str], name: str = "b"):
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    return pin(name, str(folder), "txt")


def index_of(folder: Path, texts: list[str], **options) -> dict[str, pa.Table]:
    made = BenchmarkIndex((benchmark_of(folder, texts),), **options).run()
    check(made["ngrams"], NGRAMS, "ngrams")
    check(made["items"], ITEMS, "items")
    return made


def table(texts: list[str]) -> pa.Table:
    ids = [f"d{row}" for row in range(len(texts))]
    return pa.table({"doc_id": pa.array(ids, pa.string()), "text": pa.array(texts, pa.string())})


def run(texts: list[str], index: dict[str, pa.Table], **options) -> tuple[list[dict], list[dict]]:
    made = Decontaminate(**options).run(table(texts), index["ngrams"], index["items"].drop(["text"]))
    scores = check(made["scores"], SCHEMA, "decontaminate")
    assert scores["doc_id"].to_pylist() == [f"d{row}" for row in range(len(texts))]
    return scores.to_pylist(), check(made["touched"], TOUCHED, "touched").to_pylist()


def vocabulary(count: int, seed: int = 7) -> list[str]:
    letters = random.Random(seed)
    return ["".join(letters.choices("bcdfgklmnprst", k=6)) + str.lower("x") for _ in range(count)]


WORDS = vocabulary(4000)


def sentence(start: int, words: int) -> str:
    return " ".join(WORDS[start : start + words])


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_is_found_in_every_form(tmp_path, form):
    index = index_of(tmp_path / "b", [CASE])
    copy = f"{HARMLESS}\n\n{FORMS[form](CASE)}\n\n{HARMLESS}"
    (row, clean), _ = run([copy, HARMLESS], index)
    assert row["item_share"] == 1 and row["item"] == "0000.txt#1" and row["item_benchmark"] == "b"
    assert row["item_words"] == len(find_words(pa.array([CASE], pa.large_string())).hashes)
    assert clean["item_share"] == clean["document_share"] == 0 and clean["item"] is None


@settings(max_examples=30)
@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="'’ʼŉ"), max_size=300))
def test_all_forms_of_a_text_have_the_same_ngrams(text):
    def hashes(form: str) -> list[int]:
        return roll(find_words(pa.array([form], pa.large_string())).hashes, 3).tolist()

    expected = hashes(text)
    breakable = textwrap.fill(text, 60, break_long_words=False)
    assert hashes(unicodedata.normalize("NFD", text)) == expected
    assert hashes(breakable) == expected
    assert hashes(text.casefold()) == expected
    # As IOB files do: blanks around every character that is neither letter, digit nor mark.
    apart = "".join(
        c if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd" else f" {c} " for c in text
    )
    assert hashes(apart) == expected


def trigrams(words: list[str]) -> set[tuple[str, ...]]:
    """Those that count: with two different words (all words here are telling)."""
    return {gram for at in range(len(words) - 2) if len(set(gram := tuple(words[at : at + 3]))) > 1}


def covered(words: list[str], grams: set[tuple[str, ...]]) -> set[int]:
    """Places of the words that stand in one of the trigrams."""
    return {at + step for at in range(len(words) - 2) if tuple(words[at : at + 3]) in grams for step in range(3)}


SOME = st.lists(st.sampled_from(WORDS[:6]), max_size=40)


@settings(max_examples=60)
@given(st.lists(SOME, min_size=1, max_size=4), st.lists(SOME, min_size=1, max_size=3))
def test_covered_words_are_those_of_brute_force(tmp_path_factory, documents, items):
    folder = tmp_path_factory.mktemp("items")
    made = index_of(folder, [" ".join(item) for item in items], ngram=3, common=99, passage=3)
    rows, touched = run([" ".join(words) for words in documents], made, ngram=3, min_words=3, enough=3)
    names = made["items"]["item"].to_pylist()
    found = {(pair["row"], names[pair["item"]]): pair["words"] for pair in touched}
    texts = {f"{number:04}.txt#1": item for number, item in enumerate(items)}
    for row, document in enumerate(documents):
        for name in names:
            assert found.get((row, name), 0) == len(covered(texts[name], trigrams(document)))
        united = covered(document, set().union(*(trigrams(texts[name]) for name in names)))
        assert rows[row]["document_words"] == len(united)
        expected = len(united) / len(document) if united else 0
        assert rows[row]["document_share"] == pytest.approx(expected)


def test_shares_count_from_enough_words_on_or_for_short_items_whole(tmp_path):
    long, short, tiny = sentence(0, 60), sentence(100, 14), sentence(200, 10)
    index = index_of(tmp_path / "b", [long, short, tiny])
    frame = sentence(1000, 80)
    documents = [
        f"{frame} {sentence(0, 19)} {frame}",  # too little of the long one
        f"{frame} {sentence(0, 20)} {frame}",
        f"{frame} {sentence(100, 13)} {frame}",  # a word less than all of the short one
        f"{frame} {short} {frame}",
        f"{frame} {tiny} {frame}",  # too short to be decided
    ]
    rows, touched = run(documents, index)
    assert [row["item_share"] for row in rows] == pytest.approx([0, 20 / 60, 0, 1, 0])
    assert [pair["words"] for pair in touched] == [19, 20, 13, 14, 10]  # the report sees them all


def test_a_piece_of_a_long_item_is_told_by_the_document_side(tmp_path):
    index = index_of(tmp_path / "b", [sentence(0, 1000)])
    (row,), _ = run([f"{sentence(300, 80)} {sentence(2000, 20)}"], index)
    assert row["item_share"] == pytest.approx(0.08)
    assert row["document_share"] == pytest.approx(0.8) and row["document_benchmark"] == "b"


@settings(max_examples=25)
@given(st.integers(20, 60), st.integers(0, 40), st.integers(0, 200))
def test_more_of_an_item_never_scores_less_and_more_else_never_more(tmp_path_factory, copied, more, frame):
    index = index_of(tmp_path_factory.mktemp("items"), [sentence(0, 100)])
    less, further, diluted = run(
        [
            f"{sentence(1000, frame)} {sentence(0, copied)}",
            f"{sentence(1000, frame)} {sentence(0, copied + more)}",
            f"{sentence(1000, frame + more)} {sentence(0, copied)}",
        ],
        index,
    )[0]
    assert less["item_share"] == pytest.approx(copied / 100)
    assert further["item_share"] >= less["item_share"] and further["document_share"] >= less["document_share"]
    assert diluted["item_share"] == less["item_share"] and diluted["document_share"] <= less["document_share"]


def test_templates_of_a_benchmark_never_count(tmp_path):
    template = sentence(3000, 12)
    questions = [f"{sentence(50 * number, 30)} {template}" for number in range(8)]
    index = index_of(tmp_path / "b", questions)
    rows, touched = run([f"{template} {template} {template}", questions[3]], index)
    assert rows[0]["document_share"] == 0 and not [pair for pair in touched if pair["row"] == 0]
    # What is left of the item is its share's whole: 30 words, and those n-grams that reach into the template.
    assert rows[1]["item_share"] == 1 and rows[1]["item"] == "0003.txt#1"


@pytest.mark.parametrize(("questions", "share"), [(5, 0.5), (6, 0)])
def test_a_phrase_becomes_a_template_above_the_given_number_of_items(tmp_path, questions, share):
    phrase = sentence(3000, 19)
    index = index_of(tmp_path / "b", [f"{phrase} {sentence(50 * at, 19)}" for at in range(questions)], common=5)
    (row,), _ = run([f"{sentence(2500, 40)} {phrase}"], index, enough=15)
    assert row["item_share"] == pytest.approx(share)


def test_a_document_is_charged_with_the_item_it_holds_most_of(tmp_path):
    index = index_of(tmp_path / "b", [sentence(0, 100), sentence(200, 40), sentence(300, 60)])
    (row,), touched = run([f"{sentence(0, 50)} {sentence(200, 36)} {sentence(300, 30)}"], index)
    assert len(touched) == 3
    assert (row["item"], row["item_share"], row["item_words"]) == ("0001.txt#1", pytest.approx(0.9), 36)


def test_a_passage_that_many_items_ask_about_does_count(tmp_path):
    passage = sentence(3000, 40)
    index = index_of(tmp_path / "b", [f"{passage} {sentence(50 * number, 12)}" for number in range(8)])
    (row,), touched = run([f"{sentence(1000, 50)} {passage}"], index)
    assert row["item_share"] == pytest.approx(40 / 52) and len(touched) == 8


def test_numbers_and_function_words_never_count(tmp_path):
    numbers = " ".join(str(number) for number in range(200))
    plain = "it was not in the one that they had been to and there were to be no more of them by then " * 3
    index = index_of(tmp_path / "b", [numbers, plain])
    assert index["ngrams"].num_rows == 0 and index["items"]["countable"].to_pylist() == [0, 0]
    rows, touched = run([numbers, plain], index)
    assert not touched and all(row["item_share"] == row["document_share"] == 0 for row in rows)
    words = find_words(pa.array(["the dose of the dose 5 mg"], pa.large_string()))
    assert telling_words(words).tolist() == [False, True, False, False, True, False, True]
    assert tells(words.hashes, telling_words(words), 5).tolist() == [False, False, True]


def test_equal_items_of_a_benchmark_are_one_and_of_two_benchmarks_two(tmp_path):
    first = benchmark_of(tmp_path / "a", [CASE, CASE.upper(), HARMLESS], "first")
    second = benchmark_of(tmp_path / "b", [CASE], "second")
    made = BenchmarkIndex((first, second)).run()
    assert made["items"]["benchmark"].to_pylist() == ["first", "first", "second"]
    rows, touched = run([CASE], made)
    assert sorted(pair["item"] for pair in touched) == [0, 2]
    assert rows[0]["item_benchmark"] == "first"  # of equals the first


def test_a_verdicts_evidence_names_benchmark_item_and_overlap(tmp_path):
    index = index_of(tmp_path / "b", [sentence(0, 40)])
    made = Decontaminate().run(table([f"{sentence(1000, 65)} {sentence(0, 35)}", HARMLESS]), **index)
    assert evidence(made["scores"], "item_share") == ["b:0000.txt#1 (88 % of the item, 35 words)", None]
    assert evidence(made["scores"], "document_share") == ["b (35 % of the document, 35 words)", None]
    with pytest.raises(InputError, match="no evidence"):
        evidence(made["scores"], "words")


ODD = ["", "word", "\x00\x01\x1b[0m", "😀😃🎉" * 50, "مريض يبلغ من العمر ٤٥ عاما " * 30, "\u202eabc\u202c", " \n\t"]


def test_odd_and_huge_documents_keep_their_rows(tmp_path):
    index = index_of(tmp_path / "b", [CASE, *ODD])
    huge = CASE + " " + (HARMLESS + " ") * (10_000_000 // len(HARMLESS)) + CASE
    texts = [*ODD, huge, CASE, *ODD]
    rows, _ = run(texts, index)
    whole = [text in (huge, CASE, ODD[4]) for text in texts]
    assert [row["item_share"] == 1 for row in rows] == whole
    assert rows[len(ODD)]["document_share"] < 0.001
    assert run([], index) == ([], [])
    found = {row["doc_id"] for row in residual(texts, index["items"]) if row["left"]}
    assert found == {f"d{row}" for row, holds in enumerate(whole) if holds}


def test_a_repeated_copy_in_a_huge_document_stays_cheap_and_counts_once(tmp_path):
    passage = sentence(3000, 40)
    index = index_of(tmp_path / "b", [f"{passage} {sentence(20 * number, 12)}" for number in range(150)])
    (row,), touched = run([f"{passage} " * 3000], index)
    assert row["item_words"] == 40 and len(touched) == 150 and row["document_share"] == 1


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_gets_its_row(tmp_path_factory, texts):
    rows, touched = run(texts, index_of(tmp_path_factory.mktemp("items"), [CASE]))
    assert len(rows) == len(texts) and not touched


def test_without_items_nothing_is_found(tmp_path):
    made = BenchmarkIndex(()).run()
    rows, touched = run([CASE], made)
    assert rows[0]["item_share"] == 0 and not touched
    searched = searched_for(table([CASE]), made["items"])
    assert searched["overlaps"].num_rows == searched["searched"].num_rows == 0


def test_scores_do_not_depend_on_batches(tmp_path, monkeypatch):
    index = index_of(tmp_path / "b", [CASE, sentence(0, 60)])
    texts = [HARMLESS, CASE, sentence(0, 40), "", f"{CASE} {HARMLESS}"]
    whole = run(texts, index)
    monkeypatch.setattr("shards.texts._BATCH_BYTES", 100)
    assert run(texts, index) == whole


def test_parameters_that_make_no_sense_are_refused(tmp_path):
    benchmark = benchmark_of(tmp_path / "b", [CASE])
    with pytest.raises(InputError, match="two benchmarks are called 'b'"):
        BenchmarkIndex((benchmark, benchmark))
    with pytest.raises(InputError, match="passage >= ngram"):
        BenchmarkIndex((benchmark,), ngram=30)
    with pytest.raises(InputError, match="ngram <= min_words"):
        Decontaminate(ngram=14)
    with pytest.raises(InputError, match="window"):
        Windows(window=1)
    with pytest.raises(InputError, match="share"):
        Residual(share=1)
    with pytest.raises(InputError, match="more than 10 n-grams"):
        BenchmarkIndex((benchmark,), max_ngrams=10).run()


def searched_for(texts: pa.Table, items: pa.Table, share: float = 0.5) -> dict[str, pa.Table]:
    windows = check(Windows().run(items)["windows"], WINDOWS, "windows")
    return Residual(share).run(texts, windows)


def residual(texts: list[str], items: pa.Table, share: float = 0.5) -> list[dict]:
    made = searched_for(table(texts), items, share)
    check(made["searched"], SEARCHED, "searched")
    return check(made["overlaps"], OVERLAPS, "overlaps").to_pylist()


@pytest.mark.parametrize("form", FORMS)
def test_the_proof_finds_what_was_left_in_every_form(tmp_path, form):
    items = index_of(tmp_path / "b", [CASE, sentence(0, 60)])["items"]
    found = residual([HARMLESS, f"{HARMLESS} {FORMS[form](CASE)}"], items)
    assert [(row["doc_id"], row["item"], row["left"]) for row in found] == [("d1", "0000.txt#1", True)]
    assert found[0]["found"] == found[0]["windows"]


@settings(max_examples=30)
@given(st.integers(50, 400))
def test_the_proof_looks_at_an_item_from_its_first_character_to_its_last(tmp_path_factory, characters):
    letters = random.Random(characters)
    item = "".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=characters))
    row = {"benchmark": "b", "item": "x", "start": 0, "words": 20, "countable": 20, "text": item}
    items = pa.Table.from_pylist([row], schema=ITEMS)
    (whole,) = residual([item], items)
    assert whole["left"] and whole["found"] == whole["windows"]
    for damaged in (item[1:], item[:-1]):  # a character less at either end is a window less
        assert not any(found["found"] == whole["windows"] for found in residual([damaged], items))
    if characters > 100:  # every inner character stands in two windows, and all are searched
        broken = f"{item[: characters // 2]}é1{item[characters // 2 :]}"
        assert not any(found["found"] == whole["windows"] for found in residual([broken], items))


def test_the_proof_tells_small_overlaps_from_those_that_had_to_go(tmp_path):
    items = index_of(tmp_path / "b", [sentence(0, 60), sentence(100, 14)])["items"]
    frame = sentence(1000, 50)
    texts = [
        f"{frame} {part} {frame}" for part in (sentence(0, 20), sentence(0, 45), sentence(100, 14), sentence(100, 10))
    ]
    assert {row["doc_id"]: row["left"] for row in residual(texts, items)} == {
        "d0": False, "d1": True, "d2": True, "d3": False
    }  # fmt: skip
    assert {row["doc_id"]: row["left"] for row in residual(texts, items, share=0.9)}["d1"] is False


def test_the_proof_leaves_out_templates_but_not_passages(tmp_path):
    template, passage = sentence(3000, 8), sentence(3100, 40)
    templated = [f"{template} {sentence(50 * number, 30)}" for number in range(8)]
    shared = [f"{passage} {sentence(50 * number + 1500, 12)}" for number in range(8)]
    items = index_of(tmp_path / "b", templated + shared)["items"]
    assert not residual([f"{HARMLESS} {template} {HARMLESS}"], items)
    assert residual([], items) == []
    found = residual([f"{HARMLESS} {passage} {HARMLESS}"], items)
    assert len(found) == 8 and all(row["left"] for row in found)


def test_the_proof_does_not_judge_an_item_by_the_little_that_is_no_template(tmp_path):
    template = sentence(3000, 18)  # too short for a passage, but most of the item
    cloze = [f"{template} {sentence(50 * number, 6)}" for number in range(8)]
    items = index_of(tmp_path / "b", cloze)["items"]
    items = items.set_column(4, ITEMS.field(4), pa.array([20] * 8, pa.int32()))
    end = " ".join(cloze[0].split()[-10:])
    assert not residual([f"{HARMLESS} {end} {HARMLESS}"], items)
    assert residual([cloze[0]], items.slice(0, 3))[0]["left"]  # of few items it is no template


def test_the_proof_does_not_depend_on_its_batches(tmp_path, monkeypatch):
    items = index_of(tmp_path / "b", [CASE, *(sentence(60 * number, 60) for number in range(20))])["items"]
    texts = [HARMLESS, CASE, *(sentence(60 * number, 50) for number in range(10)), *ODD]
    whole = residual(texts, items)
    monkeypatch.setattr("filters.decontaminate.residual._BATCH_BYTES", 300)
    monkeypatch.setattr("filters.decontaminate.residual._PATTERN_BYTES", 700)
    assert residual(texts, items) == whole and len(whole) == 11


def verdicts(stages: list[str]) -> pa.Table:
    rows = [{"doc_id": f"d{row}", "verdict": "drop" if stage else "keep", "stage": stage, "reason": "item_share",
             "language": "en"} for row, stage in enumerate(stages)]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema.VERDICT)


def test_the_report_counts_items_touched_and_covered_and_documents_removed(tmp_path):
    first = benchmark_of(tmp_path / "a", [sentence(100 * number, 60) for number in range(4)] + ["too short"], "first")
    second = benchmark_of(tmp_path / "b", [sentence(0, 60), sentence(3000, 900)], "second")
    made = BenchmarkIndex((first, second)).run()
    step = Decontaminate()
    frame = sentence(1000, 100)
    one = table([f"{frame} {sentence(0, 60)}", f"{frame} {sentence(100, 20)}", sentence(3100, 100), frame])
    two = table([f"{frame} {sentence(0, 50)}", f"{frame} {sentence(200, 60)}"])
    parts = []
    for documents, stages in ((one, ["decontaminate", "", "decontaminate", ""]), (two, ["decontaminate", "language"])):
        touched = step.run(documents, **made)["touched"]
        parts.append((touched, verdicts([*stages, "fetch"])))
    entries = report(made["items"], parts, 0.4, 0.3, step.min_words)
    assert [entry.as_json() for entry in entries] == [
        {"benchmark": "first", "items": 5, "too_short": 1, "touched": 3, "covered": 2, "documents_removed": 2,
         "words_removed": 310, "items_searched": None, "documents_searched": None, "residual_overlaps": None,
         "largest_residual_share": None},
        {"benchmark": "second", "items": 2, "too_short": 0, "touched": 2, "covered": 1, "documents_removed": 3,
         "words_removed": 410, "items_searched": None, "documents_searched": None, "residual_overlaps": None,
         "largest_residual_share": None},
    ]  # fmt: skip
    assert [entry.touched for entry in report(made["items"], [], 0.4, 0.3, 13)] == [0, 0]

    kept = one.take([1, 3])
    searches = [tuple(searched_for(kept, made["items"])[name] for name in ("overlaps", "searched"))] * 2
    proved = with_residual(entries, searches)
    assert [entry.residual_overlaps for entry in proved] == [0, 0]
    assert [entry.items_searched for entry in proved] == [4, 2] and proved[0].documents_searched == 4
    assert 0 < proved[0].largest_residual_share < 0.5
    refuse_residual(searches)
    left = [tuple(searched_for(one, made["items"])[name] for name in ("overlaps", "searched"))]
    assert with_residual(entries, left)[0].residual_overlaps == 1
    with pytest.raises(BuildError, match=r"d0 holds first:0000.txt#1"):
        refuse_residual(left)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=8))
def test_spread_lists_the_members_of_ranges(ranges):
    begins = np.array([begin for begin, _ in ranges], np.int64)
    numbers, members = spread(begins, begins + np.array([size for _, size in ranges], np.int64))
    expected = [(number, begin + step) for number, (begin, size) in enumerate(ranges) for step in range(size)]
    assert list(zip(numbers.tolist(), members.tolist(), strict=True)) == expected
