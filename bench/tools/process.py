"""What a command costs: CPU time, wall time and memory of a process with all its descendants, seen from outside.

CPU time is what the kernel counted (`wait4`) for the process and every descendant that was waited for. Threads of
numerical libraries are held to one, so that "per core" means it; this is the same for whatever is measured.
"""

import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from shards.errors import BuildError

ROOT = Path(__file__).resolve().parents[2]
_POOLS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON")
ONE_THREAD = {f"{pool}_NUM_THREADS": "1" for pool in _POOLS} | {"POLARS_MAX_THREADS": "1"}
_TICK = 0.01  # seconds between looks at the process
_MEMORY_EVERY = 0.5  # seconds between samples of memory


@dataclasses.dataclass(frozen=True)
class Usage:
    """Cost of one run. `peak_bytes`: largest sum over the process tree of proportional set sizes (sampled; shared pages
    count once). `marks`: seconds from the start until each of the asked conditions held."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    marks: dict[str, float]


def run_measured(
    arguments: Sequence[str], timeout: float = 1800, marks: dict[str, Callable[[], bool]] | None = None
) -> Usage:
    """Run `python ARGUMENTS` in the repository's root and measure it.

    `marks`: conditions looked at every 10 ms, until each first holds; those that never did are not in the result.
    Raises `BuildError` with the end of its output when it fails or takes longer than `timeout` seconds.
    """
    command, waiting, reached = [sys.executable, *arguments], dict(marks or {}), {}
    with tempfile.TemporaryFile() as log:
        started = time.monotonic()
        child = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **ONE_THREAD}
        )
        peak, sampled, ended = 0, started, 0
        while not ended:
            now = time.monotonic()
            if now - started > timeout:
                _end(child)
                raise BuildError(f"{' '.join(command)} took longer than {timeout:.0f} s:\n{_tail(log)}")
            if now - sampled >= _MEMORY_EVERY:
                peak, sampled = max(peak, tree_bytes(child.pid)), now
            for name in [name for name, holds in waiting.items() if holds()]:
                reached[name] = time.monotonic() - started
                del waiting[name]
            time.sleep(_TICK)
            ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise BuildError(f"{' '.join(command)} ended with {child.returncode}:\n{_tail(log)}")
    reached.update({name: wall for name, holds in waiting.items() if holds()})
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)  # of one process: a floor for short runs
    return Usage(usage.ru_utime + usage.ru_stime, wall, max(peak, largest), reached)


def tree_bytes(pid: int) -> int:
    """Memory of a process and its descendants: proportional set sizes where the system has them, else unique ones."""
    total = 0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            memory = process.memory_full_info()
            total += memory.pss if hasattr(memory, "pss") else memory.uss
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # it has just ended
            continue
    return total


def _end(child: subprocess.Popen) -> None:
    for process in [*psutil.Process(child.pid).children(recursive=True), psutil.Process(child.pid)]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    child.wait()


def _tail(log, length: int = 3000) -> str:
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - length))
    return log.read().decode(errors="replace")
