"""Order and mixing are pure functions with exact shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shards.errors import InputError
from train.data.mixture import BLOCK, Mixture, temperature_weights
from train.data.permute import key_of, permute


@given(st.integers(1, 3000), st.integers(0, 2**64 - 1))
@settings(max_examples=150, deadline=None)
def test_permutation_is_a_bijection(size, key):
    assert sorted(permute(np.arange(size), size, key).tolist()) == list(range(size))


def test_permutations_of_three_are_equally_likely():
    salts = np.arange(6000)
    images = np.stack([permute(np.full(6000, place), 3, key_of("three"), salts) for place in range(3)], axis=1)
    _, seen = np.unique(images, axis=0, return_counts=True)
    assert len(seen) == 6
    assert max(abs(seen - 1000)) < 4.5 * np.sqrt(6000 / 6 * 5 / 6)


def test_permutation_of_a_huge_range_needs_no_memory():
    found = permute(np.array([0, 1, 10**15 - 1]), 10**15, 3)
    assert len(set(found.tolist())) == 3
    assert found.max() < 10**15


def test_neighbours_are_scattered():
    image = permute(np.arange(10_000), 10_000, 11)
    assert abs(np.corrcoef(np.arange(10_000), image)[0, 1]) < 0.05
    assert np.mean(np.abs(np.diff(image)) == 1) < 0.002


def test_shares_follow_documents_to_the_power_alpha():
    weights = temperature_weights({"en": 1_000_000, "fr": 10_000, "it": 100}, 0.3)
    expected = np.array([1_000_000**0.3, 10_000**0.3, 100**0.3])
    assert list(weights.values()) == pytest.approx(expected / expected.sum())
    mixture = Mixture.of(weights, seed=0)
    languages, _ = mixture.place(np.arange(5 * BLOCK))
    shares = np.bincount(languages) / (5 * BLOCK)
    assert shares == pytest.approx(expected / expected.sum(), abs=1 / BLOCK)
    early = np.bincount(languages[:512], minlength=3) / 512
    assert early == pytest.approx(expected / expected.sum(), abs=0.08)


def test_every_index_of_a_language_occurs_once():
    mixture = Mixture.of({"a": 5, "b": 2, "c": 1}, seed=9)
    languages, inside = mixture.place(np.arange(3 * BLOCK))
    for number, quota in enumerate(mixture.quotas):
        assert sorted(inside[languages == number].tolist()) == list(range(3 * quota))


def test_blocks_and_seeds_have_different_orders():
    first, _ = Mixture.of({"a": 1, "b": 1}, seed=0).place(np.arange(2 * BLOCK))
    other, _ = Mixture.of({"a": 1, "b": 1}, seed=1).place(np.arange(BLOCK))
    assert (first[:BLOCK] != first[BLOCK:]).mean() > 0.4
    assert (first[:BLOCK] != other).mean() > 0.4


def test_a_language_that_would_never_be_seen_is_refused():
    with pytest.raises(InputError, match="tiny"):
        Mixture.of({"big": 1.0, "tiny": 1e-6}, seed=0)
    with pytest.raises(InputError, match="positive"):
        Mixture.of({"a": 1.0, "b": 0.0}, seed=0)
