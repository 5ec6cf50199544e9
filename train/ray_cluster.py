"""What a run must know of its Ray cluster: whether there is room for it, which folders are shared, why it failed."""

import secrets
import socket
import textwrap
import time
from pathlib import Path

import ray
from ray.train.v2.api.exceptions import TrainingFailedError, WorkerGroupError
from ray.util.placement_group import placement_group, remove_placement_group

from shards.commands import console
from shards.errors import BuildError, InputError, MedcorpusError

FIRST, QUIET = 10.0, 60.0  # seconds until the first line about missing room, and between the next ones

MARK = "ray/mark"
VISIBLE = 60  # seconds until every NFS client sees what another one wrote


def wait_for_room(workers: int, each: dict[str, float], batch: int, patience: float) -> None:
    """Wait until `workers` times the resources `each` are free, on whatever nodes; a cluster that can grows meanwhile.

    `BuildError` after `patience` seconds, with the number of workers that there is room for.
    """
    wanted = f"{workers} workers of {' and '.join(f'{count} {name}' for name, count in each.items())}"
    asked = placement_group([each] * workers)  # as Ray Train will ask
    waited, pause = 0.0, min(FIRST, patience) or 1.0
    try:
        while not asked.wait(pause):
            waited += pause
            found = room(each)
            here = f"the nodes that are up could hold {found}, other jobs aside"
            if waited >= patience:
                said = f"no room for {wanted} in {patience / 60:g} minutes; {here}"
                raise BuildError(f"{said}. {_advice(workers, found, batch)}")
            say(f"waits for room for {wanted}; {here}")
            pause = min(QUIET, patience - waited)
    finally:
        remove_placement_group(asked)


def room(each: dict[str, float]) -> int:
    """How many workers the nodes that are up could hold if nothing else ran on them."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return sum(int(min(node.get(name, 0) // count for name, count in each.items())) for node in nodes)


def _advice(workers: int, found: int, batch: int) -> str:
    fewer = max((count for count in range(1, min(found + 1, workers)) if batch % count == 0), default=0)
    smaller = f", or now with --ray-workers {fewer}" if fewer else ""
    return f"Submit the same command again when there is{smaller}: the run goes on from its last checkpoint"


def shared(option: str, folder: str) -> str:
    """The folder as workers can open it: absolute. `InputError` if it is in the copy of the code that a job runs in."""
    if "://" in folder:
        return folder
    if ray.get_runtime_context().runtime_env.get("working_dir") and not Path(folder).is_absolute():
        raise InputError(f"{option} {folder} is in the job's own copy of the code; give a folder that all nodes share")
    return str(Path(folder).resolve())


def mark(folder: str) -> str:
    """Leave a mark in the folder, a new one each time; the mark."""
    found = secrets.token_hex(8)
    path = Path(folder) / MARK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(found)
    return found


def check_mark(folder: str, expected: str) -> None:
    """`InputError` unless this machine sees the mark: a run would train into a folder that nobody else has."""
    path = Path(folder) / MARK
    for _ in range(VISIBLE):
        if path.exists() and path.read_text() == expected:
            return
        time.sleep(1)
    host = socket.gethostname()
    raise InputError(f"--out {folder} on {host} is not the folder that the command sees; give one that all nodes share")


def reason(error: TrainingFailedError) -> str:
    """Why an attempt failed, in one line; what the user can act on is raised instead: it would fail again."""
    failures = error.worker_failures if isinstance(error, WorkerGroupError) else {}
    for failure in failures.values():
        if isinstance(failure, MedcorpusError):
            raise failure
    dead = {rank: failure for rank, failure in failures.items() if hasattr(failure, "health_check_failure")}
    for rank, failure in (dead or failures).items():  # who lost a dead worker has an error, too: of the lost connection
        return f"worker {rank} {'is lost' if dead else 'failed'}: {_last_line(failure)}"
    return _last_line(error)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return textwrap.shorten(lines[-1], 160, placeholder=" …")


def say(text: str) -> None:
    """A line for the job's log."""
    console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)
