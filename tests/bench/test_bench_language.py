"""The texts of the language benchmark: every language there, documents made of whole lines, halves that do not mix."""

import itertools

import pytest

from bench.tools.lid_texts import FOLDER, documents, lines

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/data/lid is not here")


def test_the_texts_hold_the_four_languages_and_their_neighbours():
    languages = {sample.language for sample in lines()}
    assert {"en", "fr", "it", "es", "pt", "gl", "ca", "ro", "ast", "co", "lad", "frp", "vec", "fur"} <= languages
    assert {sample.language for sample in documents()} == languages


def test_documents_hold_every_line_once_in_order():
    by_five, by_one = documents(5), documents(1)
    assert "\n".join(sample.text for sample in by_five) == "\n".join(sample.text for sample in by_one)
    assert max(sample.text.count("\n") for sample in by_five) == 4


def test_the_halves_are_those_of_each_file():
    samples = documents(1)
    changes = sum(a.half != b.half for a, b in itertools.pairwise(samples))
    assert {sample.half for sample in samples} == {0, 1}
    assert changes == 2 * 52 - 1  # in the middle and at the end of each of 52 files
