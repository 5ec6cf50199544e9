"""Language of each document, by a fastText model and word lists on windows spread evenly over its text."""

import dataclasses
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.language.evidence import digest
from filters.language.model import LanguageModel, load_model
from filters.language.windows import Windows, sample_windows
from filters.models import find_language_model
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step, local
from shards.texts import batches

__all__ = ["SCHEMA", "UNDETERMINED", "Language", "identify", "language_filter", "load_model"]

UNDETERMINED = "und"  # ISO 639-2: a document without letters has no language
SCHEMA = scores_schema(
    pa.field("language", pa.string(), nullable=False),  # ISO 639-1 (639-3 where there is none) of the best
    pa.field("confidence", pa.float32(), nullable=False),  # mean probability of the best over the letters read
    pa.field("second", pa.string(), nullable=False),  # the runner-up
    pa.field("share", pa.float32(), nullable=False),  # of the letters read: in windows whose own best is `language`
    pa.field("mixed", pa.float32(), nullable=False),  # of the letters read: in windows surely in another language
    pa.field("other", pa.string(), nullable=False),  # the language of most of those; "und" where there are none
)

_SCORES = list(SCHEMA)[1:]
_TEXTS = 1024  # judged at a time: bounds the posteriors at 12 MB with 16 windows each
_SURE, _LETTERS = 0.8, 40  # probability and letters of a window that counts as mixed


@dataclasses.dataclass(frozen=True)
class Language(Step):
    """Scores a document's language; the parameters are the model's and the lists' digests and how much text is read.

    A text of up to `windows * window_chars` characters is read whole. An abstract in a second language, or a
    boilerplate foreign head, shows itself: `share` falls below 1, and `mixed` and `other` say how much is in what.
    """

    name: ClassVar[str] = "language"
    version: ClassVar[int] = 2

    model_sha256: str
    lexicon_sha256: str
    windows: int = 16
    window_chars: int = 300
    model_path: str = local(default="")

    def __post_init__(self) -> None:
        if self.windows < 1 or self.window_chars < 20:
            raise InputError(f"language needs windows >= 1 and window_chars >= 20: {self.windows}, {self.window_chars}")
        if self.lexicon_sha256 != digest():
            raise InputError(
                f"the language step was made for word lists {self.lexicon_sha256[:12]}, installed are "
                f"{digest()[:12]}; make it with language_filter()"
            )

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document: language, confidence in [0, 1], second, share, mixed in [0, 1], other."""
        model = load_model(self.model_path, self.model_sha256)
        texts = documents["text"]
        parts = [_columns(part, self, model) for batch in batches(texts) for part in _slices(batch)]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [[]] * len(_SCORES)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCORES, strict=True)]
        return {"scores": pa.table([documents["doc_id"], *arrays], schema=SCHEMA)}


def language_filter(model_path: str | None = None) -> Language:
    """The step with the model found on this machine (see `find_language_model`) and the shipped word lists."""
    model = find_language_model(model_path)
    return Language(model_sha256=model.sha256, lexicon_sha256=digest(), model_path=model.path)


def identify(model: LanguageModel, text: str, windows: int, chars: int) -> tuple[str, float]:
    """(language, confidence) of one text, read in that many windows; ("und", 0.0) where it has no letter."""
    found = summarise(model, sample_windows(pa.array([text], pa.large_string()), windows, chars), 1)
    return str(found[0][0]), float(found[1][0])


def summarise(model: LanguageModel, windows: Windows, texts: int) -> tuple[np.ndarray, ...]:
    """Columns of `SCHEMA` after doc_id, for `texts` texts: each language's probability is its mean over the letters."""
    names = np.array([*model.languages, UNDETERMINED], object)
    nothing = len(model.languages)
    posteriors = model.posteriors(windows)
    held, starts = np.unique(windows.owners, return_index=True)  # texts with windows; owners are sorted
    weights = windows.letters.astype(np.float32)
    totals = _sums(weights, starts)
    means = np.add.reduceat(posteriors * weights[:, None], starts) / totals[:, None] if len(held) else posteriors
    row = np.arange(len(held))
    best = means.argmax(axis=1)
    confidence = np.minimum(means[row, best], 1)  # sums of float32 exceed 1 by 1e-7
    means[row, best] = -1
    second = means.argmax(axis=1)

    own = posteriors.argmax(axis=1)
    agrees = own == np.repeat(best, np.diff([*starts, len(own)]))
    sure = posteriors[np.arange(len(own)), own] >= _SURE
    foreign = np.where(~agrees & sure & (windows.letters >= _LETTERS), weights, 0)
    foreign_by_language = np.zeros((len(held), nothing + 1), np.float32)
    np.add.at(foreign_by_language, (np.repeat(row, np.diff([*starts, len(own)])), own), foreign)
    foreign_by_language[:, nothing] = 1e-9  # wins where nothing is foreign
    other = foreign_by_language.argmax(axis=1)

    def spread(values: np.ndarray, absent: float | int) -> np.ndarray:
        column = np.full(texts, absent, values.dtype)
        column[held] = values
        return column

    return (
        names[spread(best, nothing)], spread(confidence, 0), names[spread(second, nothing)],
        spread(_sums(np.where(agrees, weights, 0), starts) / totals, 0), spread(_sums(foreign, starts) / totals, 0),
        names[spread(other, nothing)],
    )  # fmt: skip


def _sums(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.add.reduceat(values, starts) if len(starts) else np.zeros(0, values.dtype)


def _slices(texts: pa.LargeStringArray) -> Iterator[pa.LargeStringArray]:
    for start in range(0, len(texts), _TEXTS):
        yield texts.slice(start, _TEXTS)


def _columns(texts: pa.LargeStringArray, step: Language, model: LanguageModel) -> tuple[np.ndarray, ...]:
    return summarise(model, sample_windows(texts, step.windows, step.window_chars), len(texts))
