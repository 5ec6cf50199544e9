"""The learning-rate test reads its curve rightly, and runs."""

import json

import matplotlib.image
import numpy as np
import pytest
from typer.testing import CliRunner

from shards.errors import InputError
from train.lr_find import Rising, app, find, smooth


def test_the_rate_rises_by_the_same_factor():
    rates = [Rising(1e-4, 1.0, 13).at(step) for step in (1, 4, 7, 10, 13)]
    assert rates == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1.0])


def curve(steepest: float) -> tuple[list[float], list[float]]:
    """A loss that falls around `steepest` as a sigmoid of the rate's logarithm, and rises above ten times it."""
    rates = np.geomspace(1e-5, 1.0, 200)
    losses = 8 - 3 / (1 + (steepest / rates) ** 2)
    return rates.tolist(), np.where(rates > 10 * steepest, losses * rates / (10 * steepest), losses).tolist()


def test_the_suggestion_is_near_the_steepest_fall():
    rates, losses = curve(1e-3)
    found = find(rates, losses)
    assert 1e-3 / 2 < found.suggested < 1e-3 * 4
    assert found.suggested < found.lowest < 1e-1
    assert found.diverged is not None


def test_a_loss_that_never_falls_is_refused():
    with pytest.raises(InputError, match="did not fall"):
        find([1e-5, 1e-4, 1e-3, 1e-2], [5.0, 6.0, 7.0, 8.0])


@pytest.mark.parametrize("wrong", [{"low": 0.0}, {"low": 2.0}, {"high": float("inf")}, {"test_steps": 9}])
def test_rates_that_do_not_rise_are_refused(wrong):
    with pytest.raises(InputError, match="give 0 < low < high and at least 10 steps"):
        Rising(**wrong)


def test_smoothing_keeps_a_constant():
    assert smooth([3.0] * 20) == pytest.approx([3.0] * 20)


def test_the_command_suggests_a_rate_and_draws_it(root, tmp_path):
    options = ["--root", str(root), "--version", "test@latest", "--out", str(tmp_path), "--vocab-size", "1500"]
    result = CliRunner().invoke(
        app, [*options, "--input-length", "64", "--batch", "8", "--test-steps", "40", "--device=cpu"]
    )
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "lr_find.json").read_text())
    assert 1e-4 < found["suggested"] < 1
    assert matplotlib.image.imread(tmp_path / "lr_find.png").std() > 0.02
