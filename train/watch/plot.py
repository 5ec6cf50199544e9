"""Loss curves of a run as a PNG: training loss in total, and training and held-out loss of each language."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from catalog import plot_style as style


def plot_losses(metrics: Iterable[dict], path: Path, title: str) -> Path:
    """Draw the records of metrics.jsonl; every language keeps its colour by alphabetical order."""
    records = list(metrics)
    figure = style.figure(4.2)
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    _draw_total(left, records)
    _draw_languages(right, records)
    for axes in (left, right):
        axes.set_xlabel("step")
        axes.tick_params(labelleft=True)
        axes.grid(color="#e6e6e6", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9)
    left.set_ylabel("nats per target token")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    temporary = path.with_name(f".tmp-{path.name}")
    return style.save(figure, temporary).replace(path)


def _draw_total(axes: Axes, records: list[dict]) -> None:
    steps, losses = [one["step"] for one in records], [one["loss"] for one in records]
    axes.plot(steps, losses, color="#bbbbbb", linewidth=0.8, label="each step")
    axes.plot(steps, smooth(losses), color="#222222", linewidth=2, label="mean around it")
    axes.set_title("Training loss", loc="left", fontsize=11)


def _draw_languages(axes: Axes, records: list[dict]) -> None:
    for number, name in enumerate(sorted({name for one in records for name in one["languages"]})):
        colour = style.COLOURS[number % len(style.COLOURS)]
        seen = [(one["step"], one["languages"][name]) for one in records if name in one["languages"]]
        steps, losses = zip(*seen, strict=True)
        axes.plot(steps, smooth(list(losses)), color=colour, linewidth=1.2, alpha=0.55, label=name)
        points = [(one["step"], one["held_out"][name]) for one in records if name in one.get("held_out", {})]
        if points:
            axes.plot(*zip(*points, strict=True), color=colour, marker="o", markersize=4, linewidth=0)
    axes.set_title("By language: training (lines) and held-out text (dots)", loc="left", fontsize=11)


def smooth(values: list[float]) -> np.ndarray:
    """Mean over a window of a twentieth of the run around each value.

    At the steep beginning the window shrinks on both sides, at the flat end only on the side that is missing.
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    before = np.minimum(places, max(1, len(values) // 40))
    after = np.minimum(before, places[::-1])
    return (sums[places + after + 1] - sums[places - before]) / (before + after + 1)
