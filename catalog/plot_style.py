"""How plots look here: colours that all can tell apart, little ink, numbers in few characters.

Colours are those of Okabe and Ito (2008), told apart with every common colour vision.
"""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
REST, INK, SOFT = "#999999", "#222222", "#DDDDDD"
_WIDTH, _DPI = 9.0, 150  # inches: 1350 pixels, twice the width of a Hub card's column


def figure(height: float) -> Figure:
    """An empty figure, `height` inches high."""
    drawn = Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")
    drawn.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    return drawn


def save(drawn: Figure, path: Path) -> Path:
    """Write the figure as a PNG; equal figures give equal bytes."""
    FigureCanvasAgg(drawn)
    drawn.savefig(path, dpi=_DPI, metadata={"Software": None})
    return path


def clean(panel: Axes, title: str | None) -> None:
    """Take away frame and ticks; a title makes the horizontal axis one of counts."""
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.spines["bottom"].set_color(SOFT)
    panel.tick_params(length=0, labelsize=10.5, labelcolor=INK)
    panel.grid(axis="x", color=SOFT, linewidth=0.7)
    panel.set_axisbelow(True)
    if title:
        panel.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        panel.set_title(title, loc="left", fontsize=11.5, color=INK)


def short(value: float, digits: int = 1) -> str:
    """A number in at most five characters: 852, 7.4k, 3M, 1.1B (billions)."""
    for unit, scale in (("B", 10**9), ("M", 10**6), ("k", 1000)):
        if abs(value) >= scale - scale / 2000:  # 999,999 is 1M, not 1000k
            text = f"{value / scale:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + unit
    return f"{value:g}"
