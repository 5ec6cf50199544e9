"""`python -m bench`: run every benchmark in a process of its own and write bench/RESULTS.md."""

import ast
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from bench.frame import describe_machine
from shards.errors import BuildError, InputError, MedcorpusError

HERE = Path(__file__).resolve().parent
CONTRACT = {"name", "unit", "ours", "peers", "ratios", "checks"}
console = Console(soft_wrap=not sys.stdout.isatty())


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one benchmark gave: its JSON object, or why there is none. `about`: the docstring of its file."""

    name: str
    about: str
    seconds: float
    result: dict[str, Any] | None = None
    error: str = ""


def benchmarks(folder: Path) -> list[Path]:
    """The benchmark files of a folder: those that define `measure`, by name."""
    return [path for path in sorted(folder.glob("*.py")) if "measure" in _functions(path)]


def run_one(path: Path, quick: bool) -> Outcome:
    """Run a benchmark file and take the JSON object from the last line of its stdout; its tables pass through."""
    started = time.monotonic()
    about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    arguments = [sys.executable, "-m", f"{path.parent.name}.{path.stem}", *(["--quick"] if quick else [])]
    done = subprocess.run(arguments, cwd=path.parent.parent, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    *lines, last = done.stdout.rstrip().splitlines() or [""]
    console.print(escape("\n".join(lines)), highlight=False)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        return Outcome(path.stem, about, seconds, error=f"exit status {done.returncode}: {tail}")
    try:
        return Outcome(path.stem, about, seconds, result=read_result(last))
    except BuildError as error:
        return Outcome(path.stem, about, seconds, error=str(error))


def read_result(line: str) -> dict[str, Any]:
    """The JSON object of a benchmark's last line; `BuildError` when it does not keep the contract."""
    try:
        result = json.loads(line)
    except ValueError:
        raise BuildError(f"its last line is not JSON: {line[:200]!r}; end the file with bench.frame.run") from None
    found = set(result) if isinstance(result, dict) else set()
    if found != CONTRACT or set(result["ratios"]) != set(result["peers"]):
        raise BuildError(f"its JSON object must have {sorted(CONTRACT)} and a ratio a peer: {line[:200]!r}")
    return result


def report(outcomes: Sequence[Outcome], machine: str, when: datetime, quick: bool) -> str:
    """RESULTS.md: the machine, a summary, and for each benchmark what it measures, its figures and its checks."""
    mode = "quick run: small input, one repetition" if quick else "full run: medians of three"
    lines = ["# Benchmarks", "", f"{when:%Y-%m-%d}, {mode}. Written by `make bench`; a ratio above 1: ours is better."]
    lines += ["", f"Machine: {machine}", "", "| benchmark | unit | ours | peers | ratio |", "|---|---|---:|---|---:|"]
    for outcome in outcomes:
        result = outcome.result
        if result is None:
            lines.append(f"| {outcome.name} | | failed | | |")
            continue
        peers = ", ".join(f"{name} {value:,}" for name, value in result["peers"].items())
        ratios = ", ".join(f"{value:.2f}" for value in result["ratios"].values())
        cells = (f"[{outcome.name}](#{outcome.name})", result["unit"], f"{result['ours']:,}", peers, ratios)
        lines.append(f"| {' | '.join(cells)} |")
    for outcome in outcomes:
        lines += ["", f"## {outcome.name}", "", outcome.about, ""]
        if outcome.result is None:
            lines += ["Failed:", "", "```", outcome.error, "```"]
        else:
            lines += _tables(outcome)
    return "\n".join(lines) + "\n"


def _tables(outcome: Outcome) -> list[str]:
    result = outcome.result
    lines = [f"| | {result['unit']} | ratio |", "|---|---:|---:|", f"| ours | {result['ours']:,} | |"]
    for name, value in result["peers"].items():
        lines.append(f"| {name} | {value:,} | {result['ratios'][name]:.2f} |")
    if result["checks"]:
        lines += ["", "| check | |", "|---|---:|"]
        for name, value in result["checks"].items():
            lines.append(f"| `{name}` | {_shown(value)} |")
    return [*lines, "", f"Took {outcome.seconds:,.0f} s."]


def _shown(value: float | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:,}"


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


def run_all(folder: Path, names: Sequence[str], quick: bool, target: Path) -> bool:
    """Run the benchmarks of a folder (or those named), write `target`, and say whether all went well.

    Raises `InputError` for a name that is none of them.
    """
    paths = {path.stem: path for path in benchmarks(folder)}
    if unknown := sorted(set(names) - set(paths)):
        raise InputError(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(paths)}")
    outcomes = []
    for name in names or paths:
        console.print(f"[bold]{name}[/] ({len(outcomes) + 1} of {len(names or paths)}) ...")
        with console.status("measuring ..."):
            outcomes.append(run_one(paths[name], quick))
        if outcomes[-1].error:
            console.print(f"[bold red]failed:[/] {escape(outcomes[-1].error)}", highlight=False, soft_wrap=True)
    target.write_text(report(outcomes, describe_machine(), datetime.now(UTC), quick), encoding="utf-8")
    console.print(f"written: {target}")
    return all(outcome.result is not None for outcome in outcomes)


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Benchmarks; all by default")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Each under a minute: small input, one repetition")] = False,
    out: Annotated[Path, typer.Option(help="The results", show_default="bench/RESULTS.md")] = HERE / "RESULTS.md",
) -> None:
    """Run the benchmarks and write bench/RESULTS.md; exit status 1 when one fails.

    **Examples**

        python -m bench                    # all, medians of three: minutes

        python -m bench --quick            # all, each under a minute

        python -m bench pipeline --out pipeline.md
    """
    try:
        well = run_all(HERE, names or [], quick, out)
    except MedcorpusError as error:
        console.print(f"[bold red]error:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if not well:
        raise typer.Exit(1)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_show_locals=False)
    app.command()(main)
    app()
