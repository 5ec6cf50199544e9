"""Any number of processes, ddp or fsdp, give the losses of one; a run goes on with another number of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OPTIONS = ["--vocab-size=1500", "--input-length=64", "--batch=8", "--warmup=5", "--eval-every=10", "--held-out=0.1"]
OPTIONS += ["--checkpoint-every=10", "--device=cpu", "--version=test@latest", "--keep=9"]


def pretrain(root: Path, out: Path, processes: int, steps: int, *more: str) -> None:
    program = [sys.executable, "-m", "train.pretrain"]
    if processes > 1:
        program = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        program += ["-m", "train.pretrain"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    options = [f"--root={root}", f"--out={out}", f"--steps={steps}", *OPTIONS, *more]
    subprocess.run([*program, *options], check=True, env=environment)


def records(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


def assert_same(one: list[dict], other: list[dict]) -> None:
    """To rounding: sums are added in another order, and differences of 1e-7 grow with the steps."""
    assert len(one) == len(other)
    for here, there in zip(one, other, strict=True):
        assert there["loss"] == pytest.approx(here["loss"], rel=1e-4)
        assert there["languages"] == pytest.approx(here["languages"], rel=1e-4)
        assert there["gradient_norm"] == pytest.approx(here["gradient_norm"], rel=1e-3)
        assert there.get("held_out", {}) == pytest.approx(here.get("held_out", {}), rel=1e-3)


@pytest.fixture(scope="module")
def alone(root, tmp_path_factory):
    """Records of one process, by optimizer."""
    out = tmp_path_factory.mktemp("alone")
    for optimizer, lr in (("adamw", "0.02"), ("adafactor", "0.01")):
        pretrain(root, out / optimizer, 1, 20, f"--optimizer={optimizer}", f"--lr={lr}")
    return {optimizer: records(out / optimizer) for optimizer in ("adamw", "adafactor")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "parallel", "optimizer", "lr", "micro_batch"),
    [
        (2, "ddp", "adamw", "0.02", 2),
        (2, "fsdp", "adamw", "0.02", 2),
        (2, "fsdp", "adafactor", "0.01", 0),
        (4, "ddp", "adafactor", "0.01", 0),
        (4, "fsdp", "adamw", "0.02", 1),
    ],
)
def test_processes_give_the_losses_of_one(root, tmp_path, alone, processes, parallel, optimizer, lr, micro_batch):
    more = (f"--parallel={parallel}", f"--optimizer={optimizer}", f"--lr={lr}", f"--micro-batch={micro_batch}")
    pretrain(root, tmp_path / "run", processes, 20, *more)
    assert_same(alone[optimizer], records(tmp_path / "run"))
    shards = sorted(path.name for path in (tmp_path / "run" / "checkpoints" / "step-00000020").glob("shard-*"))
    assert len(shards) == processes
    assert (tmp_path / "run" / "model" / "model.safetensors").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("optimizer", "lr"), [("adamw", "0.02"), ("adafactor", "0.01")])
def test_a_run_goes_on_with_another_number_of_processes_and_another_layout(root, tmp_path, alone, optimizer, lr):
    more = (f"--optimizer={optimizer}", f"--lr={lr}")
    legs = ((1, 5, "ddp"), (2, 10, "fsdp"), (4, 13, "ddp"), (2, 15, "ddp"), (4, 18, "fsdp"), (1, 20, "ddp"))
    for processes, steps, parallel in legs:
        pretrain(root, tmp_path / "run", processes, steps, f"--parallel={parallel}", *more)
    for here, there in zip(alone[optimizer], records(tmp_path / "run"), strict=True):
        assert there["loss"] == pytest.approx(here["loss"], rel=1e-4)


@pytest.mark.slow
def test_fsdp_in_bfloat16_follows_one_process(root, tmp_path):
    """Gathered parameters are bfloat16, norms among them, and so are gradients until they are summed."""
    for processes in (1, 2):
        pretrain(root, tmp_path / str(processes), processes, 10, "--parallel=fsdp", "--precision=bf16")
    for here, there in zip(records(tmp_path / "1"), records(tmp_path / "2"), strict=True):
        assert there["loss"] == pytest.approx(here["loss"], rel=1e-2)
