"""A cheap look at one text: which language, and how medical. For pages that may not be worth a slow extraction.

The full steps (`filters.language`, `filters.domain`) judge documents in batches; these functions use the same model,
windows, lexicons and formula on a page's whole text, menus and all, within half a millisecond.
"""

import math
import re

from filters.domain.score import INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT
from filters.domain.terms import LANGUAGES, word_weights
from filters.language.step import identify, load_model

_WORD = re.compile(r"[^\W\d_]+")
_MOST = 2_000  # words looked at
_WINDOWS, _CHARS = 3, 300


def language_at_a_glance(text: str, model_path: str, model_sha256: str) -> tuple[str, float]:
    """(ISO 639 code, mean probability) over three windows of the text; ("und", 0) when there is no letter in it."""
    return identify(load_model(model_path, model_sha256), text, _WINDOWS, _CHARS)


def medical_at_a_glance(text: str) -> float:
    """The medical score (0 to 1) of a text by its single words, under the lexicon that knows most of it."""
    words = _WORD.findall(text[: _MOST * 10])[:_MOST]
    if not words:
        return 0.0
    weights = [word_weights(word) for word in words]
    distinct = {word: weight for word, weight in zip(words, weights, strict=True) if weight is not None}
    known = [sum(abs(weight[at]) for weight in weights if weight is not None) for at in range(len(LANGUAGES))]
    at = known.index(max(known))
    density = sum(weight[at] for weight in weights if weight is not None) / len(words)
    weighted = sum(weight[at] for weight in distinct.values())
    return 1 / (1 + math.exp(-(INTERCEPT + PER_DENSITY * density + PER_LOG_WEIGHT * math.log1p(max(weighted, 0)))))
