"""Runs that are killed or have no disk left: what was saved is whole, and the losses are those of an unbroken run."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from train.checkpoint_folder import steps

REPOSITORY = Path(__file__).resolve().parents[2]
OPTIONS = ["--vocab-size=1500", "--input-length=64", "--batch=8", "--warmup=5", "--eval-every=7", "--held-out=0.1"]
OPTIONS += ["--device=cpu", "--version=test@latest", "--keep=2"]


def start(root: Path, out: Path, *more: str, limit: int = 0) -> subprocess.Popen:
    """A run in a process of its own, whose files may grow to `limit` bytes."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    program = [sys.executable, "-m", "train.pretrain", f"--root={root}", f"--out={out}", *OPTIONS, *more]
    before = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    return subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=before)


def finish(process: subprocess.Popen) -> str:
    """What it wrote to standard error."""
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return errors


def kill_when(process: subprocess.Popen, reached: Callable[[], bool]) -> bool:
    """Kill it at once when `reached`; whether it came to that."""
    while process.poll() is None:
        if reached():
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(0.001)
    return False


def records(out: Path) -> list[dict]:
    lines = (out / "metrics.jsonl").read_text().splitlines()
    return [{key: value for key, value in json.loads(line).items() if "second" not in key} for line in lines]


def lines(out: Path) -> int:
    return (out / "metrics.jsonl").read_text().count("\n") if (out / "metrics.jsonl").exists() else 0


def weights(out: Path) -> bytes:
    return (out / "model" / "model.safetensors").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adamw", "adafactor"])
def test_killed_at_random_steps_gives_the_losses_of_an_unbroken_run_to_the_bit(root, tmp_path, optimizer):
    more = (f"--optimizer={optimizer}", "--lr=0.01", "--steps=60", "--checkpoint-every=10")
    finish(start(root, tmp_path / "whole", *more))
    broken = tmp_path / "broken"
    for at in sorted(random.Random(optimizer).sample(range(1, 58), 3)):
        assert kill_when(start(root, broken, *more), lambda at=at: lines(broken) >= at)
    finish(start(root, broken, *more))
    assert records(broken) == records(tmp_path / "whole")
    assert weights(broken) == weights(tmp_path / "whole")


@pytest.mark.slow
def test_killed_while_checkpoints_are_written_leaves_whole_ones_only(root, tmp_path):
    more = ("--steps=40", "--checkpoint-every=1")
    finish(start(root, tmp_path / "whole", *more))
    broken, halves = tmp_path / "broken", 0
    folder = broken / "checkpoints"
    for at in (4, 13, 22):
        writing = lambda at=at: lines(broken) >= at and any(folder.glob(".tmp-step-*/*.safetensors"))  # noqa: E731
        assert kill_when(start(root, broken, *more), writing)
        halves += len(list(folder.glob(".tmp-*")))
        assert all((folder / f"step-{step:08d}" / "state.json").exists() for step in steps(folder))
    assert halves  # else nothing was killed in the middle
    finish(start(root, broken, *more))
    assert records(broken) == records(tmp_path / "whole")
    assert weights(broken) == weights(tmp_path / "whole")
    assert not list(folder.glob(".tmp-*"))


@pytest.mark.slow
def test_a_disk_that_is_full_keeps_the_last_checkpoint_and_training_goes_on(root, tmp_path):
    finish(start(root, tmp_path / "whole", "--steps=40", "--checkpoint-every=10"))
    full = tmp_path / "full"
    finish(start(root, full, "--steps=10", "--checkpoint-every=10"))
    room = 2 * len(weights(full))  # for the exported model, not for a checkpoint, which has the moments, too
    errors = finish(start(root, full, "--steps=30", "--checkpoint-every=10", limit=room))
    for step in (20, 30):
        assert f"the checkpoint of step {step} could not be written" in errors
    assert "training goes on, the last checkpoint is of step 10" in errors
    assert steps(full / "checkpoints") == [10]
    finish(start(root, full, "--steps=40", "--checkpoint-every=10"))
    assert steps(full / "checkpoints")[-1] == 40
    whole = [{key: value for key, value in one.items() if key != "held_out"} for one in records(tmp_path / "whole")]
    assert [{key: value for key, value in one.items() if key != "held_out"} for one in records(full)] == whole
