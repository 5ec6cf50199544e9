"""How medical each document is: terms of a lexicon, by their number and by the share of the text they make up."""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.score import medical_score
from filters.term_match import tally
from filters.terms import LANGUAGES, digest
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
    found = tally(words)
    density = found.cover / np.maximum(found.lettered, 1)[:, None]
    score = medical_score(density, found.weighted)
    best = score.argmax(axis=1)
    row = np.arange(len(best))
    return (
        np.array(LANGUAGES)[best], found.terms[row, best], found.weighted[row, best], density[row, best],
        score[row, best],
    )  # fmt: skip
