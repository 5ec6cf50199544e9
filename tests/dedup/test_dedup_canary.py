"""The canary set: right under any thresholds, and loud when a part of the machinery does nothing or too much."""

import numpy as np
import pytest

from dedup.canary import Canary
from dedup.matching import lsh
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify


def wrong(threshold: float = 0.8, dose_threshold: float = 0.4, names: bool = True, bands: int = 14) -> list[str]:
    """Canaries that met another fate than they must."""
    steps = Signature(permutations=bands * 8), Bands(bands, 8, 2), Verify(threshold, dose_threshold, names=names)
    rows = Canary(*steps).run()["canary"].to_pylist()
    assert len(rows) == 60 and sum(row["expected"] is not None for row in rows) >= 4
    return [row["document"] for row in rows if row["expected"] not in (None, row["found"])]


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("dose_threshold", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("names", [True, False])
def test_a_sound_build_passes_under_any_thresholds(threshold: float, dose_threshold: float, names: bool) -> None:
    assert wrong(threshold, dose_threshold, names) == []


def test_a_sound_build_passes_when_parts_of_texts_go_too() -> None:
    steps = Signature(permutations=112), Bands(14, 8, 2), Verify(0.95, names=False, containment=0.7)
    rows = Canary(*steps).run()["canary"].to_pylist()
    assert [row for row in rows if row["expected"] not in (None, row["found"])] == []


def test_editions_and_copies_go_and_other_medicines_and_strengths_stay() -> None:
    rows = Canary(Signature(), Bands(), Verify()).run()["canary"].to_pylist()
    kept = [row["document"] for row in rows if row["found"] == "kept"]
    assert len(kept) == 20 and all(name.endswith("leaflet") for name in kept)


def test_bands_that_match_nothing_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = iter(range(10**6))
    noise = lambda minima, bands, rows: np.array(  # noqa: E731
        [[next(counter) for _ in range(bands)] for _ in minima], np.uint64
    )
    monkeypatch.setattr(lsh, "band_keys", noise)
    assert len(wrong()) == 20  # the editions


@pytest.mark.parametrize(
    ("blind_to", "removed"),
    [
        ({"names": False}, 12),  # the other medicine in each strength, and the other form
        ({"dose_threshold": 0.0}, 8),  # the other strength of each medicine
    ],
)
def test_verification_that_believes_everything_is_noticed(
    monkeypatch: pytest.MonkeyPatch, blind_to: dict, removed: int
) -> None:
    sound = Verify.rule.fget
    monkeypatch.setattr(Verify, "rule", property(lambda self: sound(self)._replace(**blind_to)))
    assert sum(name.endswith("leaflet") for name in wrong()) == removed
