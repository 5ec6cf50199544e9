"""Training of the domain model: a classifier and a combination a language, always with the same bytes as result."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from fasttext.FastText import _FastText

from filters.domain.model import MEDICAL, OTHER, PRIOR, SPREAD, Combination, classifier_text, log_odds
from filters.domain.step import lexicon_evidence
from filters.domain.training.fasttext import train
from filters.domain.training.logistic import balanced, fit
from filters.domain.training.prevalence import at_threshold
from filters.domain.training.recipe import ClassifierSettings
from shards.errors import InputError

_FEWEST = 5  # documents of a class that a classifier can be trained on


def train_classifier(
    texts: Sequence[str], medical: np.ndarray, settings: ClassifierSettings, seed: int
) -> tuple[Any, bytes]:
    """(fastText classifier, its file) from marked texts; the smaller class is repeated until both weigh the same.

    One thread and a seed: fastText's threads race, and a race is not repeatable.
    """
    if min(counts := np.bincount(medical.astype(int), minlength=2)) < _FEWEST:
        raise InputError(f"{counts[1]} medical and {counts[0]} other documents; a class needs at least {_FEWEST}")
    lines = [classifier_text(text) for text in texts]
    repeat = np.where(medical, max(1, round(counts[0] / counts[1])), max(1, round(counts[1] / counts[0])))
    order = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(lines)), repeat))
    with tempfile.TemporaryDirectory() as place:
        corpus, file = Path(place) / "corpus.txt", Path(place) / "model.bin"
        corpus.write_text("".join(f"{MEDICAL if medical[at] else OTHER} {lines[at]}\n" for at in order), "utf-8")
        train({
            "input": str(corpus), "dim": settings.dim, "bucket": settings.bucket, "epoch": settings.epochs,
            "lr": settings.rate, "minn": settings.shortest_ngram, "maxn": settings.longest_ngram,
            "wordNgrams": settings.word_ngrams, "seed": seed,
        }, str(file), settings.quantize)  # fmt: skip
        return _FastText(model_path=str(file)), file.read_bytes()


def combine(
    classifier: Any, sha256: str, texts: Sequence[str], medical: np.ndarray, prevalence: float, precision: float
) -> Combination:
    """The combination fitted to texts that the classifier was not trained on, and its threshold.

    The threshold is the higher of two: where a document is as likely medical as not at that prevalence, and the
    lowest at which these texts show that precision. The first holds where they are too few to show anything.
    """
    evidence = lexicon_evidence(pa.array(texts, pa.large_string()))
    features = evidence.features(log_odds(classifier, [classifier_text(text) for text in texts]))
    labels = medical.astype(np.float64)
    coefficients = fit(features, labels, PRIOR, SPREAD, balanced(labels))
    odds = features @ coefficients
    threshold = max(
        np.log((1 - prevalence) / prevalence), _lowest(odds[medical], odds[~medical], prevalence, precision)
    )
    return Combination(tuple(map(float, coefficients)), float(threshold), sha256)


def _lowest(positive: np.ndarray, negative: np.ndarray, prevalence: float, precision: float) -> float:
    for threshold in np.unique(positive):
        if at_threshold(positive, negative, threshold, prevalence).precision >= precision:
            return float(threshold)
    return float(negative.max())
