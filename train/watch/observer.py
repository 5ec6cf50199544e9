"""Who is told of a run's steps: progress line, trackers, profiler, sessions."""


class Observer:
    """Is told in every process; what writes or prints looks at `run.group.leads`. `run` is a `train.loop.Run`."""

    def begin(self, run) -> None:
        """Before the first step, after the last checkpoint was read."""

    def step(self, run, record: dict) -> None:
        """After a step, with all that was measured of it."""

    def went_back(self, run, failed: int, reason: str) -> None:
        """After the run went back from step `failed` to the last checkpoint."""

    def end(self, run) -> None:
        """After the last step, and after an error."""
