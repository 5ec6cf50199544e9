"""What an ablation found: differences between arms with two intervals, over seeds and over texts, as table and plot."""

import dataclasses
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy import stats

from catalog import plot_style as style

ALL = "all"  # the mean over the languages, each with equal weight
RESAMPLES = 4000


@dataclasses.dataclass(frozen=True)
class Score:
    """One run on one language of one held-out set: the bits and the UTF-8 bytes that each example hides (n)."""

    arm: str
    seed: int
    texts: str
    language: str
    bits: np.ndarray
    bytes: np.ndarray

    @property
    def bits_per_byte(self) -> float:
        """Over all examples."""
        return float(self.bits.sum() / self.bytes.sum())


@dataclasses.dataclass(frozen=True)
class Difference:
    """An arm less the first one, in bits per byte, with 95 % intervals of two kinds.

    `seeds_low`, `seeds_high`: another choice of seeds, Student's t over pairs of one seed (None with a single seed).
    `texts_low`, `texts_high`: another choice of held-out examples, by bootstrap over them, the mean of the seeds each.
    """

    arm: str
    base: str
    texts: str
    language: str
    base_mean: float
    mean: float
    seeds_low: float | None
    seeds_high: float | None
    texts_low: float
    texts_high: float
    seeds: list[float]


@dataclasses.dataclass(frozen=True)
class _Cell:
    """One language's scores of two arms on one set, seeds in order."""

    base: list[Score]
    own: list[Score]

    @property
    def values(self) -> np.ndarray:
        """Bits per byte of the base and of the arm: (2, seeds)."""
        return np.array([[one.bits_per_byte for one in side] for side in (self.base, self.own)])

    def resampled(self, draw: np.random.Generator) -> np.ndarray:
        """The mean difference in `RESAMPLES` samples of the examples, drawn with replacement."""
        bits = np.mean([own.bits - base.bits for own, base in zip(self.own, self.base, strict=True)], axis=0)
        times = draw.multinomial(len(bits), np.full(len(bits), 1 / len(bits)), size=RESAMPLES)
        return (times @ bits) / (times @ self.own[0].bytes)


def differences(scores: Iterable[Score], base: str) -> list[Difference]:
    """Every other arm against `base`, for each set and language and for the mean of the languages."""
    by_key: dict[tuple[str, str, str], list[Score]] = {}
    for score in sorted(scores, key=lambda one: one.seed):
        by_key.setdefault((score.texts, score.arm, score.language), []).append(score)
    found = []
    for texts, arm in sorted({key[:2] for key in by_key if key[1] != base}):
        languages = sorted(key[2] for key in by_key if key[:2] == (texts, arm))
        cells = {name: _Cell(by_key[texts, base, name], by_key[texts, arm, name]) for name in languages}
        for name, some in [*((name, [cell]) for name, cell in cells.items()), (ALL, list(cells.values()))]:
            values = np.mean([cell.values for cell in some], axis=0)
            paired = values[1] - values[0]
            draw = np.random.default_rng(0)
            again = np.mean([cell.resampled(draw) for cell in some], axis=0)
            ends = (*interval(paired), *np.quantile(again, (0.025, 0.975)).tolist())
            found.append(
                Difference(
                    arm, base, texts, name, float(values[0].mean()), float(paired.mean()), *ends, paired.tolist()
                )
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
    rows = [f"| held-out text of | language | {found[0].base} | arm | difference | 95 % over seeds | 95 % over texts |"]
    rows.append("|---|---|---:|---|---:|---:|---:|")
    for one in found:
        seeds = "one seed" if one.seeds_low is None else f"{one.seeds_low:+.3f} to {one.seeds_high:+.3f}"
        rows.append(
            f"| {one.texts} | {one.language} | {one.base_mean:.3f} | {one.arm} | {one.mean:+.3f} | {seeds} "
            f"| {one.texts_low:+.3f} to {one.texts_high:+.3f} |"
        )
    return "\n".join(rows) + "\n"


def plot(found: list[Difference], path: Path, title: str) -> Path:
    """Each difference as a diamond, its interval over texts as a thin line, that over seeds as a thick one."""
    figure = style.figure(1.8 + 0.32 * len(found))
    axes = figure.subplots()
    colours: dict[str, str] = {}
    for place, one in enumerate(found):
        label = f"{one.arm} − {one.base}, held-out text of {one.texts}"
        colour = colours.setdefault(label, style.COLOURS[len(colours) % len(style.COLOURS)])
        axes.plot([one.texts_low, one.texts_high], [place, place], color=colour, linewidth=1.2)
        if one.seeds_low is not None:
            axes.plot([one.seeds_low, one.seeds_high], [place, place], color=colour, linewidth=4, alpha=0.45)
        axes.plot([one.mean], [place], "D", color=colour, markersize=6)
    for label, colour in colours.items():
        axes.plot([], [], "D", color=colour, markersize=6, label=label)
    style.clean(axes, None)
    axes.axvline(0, color=style.INK, linewidth=1)
    axes.set_yticks(range(len(found)), [one.language for one in found])
    axes.invert_yaxis()
    axes.set_xlabel(f"bits per byte (left of 0: better than {found[0].base}); 95 %: thick over seeds, thin over texts")
    figure.legend(frameon=False, fontsize=9, loc="outside lower center")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return style.save(figure, path)
