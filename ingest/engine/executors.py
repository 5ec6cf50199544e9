"""The interface between the scheduler and whatever runs the work, and its simplest form: this process."""

import dataclasses
import signal
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ingest.engine.graph import Receipt, Work
from ingest.engine.worker import execute
from shards.errors import BuildError


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one submitted work: a receipt, or the error that ended it."""

    work: Work
    receipt: Receipt | None = None
    error: Exception | None = None


class Executor(Protocol):
    """Runs work. `window` bounds how much may be under way at a time."""

    window: int

    def submit(self, work: Work, attempt: int) -> None:
        """Begin one work."""

    def wait(self) -> list[Outcome]:
        """Block until something submitted has ended; each work is returned once."""

    def call(self, function: Callable[..., Any], calls: Sequence[tuple]) -> list[Any]:
        """Call a function once for each tuple of arguments, at once where possible: for what is not a pure step."""

    def close(self) -> None:
        """Stop and free everything."""


class InProcess:
    """Runs each work at once, in the calling process: for tests, debugging and small machines."""

    window = 1

    def __init__(self, root: str):
        self._root = root
        self._ended: deque[Outcome] = deque()

    def submit(self, work: Work, attempt: int) -> None:
        """Run it now; a partition over its step's time limit is interrupted."""
        previous = signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, work.step.timeout)
        try:
            self._ended.append(Outcome(work, receipt=execute(work, self._root, attempt)))
        except Exception as error:  # handed to the scheduler, which counts, retries and names it
            self._ended.append(Outcome(work, error=error))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def wait(self) -> list[Outcome]:
        """What has ended since the last call."""
        ended = list(self._ended)
        self._ended.clear()
        return ended

    def call(self, function: Callable[..., Any], calls: Sequence[tuple]) -> list[Any]:
        """One call after the other."""
        return [function(*arguments) for arguments in calls]

    def close(self) -> None:
        """Nothing to free."""


def _interrupt(signum: int, frame: object) -> None:
    raise BuildError("the partition took longer than its step's time limit")
