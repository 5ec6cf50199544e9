"""Two Ray nodes on one machine, one killed amidst deduplication: the build goes on with the other to its version."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster
from site_builds import REPOSITORY, build

from catalog.versions import Catalog

pytestmark = pytest.mark.slow
NODE = {"num_cpus": 1, "memory": 8 << 30, "object_store_memory": 100 << 20}  # said to Ray, not taken


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    started = Cluster(initialize_head=True, head_node_args=NODE | {"include_dashboard": False})
    yield started
    started.shutdown()


def receipts(root: Path, step: str) -> int:
    return len(list((root / "receipts" / step).glob("*.json")))


@pytest.mark.parametrize(("step", "moment"), [("match", 3), ("signature", 2)], ids=["matching", "signing"])
def test_a_node_that_is_lost_amidst_deduplication_changes_nothing(
    cluster: Cluster, folder_recipe: Path, tmp_path: Path, step: str, moment: int
) -> None:
    reference = build(folder_recipe, tmp_path / "reference")
    total = receipts(tmp_path / "reference", step)
    assert total > moment
    root = tmp_path / "store"
    root.mkdir()
    second = cluster.add_node(**NODE)
    cluster.wait_for_nodes()
    command = [sys.executable, "-m", "ingest", "run", str(folder_recipe), "--root", str(root), "--engine", "ray"]
    environment = os.environ | {"RAY_ADDRESS": cluster.address, "RAY_AUTH_MODE": "disabled"}
    with (tmp_path / "log.txt").open("w") as log:
        driver = subprocess.Popen(command, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT, env=environment)
        while driver.poll() is None and receipts(root, step) < moment:
            time.sleep(0.02)
        cluster.remove_node(second, allow_graceful=False)
        early = receipts(root, step)
        assert driver.wait(timeout=300) == 0, (tmp_path / "log.txt").read_text()[-3000:]
    assert early < total, "the node was killed too late to matter"
    manifest = Catalog(root).resolve("pages")
    assert manifest.id == reference.version
    assert not Catalog(root).verify(manifest.id).problems
    assert receipts(root, step) == total
