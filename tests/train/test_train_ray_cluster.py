"""A run on a Ray cluster without the cluster: what is refused, why an attempt failed, how often it begins again."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from ray.train.v2._internal.exceptions import WorkerHealthCheckFailedError
from ray.train.v2.api.exceptions import ControllerError, WorkerGroupError

from shards.errors import BuildError, InputError
from train import on_ray, ray_cluster
from train.checkpoint_folder import name
from train.ray_cluster import check_mark, mark, reason
from train.rundir import RunDir
from train.settings import PretrainConfig
from train.watch.operate import Operation

LOST = WorkerHealthCheckFailedError("A worker health check failed.", RuntimeError("The node has died."))


def test_a_folder_that_nodes_do_not_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_cluster, "VISIBLE", 1)
    here, there = tmp_path / "here", tmp_path / "there"
    first = mark(str(here))
    check_mark(str(here), first)
    mark(str(there))  # of another run, or an earlier one
    with pytest.raises(InputError, match="give one that all nodes share"):
        check_mark(str(there), first)
    with pytest.raises(InputError, match="give one that all nodes share"):
        check_mark(str(tmp_path / "nowhere"), first)


def test_a_lost_worker_is_named_before_those_who_lost_the_connection_to_it() -> None:
    error = WorkerGroupError("all of it", {0: RuntimeError("Connection closed by peer"), 1: LOST})
    assert reason(error) == "worker 1 is lost: The node has died."


def test_a_failed_worker_is_named_by_the_last_line_of_its_error() -> None:
    assert reason(WorkerGroupError("", {3: ValueError("first\nlast")})) == "worker 3 failed: last"
    assert reason(WorkerGroupError("", {3: ValueError()})) == "worker 3 failed: ValueError"
    assert reason(ControllerError(RuntimeError("no node"))) == "no node"


def test_what_the_user_can_act_on_is_raised_whoever_else_failed() -> None:
    with pytest.raises(InputError, match="another lr"):
        reason(WorkerGroupError("", {0: RuntimeError("Connection closed by peer"), 1: InputError("another lr")}))


FAILED = WorkerGroupError("all of it", {0: ValueError("bad step")})
REFUSED = WorkerGroupError("", {0: InputError("another lr")})


def attempts(monkeypatch: pytest.MonkeyPatch, out: Path, *ends: tuple[int, Exception | None]) -> list[int]:
    """Let attempts end with these checkpoints and errors; the steps from which they have begun."""
    began: list[int] = []
    checkpoints = RunDir(out).checkpoints

    def fit() -> None:
        step, error = ends[len(began)]
        began.append(max(on_ray.steps(checkpoints), default=0))
        (checkpoints / name(step)).mkdir(parents=True, exist_ok=True)
        if error:
            raise error
        RunDir(out).log({"step": step, "loss": 1.0})

    monkeypatch.setattr(on_ray, "ray", SimpleNamespace(is_initialized=lambda: True, cluster_resources=dict))
    monkeypatch.setattr(on_ray, "shared", lambda _, folder: folder)
    monkeypatch.setattr(on_ray, "open_version", lambda *_: None)
    monkeypatch.setattr(on_ray, "wait_for_room", lambda *_: None)
    monkeypatch.setattr(on_ray, "_trainer", lambda *_: SimpleNamespace(fit=fit))
    return began


def run(out: Path, restarts: int) -> int:
    return on_ray.pretrain_on_ray(PretrainConfig(version="v", out=str(out)), Operation(), 2, restarts, 0.0).steps


def test_failures_with_progress_between_them_never_end_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = attempts(monkeypatch, tmp_path, *((step, FAILED) for step in (10, 20, 30, 40)), (50, None))
    assert run(tmp_path, restarts=1) == 50
    assert began == [0, 10, 20, 30, 40]


def test_a_failure_that_stays_ends_it_with_the_whole_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = attempts(monkeypatch, tmp_path, *[(10, FAILED)] * 4)
    with pytest.raises(BuildError, match=r"(?s)failed 3 times after step 10, .*all of it"):
        run(tmp_path, restarts=2)
    assert began == [0, 10, 10]


def test_what_is_refused_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = attempts(monkeypatch, tmp_path, (10, REFUSED), (20, None))
    with pytest.raises(InputError, match="another lr"):
        run(tmp_path, restarts=3)
    assert began == [0]
