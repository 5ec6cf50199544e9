"""How long a user waits: seconds of wall time from the command to the first extracted document, on a few HTML pages.

Ours is the in-process engine, whose first document exists when the receipt of its extraction lies in a new store; the
peer is datatrove's LocalPipelineExecutor, whose first document exists when its first output file does (it writes a
document as soon as it has passed the filters). Both sides have run once before: files are in the page cache, compiled
code in its own. `*_finished_s` is the time to the end of the job: for ours, to the committed version's manifest.
`ours_on_ray_*` is the same build with `--engine ray`, which starts a Ray of its own. Medians of three turns. Wall time
on a shared machine varies. datatrove is quicker here: it loads less before its first page, and checks, records and
commits nothing.
"""

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.frame import Benchmark, run
from bench.tools import build
from bench.tools.pages import pages, write_folder
from bench.tools.process import Usage, run_measured
from shards.errors import BuildError

PAGES = 5
FIRST, DONE = "first", "done"


def ours(source: Path, out: Path, engine: str) -> Usage:
    """Our build into a new store; marks: the first receipt of an extraction, the manifest."""
    out.mkdir(parents=True)
    store, recipe = out / "store", build.write_recipe(out / "recipe.toml", "folder", source)
    marks = {FIRST: exists(store / "receipts" / "extract", "*.json"), DONE: exists(store / "manifests", "*.json")}
    return run_measured(build.command(recipe, store, engine), marks=marks)


def datatrove(source: Path, out: Path) -> Usage:
    """datatrove's pipeline into a new folder; marks: the first file of filtered documents, the file of those kept."""
    marks = {FIRST: exists(out / "filtered", "*.jsonl"), DONE: exists(out / "logs" / "keep", "stats.json")}
    return run_measured(["-m", "bench.peers.datatrove_build", "html", str(source), str(out), "fast"], marks=marks)


def exists(folder: Path, pattern: str) -> Callable[[], bool]:
    """Whether a file of that pattern lies in the folder, asked again with each call."""
    return lambda: any(folder.glob(pattern))


def measure(quick: bool) -> Benchmark:
    """Every side in a new folder; one unmeasured run of each, then medians of three (one with `quick`)."""
    sides: dict[str, Callable[[Path, Path], Usage]] = {
        "ours": lambda source, out: ours(source, out, "local"),
        "datatrove": datatrove,
        "ours_on_ray": lambda source, out: ours(source, out, "ray"),
    }
    runs: dict[str, list[Usage]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        write_folder(root / "pages", pages(PAGES))
        for turn in range(2 if quick else 4):
            for name, side in sides.items():
                if turn or name != "ours_on_ray":  # what the in-process run has warmed serves Ray's workers too
                    usage = side(root / "pages", root / f"{name}-{turn}")
                    runs[name] += [usage] if turn else []
    seconds = {name: {mark: median(name, usages, mark) for mark in (FIRST, DONE)} for name, usages in runs.items()}
    checks: dict[str, float | bool] = {"pages": PAGES, "ours_on_ray_s": seconds["ours_on_ray"][FIRST]}
    for name in sides:
        checks[f"{name}_finished_s"] = seconds[name][DONE]
        checks[f"{name}_exit_s"] = statistics.median(usage.wall_seconds for usage in runs[name])
    peers = {"datatrove": seconds["datatrove"][FIRST]}
    return Benchmark("startup", "s to first document", seconds["ours"][FIRST], peers, checks, lower_is_better=True)


def median(name: str, usages: list[Usage], mark: str) -> float:
    """Median seconds to a mark; `BuildError` when a run never reached it."""
    times = [usage.marks[mark] for usage in usages if mark in usage.marks]
    if len(times) < len(usages):
        raise BuildError(f"{name} ended without its {mark} document; run it by hand to see why")
    return statistics.median(times)


if __name__ == "__main__":
    run(measure, __doc__)
