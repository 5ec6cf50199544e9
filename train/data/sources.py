"""Sources as parts of a language's text: how much of each is seen, by weights or by a temperature."""

import numpy as np

from shards.errors import InputError
from train.data.documents import Documents


def by_source(
    language: str, documents: Documents, weights: dict[str, float], alpha: float, least: int
) -> dict[str, tuple[Documents, float]]:
    """Groups "language/source" of a language's documents, each with its share of the language's examples.

    A source's share is proportional to tokens ** alpha, times its weight where it has one: with `alpha` 1, a weight of
    2 shows each of its texts twice as often as those without a weight; 0 leaves it out. Sources that weight and `alpha`
    make no different, and those of fewer than `least` tokens, which no example could be cut from, are one group: "fr".
    """
    tokens = np.bincount(documents.source, documents.length, len(documents.sources))
    factor = np.array([weights.get(name, 1.0) for name in documents.sources])
    size = np.where(tokens > 0, tokens**alpha, 0.0) * factor
    together = (tokens < least) | ((factor == 1) & (alpha == 1))
    groups = {f"{language}/{documents.sources[k]}": [k] for k in np.flatnonzero(~together & (size > 0))}
    rest = np.flatnonzero(together & (size > 0))
    if len(rest):
        groups[language] = rest
    total = sum(size[members].sum() for members in groups.values())
    if not total:
        raise InputError(f"{language}: no source with a weight above 0; it has {', '.join(documents.sources)}")
    return {
        name: (documents.take(np.flatnonzero(np.isin(documents.source, members))), float(size[members].sum() / total))
        for name, members in groups.items()
    }
