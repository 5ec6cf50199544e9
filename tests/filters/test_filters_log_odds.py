"""Measured weights: what the log-odds say of rare and common entries, and that the shipped table is what they give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tools import domain_corpora as corpora
from bench.tools import domain_weights
from filters.domain import score, terms
from filters.domain.terms import LANGUAGES, parse
from filters.domain.training.texts import Text
from filters.log_odds import FEWEST, log_odds, measured, posterior, weight_class
from shards.errors import InputError

needs_data = pytest.mark.skipif(not (corpora.DATA / "text-medical").is_dir(), reason="../shared/data is not here")
counts = st.integers(0, 400)


def test_an_entry_seen_more_often_at_the_same_odds_says_more():
    rare, common = log_odds(2, 500, 0, 500), log_odds(200, 500, 0, 500)
    assert 0 < rare[0] < common[0] and rare[1] > common[1]


@given(st.integers(1, 400), counts)
def test_classes_that_change_places_change_the_sign(medical, other):
    assert log_odds(medical, 400, other, 500)[0] == pytest.approx(-log_odds(other, 500, medical, 400)[0])


@given(st.floats(-5, 5), st.floats(0, 3), st.floats(0, 2), st.sampled_from([0.4, 0.7, 0.8, 1.0]))
def test_more_evidence_for_medicine_never_lowers_a_weight(odds, more, error, weight):
    least, most = posterior(weight, odds, error), posterior(weight, odds + more, error)
    assert weight_class(least) <= weight_class(most)


def test_evidence_is_counted_in_documents_and_long_ones_are_cut():
    long = Text("fever " + "word " * 399, "en", True, "a")
    other = Text("word " * 200, "en", False, "b")
    [entry] = measured(parse("[terms 1]\nfever", "test"), [long, other])
    assert (entry.medical, entry.other, entry.is_measured) == (1, 0, False)
    assert entry.log_odds == pytest.approx(log_odds(1, 2, 0, 1)[0])


def test_a_table_that_names_an_unknown_entry_is_refused():
    with pytest.raises(InputError, match="'cough' is not in the lexicon"):
        parse("[terms 1]\nfever", "test").reweighed({"cough": 0.7}, "weights.tsv")


def test_the_table_has_the_last_word_on_entries_with_enough_evidence_and_only_above_zero():
    for language, lexicon in zip(LANGUAGES, terms.lexicons(), strict=True):
        by_hand = terms.hand_set(language)
        for entry, weight in terms.measured_weights()[language].items():
            kind, term = lexicon._place(entry)
            assert kind[term] == weight and by_hand._place(entry)[0][term] > 0
    for line in domain_weights.FILE.read_text().splitlines()[1:]:
        _, entry, _, medical, other, _ = line.split("\t")
        assert int(medical) + int(other) >= FEWEST, entry


@needs_data
@pytest.mark.parametrize("language", ["fr", "it", "es", pytest.param("en", marks=pytest.mark.slow)])
def test_the_shipped_weights_are_those_that_the_corpora_give(language):
    shipped = domain_weights.FILE.read_text(encoding="utf-8").splitlines()
    assert domain_weights.rows(language) == [line for line in shipped if line.startswith(f"{language}\t")]


@needs_data
@pytest.mark.slow
def test_the_scores_constants_are_those_that_the_corpora_give():
    intercept, density, log_weight = domain_weights.constants()
    assert pytest.approx(intercept, abs=0.05) == score.INTERCEPT
    assert pytest.approx(density, abs=0.5) == score.PER_DENSITY
    assert pytest.approx(log_weight, abs=0.005) == score.PER_LOG_WEIGHT
