"""Mixing: which of several texts example i of the run is from, and which of its chunks, as a pure function."""

import dataclasses

import numpy as np

from shards.errors import InputError
from train.data.permute import key_of, permute

BLOCK = 1 << 16  # examples in which every text has its exact share


def temperature_weights(documents: dict[str, int], alpha: float) -> dict[str, float]:
    """Share of each language, proportional to documents ** alpha (mT5: 0.3, over documents, not tokens)."""
    raw = {language: count**alpha for language, count in documents.items()}
    return {language: value / sum(raw.values()) for language, value in raw.items()}


@dataclasses.dataclass(frozen=True)
class Mixture:
    """`quotas[k]` examples of text k (a language, a source, a denoiser) in every `BLOCK`, in a random order."""

    names: tuple[str, ...]
    quotas: tuple[int, ...]
    seed: int

    @classmethod
    def of(cls, weights: dict[str, float], seed: int) -> "Mixture":
        """Mixture by weights (any positive scale), rounded to 1 / BLOCK by largest remainder."""
        bad = [name for name, weight in weights.items() if not weight > 0]
        if bad or not weights:
            raise InputError(f"weights must be positive; {', '.join(bad) or 'none given'}")
        total = sum(weights.values())
        exact = {name: weights[name] / total * BLOCK for name in sorted(weights)}
        quotas = {name: int(value) for name, value in exact.items()}
        by_remainder = sorted(exact, key=lambda name: (quotas[name] - exact[name], name))
        for name in by_remainder[: BLOCK - sum(quotas.values())]:
            quotas[name] += 1
        tiny = [name for name, quota in quotas.items() if quota == 0]
        if tiny:
            raise InputError(f"weight of {', '.join(tiny)} is below 1 in {BLOCK} examples; raise it or leave it out")
        return cls(tuple(quotas), tuple(quotas.values()), seed)

    @property
    def shares(self) -> tuple[float, ...]:
        """Share of each text."""
        return tuple(quota / BLOCK for quota in self.quotas)

    def place(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(number of the text, index inside that text) of each example index (int64 arrays).

        Inside a text every index from 0 on occurs exactly once.
        """
        block, position = np.divmod(np.asarray(indices, dtype=np.int64), BLOCK)
        shuffled = permute(position, BLOCK, key_of(self.seed, "mixture"), block)
        borders = np.cumsum((0, *self.quotas))
        number = np.searchsorted(borders, shuffled, side="right") - 1
        return number, block * np.asarray(self.quotas)[number] + shuffled - borders[number]
