"""How medical each document is: terms of a lexicon, by their number and by the share of the text they make up.

With a model that a user trained (`filters.train_domain`), a classifier's opinion is weighed in.
"""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.domain.model import classifier_text, features, load_classifier, load_model, log_odds, model_digest
from filters.domain.score import medical_score
from filters.domain.term_match import tally
from filters.domain.terms import LANGUAGES, digest
from filters.words import find_words
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step, local
from shards.texts import batches

SCHEMA = scores_schema(
    pa.field("lexicon", pa.string(), nullable=False),  # en, fr, it or es: the lexicon that knows most of the document
    pa.field("terms", pa.int32(), nullable=False),  # distinct words and phrases that are terms
    pa.field("weighted", pa.float32(), nullable=False),  # sum of the weights of the distinct terms
    pa.field("density", pa.float32(), nullable=False),  # mean weight of the words, 0 for words outside terms
    pa.field("classifier", pa.float32(), nullable=True),  # log-odds by the classifier; null: none for the language
    pa.field("score", pa.float32(), nullable=False),  # 0 to 1: `medical_score`, or the model's combination
)

_SCORES = list(SCHEMA)[1:]

THRESHOLD = 0.5  # a sound default for a recipe: the lexicon's, and the one a model was fitted to


@dataclasses.dataclass(frozen=True)
class Domain(Step):
    """Scores how medical a document is by the four shipped lexicons, and by a trained model where one is named.

    The step needs no language column: each document takes the lexicon that knows most of it, for and against.
    Source: density of terms as the best single filter, FineMed-fr (Doctolib 2026); distinct terms, MMedC (2024).
    """

    name: ClassVar[str] = "domain"
    version: ClassVar[int] = 3
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-numpy2-wheel",)

    lexicon_sha256: str
    model_sha256: str | None = None
    model_path: str = local(default="")

    def __post_init__(self) -> None:
        if self.lexicon_sha256 != digest():
            raise InputError(
                f"the domain step was made for lexicons {self.lexicon_sha256[:12]}, installed are {digest()[:12]}; "
                f"make it with domain_filter()"
            )

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document; a document without words scores near 0."""
        parts = [self._score(batch) for batch in batches(documents["text"])]
        columns = [pa.concat_arrays(column) for column in zip(*parts, strict=True)] if parts else [
            pa.array([], field.type) for field in _SCORES
        ]  # fmt: skip
        return {"scores": pa.table([documents["doc_id"], *columns], schema=SCHEMA)}

    def _score(self, texts: pa.LargeStringArray) -> list[pa.Array]:
        """The columns of one batch."""
        evidence = lexicon_evidence(texts)
        score, odds = evidence.score.copy(), np.full(len(texts), np.nan)
        if self.model_sha256 is not None:
            model = load_model(self.model_path, self.model_sha256)
            for language, combination in model.languages.items():
                rows = np.flatnonzero(evidence.lexicon == language)
                classifier = load_classifier(self.model_path, language, combination.classifier_sha256)
                odds[rows] = log_odds(classifier, [classifier_text(texts[int(row)].as_py()) for row in rows])
                score[rows] = combination.score(evidence.features(odds)[rows])
        columns = (evidence.lexicon, evidence.terms, evidence.weighted, evidence.density, odds, score)
        return [
            pa.array(column, field.type, from_pandas=field.nullable)
            for column, field in zip(columns, _SCORES, strict=True)
        ]


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What the best lexicon says of each document; `lettered`: its words that hold a letter."""

    lexicon: np.ndarray
    terms: np.ndarray
    weighted: np.ndarray
    density: np.ndarray
    lettered: np.ndarray
    score: np.ndarray

    def features(self, classifier: np.ndarray) -> np.ndarray:
        """Features of the combination, with a classifier's log-odds."""
        return features(self.density, self.weighted, classifier, self.lettered)


def lexicon_evidence(texts: pa.LargeStringArray) -> Evidence:
    """The evidence of the shipped lexicons on a batch of texts."""
    found = tally(find_words(texts))
    density = found.cover / np.maximum(found.lettered, 1)[:, None]
    score = medical_score(density, found.weighted)
    best = found.known.argmax(axis=1)
    row = np.arange(len(best))
    return Evidence(
        np.array(LANGUAGES)[best], found.terms[row, best], found.weighted[row, best], density[row, best],
        found.lettered, score[row, best],
    )  # fmt: skip


def domain_filter(model_path: str | None = None) -> Domain:
    """The step with the shipped lexicons, and with the trained model in a folder where one is given.

    Raises `InputError` when the model was fitted with other lexicons than the installed ones.
    """
    if model_path is None:
        return Domain(lexicon_sha256=digest())
    sha256 = model_digest(model_path)
    if (fitted := load_model(model_path, sha256).lexicon_sha256) != digest():
        raise InputError(
            f"the domain model {model_path} was fitted with lexicons {fitted[:12]}, installed are {digest()[:12]}; "
            f"train it anew with `python -m filters.train_domain`"
        )
    return Domain(lexicon_sha256=digest(), model_sha256=sha256, model_path=str(model_path))
