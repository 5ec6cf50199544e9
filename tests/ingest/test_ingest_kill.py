"""SIGKILL of the driver, of a worker, of everything at random moments: the same command goes on to the same version."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from site_builds import REPOSITORY, build

from catalog.versions import Catalog

pytestmark = pytest.mark.slow


def start(recipe: Path, root: Path, engine: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "ingest", "run", str(recipe), "--root", str(root), "--engine", engine]
    with (root / "log.txt").open("a") as log:
        return subprocess.Popen(
            command, cwd=REPOSITORY, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            env=os.environ | {"RAY_AUTH_MODE": "disabled"},
        )  # fmt: skip


def descendants(process: subprocess.Popen) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill(process: subprocess.Popen, victim: str, random_: random.Random) -> bool:
    """SIGKILL the driver alone, one worker (a Ray worker or an extraction process), or driver and all below it.

    False when it came too late to hit anything.
    """
    below = descendants(process)
    if victim == "worker":
        workers = [p for p in below if _is_worker(" ".join(_command(p)))]
        targets = [random_.choice(workers)] if workers else []
    else:
        driver = [] if process.poll() is not None else [psutil.Process(process.pid)]
        targets = driver + (below if victim == "group" else [])
    for target in targets:
        try:
            target.kill()
        except psutil.NoSuchProcess:
            continue
    if victim == "driver":
        process.wait()
        psutil.wait_procs(below, timeout=30)  # what the driver started must not outlive it
    return bool(targets)


def _is_worker(command: str) -> bool:
    """A Ray worker (not one of the node's own agents) or an extraction process."""
    return "ingest.extract.worker" in command or (command.startswith("ray::") and "Agent" not in command)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def receipts(root: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of writing of each receipt: work that is repeated would change them."""
    paths = (root / "receipts").rglob("*.json")
    return {str(p): (p.stat().st_ino, p.stat().st_mtime_ns) for p in paths if p.stat().st_size}


def wait_for_moment(process: subprocess.Popen, root: Path, written: int, pause: float, victim: str) -> None:
    """Until `written` receipts exist, `pause` seconds more, and until there is a worker where one is the victim.

    Moments are measured in work done, not in seconds: a slow machine is hit in its work as well as a fast one.
    """
    while process.poll() is None and len(receipts(root)) < written:
        time.sleep(0.02)
    time.sleep(pause)
    while process.poll() is None and victim == "worker":
        if any(_is_worker(" ".join(_command(p))) for p in descendants(process)):
            return
        time.sleep(0.02)


def undo_half(root: Path, random_: random.Random) -> None:
    """Take away half of the receipts, so that there is work again to be killed in."""
    found = sorted(receipts(root))
    for path in random_.sample(found, len(found) // 2):
        Path(path).unlink()


@pytest.mark.parametrize(("engine", "kills"), [("local", 14), ("ray", 7)], ids=["in-process", "ray"])
def test_kills_lose_nothing_double_nothing_and_repeat_nothing(
    folder_recipe: Path, tmp_path: Path, engine: str, kills: int
) -> None:
    reference = build(folder_recipe, tmp_path / "reference")
    total = len(receipts(tmp_path / "reference"))
    random_ = random.Random(engine)
    landed, attempts, root = 0, 0, tmp_path / "store"
    root.mkdir()
    while landed < kills:
        attempts += 1
        assert attempts < 4 * kills, "too few kills came in time"
        if len(receipts(root)) > total // 2:
            undo_half(root, random_)
        victim = ("driver", "worker", "group")[landed % 3]
        moment = random_.randint(0, total - 1)  # a third of the moments come before the first new receipt
        if victim == "worker":  # not before the driver has its cluster: `ray.init` waits for a killed worker for ever
            moment = max(moment, len(receipts(root)) + 1)
        process = start(folder_recipe, root, engine)
        wait_for_moment(process, root, moment, random_.uniform(0.0, 0.5), victim)
        finished = process.poll() is not None
        landed += kill(process, victim, random_)
        if victim == "worker":  # the driver sees to it by itself
            assert process.wait(timeout=240) == 0, (root / "log.txt").read_text()[-2000:]
        process.wait(timeout=60)
        if not finished and victim != "worker":
            assert all(json.loads(Path(path).read_text()) for path in receipts(root))  # no receipt is half written
    undo_half(root, random_)
    last = receipts(root)
    process = start(folder_recipe, root, engine)
    assert process.wait(timeout=240) == 0, (root / "log.txt").read_text()[-2000:]
    after = receipts(root)
    assert last.items() <= after.items(), "finished work was repeated"
    catalog = Catalog(root)
    manifest = catalog.resolve("pages")
    assert manifest.id == reference.version
    assert not catalog.verify(manifest.id).problems
    rows = [
        r for shard in manifest.shards for r in catalog.store.get_table(shard.blob, ("doc_id",))["doc_id"].to_pylist()
    ]
    assert len(rows) == len(set(rows)) == sum(funnel.kept for funnel in manifest.funnels)
