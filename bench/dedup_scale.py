"""Deduplication by size: documents per core-second from signatures to verdicts, memory of the largest task, growth.

The figure is documents per second of CPU time of banding, matching, components and verification together at the largest
size, through the build's own steps and store; making the signatures is `dedup`'s. Documents are planted (see
`bench.tools.planted_signatures`): families of a power law of sizes, of which the copies must go and templates stay.
`slope_*`: of CPU seconds against documents, both as logarithms; 1 is linear. `peak_mb_*`: resident memory of a stage's
largest task, interpreter, libraries and mapped files among it. `share_*`: of the CPU time. `recall_near` beside
`formula_near`, what the bands promise one pair; in a family a copy has more chances. There is no peer: none runs its
stages on signatures that it did not make. docs/dedup-scale.md has the run over thirty million.
"""

import json
import tempfile
from pathlib import Path

from bench.frame import Benchmark, run
from bench.tools.dedup_scale_report import FRACTIONS, STAGES, share, slope
from bench.tools.process import run_measured

SIZES = (300_000, 1_000_000, 3_000_000)
QUICK = (50_000, 200_000)


def measure(quick: bool) -> Benchmark:
    """Each size in a process of its own, its tasks in theirs."""
    measured = []
    with tempfile.TemporaryDirectory() as place:
        for documents in QUICK if quick else SIZES:
            out = Path(place) / f"{documents}.json"
            run_measured(["-m", "bench.tools.dedup_stages", str(documents), str(Path(place) / "store"), str(out)])
            measured.append(json.loads(out.read_text()))
    largest = measured[-1]
    checks: dict[str, float | bool] = {"documents": largest["documents"]}
    for stage in STAGES:
        checks[f"slope_{stage}"] = slope(measured, stage, "cpu_seconds")
        checks[f"peak_mb_{stage}"] = largest["stages"][stage]["peak_bytes"] / 1e6
    checks |= {f"share_{name}": share(largest, name) for name in FRACTIONS}
    checks |= {name: largest[name] for name in ("precision", "recall_exact", "recall_near", "formula_near")}
    seconds = sum(largest["stages"][stage]["cpu_seconds"] for stage in STAGES)
    return Benchmark("dedup_scale", "docs/core-s, bands to verdicts", largest["documents"] / seconds, {}, checks)


if __name__ == "__main__":
    run(measure, __doc__)
