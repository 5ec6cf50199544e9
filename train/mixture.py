"""Mixing languages: which language example i of the run is, and which of that language's chunks, as a pure function."""

import dataclasses

import numpy as np

from shards.errors import InputError
from train.permute import key_of, permute

BLOCK = 4096  # examples in which every language has its exact share


def temperature_weights(documents: dict[str, int], alpha: float) -> dict[str, float]:
    """Share of each language, proportional to documents ** alpha (mT5: 0.3, over documents, not tokens)."""
    raw = {language: count**alpha for language, count in documents.items()}
    return {language: value / sum(raw.values()) for language, value in raw.items()}


@dataclasses.dataclass(frozen=True)
class Mixture:
    """`quotas[k]` examples of language k in every block of `BLOCK`, in an order that seed and block name."""

    languages: tuple[str, ...]
    quotas: tuple[int, ...]
    seed: int

    @classmethod
    def of(cls, weights: dict[str, float], seed: int) -> "Mixture":
        """Mixture by weights (any positive scale), rounded to 1 / BLOCK by largest remainder."""
        bad = [language for language, weight in weights.items() if not weight > 0]
        if bad or not weights:
            raise InputError(f"weights must be positive; {', '.join(bad) or 'none given'}")
        total = sum(weights.values())
        exact = {language: weights[language] / total * BLOCK for language in sorted(weights)}
        quotas = {language: int(value) for language, value in exact.items()}
        by_remainder = sorted(exact, key=lambda language: (quotas[language] - exact[language], language))
        for language in by_remainder[: BLOCK - sum(quotas.values())]:
            quotas[language] += 1
        tiny = [language for language, quota in quotas.items() if quota == 0]
        if tiny:
            raise InputError(f"weight of {', '.join(tiny)} is below 1 in {BLOCK} examples; raise it or leave it out")
        return cls(tuple(quotas), tuple(quotas.values()), seed)

    def place(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(number of the language, index inside that language) of each global example index (int64 arrays).

        Inside a language every index from 0 on occurs exactly once.
        """
        block, position = np.divmod(np.asarray(indices, dtype=np.int64), BLOCK)
        shuffled = permute(position, BLOCK, key_of(self.seed, "mixture"), block)
        borders = np.cumsum((0, *self.quotas))
        language = np.searchsorted(borders, shuffled, side="right") - 1
        return language, block * np.asarray(self.quotas)[language] + shuffled - borders[language]
