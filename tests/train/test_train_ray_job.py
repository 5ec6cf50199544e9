"""`ray job submit` trains on a cluster with its job server: the losses of one process, and a log for people."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray_jobs import REPOSITORY, job_server, submit

OPTIONS = ["--vocab-size=1500", "--input-length=64", "--batch=8", "--warmup=5", "--eval-every=20", "--held-out=0.1"]
OPTIONS += ["--checkpoint-every=10", "--device=cpu", "--version=test@latest", "--steps=20", "--parallel=fsdp"]
Cluster = tuple[str, dict[str, str]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with job_server(tmp_path_factory.mktemp("head")) as started:
        yield started


def job(cluster: Cluster, root: Path, *more: str) -> subprocess.CompletedProcess:
    entrypoint = ["python", "-m", "train.pretrain", f"--root={root}", *OPTIONS, "--ray-workers=2", *more]
    return submit(*cluster, entrypoint)


def records(out: Path) -> list[dict]:
    found = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [{name: record.get(name) for name in ("step", "loss", "gradient_norm", "held_out")} for record in found]


@pytest.mark.slow
def test_a_job_trains_to_the_losses_of_torchrun_and_logs_its_progress(cluster: Cluster, root: Path, tmp_path: Path):
    out = tmp_path / "job"
    done = job(cluster, root, f"--out={out}")
    log = done.stdout
    assert done.returncode == 0, log[-3000:] + done.stderr[-3000:]
    assert re.search(r"step 20/20 · loss \d\.\d+ .* tokens/s .* left", log)
    assert "step 20: held-out loss en" in log
    assert re.search(r"training loss +\d+\.\d+ → \d+\.\d+", log)
    assert "succeeded" in log
    assert (out / "model" / "model.safetensors").exists()

    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    launch += ["-m", "train.pretrain", f"--root={root}", f"--out={tmp_path / 'torchrun'}", *OPTIONS]
    subprocess.run(launch, check=True, env=environment)
    assert records(out) == records(tmp_path / "torchrun")


@pytest.mark.slow
def test_what_is_refused_is_one_line_and_a_failed_job(cluster: Cluster, root: Path, tmp_path: Path):
    (tmp_path / "config.json").write_text('{"lr": 0.5}')
    refusals = {
        "holds a run with lr = 0.5, this one has 0.02": [f"--out={tmp_path}"],  # found by one worker
        "--out runs/one is in the job's own copy of the code": ["--out=runs/one"],
        "batch 9 cannot be shared by 2 processes": [f"--out={tmp_path / 'odd'}", "--batch=9"],  # by both
    }
    for said, options in refusals.items():
        done = job(cluster, root, *options)
        log = done.stdout.split("Status message")[0]  # the command repeats the end of the log after this
        assert done.returncode == 1, log
        assert "failed" in log
        assert "Traceback" not in log, log
        assert len([line for line in log.splitlines() if line.startswith("error: ") and said in line]) == 1, log
        assert len(re.findall("error", log, re.IGNORECASE)) == 1, log
