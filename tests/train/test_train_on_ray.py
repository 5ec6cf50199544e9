"""A run on a Ray cluster loses a worker, begins again from its last checkpoint, and ends with the same losses."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OPTIONS = ["--vocab-size=1500", "--input-length=64", "--batch=8", "--warmup=5", "--eval-every=20", "--held-out=0.1"]
OPTIONS += ["--checkpoint-every=10", "--device=cpu", "--version=test@latest", "--steps=40"]
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY), "RAY_USAGE_STATS_ENABLED": "0"}
ENVIRONMENT["RAY_ADDRESS"] = "local"  # a cluster of its own, whatever else runs on the machine


def losses(out: Path) -> list[dict]:
    file = out / "metrics.jsonl"
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    records = [json.loads(line) for line in lines if line.endswith("\n")]
    return [{name: record.get(name) for name in ("step", "loss", "gradient_norm", "held_out")} for record in records]


def kill_a_worker(driver: int) -> None:
    workers = [
        child
        for child in psutil.Process(driver).children(recursive=True)
        if "TrainWorker" in "".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE
    ]
    assert len(workers) == 2
    workers[-1].send_signal(signal.SIGKILL)


@pytest.mark.slow
def test_a_lost_worker_costs_the_steps_since_the_last_checkpoint(root, tmp_path):
    program = [sys.executable, "-m", "train.pretrain", f"--root={root}", *OPTIONS]
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", *program[1:]]
    subprocess.run([*launch, f"--out={tmp_path / 'whole'}"], check=True, env=ENVIRONMENT)

    broken = tmp_path / "broken"
    driver = subprocess.Popen(
        [*program, f"--out={broken}", "--ray-workers=2", "--ray-restarts=1"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    while len(losses(broken)) < 25:
        assert driver.poll() is None, driver.communicate()
        time.sleep(0.01)
    kill_a_worker(driver.pid)
    output, _ = driver.communicate()
    assert driver.returncode == 0, output
    assert losses(broken) == losses(tmp_path / "whole")
    assert (broken / "model" / "model.safetensors").exists()
    assert "held-out loss en" in output
