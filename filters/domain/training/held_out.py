"""The test of a trained model on documents that were held out: their scores, and what the scores show by language."""

import dataclasses
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from filters.domain.step import THRESHOLD, Domain, domain_filter
from filters.domain.terms import digest
from filters.domain.training.prevalence import Point, at_threshold, auc, calibration_error
from filters.domain.training.texts import Text

SCORES = pa.schema(
    [
        pa.field("source", pa.string(), False),
        pa.field("language", pa.string(), False),
        pa.field("medical", pa.bool_(), False),
        pa.field("content_sha256", pa.string(), False),  # the text itself may not be ours to pass on
        pa.field("lexicon_score", pa.float32(), False),
        pa.field("classifier", pa.float32(), True),
        pa.field("score", pa.float32(), False),
    ]
)


@dataclasses.dataclass(frozen=True)
class Tested:
    """The test of one language: documents of each class, areas under the ROC curve, and what score 0.5 gives."""

    language: str
    medical: int
    other: int
    auc: float
    lexicon_auc: float
    point: Point
    lexicon_point: Point
    calibration_error: float


def score(files: dict[str, bytes], texts: list[Text]) -> pa.Table:
    """SCORES of the test documents, by the very step that a build would run."""
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))],
                      "text": pa.array([text.text for text in texts], pa.string())})  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        combined = domain_filter(place).run(table)["scores"]
    alone = Domain(lexicon_sha256=digest()).run(table)["scores"]
    columns = [
        [text.source for text in texts], [text.language for text in texts], [text.medical for text in texts],
        [hashlib.sha256(text.text.encode()).hexdigest() for text in texts],
        alone["score"], combined["classifier"], combined["score"],
    ]  # fmt: skip
    arrays = [
        column if isinstance(column, pa.ChunkedArray) else pa.array(column, field.type)
        for column, field in zip(columns, SCORES, strict=True)
    ]
    return pa.table(arrays, schema=SCORES)


def classes(scores: pa.Table, language: str, column: str) -> tuple[np.ndarray, np.ndarray]:
    """The values of a column in one language: of the medical documents, and of the others."""
    rows = np.array(scores["language"].to_pylist()) == language
    medical, values = scores["medical"].to_numpy(), scores[column].to_numpy()
    return values[rows & medical], values[rows & ~medical]


def summary(scores: pa.Table, language: str, prevalence: float) -> Tested:
    """What the scores show of a language, were `prevalence` of all documents medical."""
    positive, negative = classes(scores, language, "score")
    alone = classes(scores, language, "lexicon_score")
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    return Tested(
        language, len(positive), len(negative), auc(positive, negative), auc(*alone),
        at_threshold(positive, negative, THRESHOLD, prevalence), at_threshold(*alone, THRESHOLD, prevalence),
        calibration_error(labels, np.concatenate([positive, negative])),
    )  # fmt: skip
