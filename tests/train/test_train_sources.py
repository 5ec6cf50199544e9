"""Sources of a language are seen as often as weights and temperature say."""

import numpy as np
import pytest

from shards.errors import InputError
from train.data.documents import Documents
from train.data.sources import by_source
from train.data.stream import ExampleStream, Special

NAMES = ("emea", "pubmed", "tiny", "wiki")


def documents(sizes: list[int]) -> Documents:
    """Documents of 100 tokens; so many hundred of each source."""
    source = np.repeat(np.arange(4, dtype=np.int32), sizes)
    length = np.full(len(source), 100)
    values = np.repeat(source + 3, 100).astype(np.int32)
    return Documents([values], 0 * source, np.cumsum(length) - length, length, source, NAMES)


def shares(groups: dict) -> dict[str, float]:
    return {name: round(share, 4) for name, (_, share) in groups.items()}


def test_without_weights_a_language_is_one_group():
    text = documents([10, 80, 1, 9])
    groups = by_source("fr", text, {}, 1.0, 200)
    assert shares(groups) == {"fr": 1.0}
    assert groups["fr"][0].tokens == text.tokens


def test_a_weight_of_two_shows_a_text_twice_as_often():
    groups = by_source("fr", documents([10, 80, 1, 9]), {"emea": 2.0}, 1.0, 200)
    assert shares(groups) == {"fr/emea": round(20 / 110, 4), "fr": round(90 / 110, 4)}
    special = Special(tuple(range(1000, 900, -1)), 1)
    weights = {name: share for name, (_, share) in groups.items()}
    stream = ExampleStream({name: text for name, (text, _) in groups.items()}, weights, special, 30, 0)
    epochs = stream.epochs(100_000)
    assert epochs["fr/emea"] / epochs["fr"] == pytest.approx(2.0, rel=0.02)
    assert stream.languages == ("fr",)


def test_a_weight_of_zero_leaves_a_source_out():
    groups = by_source("fr", documents([10, 80, 1, 9]), {"wiki": 0.0, "pubmed": 0.5}, 1.0, 200)
    assert shares(groups) == {"fr/pubmed": round(40 / 51, 4), "fr": round(11 / 51, 4)}
    assert 3 not in groups["fr"][0].source
    with pytest.raises(InputError, match="no source with a weight above 0"):
        by_source("fr", documents([10, 0, 0, 0]), {"emea": 0.0}, 1.0, 200)


def test_a_temperature_mixes_by_tokens_to_the_power_alpha_and_keeps_tiny_sources_together():
    groups = by_source("fr", documents([10, 80, 1, 9]), {}, 0.3, 200)
    size = np.array([1000.0, 8000.0, 100.0, 900.0]) ** 0.3
    expected = size / size.sum()
    found = [groups[name][1] for name in ("fr/emea", "fr/pubmed", "fr", "fr/wiki")]
    assert found == pytest.approx(expected.tolist())
