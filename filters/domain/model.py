"""A trained domain model: a fastText classifier a language, and the logistic combination with the lexicon's evidence.

A model is a folder: `model.json` names everything, the classifiers by their digests, so that the digest of
`model.json` alone says which model it is. `python -m filters.train_domain` writes it.
"""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from fasttext.FastText import _FastText

from filters.domain.score import INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT
from filters.language.windows import sample_windows
from filters.models import check_digest
from shards.errors import CorruptionError, InputError

FORMAT = 1
MANIFEST = "model.json"
MEDICAL, OTHER = "__label__medical", "__label__other"
FEATURES = ("intercept", "density", "log_weighted", "classifier", "log_words")
PRIOR = np.array([INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT, 0.5, 0.0])  # the lexicon's score, and a second opinion
SPREAD = np.array([3.0, 60.0, 0.5, 0.5, 0.3])  # how far from it is no surprise
WINDOWS, CHARS = 4, 600  # what the classifier reads of a document
_SUREST = 1e-4  # probabilities nearer to 0 or 1 are training noise


@dataclasses.dataclass(frozen=True)
class Combination:
    """Of one language: coefficients of `FEATURES`, the log-odds from which a document is kept, its classifier."""

    coefficients: tuple[float, ...]
    threshold: float
    classifier_sha256: str

    def score(self, features: np.ndarray) -> np.ndarray:
        """0 to 1 for `features` (documents, 5); the model's threshold is at 0.5, in every language."""
        return 1 / (1 + np.exp(-np.clip(features @ np.array(self.coefficients) - self.threshold, -500, 500)))


@dataclasses.dataclass(frozen=True)
class DomainModel:
    """Combinations by language, and the lexicons they were fitted with."""

    lexicon_sha256: str
    prevalence: float
    languages: dict[str, Combination]

    def as_json(self) -> bytes:
        """Content of `model.json`; equal models, equal bytes."""
        plain = {"format": FORMAT, "features": list(FEATURES)} | dataclasses.asdict(self)
        return json.dumps(plain, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, data: bytes, where: str) -> "DomainModel":
        """Inverse of `as_json`; `CorruptionError` naming `where` for anything else."""
        try:
            plain = json.loads(data)
            if plain["format"] != FORMAT or plain["features"] != list(FEATURES):
                raise InputError(f"{where}: a domain model of format {plain['format']}, wanted {FORMAT}; train it anew")
            languages = {
                name: Combination(tuple(each["coefficients"]), each["threshold"], each["classifier_sha256"])
                for name, each in plain["languages"].items()
            }
            return cls(plain["lexicon_sha256"], plain["prevalence"], languages)
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptionError(f"{where}: not a domain model ({error!r}); copy it again or train it anew") from error


def features(density: np.ndarray, weighted: np.ndarray, classifier: np.ndarray, lettered: np.ndarray) -> np.ndarray:
    """The columns `FEATURES` (documents, 5), from the lexicon's figures, the classifier's log-odds and the words."""
    columns = (
        np.ones(len(density)),
        density,
        np.log1p(np.maximum(weighted, 0)),
        classifier,
        np.log1p(lettered) - np.log(300),
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], axis=1)


def classifier_text(text: str) -> str:
    """What the classifier reads: lower-case words of windows spread evenly over the text, in one line."""
    windows = sample_windows(pa.array([text], pa.large_string()), WINDOWS, CHARS)
    return " ".join(windows.text(index) for index in range(len(windows)))


def log_odds(classifier: Any, lines: Sequence[str]) -> np.ndarray:
    """The classifier's log-odds that each line (see `classifier_text`) is medical; 0 for a line without words."""
    odds = np.zeros(len(lines))
    filled = [row for row, line in enumerate(lines) if line]
    if filled:
        labels, chances = classifier.f.multilinePredict([f"{lines[row]}\n" for row in filled], 1, 0.0, "strict")
        for row, names, values in zip(filled, labels, chances, strict=True):
            if names:  # none: not one known word or n-gram
                chance = min(max(float(values[0]), _SUREST), 1 - _SUREST)
                odds[row] = np.log(chance / (1 - chance)) * (1 if names[0] == MEDICAL else -1)
    return odds


def model_digest(folder: str | Path) -> str:
    """SHA-256 of a model's `model.json`; `InputError` where there is none."""
    file = Path(folder) / MANIFEST
    if not file.is_file():
        raise InputError(f"{folder} holds no {MANIFEST}; train a model with `python -m filters.train_domain RECIPE`")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def load_model(folder: str, sha256: str) -> DomainModel:
    """The model in a folder, read once a process; `CorruptionError` when it is not the one of that digest."""
    if not folder:
        raise InputError("the domain step has no model_path; make it with domain_filter(model_path)")
    file = Path(folder) / MANIFEST
    check_digest(str(file), sha256)
    return DomainModel.from_json(file.read_bytes(), str(file))


@cache
def load_classifier(folder: str, language: str, sha256: str) -> Any:
    """The classifier of a language, loaded once a process; its bytes must have that digest."""
    path = str(Path(folder) / f"{language}.bin")
    check_digest(path, sha256)
    return _FastText(model_path=path)
