"""How a score tells two classes apart, and what that is worth where the positive class is rare.

A balanced test flatters: of a web crawl about one page in seventy is medical. Recall and the false-positive rate do
not depend on how common the class is; the precision to expect does, and is computed from the two.
"""

import dataclasses

import numpy as np

WEB = 0.015  # share of medical pages in a web crawl, about


@dataclasses.dataclass(frozen=True)
class Point:
    """A threshold with the recall and the false-positive rate it gave, and the precision at a prevalence."""

    threshold: float
    recall: float
    false_positive_rate: float
    precision: float


@dataclasses.dataclass(frozen=True)
class Interval:
    """Bounds of a bootstrap confidence interval."""

    low: float
    high: float


def precision(recall: float, false_positive_rate: float, prevalence: float) -> float:
    """Precision where the positive class has that prevalence; 0 where nothing is found at all."""
    found, wrong = prevalence * recall, (1 - prevalence) * false_positive_rate
    return found / (found + wrong) if found + wrong > 0 else 0.0


def at_threshold(positive: np.ndarray, negative: np.ndarray, threshold: float, prevalence: float = WEB) -> Point:
    """What keeping scores of at least `threshold` gives; both classes need a score."""
    recall, wrong = float(np.mean(positive >= threshold)), float(np.mean(negative >= threshold))
    return Point(threshold, recall, wrong, precision(recall, wrong, prevalence))


def at_recall(positive: np.ndarray, negative: np.ndarray, recall: float, prevalence: float = WEB) -> Point:
    """The highest threshold that finds at least that share of the positives."""
    wanted = max(1, int(np.ceil(recall * len(positive) - 1e-9)))
    return at_threshold(positive, negative, float(np.sort(positive)[::-1][wanted - 1]), prevalence)


def roc(positive: np.ndarray, negative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(false-positive rates, recalls) at every threshold, from (0, 0) to (1, 1)."""
    thresholds = np.unique(np.concatenate([positive, negative]))[::-1]
    recalls = 1 - np.searchsorted(np.sort(positive), thresholds, side="left") / len(positive)
    rates = 1 - np.searchsorted(np.sort(negative), thresholds, side="left") / len(negative)
    return np.concatenate([[0.0], rates]), np.concatenate([[0.0], recalls])


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative; ties count half."""
    rates, recalls = roc(positive, negative)
    return float(np.trapezoid(recalls, rates))


def calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> float:
    """Mean distance of stated from true share of positives over equal bins, weighted by documents.

    Source: expected calibration error, Naeini et al. 2015.
    """
    where = np.minimum((probabilities * bins).astype(int), bins - 1)
    count = np.bincount(where, minlength=bins)
    gap = np.bincount(where, probabilities, bins) - np.bincount(where, labels, bins)
    return float(np.abs(gap).sum() / max(1, count.sum()))


def bootstrap(
    positive: np.ndarray, negative: np.ndarray, threshold: float, prevalence: float = WEB, rounds: int = 1000,
    seed: int = 0,
) -> tuple[Interval, Interval]:  # fmt: skip
    """95 % intervals of (precision, recall) at a threshold.

    Recall: percentiles over resampled documents. The false-positive rate is near 0 and a resample of no errors has
    none, so its share is drawn from the Jeffreys posterior, Beta(errors + 1/2, right + 1/2): with few negatives the
    interval is as wide as it must be.
    """
    generator = np.random.default_rng(seed)
    hits, wrong = int(np.sum(positive >= threshold)), int(np.sum(negative >= threshold))
    recalls = generator.binomial(len(positive), hits / len(positive), rounds) / len(positive)
    rates = generator.beta(wrong + 0.5, len(negative) - wrong + 0.5, rounds)
    precisions = [precision(recall, rate, prevalence) for recall, rate in zip(recalls, rates, strict=True)]
    low, high = np.percentile(precisions, [2.5, 97.5]), np.percentile(recalls, [2.5, 97.5])
    return Interval(float(low[0]), float(low[1])), Interval(float(high[0]), float(high[1]))
