"""What every benchmark is: a measured figure of ours beside those of peers, as a table and as one line of JSON.

A benchmark is a file `bench/NAME.py` with a function `measure(quick) -> Benchmark`, ended by `run(measure, __doc__)`.
"""

import dataclasses
import json
import math
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console
from rich.table import Table

from shards.errors import InputError, MedcorpusError
from shards.step import library_version

LIBRARIES = ("pyarrow", "numpy", "numba", "ray", "torch", "trafilatura", "fasttext-numpy2-wheel", "datatrove")


@dataclasses.dataclass(frozen=True)
class Benchmark:
    """One figure, ours and the peers', in `unit`; `checks` say whether the same thing was made, and at what cost.

    Figures must be positive and finite. `lower_is_better`: the unit is a cost (seconds, bytes), not a speed.
    """

    name: str
    unit: str
    ours: float
    peers: dict[str, float]
    checks: dict[str, float | bool] = dataclasses.field(default_factory=dict)
    lower_is_better: bool = False

    def __post_init__(self) -> None:
        for who, value in {"ours": self.ours, **self.peers}.items():
            if not (math.isfinite(value) and value > 0):
                raise InputError(f"{self.name}: {who} is {value!r} {self.unit}; it must be positive and finite")
        for check, value in self.checks.items():
            if not isinstance(value, bool) and not math.isfinite(value):
                raise InputError(f"{self.name}: check {check} is {value!r}; it must be a finite number, true or false")

    @property
    def ratios(self) -> dict[str, float]:
        """How many times better ours is than each peer; above 1 is better, whichever way the unit points."""
        return {
            name: peer / self.ours if self.lower_is_better else self.ours / peer for name, peer in self.peers.items()
        }

    def as_json(self) -> dict[str, Any]:
        """{"name", "unit", "ours", "peers", "ratios", "checks"}: the contract with `python -m bench`; four digits."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": rounded(self.ours),
            "peers": {name: rounded(value) for name, value in self.peers.items()},
            "ratios": {name: rounded(value) for name, value in self.ratios.items()},
            "checks": {name: rounded(value) for name, value in self.checks.items()},
        }

    def table(self) -> Table:
        """Ours, each peer with its ratio, then the checks."""
        better = "lower" if self.lower_is_better else "higher"
        table = Table(title=f"{self.name} ({self.unit}, {better} is better)", title_justify="left", box=None)
        for name in ("", self.unit, "ours is better by"):
            table.add_column(name, justify="right" if name else "left")
        table.add_row("ours", f"{rounded(self.ours):,}", "", style="bold")
        for name, value in self.peers.items():
            table.add_row(name, f"{rounded(value):,}", f"{self.ratios[name]:.2f} x")
        for name, value in self.checks.items():
            table.add_row(f"[dim]{name}[/]", str(value) if isinstance(value, bool) else f"{rounded(value):,}", "")
        return table


def rounded(value: float | bool) -> float | bool:
    """Four significant digits, whole numbers as they are: more would pretend."""
    if isinstance(value, int) or value == 0:
        return value
    return round(value, max(0, 3 - math.floor(math.log10(abs(value)))))


def run(measure: Callable[[bool], Benchmark], about: str) -> None:
    """Command line of one benchmark: `--quick`, the table, and the JSON object as the last line of stdout."""

    def command(
        quick: Annotated[bool, typer.Option("--quick", help="Smaller input, one run: under a minute")] = False,
    ) -> None:
        console = Console(stderr=True)
        try:
            with console.status("measuring ..."):
                benchmark = measure(quick)
        except MedcorpusError as error:
            console.print(f"[bold red]error:[/] {error}", highlight=False, soft_wrap=True)
            raise typer.Exit(1) from error
        Console().print(benchmark.table())
        print(json.dumps(benchmark.as_json()), flush=True)

    app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    app.command(help=about)(command)
    app()


def describe_machine() -> str:
    """One line: CPU model, cores, memory, system, Python, and the versions of the libraries that matter here."""
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count()
    parts = (
        f"{cpu_model()}, {cores} cores ({usable} hardware threads usable)",
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        f"{platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}",
        ", ".join(f"{name} {library_version(name)}" for name in LIBRARIES),
    )
    return "; ".join(parts)


def cpu_model() -> str:
    """The processor's name as the kernel gives it; elsewhere what Python knows of it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
