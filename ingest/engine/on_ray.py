"""Work as Ray Core tasks: one task a partition, `num_cpus` and `memory` stated, a bounded window under way.

Ray Data is not used: it has no durable resume across global steps, and its driver's memory grows with the blocks.
"""

import faulthandler
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ray

from ingest.engine.executors import Outcome
from ingest.engine.graph import Receipt, Work
from ingest.engine.worker import execute
from shards.errors import BuildError, InputError

CALL_MEMORY = 1 << 30  # bytes
TASKS_PER_CPU = 2  # under way per CPU: one running, one ready to start


def _watched(work: Work, root: str, attempt: int) -> Receipt:
    # A step that hangs in C code hears no signal and no exception: the watchdog ends the whole worker process.
    faulthandler.dump_traceback_later(work.step.timeout, exit=True, file=sys.__stderr__)
    try:
        return execute(work, root, attempt)
    finally:
        faulthandler.cancel_dump_traceback_later()


class OnRay:
    """Runs work on a Ray cluster: the one of RAY_ADDRESS or of the surrounding Ray job, else a local one.

    Retries are the scheduler's, so Ray's own are off: every attempt is counted once.
    """

    def __init__(self, root: str, workers: int | None = None):
        self._root = root if "://" in root else str(Path(root).absolute())
        self._owned = not ray.is_initialized()
        if self._owned:
            _connect(workers)
        resources = ray.cluster_resources()
        cpus = int(resources.get("CPU", 1))
        self._memory = max(
            (int(node["Resources"].get("memory", 0)) for node in ray.nodes() if node["Alive"]), default=0
        )
        # On a cluster that is larger than we may use, no more is under way than that.
        self.window = workers if workers and workers < cpus else TASKS_PER_CPU * cpus
        self._task = ray.remote(_watched)
        self._pending: dict[ray.ObjectRef, Work] = {}
        self._refused: list[Outcome] = []

    def submit(self, work: Work, attempt: int) -> None:
        """Send one task; a step that needs more memory than any node has is refused at once, not queued for ever."""
        step = work.step
        if step.memory > self._memory:
            message = (
                f"step {step.name} needs {step.memory >> 20} MiB of memory, the largest Ray node offers "
                f"{self._memory >> 20} MiB: start Ray on larger nodes, or run with --engine local"
            )
            self._refused.append(Outcome(work, error=InputError(message)))
            return
        options = {
            "num_cpus": step.num_cpus,
            "memory": step.memory,
            "max_retries": 0,
            "name": f"{step.name}:{work.label}",
        }
        self._pending[self._task.options(**options).remote(work, self._root, attempt)] = work

    def wait(self) -> list[Outcome]:
        """Block until at least one task has ended."""
        if self._refused:
            refused, self._refused = self._refused, []
            return refused
        if not self._pending:
            return []
        done, _ = ray.wait(list(self._pending), num_returns=1)
        return [self._collect(ref) for ref in done]

    def _collect(self, ref: ray.ObjectRef) -> Outcome:
        work = self._pending.pop(ref)
        try:
            return Outcome(work, receipt=ray.get(ref))
        except ray.exceptions.RayTaskError as error:
            return Outcome(work, error=error.cause if isinstance(error.cause, Exception) else error)
        except ray.exceptions.RayError as error:
            message = f"the worker died (killed, out of memory, or over {work.step.timeout:.0f} s): {error}"
            return Outcome(work, error=BuildError(message))

    def call(self, function: Callable[..., Any], calls: Sequence[tuple]) -> list[Any]:
        """One task a call, all at once; a task whose worker died is started again up to twice."""
        task = ray.remote(function).options(num_cpus=1, memory=CALL_MEMORY, max_retries=2)
        try:
            return ray.get([task.remote(*arguments) for arguments in calls])
        except ray.exceptions.RayTaskError as error:
            raise error.cause from error

    def close(self) -> None:
        """Leave the cluster; a local one that was started here is stopped."""
        for ref in self._pending:
            ray.cancel(ref, force=True)
        self._pending.clear()
        if self._owned:
            ray.shutdown()


def _connect(workers: int | None) -> None:
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if os.environ.get("RAY_ADDRESS"):
        ray.init(log_to_driver=True, logging_level="warning")
    else:
        ray.init(address="local", num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
