"""A stop that loses nothing: on SIGTERM or Ctrl-C the step under way is finished and a checkpoint is written."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from shards.commands import console


class Stop:
    """Whether, and by which signal, the run was asked to stop. Called, it says whether."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None

    def __call__(self) -> bool:
        return self.signal is not None

    @property
    def exit_status(self) -> int:
        """128 + the signal, as shells and schedulers read it: 143 after SIGTERM, 130 after Ctrl-C."""
        return 0 if self.signal is None else 128 + self.signal

    def _ask(self, number: int, _: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt  # asked twice: at once
        self.signal = signal.Signals(number)
        console(stderr=True).print(f"{self.signal.name}: stops after this step, with a checkpoint; again: at once")


@contextmanager
def graceful() -> Iterator[Stop]:
    """Inside, the two signals ask to stop; afterwards they do what they did before."""
    stop = Stop()
    before = {number: signal.signal(number, stop._ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
