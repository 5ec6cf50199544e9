"""Decontamination as others do it: datatrove's n-gram filter, and a set of strings as in lm-evaluation-harness.

Both call a document contaminated when one n-gram of it is an item's; neither says which item, or how much of it.
"""

import string
import sys
import tempfile
from pathlib import Path

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer

from bench.peers.datatrove_build import Words


class _Indexer(NGramsDecontIndexer):
    """Its indexer without the check for lighteval, which it needs only for the tasks that it knows by name."""

    def __new__(cls, *_: object, **__: object) -> "_Indexer":
        return object.__new__(cls)


class Datatrove:
    """datatrove's indexer and filter at their defaults (12-grams); words by a regular expression, not by spaCy."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._config = NGramsDecontConfig()
        self._filter = NGramsDecontFilter(self._folder.name, self._config, language=Words())

    def index(self, items: list[str]) -> None:
        """Hash the n-grams of all items and write them as its indexer does."""
        indexer = _Indexer(self._folder.name, config=self._config, language=Words())
        hashes = {value for item in items for value in indexer.compute_hashes(item)}
        found = np.array(list(hashes), dtype=self._config.hash_config.np_descr)
        found.tofile(Path(self._folder.name) / "all.index.hashes")

    def contaminated(self, texts: list[str]) -> list[bool]:
        """Whether the filter would drop each document."""
        return [self._filter.filter(Document(text=text, id=str(row))) is not True for row, text in enumerate(texts)]

    def bytes_per_ngram(self) -> float:
        """Of its dictionary of integers, once it is loaded."""
        loaded = self._filter._index_hashes
        return (sys.getsizeof(loaded) + sum(map(sys.getsizeof, loaded))) / len(loaded)


class PythonStrings:
    """13-grams as Python strings in a set, after GPT-3 (Brown et al. 2020, appendix C) and the harness's janitor."""

    _plain = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, string.punctuation)

    def __init__(self) -> None:
        self._grams: set[str] = set()

    def _ngrams(self, text: str) -> list[str]:
        words = text.translate(self._plain).split()
        return [" ".join(words[at : at + 13]) for at in range(len(words) - 12)]

    def index(self, items: list[str]) -> None:
        """All 13-grams of all items."""
        for item in items:
            self._grams.update(self._ngrams(item))

    def contaminated(self, texts: list[str]) -> list[bool]:
        """Whether each document has one of them."""
        return [any(gram in self._grams for gram in self._ngrams(text)) for text in texts]

    def bytes_per_ngram(self) -> float:
        """Of the set and its strings."""
        return (sys.getsizeof(self._grams) + sum(map(sys.getsizeof, self._grams))) / len(self._grams)
