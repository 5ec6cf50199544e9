"""The GPU's benchmark runs on a CPU with a tiny model: every table is filled, and the errors are those of rounding."""

import json

import pytest
import torch

import bench.gpu
from bench.gpu import SMALLEST, as_markdown, collect
from bench.tools.gpu_step import WAYS


@pytest.fixture(scope="module")
def result():
    uncompiled = tuple(way for way in WAYS if not way.compiled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench.gpu, "WAYS", uncompiled)
        return collect({"tiny": (SMALLEST, 64, 3)}, torch.device("cpu"), repeats=1)


def test_steps_of_both_sides_are_measured(result):
    rows = result["tables"]["step, tiny"]
    assert {row["way"] for row in rows} == {"ours, sdpa", "transformers, sdpa"}
    for row in rows:
        assert row["encoder_tokens_per_s"] == pytest.approx(3 * 64 / (row["step_ms"] / 1e3))
        assert 0 < row["mfu_measured"] < 1.5
        assert 0 < row["loss"] < 20


def test_attention_s_ways_are_exact_or_say_why_not(result):
    rows = result["tables"]["attention"]
    assert len(rows) == 8  # four ways, packed and not
    for row in rows:
        if row["attention"] == "flex":
            assert "backward" in row["failed"]  # on a CPU
        else:
            assert max(value for name, value in row.items() if name.startswith("error")) < 1e-5


def test_head_s_ways_are_exact(result):
    rows = result["tables"]["head"]
    assert [row["head"].split()[0] for row in rows] == ["all", "blocks"]
    assert max(value for row in rows for name, value in row.items() if name.startswith("error")) < 1e-5


def test_result_is_json_and_a_page(result):
    assert json.loads(json.dumps(result))["tables"].keys() == result["tables"].keys()
    page = as_markdown(result)
    assert all(f"## {name}" in page for name in result["tables"])
