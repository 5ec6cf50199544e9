"""The curve of one threshold as a PNG: what each value would keep, and where the documents lie."""

from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.ticker import FuncFormatter, PercentFormatter

from catalog import plot_style as style
from ingest.tune.measure import Curve

_POINTS, _BINS = 200, 40


def draw(curve: Curve, path: Path) -> Path:
    """Share of the words that each threshold keeps, by language, over the number of documents at each value."""
    values = curve.counts["value"].to_numpy()
    low, high, log = _span(values, list(curve.thresholds.values()))
    spaced = np.geomspace if log else np.linspace
    edges, bins = spaced(low, high, _POINTS), spaced(low, high, _BINS + 1)
    figure = style.figure(5.4)
    share, heap = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    languages = sorted(curve.counts["language"].unique())
    shared = len(set(curve.thresholds.values())) == 1
    bottom = np.zeros(len(bins) - 1)
    for colour, language in zip(style.COLOURS, languages, strict=False):
        own = curve.counts.filter(pl.col("language") == language)
        total = max(1, own["words"].sum())
        kept = curve.kept(edges.tolist(), ["language"]).filter(pl.col("language") == language)
        share.plot(kept["threshold"], kept["words"] / total, color=colour, linewidth=2, label=language)
        if not shared:
            share.axvline(curve.thresholds[language], color=colour, linestyle=":", linewidth=1.4)
        height, _ = np.histogram(own["value"], bins, weights=own["documents"])
        heap.bar(bins[:-1], height, np.diff(bins), bottom, align="edge", color=colour, edgecolor="white", linewidth=0.4)
        bottom += height
    if shared:
        share.axvline(*set(curve.thresholds.values()), color=style.INK, linestyle=":", linewidth=1.4)
    if log:
        heap.set_xscale("log")
    else:
        heap.set_xlim(low, high)
    for panel, title in (
        (share, f"{curve.rule}: words kept, of those that meet every other rule (dotted: today's threshold)"),
        (heap, "Documents at each value"),
    ):
        style.clean(panel, None)
        panel.grid(axis="y", color=style.SOFT, linewidth=0.7)
        panel.set_title(title, loc="left", fontsize=11.5, color=style.INK)
    share.set_ylim(0, 1.03)
    share.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    heap.yaxis.set_major_formatter(FuncFormatter(lambda value, _: style.short(value)))
    figure.legend(loc="outside lower center", ncols=len(languages) or 1, frameon=False, fontsize=10)
    return style.save(figure, path)


def _span(values: np.ndarray, thresholds: list[float]) -> tuple[float, float, bool]:
    """(least, greatest, logarithmic): the axis from the least to the greatest value that is worth showing."""
    every = np.concatenate([values, thresholds]) if len(values) else np.array([*thresholds, 0.0, 1.0])
    low, high = float(every.min()), float(every.max())
    log = high > 1000 and low >= 0
    if log:
        return max(1.0, low), high * 1.1, True
    return low, high if high > low else low + 1.0, False
