"""Pages to deduplicated documents: our build against the same steps as a datatrove pipeline, one worker each.

WARC -> trafilatura -> language (fastText lid.176.ftz) -> quality (Gopher's rules) -> MinHash (5-grams, 14 x 8), on
distinct real pages. The figure is input pages per second of CPU time of the whole process tree, without start-up: each
side is run on a few pages and on all, and pages and CPU seconds of the small run are taken off (imports, model loading,
datatrove's four executors; compiled code was in its cache after an unmeasured run). `*_startup_cpu_s` is what was taken
off, `*_whole_*` the figure with it. Medians of three turns; `*_wall_s` is with whatever else ran on the machine. Ours
asks trafilatura in its fast mode and repairs what that loses; `datatrove_fast` has the same options of trafilatura and
keeps that text as it is, `datatrove` is with its standard mode, datatrove's default (`html` has the scores of both).
Ours does more in that time: metadata, charset, a pre-pass that saves tables, licences and opt-outs, a medical score,
scores kept for each document, verification of each duplicate, digests of everything written, a manifest. datatrove's
words come from a regular expression, not from spaCy, which would be slower; they hold no punctuation, so that Gopher's
rule on words with a letter drops fewer of its pages than of ours. What it has no step for (repeated lines of a site,
identifiers of persons, benchmarks) is left out of ours.
"""

import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.frame import Benchmark, run
from bench.tools import build
from bench.tools.pages import pages, write_warc
from bench.tools.process import Usage, run_measured

FEW = 4  # pages of the run whose cost is taken off
QUICK_PAGES = 60
Side = Callable[[Path, Path], list[str]]  # (folder of WARC files, folder for results) -> arguments of Python


def ours(source: Path, out: Path) -> list[str]:
    """Our build, in-process, into a new store."""
    out.mkdir(parents=True)
    return build.command(build.write_recipe(out / "recipe.toml", "warc", source), out / "store")


def datatrove(source: Path, out: Path) -> list[str]:
    """The same steps by datatrove's local executor."""
    return ["-m", "bench.peers.datatrove_build", "warc", str(source), str(out)]


def datatrove_fast(source: Path, out: Path) -> list[str]:
    """The same with trafilatura's fast mode."""
    return [*datatrove(source, out), "fast"]


def measure(quick: bool) -> Benchmark:
    """All sides on the same pages, in turns."""
    chosen = pages(QUICK_PAGES if quick else None)
    sides: dict[str, Side] = {"ours": ours, "datatrove": datatrove, "datatrove_fast": datatrove_fast}
    few: dict[str, list[Usage]] = {name: [] for name in sides}
    whole: dict[str, list[Usage]] = {name: [] for name in sides}
    repeats = 1 if quick else 3
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        write_warc(root / "few" / "pages.warc.gz", chosen[:FEW])
        write_warc(root / "all" / "pages.warc.gz", chosen)
        for name, side in sides.items():
            run_measured(side(root / "few", root / f"{name}-warm"))
        for turn in range(repeats):
            for name, side in sides.items():
                few[name].append(run_measured(side(root / "few", root / f"{name}-few-{turn}")))
                whole[name].append(run_measured(side(root / "all", root / f"{name}-all-{turn}")))
        store = root / "ours-all-0" / "store"
        kept = {name: datatrove_urls(root / f"{name}-all-0" / "kept") for name in sides if name != "ours"}
        kept["ours"] = build.kept_urls(store)
        accounted, steps = build.inputs(store), build.cpu_by_step(store)
    checks: dict[str, float | bool] = {"pages": len(chosen), "every_page_accounted_for": accounted == len(chosen)}
    for name in sides:
        checks[f"{name}_kept"] = len(kept[name])
    for name in sides:
        if name != "ours":
            checks[f"kept_by_ours_and_{name}"] = len(kept["ours"] & kept[name])
    speed = {}
    for name in sides:
        startup, cpu = (statistics.median(u.cpu_seconds for u in usages) for usages in (few[name], whole[name]))
        speed[name] = (len(chosen) - FEW) / (cpu - startup)
        checks[f"{name}_startup_cpu_s"] = startup
        checks[f"{name}_whole_docs_per_core_s"] = len(chosen) / cpu
        checks[f"{name}_wall_s"] = statistics.median(u.wall_seconds for u in whole[name])
        checks[f"{name}_peak_mb"] = max(u.peak_bytes for u in whole[name]) / 1e6
    for step, seconds in sorted(steps.items(), key=lambda item: -item[1]):
        checks[f"ours_cpu_s_{step}"] = seconds
    return Benchmark("pipeline", "docs/core-s", speed.pop("ours"), speed, checks)


def datatrove_urls(folder: Path) -> set[str]:
    """URLs of the documents that datatrove kept."""
    lines = (line for path in folder.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines())
    return {json.loads(line)["metadata"]["url"] for line in lines}


if __name__ == "__main__":
    run(measure, __doc__)
