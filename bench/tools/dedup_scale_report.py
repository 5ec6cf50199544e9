"""What `bench.tools.dedup_stages` measured at several sizes, as a page with tables and a plot.

python -m bench.tools.dedup_scale_report docs MEASURED.json ...     # docs/dedup-scale.md and docs/dedup-scale.png
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import FuncFormatter

from bench.frame import describe_machine
from catalog.plot_style import COLOURS, INK, REST, SOFT, clean, figure, save, short

STAGES = ("bands", "match", "components", "verify")
FRACTIONS = ("sorting", "hashing", "union-find", "gathering", "comparing", "I/O", "other")
_PAGE = """\
# Deduplication by size

Measured by `python -m bench.tools.dedup_stages DOCUMENTS FOLDER OUT.json`, written by `bench.tools.dedup_scale_report`.
Documents are planted as signatures (`bench/tools/planted_signatures.py`): two fifths lie in families whose sizes follow
a power law, spread over all partitions of 300,000; they have 24 to 40 shingles. What runs is the build's own steps over
its own store, each task in a process of its own.

Machine: {machine}

![CPU seconds and peak memory of each stage against documents, both axes logarithmic]({plot})

{sizes}

## CPU seconds

Of all tasks of a stage together; in parentheses wall seconds, on a machine that others used at the same time. Slope: of
the logarithm of CPU seconds against that of documents; 1 is linear. Making these signatures ("plant") is no part of a
build; `bench/dedup.py` measures signatures of texts.

{seconds}

## Memory of the largest task

Resident memory in MB, the highest that the kernel counted: interpreter and libraries (about {base:.0f} MB) and mapped
pages of files are among it.

{memory}

## Where the CPU time goes

Of bands, match, components and verify at {largest} documents. I/O is reading and writing objects: SHA-256 of their
bytes, compression, copies and flushing; pages of mapped files are read where they are used.

{shares}

## What was found

{found}
"""


def slope(measured: Sequence[dict], stage: str, figure_: str) -> float:
    """Least squares of log(figure) over log(documents)."""
    sizes = [size["documents"] for size in measured]
    values = [size["stages"][stage][figure_] for size in measured]
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def share(size: dict, kind: str) -> float:
    """Share of the CPU time of STAGES that one kind of work took."""
    spent = [size["stages"][stage]["spent"] for stage in STAGES]
    return sum(part.get(kind, 0.0) for part in spent) / sum(sum(part.values()) for part in spent)


def write(measured: Sequence[dict], folder: Path) -> None:
    """dedup-scale.md and dedup-scale.png in `folder`; `measured` by size, ascending."""
    plot = _plot(measured, folder / "dedup-scale.png")
    names = [f"{size['documents']:,}" for size in measured]
    largest = measured[-1]
    sizes = [[label, *(f"{size[key]:,}" for size in measured)] for label, key in (
        ("partitions", "partitions"), ("prefixes (match tasks a band)", "prefixes"), ("verify tasks", "parts"),
    )]  # fmt: skip
    banded = (f"{size['stages']['match']['tasks'] // size['prefixes']}" for size in measured)
    sizes.append(["bands, those of identity among them", *banded])
    seconds = []
    for stage in ("plant", *STAGES):
        cells = [
            f"{size['stages'][stage]['cpu_seconds']:,.1f} ({size['stages'][stage]['wall_seconds']:,.0f})"
            for size in measured
        ]
        seconds.append([stage, *cells, f"{slope(measured, stage, 'cpu_seconds'):.2f}"])
    totals = [sum(size["stages"][stage]["cpu_seconds"] for stage in STAGES) for size in measured]
    trend = np.polyfit(np.log([size["documents"] for size in measured]), np.log(totals), 1)[0]
    seconds.append(["**without plant**", *(f"**{total:,.1f}**" for total in totals), f"**{trend:.2f}**"])
    rates = [size["documents"] / total for size, total in zip(measured, totals, strict=True)]
    seconds.append(["documents a core-second", *(f"{rate:,.0f}" for rate in rates), ""])
    memory = [
        [stage, *(f"{size['stages'][stage]['peak_bytes'] / 1e6:,.0f}" for size in measured),
         f"{slope(measured, stage, 'peak_bytes'):.2f}"]
        for stage in STAGES
    ]  # fmt: skip
    shares = [[kind, f"{100 * share(largest, kind):.1f} %"] for kind in FRACTIONS]
    found = [
        ["documents removed", *(f"{size['removed']:,}" for size in measured)],
        *(
            [label, *(f"{size[key]:.4f}" for size in measured)]
            for label, key in (
                ("precision", "precision"), ("recall of exact copies", "recall_exact"),
                ("recall of near copies (Jaccard 0.8 or more)", "recall_near"),
                ("what the bands promise a pair of that similarity", "formula_near"),
            )
        ),
    ]  # fmt: skip
    base = min(size["stages"][stage]["peak_bytes"] for size in measured for stage in STAGES) / 1e6
    page = _PAGE.format(
        machine=describe_machine(), plot=plot.name, base=base, largest=names[-1],
        sizes=_table(["documents", *names], sizes), seconds=_table(["stage", *names, "slope"], seconds),
        memory=_table(["stage", *names, "slope"], memory), shares=_table(["work", "share"], shares),
        found=_table(["", *names], found),
    )  # fmt: skip
    (folder / "dedup-scale.md").write_text(page, encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *rows))


def _plot(measured: Sequence[dict], path: Path) -> Path:
    drawn = figure(4.2)
    sizes = [size["documents"] for size in measured]
    panels = drawn.subplots(1, 2)
    for panel, key, scale, title in (
        (panels[0], "cpu_seconds", 1, "CPU seconds of a stage"),
        (panels[1], "peak_bytes", 1e9, "Peak memory of a task, GB"),
    ):  # fmt: skip
        for stage, colour in zip(STAGES, COLOURS, strict=False):
            values = [size["stages"][stage][key] / scale for size in measured]
            label = f"{stage}, slope {slope(measured, stage, key):.2f}"
            panel.plot(sizes, values, marker="o", markersize=4, linewidth=1.6, color=colour, label=label)
        panel.set_xscale("log")
        panel.set_yscale("log")
        clean(panel, None)
        panel.grid(axis="both", color=SOFT, linewidth=0.7)
        panel.set_xticks(sizes, [short(size) for size in sizes])
        panel.minorticks_off()
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        panel.set_title(title, loc="left", fontsize=11.5, color=INK)
        panel.set_xlabel("documents", color=INK)
    panels[1].axhline(4, color=REST, linewidth=1, linestyle="--")
    panels[1].annotate(
        "4 GB: the most that a task may take",
        (sizes[0], 4),
        textcoords="offset points",
        xytext=(0, 3),
        color=REST,
        fontsize=9,
    )
    for panel, top in zip(panels, (1.0, 0.88), strict=True):
        panel.legend(frameon=False, fontsize=9, labelcolor=INK, loc="upper left", bbox_to_anchor=(0, top))
    panels[1].set_ylim(0.1, 6)
    return save(drawn, path)


if __name__ == "__main__":
    target, *files = sys.argv[1:]
    write(
        sorted((json.loads(Path(file).read_text()) for file in files), key=lambda size: size["documents"]), Path(target)
    )
