"""Plots of a version for its card: what it holds, what became of the inputs, how long the documents are.

Colours are those of Okabe and Ito (2008), told apart with every common colour vision. Equal manifests give equal bytes.
"""

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from catalog import summary
from catalog.manifest import Manifest

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
_REST, _INK, _SOFT = "#999999", "#222222", "#DDDDDD"
_KEPT, _DROPPED, _QUARANTINED = "#009E73", "#D55E00", "#56B4E9"
_WIDTH, _DPI = 9.0, 150  # inches: 1350 pixels, twice the width of a Hub card's column
_MOST_REASONS, _MOST_LANGUAGES = 14, 12


def write_plots(manifest: Manifest, folder: Path) -> list[Path]:
    """Write composition.png, funnel.png and lengths.png into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    plots: dict[str, Callable[[Manifest], Figure]] = {"composition": composition, "funnel": funnel, "lengths": lengths}
    paths = []
    for name, draw in plots.items():
        figure = draw(manifest)
        FigureCanvasAgg(figure)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=_DPI, metadata={"Software": None})
        paths.append(path)
    return paths


def composition(manifest: Manifest) -> Figure:
    """Documents and words per language, stacked by source."""
    spoken = summary.languages(manifest)[:_MOST_LANGUAGES]
    parts = summary.amounts(manifest, "source", "language")
    ranked = sorted({source for source, _ in parts}, key=lambda source: -_words_of(parts, source))
    named, rest = ranked[: len(_COLOURS)], ranked[len(_COLOURS) :]
    groups = [([source], source, colour) for source, colour in zip(named, _COLOURS, strict=False)]
    if rest:
        groups.append((rest, f"{len(rest)} other sources", _REST))
    figure = _figure(1.7 + 0.42 * max(1, len(spoken)))
    axes = figure.subplots(1, 2, sharey=True)
    for panel, measure in zip(axes, ("documents", "words"), strict=True):
        left = [0] * len(spoken)
        for sources, label, colour in groups:
            widths = [sum(getattr(parts.get((source, tag), _NOTHING), measure) for source in sources) for tag in spoken]
            panel.barh(
                spoken, widths, left=left, color=colour, edgecolor="white", linewidth=0.8, height=0.72, label=label
            )
            left = [start + width for start, width in zip(left, widths, strict=True)]
        for row, value in enumerate(left):
            panel.text(value, row, f" {short(value)}", va="center", fontsize=10, color=_INK)
        _clean(panel, measure.capitalize())
        panel.set_xlim(0, 1.16 * max([*left, 1]))
    axes[0].invert_yaxis()
    handles, labels = axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(
            handles, labels, loc="outside lower center", ncols=min(4, len(labels)), frameon=False, fontsize=10
        )
    return figure


def funnel(manifest: Manifest) -> Figure:
    """Inputs, then what each reason took away, then what was kept: one bar each, from left to right as they shrink."""
    whole = summary.whole_funnel(manifest)
    removed = [(name, count, _DROPPED) for name, count in summary.by_count(whole.dropped)]
    removed += [(name, count, _QUARANTINED) for name, count in summary.by_count(whole.quarantined)]
    if len(removed) > _MOST_REASONS:
        removed.sort(key=lambda item: -item[1])
        rest = removed[_MOST_REASONS - 1 :]
        removed = removed[: _MOST_REASONS - 1]
        removed.append((f"{len(rest)} other reasons", sum(count for _, count, _ in rest), _REST))
    bars, left = [("inputs", 0, whole.inputs, _COLOURS[0])], whole.inputs + whole.split
    if whole.split:
        bars.append(("split off by language", whole.inputs, whole.split, _COLOURS[0]))
    for name, count, colour in removed:
        left -= count
        bars.append((name, left, count, colour))
    bars.append(("kept", 0, whole.kept, _KEPT))
    figure = _figure(1.5 + 0.34 * len(bars))
    panel = figure.subplots()
    labels = [name for name, *_ in bars]
    panel.barh(range(len(bars)), [bar[2] for bar in bars], left=[bar[1] for bar in bars],
               color=[bar[3] for bar in bars], height=0.74)  # fmt: skip
    for row, (_, start, count, _) in enumerate(bars):
        share = f" {count:,}" + (f"  ({count / whole.inputs:.1%})" if whole.inputs else "")
        panel.text(start + count, row, share, va="center", fontsize=10, color=_INK)
        if 0 < row < len(bars):  # a thread from the end of one bar to the next
            panel.plot(
                [start + count if row < len(bars) - 1 else count] * 2, [row - 1, row], color=_REST, lw=0.8, zorder=0
            )
    panel.set_yticks(range(len(bars)), labels)
    panel.invert_yaxis()
    _clean(panel, "Documents")
    panel.set_xlim(0, 1.27 * max(whole.inputs + whole.split, 1))
    keys = [("dropped", _DROPPED), ("quarantined", _QUARANTINED)]
    shown = [panel.barh([0], [0], color=colour, label=name) for name, colour in keys]
    figure.legend(shown, [name for name, _ in keys], loc="outside lower center", ncols=2, frameon=False, fontsize=10)
    return figure


def lengths(manifest: Manifest) -> Figure:
    """How many documents of each language have how many words, in bins that double."""
    spoken = summary.languages(manifest)[:_MOST_LANGUAGES]
    bins = max((len(manifest.lengths[tag]) for tag in spoken), default=1)
    first = min((i for tag in spoken for i, count in enumerate(manifest.lengths[tag]) if count), default=0)
    figure = _figure(0.9 + 1.15 * max(1, len(spoken)))
    panels = figure.subplots(max(1, len(spoken)), 1, sharex=True, squeeze=False)[:, 0]
    for panel, tag in zip(panels, spoken, strict=False):
        counts = manifest.lengths[tag]
        panel.bar(range(len(counts)), counts, width=0.92, color=_COLOURS[0], align="edge")
        for place, count in enumerate(counts):
            if count:
                panel.text(place + 0.46, count, short(count), ha="center", va="bottom", fontsize=8.5, color=_INK)
        _clean(panel, None)
        panel.set_yticks([])
        panel.grid(visible=False)
        panel.set_ylim(0, 1.3 * max([*counts, 1]))
        panel.set_ylabel(tag, rotation=0, ha="right", va="center", fontsize=11, color=_INK)
    panels[-1].set_xlim(first - 0.1, bins + 0.1)
    panels[-1].set_xticks(range(first, bins + 1), [short(2**i, 0) for i in range(first, bins + 1)])
    panels[-1].set_xlabel(
        "Words in a document (bins double); number of documents over each bar", fontsize=10.5, color=_INK
    )
    return figure


def short(value: float, digits: int = 1) -> str:
    """A number in at most five characters: 852, 7.4k, 3M, 1.1B (billions)."""
    for unit, scale in (("B", 10**9), ("M", 10**6), ("k", 1000)):
        if abs(value) >= scale - scale / 2000:  # 999,999 is 1M, not 1000k
            text = f"{value / scale:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + unit
    return f"{value:g}"


_NOTHING = summary.Amount()


def _words_of(parts: dict[tuple[str, ...], summary.Amount], source: str) -> int:
    return sum(amount.words for key, amount in parts.items() if key[0] == source)


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    return figure


def _clean(panel: Axes, title: str | None) -> None:
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.spines["bottom"].set_color(_SOFT)
    panel.tick_params(length=0, labelsize=10.5, labelcolor=_INK)
    panel.grid(axis="x", color=_SOFT, linewidth=0.7)
    panel.set_axisbelow(True)
    if title:
        panel.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        panel.set_title(title, loc="left", fontsize=11.5, color=_INK)
