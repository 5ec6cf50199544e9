"""Hyphens at line ends: those of words stay, those of typesetters go, in four languages."""

import re

import pytest
from hyphen_cases import CASES, CONTEXT, cases
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.pdf.hyphen_words import SPEECHES
from ingest.extract.pdf.hyphens import NOTHING_KNOWN, Hyphens, words_in


@pytest.mark.parametrize("language", CASES)
def test_words_broken_at_a_line_end_are_written_as_the_language_writes_them(language):
    hyphens = Hyphens.of([CONTEXT[language]])
    assert hyphens.speeches == (SPEECHES[language],)
    wrong = [word for left, right, word in cases(language) if hyphens.join(left, right) != word]
    assert len(cases(language)) >= 70 and wrong == []


def test_the_document_overrules_the_lists():
    written = ["Pretreatment and antiinflammatory drugs; the fol-low-up and a gaso-meter were used.", "TraceMonkey"]
    hyphens = Hyphens.of(written)
    assert hyphens.join("an anti-", "inflammatory drug") == "an antiinflammatory drug"
    assert hyphens.join("the gaso-", "meter") == "the gaso-meter"
    assert hyphens.join("the Trace-", "Monkey VM") == "the TraceMonkey VM"


def test_prefixes_follow_the_habit_of_the_document():
    words = "The smoking and operative risk, and treatment of the patients that was {} to the surgery of the ward."
    hyphenated, solid = (Hyphens.of([words.format(way)]) for way in ("pre-operative", "preoperative"))
    assert hyphenated.join("a pre-", "smoking state") == "a pre-smoking state"
    assert solid.join("a pre-", "smoking state") == "a presmoking state"


def test_halves_of_broken_words_are_no_words():
    assert words_in(["one hydro-", "cortisone two", "three"]) == {"one": 1, "two": 1, "three": 1}


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("a dash -", "and on", "a dash - and on"), ("-", "x", "- x"), ("5–", "10 mg", "5–10 mg"),
        ("5-", "10 mg", "5-10 mg"), ("word", "word", "word word"), ("l\u2019anti\x02", "corps", "l\u2019anticorps"),
    ],
)  # fmt: skip
def test_dashes_ranges_and_plain_ends(first, second, whole):
    assert NOTHING_KNOWN.join(first, second) == whole


@given(st.text(max_size=30), st.text(max_size=30), st.lists(st.text(max_size=40), max_size=5))
def test_joining_changes_nothing_but_the_seam(first, second, lines):
    joined = Hyphens.of(lines).join(first, second)
    assert joined.startswith(first[:-1]) and joined.endswith(second)
    assert len(joined) <= len(first) + len(second) + 2
    assert re.sub(r"[\s\-‐\x02\xad]", "", joined) == re.sub(r"[\s\-‐\x02\xad]", "", first + second)
