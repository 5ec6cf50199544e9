"""A Ray node is killed and does not come back: the run goes on from its last checkpoint, to the same losses."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import ray
from ray.cluster_utils import Cluster

from shards.errors import BuildError
from train.on_ray import pretrain_on_ray
from train.settings import PretrainConfig
from train.watch.operate import Operation

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[2]
STEPS = 60
OPTIONS = ["--vocab-size=1500", "--input-length=64", "--batch=8", "--warmup=5", "--eval-every=20", "--held-out=0.1"]
OPTIONS += ["--checkpoint-every=10", "--device=cpu", "--version=test@latest", f"--steps={STEPS}"]
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY), "RAY_AUTH_MODE": "disabled"}
NODE = {"memory": 8 << 30, "object_store_memory": 100 << 20}  # said to Ray, not taken


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A head that holds no worker, as a cluster's head should not."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    started = Cluster(initialize_head=True, head_node_args=NODE | {"num_cpus": 0, "include_dashboard": False})
    yield started
    started.shutdown()


@pytest.fixture(scope="module")
def whole(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Losses of a run that nothing happens to, under torchrun."""
    out = tmp_path_factory.mktemp("whole")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launch, "-m", "train.pretrain", f"--root={root}", f"--out={out}", *OPTIONS]
    subprocess.run(command, check=True, env=ENVIRONMENT)
    return losses(out)


def losses(out: Path) -> list[dict]:
    file = out / "metrics.jsonl"
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    records = [json.loads(line) for line in lines if line.endswith("\n")]
    return [{name: record.get(name) for name in ("step", "loss", "gradient_norm", "held_out")} for record in records]


class Job:
    """A run on the cluster, two workers, in a process of its own."""

    def __init__(self, cluster: Cluster, root: Path, out: Path):
        self.out, self.log = out, out.with_suffix(".log")
        command = [sys.executable, "-m", "train.pretrain", f"--root={root}", f"--out={out}", *OPTIONS]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--ray-workers=2", "--ray-restarts=1"],
                env=ENVIRONMENT | {"RAY_ADDRESS": cluster.address},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, done) -> None:
        while not done():
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.02)

    def reaches(self, step: int) -> None:
        self.wait_until(lambda: len(losses(self.out)) >= step)

    def says(self, text: str) -> None:
        self.wait_until(lambda: text in self.log.read_text())

    def ends_with(self, expected: list[dict]) -> None:
        assert self.process.wait(timeout=300) == 0, self.log.read_text()[-3000:]
        assert losses(self.out) == expected
        assert (self.out / "model" / "model.safetensors").exists()

    def lose_the_writer(self, cluster: Cluster) -> None:
        """Kill the node of the leading process, whose prefix is on the progress lines, with SIGKILL."""
        pid = int(re.findall(r"RayTrainWorker pid=(\d+).*step \d+", self.log.read_text())[-1])
        raylet = psutil.Process(pid).parent().pid
        (node,) = [node for node in cluster.list_all_nodes() if node.all_processes["raylet"][0].process.pid == raylet]
        cluster.remove_node(node, allow_graceful=False)
        assert len(losses(self.out)) < STEPS, "the node was killed too late to matter"


def test_a_run_goes_on_at_once_where_the_other_nodes_have_room(
    cluster: Cluster, root: Path, whole: list[dict], tmp_path: Path
) -> None:
    for _ in range(2):
        cluster.add_node(num_cpus=2, **NODE)
    cluster.wait_for_nodes()
    job = Job(cluster, root, tmp_path / "run")
    job.reaches(25)
    job.lose_the_writer(cluster)
    job.ends_with(whole)
    # Ray's cleaner asks whatever cluster of the machine began last, and prints a traceback if that is another's.
    log = "".join(line for line in job.log.open() if "PlacementGroupCleaner" not in line)
    assert re.search(r"begins again from step [2-5]0: restart 1 of 1", log)
    assert re.search(r"^worker [01] is lost: ", log, re.MULTILINE)
    assert "Traceback" not in log


def test_a_run_waits_for_another_node_where_they_have_not(
    cluster: Cluster, root: Path, whole: list[dict], tmp_path: Path
) -> None:
    for _ in range(2):
        cluster.add_node(num_cpus=1, **NODE)
    cluster.wait_for_nodes()
    job = Job(cluster, root, tmp_path / "run")
    job.reaches(25)
    job.lose_the_writer(cluster)
    job.says("waits for room for 2 workers of 1 CPU; the nodes that are up could hold 1")
    cluster.add_node(num_cpus=1, **NODE)
    job.ends_with(whole)


def test_a_driver_that_is_killed_is_started_again_and_goes_on(
    cluster: Cluster, root: Path, whole: list[dict], tmp_path: Path
) -> None:
    cluster.add_node(num_cpus=2, **NODE)
    cluster.wait_for_nodes()
    first = Job(cluster, root, tmp_path / "run")
    first.reaches(25)
    first.process.kill()
    first.process.wait()
    assert len(losses(first.out)) < STEPS, "the driver was killed too late to matter"
    Job(cluster, root, tmp_path / "run").ends_with(whole)


def test_a_lasting_lack_of_room_ends_the_run_with_what_to_do(cluster: Cluster, root: Path, tmp_path: Path) -> None:
    cluster.add_node(num_cpus=3, **NODE)
    cluster.wait_for_nodes()
    ray.init(cluster.address, logging_level="warning")
    config = PretrainConfig(root=str(root), version="test@latest", out=str(tmp_path / "run"), batch=8, device="cpu")
    said = r"no room for 4 workers of 1 CPU in 0.05 minutes; .* hold 3, .* with --ray-workers 2: the run goes on"
    try:
        with pytest.raises(BuildError, match=said):
            pretrain_on_ray(config, Operation(), workers=4, restarts=1, patience=3.0)
    finally:
        ray.shutdown()
