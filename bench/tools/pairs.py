"""Pairs of documents that are one, found against true: closure, precision, recall."""

import dataclasses
import itertools
from collections.abc import Iterable

Pairs = set[tuple[int, int]]


@dataclasses.dataclass(frozen=True)
class Score:
    """Precision and recall, 0 to 1; both 0 where nothing was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.recall else 0.0


def score(found: Pairs, true: Pairs) -> Score:
    """Of pairs whose smaller number comes first."""
    right = len(found & true)
    return Score(right / len(found) if found else 0.0, right / len(true))


def closure(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """All pairs inside the connected components: who is one with the same document is one."""
    group: dict[int, set[int]] = {}
    for a, b in pairs:
        joined = group.get(a, {a}) | group.get(b, {b})
        group.update(dict.fromkeys(joined, joined))
    distinct = {id(members): members for members in group.values()}
    return {pair for members in distinct.values() for pair in itertools.combinations(sorted(members), 2)}
