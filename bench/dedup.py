"""Near-duplicate removal: documents per core-second of the whole job, and what is found, beside three peers.

The figure is documents of 320 words per second of CPU time, from texts on disk to the list of what is removed, with
every table between written and read back; start-up is taken off by a run over few documents. Same parameters for all:
word 5-grams, 112 permutations as 14 bands of 8, one core. `recall_*`: share of the pairs planted at 5-gram Jaccard 0.8,
0.9, 0.95 of which one is removed, beside the probability that banding promises for their exact similarities
(`formula_*`). `false_*`: documents removed that have no planted partner; ours verifies each candidate on its shingles.
Ours takes the minima of one permutation's 112 ranges, as recipes do by default; `classical_*` is ours with 112
permutations. Slower peers get fewer of the same documents. Medians of three turns, but for datatrove, which runs once.
rensa gets 5-grams as strings, datasketch their hashes, whichever is faster; cutting texts into them in Python is most
of rensa's time (`bench/peers/near_duplicates.py`). Not shown: more cores, more than memory holds (docs/dedup-scale.md),
real text.
"""

import json
import statistics
import tempfile
from pathlib import Path

from bench.frame import Benchmark, run
from bench.peers.near_duplicates import BANDS, ROWS, SIDES
from bench.tools.planted import Pairs, read_pairs
from bench.tools.process import Usage, run_measured

DOCUMENTS = {"ours": 50_000, "classical": 50_000, "rensa": 50_000, "datasketch": 20_000, "datatrove": 8_000}
FEW = 200


def measure(quick: bool) -> Benchmark:
    """Every side in turns, each in processes of its own."""
    slower = 5 if quick else 1  # of the peers: ours needs all for its time to show beside its start-up
    sizes = {name: count if name in ("ours", "classical") else count // slower for name, count in DOCUMENTS.items()}
    repeats = 1 if quick else 3
    checks: dict[str, float | bool] = {}
    speed: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for count in {FEW, *sizes.values()}:  # in a process of its own: its memory would count for its children
            run_measured(["-m", "bench.tools.planted", str(count), str(root / str(count))])
        usages: dict[str, dict[int, list[Usage]]] = {name: {FEW: [], sizes[name]: []} for name in SIDES}
        for name in SIDES:
            run_measured(_command(name, root, FEW, "warm"))
        for turn in range(repeats):
            for name, by_count in usages.items():
                slow = name == "datatrove" and turn > 0  # minutes, and its spread is far below its distance
                for count in () if slow else by_count:
                    by_count[count].append(run_measured(_command(name, root, count, str(turn))))
        for name, by_count in usages.items():
            count = sizes[name]
            startup, cpu = (statistics.median(u.cpu_seconds for u in by_count[n]) for n in (FEW, count))
            speed[name] = (count - FEW) / (cpu - startup)
            checks[f"{name}_documents"] = count
            checks[f"{name}_peak_mb"] = max(u.peak_bytes for u in by_count[count]) / 1e6
            removed = set(json.loads((root / f"{name}-{count}-0" / "removed.json").read_text()))
            checks |= _found(name, read_pairs(root / str(count)), removed)
        checks |= _formula(read_pairs(root / str(sizes["ours"])))
    checks["classical_docs_per_core_s"] = speed.pop("classical")
    return Benchmark("dedup", "docs/core-s, whole job", speed.pop("ours"), speed, checks)


def _command(side: str, root: Path, count: int, turn: str) -> list[str]:
    return ["-m", "bench.peers.near_duplicates", side, str(root / str(count)), str(root / f"{side}-{count}-{turn}")]


def _found(name: str, planted: Pairs, removed: set[int]) -> dict[str, float]:
    checks: dict[str, float] = {}
    of_pairs: set[int] = set()
    for level, pairs in planted.items():
        checks[f"recall_{level}_{name}"] = sum(bool({a, b} & removed) for a, b, _ in pairs) / len(pairs)
        of_pairs.update(number for a, b, _ in pairs for number in (a, b))
    checks[f"false_{name}"] = len(removed - of_pairs)
    checks[f"both_removed_{name}"] = sum({a, b} <= removed for pairs in planted.values() for a, b, _ in pairs)
    return checks


def _formula(planted: Pairs) -> dict[str, float]:
    return {
        f"formula_{level}": statistics.mean(1 - (1 - similarity**ROWS) ** BANDS for _, _, similarity in pairs)
        for level, pairs in planted.items()
    }


if __name__ == "__main__":
    run(measure, __doc__)
