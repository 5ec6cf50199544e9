"""A version of the corpus as the trainer sees it: text by language, and which documents are held out."""

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from catalog.manifest import Manifest
from catalog.versions import Catalog
from shards import shard
from shards.errors import InputError
from shards.shard import Shard
from shards.store import Store


@dataclasses.dataclass(frozen=True)
class Corpus:
    """A version's manifest and the store that holds its shards."""

    store: Store
    manifest: Manifest

    @property
    def languages(self) -> list[str]:
        """The version's languages (ISO 639-1), sorted."""
        return sorted({entry.language for entry in self.manifest.shards})

    def shards(self, language: str) -> list[Shard]:
        """The language's shards in the manifest's order."""
        found = [entry for entry in self.manifest.shards if entry.language == language]
        if not found:
            raise InputError(f"version {self.manifest.id} has no {language!r}; it has {', '.join(self.languages)}")
        return found

    def documents(self, entry: Shard, columns: Sequence[str] = ("doc_id", "text")) -> Iterator[tuple[list, ...]]:
        """The shard's documents batch by batch, in order: a list a column."""
        for batch in shard.read(self.store, entry, list(columns)):
            yield tuple(batch[column].to_pylist() for column in columns)

    def points(self, language: str) -> np.ndarray:
        """`held_out_points` of the language's documents, in order, without reading their text."""
        batches = (names for entry in self.shards(language) for (names,) in self.documents(entry, ["doc_id"]))
        return np.concatenate([np.empty(0), *map(held_out_points, batches)])

    def digests(self) -> list[str]:
        """Digests of all shards in the manifest's order: what a tokenizer trained on the version depends on."""
        return [entry.blob.digest for entry in self.manifest.shards]


def open_version(root: str, spec: str, database: str | None = None) -> Corpus:
    """The corpus of a version, NAME@TAG or its id; `database` is the URL of the catalog's index, if not beside it."""
    catalog = Catalog(root, database)
    return Corpus(catalog.store, catalog.resolve(spec))


def choose_languages(corpus: Corpus, wanted: tuple[str, ...]) -> list[str]:
    """`wanted` languages, or all of the version; `InputError` names one that the version lacks."""
    missing = sorted(set(wanted) - set(corpus.languages))
    if missing:
        raise InputError(f"no {', '.join(missing)} in the version; its languages: {', '.join(corpus.languages)}")
    chosen = sorted(set(wanted)) or corpus.languages
    if not chosen:
        raise InputError(f"version {corpus.manifest.id} has no documents to train on")
    return chosen


def held_out_points(doc_ids: list[str]) -> np.ndarray:
    """Each document's place in [0, 1), a pure function of its id: the same in every version that has it."""
    digests = (hashlib.blake2b(name.encode(), digest_size=8, person=b"held-out").digest() for name in doc_ids)
    return np.frombuffer(b"".join(digests), dtype="<u8") / 2.0**64


def held_out_mask(points: np.ndarray, fraction: float) -> np.ndarray:
    """Which documents of one language, by their `held_out_points`, are held out: those whose place is below `fraction`.

    Where that is none of two or more documents, the one with the lowest place is held out, so that small corpora, too,
    have a loss on unseen text. A language of a single document keeps it for training.
    """
    mask = points < fraction
    if fraction > 0 and len(points) > 1 and not mask.any():
        mask[np.argmin(points)] = True
    return mask
