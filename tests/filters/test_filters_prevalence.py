"""Figures at a prevalence, the logistic fit, and the split of training sources."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.domain.training.logistic import balanced, fit
from filters.domain.training.prevalence import at_recall, at_threshold, auc, bootstrap, calibration_error, precision
from filters.domain.training.recipe import TrainingSource
from filters.domain.training.texts import Text, disjoint, host_of, split_of

scores = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)


def test_precision_at_a_web_prevalence_falls_fast_with_the_false_positive_rate():
    assert precision(0.9, 0.0015, 0.015) == pytest.approx(0.9, abs=0.005)
    assert precision(0.9, 0.005, 0.015) == pytest.approx(0.733, abs=0.001)
    assert precision(0, 0, 0.015) == 0


@given(scores, scores)
def test_auc_is_the_chance_that_a_positive_scores_higher(positive, negative):
    pairs = positive[:, None] - negative[None]
    assert auc(positive, negative) == pytest.approx(np.mean((pairs > 0) + 0.5 * (pairs == 0)))


@given(scores, scores, st.floats(0.05, 1))
def test_the_threshold_for_a_recall_reaches_it(positive, negative, recall):
    assert at_recall(positive, negative, recall).recall >= recall - 1e-9


def test_without_an_error_the_interval_is_as_wide_as_few_negatives_demand():
    ones, zeros = np.ones(100), np.zeros(100)
    few, _ = bootstrap(ones, zeros, 0.5)
    many, _ = bootstrap(ones, np.zeros(100_000), 0.5)
    assert at_threshold(ones, zeros, 0.5).precision == 1
    assert few.low < 0.5 and many.low > 0.99


def test_a_calibrated_score_has_no_calibration_error():
    assert calibration_error(np.array([0, 1, 0, 1]), np.full(4, 0.5)) == 0
    assert calibration_error(np.array([0, 0]), np.array([0.9, 0.9])) == pytest.approx(0.9)


def test_the_fit_stays_at_its_prior_without_evidence_and_finds_the_truth_with_much():
    generator = np.random.default_rng(0)
    features = np.stack([np.ones(20_000), generator.normal(size=20_000)], axis=1)
    truth, prior, spread = np.array([-0.5, 2.0]), np.array([1.0, 0.0]), np.array([1.0, 1.0])
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-features @ truth))).astype(float)
    np.testing.assert_allclose(fit(features, labels, prior, spread, np.ones(20_000)), truth, atol=0.1)
    np.testing.assert_allclose(fit(features[:0], labels[:0], prior, spread, np.ones(0)), prior)
    assert balanced(labels)[labels == 1].sum() == pytest.approx(balanced(labels)[labels == 0].sum())


def test_a_source_is_split_by_its_mark_its_name_or_its_hosts():
    by_mark = TrainingSource(name="a", files=("x.jsonl",), split="test")
    by_name = TrainingSource(name="a", files=("x.jsonl",))
    by_host = TrainingSource(name="a", files=("x.jsonl",), split="hosts")
    hosts = [f"site-{number}.org" for number in range(200)]
    assert {split_of(by_mark, host) for host in hosts} == {"test"}
    assert len({split_of(by_name, host) for host in hosts}) == 1
    assert {split_of(by_host, host) for host in hosts} == {"train", "calibration", "test"}


def test_a_host_of_the_test_is_in_no_other_split():
    texts = [
        Text("one", "en", True, "a", "x.org", "train"),
        Text("two", "en", True, "b", "x.org", "test"),
        Text("three", "en", True, "a", "y.org", "train"),
        Text("four", "en", False, "c", "", "train"),
    ]
    assert [text.text for text in disjoint(texts)] == ["two", "three", "four"]
    assert host_of("https://www.news.example.co.uk/a") == "example.co.uk"
