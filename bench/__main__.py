"""`python -m bench`: run benchmarks, each in a process of its own, and write their results."""

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
from bench.results import Outcome, benchmarks, load, report, save
from shards.errors import BuildError, InputError, MedcorpusError

HERE = Path(__file__).resolve().parent
CONTRACT = {"name", "unit", "ours", "peers", "ratios", "checks"}
console = Console(soft_wrap=not sys.stdout.isatty())


def run_one(path: Path, quick: bool) -> Outcome:
    """Run a benchmark file and take the JSON object from the last line of its stdout; its tables pass through."""
    day, started = f"{datetime.now(UTC):%Y-%m-%d}", time.monotonic()
    arguments = [sys.executable, "-m", f"{path.parent.name}.{path.stem}", *(["--quick"] if quick else [])]
    done = subprocess.run(arguments, cwd=path.parent.parent, capture_output=True, text=True, check=False)
    seconds = round(time.monotonic() - started)
    *lines, last = done.stdout.rstrip().splitlines() or [""]
    console.print(escape("\n".join(lines)), highlight=False)
    result, error = None, ""
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        error = f"exit status {done.returncode}: {tail}"
    else:
        try:
            result = read_result(last)
        except BuildError as broken:
            error = str(broken)
    return Outcome(day, describe_machine(), quick, seconds, result, error)


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


def run_all(folder: Path, names: Sequence[str], quick: bool, target: Path) -> bool:
    """Run the benchmarks of a folder (or those named) and say whether all went well.

    Writes `target` and the JSON file beside it after each; what they hold of others stays. Raises `InputError` for a
    name that is none of them.
    """
    paths, figures = benchmarks(folder), target.with_suffix(".json")
    if unknown := sorted(set(names) - set(paths)):
        raise InputError(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(paths)}")
    outcomes, well = load(figures), True
    for at, name in enumerate(names or paths, 1):
        console.print(f"[bold]{name}[/] ({at} of {len(names or paths)}) ...")
        with console.status("measuring ..."):
            outcome = run_one(paths[name], quick)
        if outcome.error:
            console.print(f"[bold red]failed:[/] {escape(outcome.error)}", highlight=False, soft_wrap=True)
        outcomes[name], well = outcome, well and not outcome.error
        save(outcomes, figures)
        target.write_text(report(outcomes, folder), encoding="utf-8")
    console.print(f"written: {target}")
    return well


def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Benchmarks; all by default")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Each under a minute: small input, one repetition")] = False,
    show: Annotated[bool, typer.Option("--show", help="Measure nothing; write the page from the figures")] = False,
    out: Annotated[
        Path | None, typer.Option(help="The page; its figures lie beside it", show_default="bench/RESULTS.md")
    ] = None,
) -> None:
    """Run the benchmarks and write bench/RESULTS.md (quick ones: work/bench.md); exit status 1 when one fails.

    **Examples**

        python -m bench                     # all, medians of three: about an hour

        python -m bench --quick             # all, each under a minute

        python -m bench pipeline startup    # these; the other sections stay

        python -m bench --show              # after a change to their texts
    """
    out = out or (HERE.parent / "work" / "bench.md" if quick else HERE / "RESULTS.md")
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        if show:
            out.write_text(report(load(out.with_suffix(".json")), HERE), encoding="utf-8")
            well = True
        else:
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
