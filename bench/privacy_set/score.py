"""What a side found, against what was seeded: recall by kind and language, and hits that are no identifier."""

import dataclasses
from collections import Counter
from collections.abc import Iterable

from bench.privacy_set.documents import Document

Hit = tuple[int, int, str]  # start, end (bytes), kind


@dataclasses.dataclass
class Score:
    """Counts by (kind, language). `typed` counts author contacts found as such; `real_hits` lie in real text."""

    seeded: Counter = dataclasses.field(default_factory=Counter)
    found: Counter = dataclasses.field(default_factory=Counter)
    typed: Counter = dataclasses.field(default_factory=Counter)
    false_hits: Counter = dataclasses.field(default_factory=Counter)
    real_hits: Counter = dataclasses.field(default_factory=Counter)

    def recall(self, kinds: Iterable[str]) -> float:
        """Over all languages."""
        chosen = set(kinds)
        seeded = sum(count for (kind, _), count in self.seeded.items() if kind in chosen)
        return sum(count for (kind, _), count in self.found.items() if kind in chosen) / max(1, seeded)

    def worst_recall(self, kinds: Iterable[str]) -> float:
        """Of any of the kinds in any language."""
        chosen = set(kinds)
        return min(self.found[cell] / count for cell, count in self.seeded.items() if cell[0] in chosen)


def score(documents: Iterable[Document], hits: Iterable[list[Hit]]) -> Score:
    """A seed is found where one hit of its kind covers it whole; a false hit touches no seed and is not in real text.

    A published contact found as a private one, or the other way, is found: beside an author's address stands
    another sentence's. `Score.typed` tells them apart.
    """
    result = Score()
    for document, own in zip(documents, hits, strict=True):
        language = document.language
        for seed in document.seeds:
            covering = {kind for start, end, kind in own if start <= seed.start and end >= seed.end}
            result.seeded[seed.kind, language] += 1
            result.found[seed.kind, language] += _plain(seed.kind) in map(_plain, covering)
            result.typed[seed.kind, language] += seed.kind in covering
        for start, end, kind in own:
            if any(start < seed.end and end > seed.start for seed in document.seeds):
                continue
            inside = any(first <= start < last for first, last in document.real)
            (result.real_hits if inside else result.false_hits)[_plain(kind), language] += 1
    return result


def _plain(kind: str) -> str:
    return kind.removeprefix("author_")
