"""Spikes and NaN: the verdict depends on the losses alone; the run goes back to its checkpoint with other examples."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_train_pretrain import config, metrics

import train.loop
from shards.errors import InputError
from train.loop import Run, pretrain
from train.watch.guard import LEAST, MOST, Guard
from train.watch.operate import Operation

QUIET = Operation(tracker="none")


def record(step: int, loss: float, norm: float = 1.0) -> dict:
    return {"step": step, "loss": loss, "gradient_norm": norm}


def judged(losses: list[float], deviations: float = 6.0) -> Guard:
    guard = Guard(deviations)
    for step, loss in enumerate(losses, 1):
        assert guard.verdict(record(step, loss)) is None
    return guard


def noisy(count: int) -> list[float]:
    return [5.0 + 0.1 * (-1) ** number for number in range(count)]


def test_a_spike_is_a_loss_far_above_the_last_ones():
    guard = judged(noisy(100))
    assert "after a mean of 5.000" in guard.verdict(record(101, 6.5))
    assert guard.verdict(record(101, 5.55)) is None


def test_even_losses_do_not_make_a_small_rise_a_spike():
    assert judged([5.0] * 100).verdict(record(101, 5.4)) is None


def test_the_first_steps_are_not_judged():
    assert judged(noisy(LEAST - 1)).verdict(record(LEAST, 50.0)) is None


def test_a_spike_does_not_count_for_later_verdicts():
    guard = judged(noisy(100))
    assert guard.verdict(record(101, 500.0))
    assert guard.verdict(record(101, 6.5))


@pytest.mark.parametrize("bad", [record(1, float("nan")), record(1, 5.0, float("inf"))])
def test_what_is_not_finite_is_rolled_back_or_ends_the_run(bad):
    assert "at step 1" in Guard(6.0).verdict(bad)
    with pytest.raises(InputError, match="smaller --lr"):
        Guard(0.0).verdict(bad)


def test_going_back_again_and_again_ends_the_run():
    guard = Guard(6.0)
    for _ in range(MOST):
        guard.went_back(10, "loss is nan")
    guard.went_back(20, "loss is nan")
    with pytest.raises(InputError, match="returns to step 10 with other examples"):
        guard.went_back(10, "loss is nan")


@given(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=80), st.integers(0, 79), st.floats(0.1, 100.0))
def test_a_resumed_guard_has_the_verdict_of_an_unbroken_one(losses, at, last):
    whole, passed = Guard(6.0), []
    for step, loss in enumerate(losses, 1):
        if whole.verdict(record(step, loss)) is not None:
            break
        passed.append(record(step, loss))
    resumed = Guard(6.0)
    resumed.begin(passed[: min(at, len(passed))])
    for one in passed[min(at, len(passed)) :]:
        assert resumed.verdict(one) is None
    step = len(passed) + 1
    assert (resumed.verdict(record(step, last)) is None) == (whole.verdict(record(step, last)) is None)


class Spiking(Run):
    """A run whose examples 160 to 167, those of step 21 at first, have a loss that is not a number."""

    def advance(self) -> dict:
        bad = (self.step + self.skipped) * self.config.batch == 160
        found = super().advance()
        return found | ({"loss": float("nan")} if bad else {})


def test_a_bad_batch_is_left_out_and_said_so_and_a_resumed_run_does_the_same(root, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train.loop, "Run", Spiking)
    whole = pretrain(config(root, tmp_path / "whole", steps=30, spike=6.0), QUIET)
    said = capsys.readouterr().err
    assert "back to step 20, without the 8 examples of step 21 to 21" in said
    assert whole.steps == 30
    records = metrics(tmp_path / "whole")
    assert [one["step"] for one in records] == list(range(1, 31))
    assert [one.get("skipped", 0) for one in records] == [0] * 20 + [1] * 10
    pretrain(config(root, tmp_path / "broken", steps=20, spike=6.0), QUIET)
    pretrain(config(root, tmp_path / "broken", steps=25, spike=6.0), QUIET)
    pretrain(config(root, tmp_path / "broken", steps=30, spike=6.0), QUIET)
    ours = metrics(tmp_path / "broken")
    assert [(one["loss"], one.get("skipped")) for one in ours] == [(one["loss"], one.get("skipped")) for one in records]


def test_without_a_checkpoint_a_run_goes_back_to_its_beginning(root, tmp_path, monkeypatch):
    monkeypatch.setattr(train.loop, "Run", Spiking)
    options = dataclasses.replace(config(root, tmp_path / "run", steps=22), checkpoint_every=0, eval_every=0)
    assert pretrain(options, QUIET).steps == 22
    assert metrics(tmp_path / "run")[0]["skipped"] == 21
