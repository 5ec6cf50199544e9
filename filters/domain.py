"""How medical each document is: terms of a lexicon, by their number and by the share of the text they make up."""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.score import medical_score
from filters.terms import LANGUAGES, digest, look_up, phrase_key, phrase_table
from filters.words import Words, batches, find_words
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step

SCHEMA = scores_schema(
    pa.field("lexicon", pa.string(), nullable=False),  # en, fr, it or es: the lexicon that scores the document best
    pa.field("terms", pa.int32(), nullable=False),  # distinct words and phrases that are terms
    pa.field("weighted", pa.float32(), nullable=False),  # sum of the weights of the distinct terms
    pa.field("density", pa.float32(), nullable=False),  # mean weight of the words, 0 for words outside terms
    pa.field("score", pa.float32(), nullable=False),  # 0 to 1, see `medical_score`
)

_SCORES = list(SCHEMA)[1:]

THRESHOLD = 0.5  # a sound default for a recipe


@dataclasses.dataclass(frozen=True)
class Domain(Step):
    """Scores how medical a document is by the four shipped lexicons.

    The step needs no language column: each document takes the lexicon under which it scores best. Terms of other
    subjects are no evidence, so a wrong lexicon does not lift a document over the threshold; it only finds less.
    Source: density of terms as the best single filter, FineMed-fr (Doctolib 2026); distinct terms, MMedC (2024).
    """

    name: ClassVar[str] = "domain"

    lexicon_sha256: str

    def __post_init__(self) -> None:
        if self.lexicon_sha256 != digest():
            raise InputError(
                f"the domain step was made for lexicons {self.lexicon_sha256[:12]}, installed are {digest()[:12]}; "
                f"make it with domain_filter()"
            )

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document; a document without words scores near 0."""
        parts = [_score(find_words(batch)) for batch in batches(documents["text"])]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [[]] * len(_SCORES)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCORES, strict=True)]
        return {"scores": pa.table([documents["doc_id"], *arrays], schema=SCHEMA)}


def domain_filter() -> Domain:
    """The step with the shipped lexicons."""
    return Domain(lexicon_sha256=digest())


def _score(words: Words) -> tuple[np.ndarray, ...]:
    """(lexicon, terms, weighted, density, score) of each document."""
    documents = len(words.offsets) - 1
    codes, first = words.distinct()
    found = [look_up(words.word(index) if words.has_letter[index] else "") for index in first.tolist()]
    type_weights = np.array([weights for weights, _ in found], np.float32).reshape(-1, len(LANGUAGES))
    components = np.array([number for _, number in found], np.int64)[codes]
    owner = np.repeat(np.arange(documents), np.diff(words.offsets))
    cover = type_weights[codes]

    phrase_at, phrase, phrase_length = _find_phrases(components, owner)
    _, _, phrase_weights = phrase_table()
    for place in range(int(phrase_length.max(initial=0))):
        inside = phrase_length > place
        np.maximum.at(cover, phrase_at[inside] + place, phrase_weights[phrase[inside]])

    # Distinct terms of each document: words first, then phrases, numbered on.
    is_term = type_weights.any(axis=1)[codes]
    kinds = len(first) + len(phrase_weights)
    pairs = np.concatenate([owner[is_term] * kinds + codes[is_term], owner[phrase_at] * kinds + len(first) + phrase])
    holder, kind = np.divmod(np.unique(pairs), kinds)
    weights = np.concatenate([type_weights, phrase_weights])[kind]

    lettered = np.bincount(owner, words.has_letter, documents)
    terms = _sums(holder, weights > 0, documents)
    weighted = _sums(holder, weights, documents)
    density = _sums(owner, cover, documents) / np.maximum(lettered, 1)[:, None]
    score = medical_score(density, weighted)
    best = score.argmax(axis=1)
    row = np.arange(documents)
    return np.array(LANGUAGES)[best], terms[row, best], weighted[row, best], density[row, best], score[row, best]


def _find_phrases(components: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(index of the first word, number in the phrase table, words) of each phrase that occurs inside one document."""
    _, keys, _ = phrase_table()
    found, before = [], 0
    for length, sorted_keys in keys.items():
        starts = np.arange(max(0, len(components) - length + 1))
        same = owner[starts] == owner[starts + length - 1]
        for place in range(length):
            same &= components[starts + place] > 0
        starts = starts[same]
        wanted = phrase_key([components[starts + place] for place in range(length)])
        position = np.minimum(np.searchsorted(sorted_keys, wanted), len(sorted_keys) - 1)
        hit = sorted_keys[position] == wanted
        found.append((starts[hit], position[hit] + before, np.full(hit.sum(), length)))
        before += len(sorted_keys)
    at, phrase, length = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return at, phrase, length


def _sums(groups: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Sums of the rows of `values` by group: shape (count, languages)."""
    return np.stack([np.bincount(groups, column, count) for column in values.T], axis=1)
