"""What `python -m bench` keeps: RESULTS.json holds the figures, RESULTS.md shows them below the benchmarks' texts.

A run replaces what it measured and leaves the rest as it was, so each section says when and how it was measured. The
texts are the docstrings of the benchmarks' files; `python -m bench --show` writes the page anew after one has changed.
"""

import ast
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shards.errors import InputError

_HEAD = """# Benchmarks

Written by `python -m bench NAME...`; the figures lie beside this page as JSON. A ratio above 1: ours is better.
The sides of a benchmark are measured in one run and in turns, in CPU time unless a section says otherwise, because the
machine is shared: trust ratios, not digits. A section ends with the day and the length of its run. "Documents" are what
the section says they are: figures of two sections are not to be compared.

Deduplication of up to thirty million documents has [a page of its own](../docs/dedup-scale.md). Training on GPUs
(`python -m bench.gpu`) is not measured yet."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one benchmark gave: its JSON object `result`, or why there is none. `day`: ISO date, UTC."""

    day: str
    machine: str
    quick: bool
    seconds: float
    result: dict[str, Any] | None = None
    error: str = ""


def benchmarks(folder: Path) -> dict[str, Path]:
    """The benchmark files of a folder by name: those that define `measure`."""
    return {path.stem: path for path in sorted(folder.glob("*.py")) if "measure" in _functions(path)}


def load(path: Path) -> dict[str, Outcome]:
    """The outcomes of a RESULTS.json by benchmark; none where it does not exist. `InputError` for another file."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: Outcome(**outcome) for name, outcome in found.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is not a file of results ({error}); remove it or name another with --out") from error


def save(outcomes: Mapping[str, Outcome], path: Path) -> None:
    """Write the outcomes as JSON, by name."""
    found = {name: dataclasses.asdict(outcome) for name, outcome in sorted(outcomes.items())}
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def report(outcomes: Mapping[str, Outcome], folder: Path) -> str:
    """RESULTS.md: machine, summary, and for each benchmark of the folder what it measures, its figures and checks."""
    files = benchmarks(folder)
    shown = {name: outcome for name, outcome in sorted(outcomes.items()) if name in files}
    machines = list(dict.fromkeys(outcome.machine for outcome in shown.values()))
    lines = [_HEAD]
    for machine in machines:
        lines += ["", f"Machine{_letter(machines, machine)}: {machine}"]
    lines += ["", "| benchmark | unit | ours | peers | ratio |", "|---|---|---:|---|---:|"]
    lines += [_row(name, outcome) for name, outcome in shown.items()]
    for name, outcome in shown.items():
        about = ast.get_docstring(ast.parse(files[name].read_text(encoding="utf-8"))) or ""
        lines += ["", f"## {name}", "", about, "", *_tables(outcome)]
        mode = "quick run: small input, one repetition" if outcome.quick else "full run"
        place = f", machine{_letter(machines, outcome.machine)}" if len(machines) > 1 else ""
        lines += ["", f"{outcome.day}, {mode}{place}; took {outcome.seconds:,.0f} s."]
    return "\n".join(lines) + "\n"


def _letter(machines: list[str], machine: str) -> str:
    return f" {chr(ord('A') + machines.index(machine))}" if len(machines) > 1 else ""


def _row(name: str, outcome: Outcome) -> str:
    if (result := outcome.result) is None:
        return f"| [{name}](#{name}) | | failed | | |"
    peers = ", ".join(f"{peer} {_shown(value)}" for peer, value in result["peers"].items())
    ratios = ", ".join(f"{value:.2f}" for value in result["ratios"].values())
    return f"| [{name}](#{name}) | {result['unit']} | {_shown(result['ours'])} | {peers} | {ratios} |"


def _tables(outcome: Outcome) -> list[str]:
    if (result := outcome.result) is None:
        return ["Failed:", "", "```", outcome.error, "```"]
    lines = [f"| | {result['unit']} | ratio |", "|---|---:|---:|", f"| ours | {_shown(result['ours'])} | |"]
    for peer, value in result["peers"].items():
        lines.append(f"| {peer} | {_shown(value)} | {result['ratios'][peer]:.2f} |")
    if result["checks"]:
        lines += ["", "| check | |", "|---|---:|"]
        lines += [f"| `{check}` | {_shown(value)} |" for check, value in result["checks"].items()]
    return lines


def _shown(value: float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,}"


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
