"""Language of each document, by fastText on windows sampled evenly over its text."""

import dataclasses
import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import pyarrow as pa
from fasttext.FastText import _FastText

from filters.models import check_digest, find_language_model
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step, local

UNDETERMINED = "und"  # ISO 639-2: a document without letters has no language
SCHEMA = scores_schema(
    pa.field("language", pa.string(), nullable=False),  # ISO 639-1 (639-3 where there is none) of the best
    pa.field("confidence", pa.float32(), nullable=False),  # mean probability of the best over the windows
    pa.field("second", pa.string(), nullable=False),  # the runner-up
    pa.field("share", pa.float32(), nullable=False),  # share of the windows whose own best is `language`
)

_SCORES = list(SCHEMA)[1:]
_PREFIX = len("__label__")
_ALTERNATIVES = 5  # labels asked of each window: enough for a best and a second of the mean
_SLACK = 2  # raw characters cut for each clean character wanted
# Markup that carries no language: URLs and addresses, targets of Markdown links, HTML tags and entities.
_MARKUP = re.compile(r"\w+://\S+|www\.\S+|\S+@\S+|\]\([^)\s]*\)|<[^<>]{1,200}>|&\w{1,8};")
_NOT_WORDS = re.compile(r"[^\w'’-]+|[\d_]+|(?<!\w)['’-]+|['’-]+(?!\w)")  # keeps l'eau and covid-positive whole


@dataclasses.dataclass(frozen=True)
class Language(Step):
    """Scores a document's language; the parameters are the model's digest and how much of the text is looked at.

    The mean over windows makes a document with a boilerplate foreign head, or an abstract in a second language, show
    itself: `share` falls below 1.
    """

    name: ClassVar[str] = "language"
    libraries: ClassVar[tuple[str, ...]] = ("fasttext-numpy2-wheel",)

    model_sha256: str
    windows: int = 5
    window_chars: int = 300
    model_path: str = local(default="")

    def __post_init__(self) -> None:
        if self.windows < 1 or self.window_chars < 20:
            raise InputError(f"language needs windows >= 1 and window_chars >= 20: {self.windows}, {self.window_chars}")

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document: language, confidence in [0, 1], second, share in [0, 1]."""
        model = load_model(self.model_path, self.model_sha256)
        windows, owners = [], []
        for row, text in enumerate(documents["text"].to_pylist()):
            cut = sample_windows(text, self.windows, self.window_chars)
            windows += cut
            owners += [row] * len(cut)
        labels, probabilities = _predict(model, windows)
        votes: list[list[int]] = [[] for _ in range(documents.num_rows)]
        for index, owner in enumerate(owners):
            votes[owner].append(index)
        rows = [_summary([labels[i] for i in own], [probabilities[i] for i in own]) for own in votes]
        columns = [pa.array(column, field.type) for column, field in zip(_transposed(rows), _SCORES, strict=True)]
        return {"scores": pa.table([documents["doc_id"], *columns], schema=SCHEMA)}


def language_filter(model_path: str | None = None) -> Language:
    """The step with the model found on this machine (see `find_language_model`)."""
    model = find_language_model(model_path)
    return Language(model_sha256=model.sha256, model_path=model.path)


def sample_windows(text: str, windows: int, chars: int) -> list[str]:
    """At most `windows` stretches of about `chars` clean characters, spread evenly; all of a short text.

    A pure function of the text. Windows are lower-cased (headings in capitals mislead the model) and hold letters
    and word-internal apostrophes and hyphens only; windows without a letter are left out.
    """
    raw = chars * _SLACK
    count = min(windows, max(1, len(text) // raw))
    step = (len(text) - raw) / max(1, count - 1)
    pieces = [_from_word_start(text, round(index * step), raw) for index in range(count)]
    cleaned = [_clean(piece)[:chars] for piece in pieces]
    with_letters = [window for window in cleaned if any(map(str.isalpha, window))]
    if with_letters or len(text) <= raw:
        return with_letters
    # The windows of a page of tables may hold no letter at all: then look at all of it.
    window = _clean(text)[:chars]
    return [window] if any(map(str.isalpha, window)) else []


def _from_word_start(text: str, start: int, length: int) -> str:
    piece = text[start : start + length]
    return piece if start == 0 else piece.partition(" ")[2] or piece


def _clean(piece: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", _MARKUP.sub(" ", piece.lower())).split())


def detect(model: Any, windows: Sequence[str]) -> tuple[str, float, str, float]:
    """(best language, its mean probability, runner-up, share of the windows that agree) of one text's windows."""
    return _summary(*_predict(model, windows))


def _predict(model: Any, windows: Sequence[str]) -> tuple[list[list[str]], list[Any]]:
    if not windows:
        return [], []
    return model.f.multilinePredict([f"{window}\n" for window in windows], _ALTERNATIVES, 0.0, "strict")


def _summary(labels: list[list[str]], probabilities: list[Any]) -> tuple[str, float, str, float]:
    """Best label by summed probability (ties by name), its mean, the runner-up, and the share of windows that agree."""
    if not labels:
        return UNDETERMINED, 0.0, UNDETERMINED, 0.0
    total: dict[str, float] = {}
    for names, values in zip(labels, probabilities, strict=True):
        for label, value in zip(names, values, strict=True):
            total[label] = total.get(label, 0.0) + float(value)
    ranked = sorted(total, key=lambda label: (-total[label], label))
    agreeing = sum(names[0] == ranked[0] for names in labels)
    second = ranked[1][_PREFIX:] if len(ranked) > 1 else UNDETERMINED
    confidence = min(1.0, total[ranked[0]] / len(labels))  # fastText's probabilities exceed 1 by 1e-5
    return ranked[0][_PREFIX:], confidence, second, agreeing / len(labels)


def _transposed(rows: list[tuple]) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _SCORES]


@cache
def load_model(path: str, sha256: str) -> Any:
    """The model, loaded once a process; `CorruptionError` when the file is not the one the step names."""
    if not path:
        raise InputError("the language step has no model_path; make it with language_filter()")
    check_digest(path, sha256)
    return _FastText(model_path=path)


def paragraph_scores(model: Any, paragraphs: Sequence[str]) -> list[dict[str, float]]:
    """Language -> log score of each paragraph, scaled by how much text it holds; empty where it holds no letter."""
    windows = [sample_windows(paragraph, 1, 300) for paragraph in paragraphs]
    full = [row for row, window in enumerate(windows) if window]
    labels, probabilities = _predict(model, [windows[row][0] for row in full])
    scores: list[dict[str, float]] = [{} for _ in paragraphs]
    for row, names, values in zip(full, labels, probabilities, strict=True):
        loud = min(1.0, len(windows[row][0]) / 100)
        scores[row] = {n[_PREFIX:]: loud * math.log(max(float(v), 1e-6)) for n, v in zip(names, values, strict=True)}
    return scores
