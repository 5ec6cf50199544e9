"""A training step of a small mT5 with the full vocabulary of 250,112: ours beside transformers' at its best.

The figure is CPU seconds a step (forward, backward, AdamW; one core, float32) over 4 examples of 512 encoder and 114
decoder tokens, d_model 256, 4 + 4 layers; same weights, batch and optimiser (AdamW, fused) for all. Medians of eight
steps, four in each of two processes of a side, the sides in turns; a first step that warms up and compiles, and one
whose memory is measured, are not counted. transformers' mT5 runs eager, with sdpa, and with sdpa compiled; ours as it
comes, and with its blocks compiled (`ours_compiled_s`; `--quick` leaves compiling out). Batches of random ids without
padding; nothing here is of a GPU. `extra_mb_*`: peak memory above weights, gradients, optimiser state and libraries.
`floor_share`: how much of our step the products of matrices alone would take at the rate measured for its two main
shapes. `curve_gap`: largest relative difference between our losses and transformers' over training steps of a smaller
model on made text (bench/figures/train_step.png).
"""

import json
import statistics
import tempfile
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bench.frame import Benchmark, run
from bench.peers.mt5_step import INPUTS, SIDES, TARGETS, config
from bench.tools.process import run_measured
from train.flops import step_flops

D_MODEL, LAYERS, EXAMPLES = 256, 4, 4
FIGURE = Path(__file__).resolve().parent / "figures" / "train_step.png"


def measure(quick: bool) -> Benchmark:
    """Every side in turns, each in a process of its own."""
    sides = [side for side in SIDES if not (quick and side.endswith("compiled"))]
    turns, steps = (1, 1) if quick else (2, 4)
    found: dict[str, list[dict]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out.json"
        for side in sides * turns:
            size = (D_MODEL, LAYERS, EXAMPLES, steps)
            run_measured(["-m", "bench.peers.mt5_step", side, str(out), *map(str, size)], timeout=3600)
            found[side].append(json.loads(out.read_text()))
        curves = {}
        for side in ("ours", "sdpa"):
            run_measured(["-m", "bench.peers.mt5_curve", side, str(out), str(20 if quick else 200)], timeout=3600)
            curves[side] = json.loads(out.read_text())
    seconds = {side: statistics.median(s for one in found[side] for s in one["seconds"]) for side in sides}
    checks: dict[str, float | bool] = {}
    for side in sides:
        checks[f"extra_mb_{side}"] = max(one["extra_bytes"] for one in found[side]) / 1e6
    best = min(checks[f"extra_mb_{side}"] for side in sides if not side.startswith("ours"))
    checks["extra_memory_of_theirs"] = checks["extra_mb_ours"] / best
    rate = max(one["rate"] for one in found["ours"])
    operations = step_flops(config(D_MODEL, LAYERS), EXAMPLES, INPUTS, TARGETS)
    checks |= {"giga_operations": operations / 1e9, "products_gflop_per_core_s": rate / 1e9}
    checks["floor_share"] = operations / rate / seconds["ours"]
    checks["loss_gap"] = gap(found["ours"][0]["losses"], found["sdpa"][0]["losses"])
    checks |= {"curve_gap": gap(curves["ours"], curves["sdpa"]), "curve_steps": len(curves["ours"])}
    checks |= {"curve_first": curves["ours"][0], "curve_last": statistics.mean(curves["ours"][-10:])}
    if not quick:
        draw(curves, FIGURE)
        checks["ours_compiled_s"] = seconds.pop("ours_compiled")
    return Benchmark("train_step", "CPU s/step", seconds.pop("ours"), seconds, checks, lower_is_better=True)


def gap(ours: list[float], theirs: list[float]) -> float:
    """Largest relative difference."""
    return max(abs(one - other) / other for one, other in zip(ours, theirs, strict=True))


def draw(curves: dict[str, list[float]], path: Path) -> None:
    """Both loss curves; theirs broad below ours, because they lie on one another."""
    figure = Figure(figsize=(7, 4), dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.plot(curves["sdpa"], color="#E69F00", linewidth=5, label="transformers' mT5")
    axes.plot(curves["ours"], color="#222222", linewidth=1, label="ours")
    axes.set(xlabel="step", ylabel="nats per target token")
    axes.set_title("Same weights, batches and optimiser", loc="left", fontsize=11)
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    run(measure, __doc__)
