"""What a run on a Ray cluster is refused for, and the one line that says why an attempt failed."""

from pathlib import Path

import pytest
from ray.train.v2._internal.exceptions import WorkerHealthCheckFailedError
from ray.train.v2.api.exceptions import ControllerError, WorkerGroupError

from shards.errors import InputError
from train import ray_cluster
from train.ray_cluster import check_mark, mark, reason

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
