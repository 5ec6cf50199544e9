"""What a person watching a run sees: a line that moves in a terminal, a line now and then in a log."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shards.commands import console
from train.watch.observer import Observer
from train.watch.speed import Peak

QUIET = 30.0  # seconds between lines in a log
MEMORY = 0.9  # of what came before, in the running means


def progress_bar(*, disable: bool = False) -> Progress:
    """A progress bar on standard error: step, then what the task's `note` says, then the time left."""
    return Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=console(stderr=True),
        disable=disable,
    )


class ProgressLine(Observer):
    """Loss in total and by language (running means), encoder tokens a second, utilisation, time left."""

    def __init__(self, bar: Progress, peak: Peak | None = None):
        self._bar, self._peak = bar, peak
        self._means: dict[str, float] = {}
        self._printed = 0.0

    def begin(self, run) -> None:
        """Show the line."""
        self._task = self._bar.add_task("train", total=run.config.steps, completed=run.step, note="")
        self._first, self._began = run.step, time.monotonic()
        if self._peak is not None:
            said = "" if self._peak.datasheet is None else f", {self._peak.datasheet / 1e12:,.0f} by its datasheet"
            self._say(f"{self._peak.device}: {self._peak.measured / 1e12:.3g} TFLOP/s measured{said}")

    def step(self, run, record: dict) -> None:
        """Move it."""
        for name, loss in {"loss": record["loss"], **record["languages"]}.items():
            self._means[name] = MEMORY * self._means.get(name, loss) + (1 - MEMORY) * loss
        shares = {} if self._peak is None else self._peak.shares(record["flops_per_second"])
        note = describe(self._means, record["input_tokens_per_second"], shares)
        self._bar.update(self._task, completed=run.step, note=note)
        now, last = time.monotonic(), run.step == run.config.steps
        if not self._bar.console.is_terminal and (last or now - self._printed >= QUIET):
            self._printed = now
            left = (now - self._began) / max(1, run.step - self._first) * (run.config.steps - run.step)
            self._say(f"step {run.step}/{run.config.steps} · {note} · {hours(left)} left")
        if "held_out" in record:
            found = " · ".join(f"{name} {loss:.3f}" for name, loss in record["held_out"].items())
            self._say(f"step {run.step}: held-out loss {found}")

    def went_back(self, run, failed: int, reason: str) -> None:
        """Say that the run went back, and what it leaves out."""
        self._means.clear()
        batch = run.config.batch
        self._say(
            f"{reason}: back to step {run.step}, without the {(failed - run.step) * batch} examples of "
            f"{'step' if failed - run.step == 1 else 'steps'} {run.step + 1} to {failed}"
        )

    def _say(self, text: str) -> None:
        if not self._bar.disable:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def describe(means: dict[str, float], tokens: float, mfu: dict[str, float]) -> str:
    """Loss (by language), speed and utilisation in one line."""
    languages = " ".join(f"{name} {loss:.2f}" for name, loss in sorted(means.items()) if name != "loss")
    shares = [f"{share:.0%} of {name.removeprefix('mfu_')}" for name, share in mfu.items()]
    parts = [f"loss {means['loss']:.3f}" + (f" ({languages})" if languages else "")]
    parts.append(f"{tokens:,} tokens/s")
    return " · ".join(parts + ([f"MFU {', '.join(shares)}"] if shares else []))


def hours(seconds: float) -> str:
    """Seconds as h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
