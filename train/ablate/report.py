"""What an ablation found: differences between arms with intervals over seeds, as JSON, table and plot."""

import dataclasses
import math
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy import stats

from train.watch.plot import COLOURS

ALL = "all"  # the mean over the languages, each with equal weight


@dataclasses.dataclass(frozen=True)
class Score:
    """Bits per UTF-8 byte of one run on one language of one held-out set."""

    arm: str
    seed: int
    texts: str
    language: str
    bits_per_byte: float


@dataclasses.dataclass(frozen=True)
class Difference:
    """An arm less the first one, paired by seed: mean and 95 % interval (Student's t over the seeds).

    `low` and `high` are None with a single seed.
    """

    arm: str
    base: str
    texts: str
    language: str
    base_mean: float
    mean: float
    low: float | None
    high: float | None
    seeds: list[float]


def with_means(scores: list[Score]) -> list[Score]:
    """The scores, and the mean over the languages of each run and set."""
    groups: dict[tuple[str, int, str], list[float]] = {}
    for score in scores:
        groups.setdefault((score.arm, score.seed, score.texts), []).append(score.bits_per_byte)
    return scores + [Score(*key, ALL, float(np.mean(found))) for key, found in groups.items()]


def differences(scores: list[Score], base: str) -> list[Difference]:
    """Every other arm against `base`, for each set and language and for the mean of the languages."""
    value = {(one.arm, one.texts, one.language, one.seed): one.bits_per_byte for one in with_means(scores)}
    cells = sorted(
        {key[:3] for key in value if key[0] != base}, key=lambda key: (key[1], key[2] == ALL, key[2], key[0])
    )
    found = []
    for arm, texts, language in cells:
        seeds = sorted(key[3] for key in value if key[:3] == (arm, texts, language))
        own = np.array([value[base, texts, language, seed] for seed in seeds])
        paired = np.array([value[arm, texts, language, seed] for seed in seeds]) - own
        low, high = interval(paired)
        found.append(
            Difference(arm, base, texts, language, float(own.mean()), float(paired.mean()), low, high, paired.tolist())
        )
    return found


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float | None, float | None]:
    """Student's t interval of the mean; (None, None) for fewer than two values."""
    if len(values) < 2:
        return None, None
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def table(found: list[Difference]) -> str:
    """The differences as a Markdown table."""
    rows = ["| held-out text of | language | " + f"{found[0].base} | arm | difference | 95 % interval | seeds |"]
    rows.append("|---|---|---:|---|---:|---:|---:|")
    for one in found:
        reach = "one seed" if one.low is None else f"{one.low:+.4f} to {one.high:+.4f}"
        rows.append(
            f"| {one.texts} | {one.language} | {one.base_mean:.4f} | {one.arm} | {one.mean:+.4f} | {reach} "
            f"| {len(one.seeds)} |"
        )
    return "\n".join(rows) + "\n"


def plot(found: list[Difference], path: Path, title: str) -> Path:
    """Each difference as a dot with its interval, and the seeds as small dots."""
    figure = Figure(figsize=(8, 1.6 + 0.34 * len(found)), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    kinds = list(dict.fromkeys((one.texts, one.arm) for one in found))
    for place, one in enumerate(found):
        colour = COLOURS[kinds.index((one.texts, one.arm)) % len(COLOURS)]
        if one.low is not None:
            axes.plot([one.low, one.high], [place, place], color=colour, linewidth=2.2, solid_capstyle="butt")
        axes.plot(one.seeds, [place] * len(one.seeds), "o", color=colour, markersize=3, alpha=0.5)
        first = kinds.index((one.texts, one.arm)) not in [
            kinds.index((other.texts, other.arm)) for other in found[:place]
        ]
        label = f"{one.arm} − {one.base}, held-out text of {one.texts}" if first else None
        axes.plot([one.mean], [place], "D", color=colour, markersize=6, label=label)
    axes.axvline(0, color="#222222", linewidth=1)
    axes.set_yticks(range(len(found)), [one.language for one in found])
    axes.invert_yaxis()
    axes.set_xlabel(f"difference in bits per byte (left of 0: better than {found[0].base}), 95 % interval over seeds")
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    figure.savefig(path, format="png")
    return path
