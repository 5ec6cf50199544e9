"""The planted paragraphs stand where the gold says, and what is to be found can be found."""

import pytest

from bench.tools.shared_paragraphs import Corpus, folded, is_long, plant


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return plant(60)


def test_every_planted_paragraph_is_long_and_stands_in_all_its_documents(corpus: Corpus) -> None:
    lines = [set(map(folded, text.split("\n"))) for text in corpus.texts]
    assert corpus.planted
    for line, rows in corpus.planted.items():
        assert is_long(line) and len(rows) == len(set(rows)) > 1
        assert [row for row, found in enumerate(lines) if line in found] == sorted(rows)


def test_copies_differ_in_case_and_blanks(corpus: Corpus) -> None:
    written = {line for text in corpus.texts for line in text.split("\n") if folded(line) in corpus.planted}
    assert len(written) > len(corpus.planted)


def test_the_same_seed_plants_the_same(corpus: Corpus) -> None:
    assert plant(60) == corpus
