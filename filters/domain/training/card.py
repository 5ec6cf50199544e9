"""The card of a trained domain model: what it was trained on, how it was split, what its test showed; and plots."""

import io
from collections import Counter

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.table import Table

from filters.domain.model import CHARS, FEATURES, WINDOWS, DomainModel
from filters.domain.training.held_out import Tested
from filters.domain.training.prevalence import precision, roc
from filters.domain.training.recipe import TrainingRecipe
from filters.domain.training.texts import Text

_COLOURS = {"en": "#0072B2", "fr": "#D55E00", "it": "#009E73", "es": "#CC79A7"}  # Okabe and Ito 2008
_FLOOR = 1e-4  # rates below cannot be drawn on a logarithmic axis

Curves = dict[str, tuple[np.ndarray, np.ndarray]]  # a name to its scores of (positives, negatives)


def card(recipe: TrainingRecipe, texts: list[Text], model: DomainModel, tested: list[Tested]) -> str:
    """The card, in Markdown."""
    counts = Counter((text.language, text.source, text.medical, text.split) for text in texts)
    data = [
        f"| {language} | {source} | {'medical' if medical else 'other'} | {split} | {count:,} |"
        for (language, source, medical, split), count in sorted(counts.items())
    ]
    test = [
        f"| {each.language} | {each.medical:,} | {each.other:,} | {each.auc:.4f} | {each.lexicon_auc:.4f} "
        f"| {each.point.recall:.3f} | {each.point.false_positive_rate:.4f} | {each.point.precision:.3f} "
        f"| {each.calibration_error:.3f} |"
        for each in tested
    ]
    weights = [
        f"| {language} | {' | '.join(f'{value:.3f}' for value in each.coefficients)} | {each.threshold:.3f} |"
        for language, each in model.languages.items()
    ]
    return "\n".join(
        [
            f"# {recipe.name}",
            "",
            "Tells medical from other documents: a fastText classifier a language, and a logistic combination with the",
            "density and number of the lexicon's terms. A score of 0.5 is the threshold of its language.",
            "",
            "## Data",
            "",
            "Training and calibration share no host with the test, nor a source but for those that the recipe splits",
            "by hosts. Texts that stand twice count once.",
            "",
            "| language | source | class | split | documents |",
            "|---|---|---|---|---:|",
            *data,
            "",
            f"## Test (precision at a prevalence of {recipe.prevalence:.1%})",
            "",
            "| language | medical | other | ROC AUC | of the lexicon | recall | false-positive rate | precision "
            "| calibration error |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            *test,
            "",
            "![ROC](roc.png)",
            "![Precision and recall](precision_recall.png)",
            "",
            "A false-positive rate below 3 / (other documents) is not told from 0 by this test.",
            "",
            "## Model",
            "",
            f"The classifier reads {WINDOWS} windows of {CHARS} characters. Settings: "
            f"`{recipe.classifier.model_dump()}`, seed {recipe.seed}, one thread. "
            f"Lexicons `{model.lexicon_sha256[:16]}`.",
            "",
            f"| language | {' | '.join(FEATURES)} | threshold |",
            f"|---|{'---:|' * (len(FEATURES) + 1)}",
            *weights,
            "",
            "`test_scores.arrow` holds the scores of every test document, by the digest of its text.",
            "",
        ]
    )


def table(tested: list[Tested], prevalence: float) -> Table:
    """The test, on a terminal."""
    view = Table(title=f"Test, precision at a prevalence of {prevalence:.1%}", title_justify="left", box=None)
    for name in ("", "medical", "other", "AUC", "recall", "false positives", "precision", "lexicon alone"):
        view.add_column(name, justify="right" if name else "left")
    for each in tested:
        view.add_row(
            each.language, f"{each.medical:,}", f"{each.other:,}", f"{each.auc:.4f}", f"{each.point.recall:.3f}",
            f"{each.point.false_positive_rate:.4f}", f"{each.point.precision:.3f}",
            f"{each.lexicon_point.recall:.3f}, {each.lexicon_point.precision:.3f}",
        )  # fmt: skip
    return view


def roc_plot(curves: Curves, title: str = "ROC") -> bytes:
    """ROC curves as PNG; the false-positive rate on a logarithmic axis, since the left edge is what matters."""
    figure, axes = _axes("false-positive rate", "recall", title)
    for name, (positive, negative) in curves.items():
        rates, recalls = roc(positive, negative)
        axes.step(np.maximum(rates, _FLOOR), recalls, where="post", label=name, color=_COLOURS.get(name))
    axes.set_xscale("log")
    axes.set_xlim(_FLOOR, 1)
    axes.set_ylim(0.5, 1.005)
    axes.axvline(0.0015, color="#999999", lw=0.8, ls=":")
    axes.text(0.0014, 0.51, "0.15 %: precision 0.9 at recall 0.9", fontsize=8, color="#555555", rotation=90, ha="right")
    figure.legend(frameon=False, loc="outside right upper")  # curves may pass anywhere within the axes
    return _png(figure)


def precision_plot(curves: Curves, prevalence: float) -> bytes:
    """Precision at the prevalence against recall, as PNG."""
    figure, axes = _axes("recall", "precision", f"Precision at a prevalence of {prevalence:.1%}")
    for name, (positive, negative) in curves.items():
        rates, recalls = roc(positive, negative)
        values = [precision(recall, rate, prevalence) for recall, rate in zip(recalls[1:], rates[1:], strict=True)]
        axes.plot(recalls[1:], values, label=name, color=_COLOURS.get(name))
    axes.set_xlim(0, 1.005)
    axes.set_ylim(0, 1.02)
    figure.legend(frameon=False, loc="outside right upper")
    return _png(figure)


def _axes(x: str, y: str, title: str):
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure: Figure) -> bytes:
    sink = io.BytesIO()
    figure.savefig(sink, dpi=150, metadata={"Software": None})
    return sink.getvalue()
