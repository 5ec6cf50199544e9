"""Loss curves show what happened."""

import numpy as np
import pytest

from train.watch.plot import plot_losses, smooth


def test_smoothing_keeps_straight_lines_and_calms_noise():
    assert smooth([3.0] * 50) == pytest.approx([3.0] * 50)
    line = np.linspace(9, 5, 200)
    assert smooth(line.tolist())[:190] == pytest.approx(line[:190])
    noisy = np.random.Generator(np.random.Philox(1)).normal(4, 1, 1000)
    assert smooth(noisy.tolist()).std() < 0.25
    assert len(smooth([2.0])) == 1


def test_a_run_without_held_out_text_or_with_languages_that_come_late_is_drawn(tmp_path):
    records = [{"step": 1, "loss": 8.0, "languages": {"en": 8.0}}, {"step": 2, "loss": 7.0, "languages": {"fr": 7.0}}]
    path = plot_losses(records, tmp_path / "loss.png", "title")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.iterdir()] == ["loss.png"]
