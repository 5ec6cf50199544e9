"""Runs on packed documents and on UL2's mixture: losses do not depend on how the batch is shared out."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shards.errors import InputError
from train.loop import pretrain
from train.settings import PretrainConfig


def config(root, out, **changes) -> PretrainConfig:
    common = {"vocab_size": 1536, "input_length": 64, "batch": 8, "warmup": 2, "device": "cpu", "held_out": 0.1}
    common |= {"eval_every": 0, "eval_examples": 8, "checkpoint_every": 0, "steps": 6}
    return PretrainConfig(root=str(root), version="test@latest", out=str(out), **common | changes)


def losses(result) -> list[float]:
    return [json.loads(line)["loss"] for line in (result.run_dir / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("objective", "mode"), [("t5", "document"), ("ul2", "reference"), ("ul2", "document")])
def test_micro_batches_and_resuming_give_the_same_losses(root, tmp_path, objective, mode):
    whole = config(root, tmp_path / "whole", objective=objective, mode=mode)
    expected = losses(pretrain(whole))
    assert 7.0 < expected[0] < 8.5  # ln 1536 = 7.3
    small = dataclasses.replace(whole, out=str(tmp_path / "small"), micro_batch=3)
    assert losses(pretrain(small)) == pytest.approx(expected, rel=1e-5)
    broken = dataclasses.replace(whole, out=str(tmp_path / "broken"))
    pretrain(dataclasses.replace(broken, steps=3))
    assert losses(pretrain(broken)) == expected


@pytest.mark.slow
def test_two_processes_count_the_same_targets_of_packed_documents_as_one(root, tmp_path):
    one = config(root, tmp_path / "one", mode="document", objective="ul2")
    expected = losses(pretrain(one))
    options = {"vocab-size": 1536, "input-length": 64, "batch": 8, "warmup": 2, "held-out": 0.1, "eval-every": 0}
    options |= {"eval-examples": 8, "checkpoint-every": 0, "steps": 6, "mode": "document", "objective": "ul2"}
    options |= {"root": root, "version": "test@latest", "out": tmp_path / "two", "device": "cpu", "micro-batch": 3}
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    program = ["-m", "train.pretrain", *(f"--{name}={value}" for name, value in options.items())]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    subprocess.run([*launch, *program], check=True, env=environment)
    records = (tmp_path / "two" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["loss"] for line in records] == pytest.approx(expected, rel=1e-4)


def test_unknown_objectives_and_modes_are_refused(root, tmp_path):
    with pytest.raises(InputError, match="choices: t5, ul2"):
        config(root, tmp_path, objective="bert")
    with pytest.raises(InputError, match="choices: reference, document"):
        config(root, tmp_path, mode="packed")
