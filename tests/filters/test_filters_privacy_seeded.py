"""The seeded set of the privacy benchmark is what it says, and the filter finds it, decoys aside."""

from random import Random

import pytest

from bench.privacy import find_ours
from bench.privacy_set.documents import decoys_only, seeded
from bench.privacy_set.identifiers import CHECKED, SEEDED, make
from bench.privacy_set.score import Score, score
from filters.privacy import KINDS, checksums
from filters.privacy.national import compact_number

TEXTS = {
    "en": ["The patient was seen in clinic. She took 50 mg twice daily. No fever was noted."],
    "fr": ["Le patient a été vu en consultation. La dose était de 50 mg. Aucune fièvre n’a été notée."],
    "it": ["Il paziente è stato visitato. La dose era di 50 mg. Non c’era febbre."],
    "es": ["El paciente fue visto en consulta. La dosis fue de 50 mg. No había fiebre."],
}


@pytest.fixture(scope="module")
def result() -> Score:
    documents = list(seeded(TEXTS, each=6, seed=3))
    return score(documents, find_ours([document.text for document in documents]))


def test_every_kind_is_seeded_in_every_language(result: Score) -> None:
    assert set(SEEDED) == set(KINDS)
    assert result.seeded == {(kind, language): 6 for kind in SEEDED for language in TEXTS}


def test_seeds_are_found_and_decoys_are_not(result: Score) -> None:
    missed = {cell for cell, count in result.seeded.items() if result.found[cell] < count}
    assert not missed and not result.false_hits and not result.real_hits


def test_author_contacts_are_found_as_such(result: Score) -> None:
    assert all(result.typed["author_email", language] == 6 for language in TEXTS)


@pytest.mark.parametrize("kind", CHECKED)
def test_the_seeds_pass_the_filters_own_checks(kind: str) -> None:
    rng = Random(5)
    for _ in range(200):
        written, _ = make(kind, "en", rng)
        assert getattr(checksums, kind)(compact_number(written)), written


def test_equal_seeds_give_equal_documents_and_offsets_that_fit() -> None:
    first, second = (list(seeded(TEXTS, each=1, seed=9)) for _ in range(2))
    assert first == second != list(seeded(TEXTS, each=1, seed=10))
    for document in first:
        data = document.text.encode()
        for seed in document.seeds:
            assert data[seed.start : seed.end].decode().strip() == data[seed.start : seed.end].decode() != ""
        assert all(data[start:end].decode() in TEXTS[document.language][0] for start, end in document.real)


def test_leaflets_and_trial_records_hold_no_identifier() -> None:
    documents = list(decoys_only(TEXTS, each=60, seed=4))
    assert {document.language for document in documents} == set(TEXTS) and len(documents) == 240
    assert not score(documents, find_ours([document.text for document in documents])).false_hits


def test_a_score_counts_what_was_missed_and_what_was_false() -> None:
    document = next(iter(seeded(TEXTS, each=1, seed=9)))
    seed = document.seeds[0]
    missed = score([document], [[]])
    assert missed.found.total() == 0 and missed.recall([seed.kind]) == missed.worst_recall([seed.kind]) == 0
    outside = (len(document.text.encode()) + 1, len(document.text.encode()) + 2, "email")
    cut = (seed.start, seed.end - 1, seed.kind)
    found = score([document], [[outside, cut]])
    assert found.false_hits.total() == 1 and found.found[seed.kind, document.language] == 0
