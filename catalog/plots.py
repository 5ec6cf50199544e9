"""Plots of a version for its card: what it holds, what became of the inputs, how long the documents are.

Equal manifests give equal bytes.
"""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from catalog import plot_style as style
from catalog import summary
from catalog.manifest import Manifest
from catalog.plot_style import COLOURS, INK, REST, short

_KEPT, _DROPPED, _QUARANTINED = "#009E73", "#D55E00", "#56B4E9"
_MOST_REASONS, _MOST_LANGUAGES = 14, 12


def write_plots(manifest: Manifest, folder: Path) -> list[Path]:
    """Write composition.png, funnel.png and lengths.png into `folder`; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    plots: dict[str, Callable[[Manifest], Figure]] = {"composition": composition, "funnel": funnel, "lengths": lengths}
    paths = []
    for name, draw in plots.items():
        paths.append(style.save(draw(manifest), folder / f"{name}.png"))
    return paths


def composition(manifest: Manifest) -> Figure:
    """Documents and words per language, stacked by source."""
    spoken = summary.languages(manifest)[:_MOST_LANGUAGES]
    parts = summary.amounts(manifest, "source", "language")
    ranked = sorted({source for source, _ in parts}, key=lambda source: -_words_of(parts, source))
    named, rest = ranked[: len(COLOURS)], ranked[len(COLOURS) :]
    groups = [([source], source, colour) for source, colour in zip(named, COLOURS, strict=False)]
    if rest:
        groups.append((rest, f"{len(rest)} other sources", REST))
    figure = style.figure(1.7 + 0.42 * max(1, len(spoken)))
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
            panel.text(value, row, f" {short(value)}", va="center", fontsize=10, color=INK)
        style.clean(panel, measure.capitalize())
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
        removed.append((f"{len(rest)} other reasons", sum(count for _, count, _ in rest), REST))
    bars, left = [("inputs", 0, whole.inputs, COLOURS[0])], whole.inputs + whole.split
    if whole.split:
        bars.append(("split off by language", whole.inputs, whole.split, COLOURS[0]))
    for name, count, colour in removed:
        left -= count
        bars.append((name, left, count, colour))
    bars.append(("kept", 0, whole.kept, _KEPT))
    figure = style.figure(1.5 + 0.34 * len(bars))
    panel = figure.subplots()
    labels = [name for name, *_ in bars]
    panel.barh(range(len(bars)), [bar[2] for bar in bars], left=[bar[1] for bar in bars],
               color=[bar[3] for bar in bars], height=0.74)  # fmt: skip
    for row, (_, start, count, _) in enumerate(bars):
        share = f" {count:,}" + (f"  ({count / whole.inputs:.1%})" if whole.inputs else "")
        panel.text(start + count, row, share, va="center", fontsize=10, color=INK)
        if 0 < row < len(bars):  # a thread from the end of one bar to the next
            panel.plot(
                [start + count if row < len(bars) - 1 else count] * 2, [row - 1, row], color=REST, lw=0.8, zorder=0
            )
    panel.set_yticks(range(len(bars)), labels)
    panel.invert_yaxis()
    style.clean(panel, "Documents")
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
    figure = style.figure(0.9 + 1.15 * max(1, len(spoken)))
    panels = figure.subplots(max(1, len(spoken)), 1, sharex=True, squeeze=False)[:, 0]
    for panel, tag in zip(panels, spoken, strict=False):
        counts = manifest.lengths[tag]
        panel.bar(range(len(counts)), counts, width=0.92, color=COLOURS[0], align="edge")
        for place, count in enumerate(counts):
            if count:
                panel.text(place + 0.46, count, short(count), ha="center", va="bottom", fontsize=8.5, color=INK)
        style.clean(panel, None)
        panel.set_yticks([])
        panel.grid(visible=False)
        panel.set_ylim(0, 1.3 * max([*counts, 1]))
        panel.set_ylabel(tag, rotation=0, ha="right", va="center", fontsize=11, color=INK)
    panels[-1].set_xlim(first - 0.1, bins + 0.1)
    panels[-1].set_xticks(range(first, bins + 1), [short(2**i, 0) for i in range(first, bins + 1)])
    panels[-1].set_xlabel(
        "Words in a document (bins double); number of documents over each bar", fontsize=10.5, color=INK
    )
    return figure


_NOTHING = summary.Amount()


def _words_of(parts: dict[tuple[str, ...], summary.Amount], source: str) -> int:
    return sum(amount.words for key, amount in parts.items() if key[0] == source)
