"""The example stream: a pure function of (token shards, seed, weights, global index).

Example i is the same whatever the number of processes, the batch size or the point where the run was resumed, so the
whole state of the loader is one integer. "Reference mode" of T5: documents are put one behind the other in random
order without separator and cut into chunks of equal length; borders of documents are ignored.
"""

import dataclasses
from functools import lru_cache

import numpy as np

from shards.errors import InputError
from train.corpus import held_out_mask, held_out_points
from train.corrupt import Noise, corrupt, draw, example_lengths, noise_mask, raw_length
from train.mixture import BLOCK, Mixture
from train.permute import key_of, permute
from train.tokens import TokenShard


@dataclasses.dataclass(frozen=True)
class Batch:
    """Corrupted examples: `inputs` (n, input length), `targets` (n, target length), ids; `languages` (n), numbers."""

    inputs: np.ndarray
    targets: np.ndarray
    languages: np.ndarray


@dataclasses.dataclass(frozen=True)
class Documents:
    """Documents of one language: where each begins in the memory-mapped shards, and its length in tokens."""

    values: list[np.ndarray]
    shard: np.ndarray
    start: np.ndarray
    length: np.ndarray

    @property
    def tokens(self) -> int:
        """Tokens of all documents."""
        return int(self.length.sum())


def split(shards: list[TokenShard], fraction: float) -> tuple[Documents, Documents]:
    """(training, held-out) documents of one language; empty documents are in neither.

    Held-out documents are in the order of their places, so the first of them are a sample of all sources.
    """
    doc_ids = [name for shard in shards for name in shard.doc_ids]
    number = np.repeat(np.arange(len(shards)), [len(shard.doc_ids) for shard in shards])
    start = np.concatenate([shard.offsets[:-1] for shard in shards])
    length = np.concatenate([np.diff(shard.offsets) for shard in shards])
    points = held_out_points(doc_ids)
    held_out = held_out_mask(points, fraction)
    values = [shard.values for shard in shards]
    parts = [np.flatnonzero(mask & (length > 0)) for mask in (~held_out, held_out)]
    parts[1] = parts[1][np.argsort(points[parts[1]], kind="stable")]
    train, test = (Documents(values, number[rows], start[rows], length[rows]) for rows in parts)
    return train, test


class Chunks:
    """One language's training text as chunks of `raw` tokens, shuffled anew in every epoch.

    In each epoch the documents are permuted, concatenated and cut, then the chunks are permuted. The remainder, fewer
    than `raw` tokens, is another one in every epoch. Memory: 16 bytes a document and 8 a chunk, for each epoch's order.

    Inside a block of the mixture the epochs come in random order, so all that one block can hold are kept: two of a
    language larger than the block, more only of a small one.
    """

    def __init__(self, language: str, documents: Documents, raw: int, seed: int):
        self.count = documents.tokens // raw
        if self.count == 0:
            raise InputError(
                f"{language}: {documents.tokens} training tokens are less than one chunk of {raw}; "
                "give a smaller input length, or leave the language out with --languages"
            )
        self.language, self.documents, self.raw, self.seed = language, documents, raw, seed
        self._epoch = lru_cache(maxsize=2 + BLOCK // self.count)(self._shuffle)

    def __getitem__(self, index: int) -> np.ndarray:
        """Chunk `index` of the endless sequence of epochs: `raw` ids."""
        epoch, position = divmod(index, self.count)
        order, ends, chunks = self._epoch(epoch)
        return gather(self.documents, order, ends, int(chunks[position]) * self.raw, self.raw)

    def _shuffle(self, epoch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(order of the documents, their cumulated lengths in it, order of the chunks) of an epoch."""
        rows = np.arange(len(self.documents.length))
        order = permute(rows, len(rows), key_of(self.seed, "documents", self.language, epoch))
        chunks = permute(np.arange(self.count), self.count, key_of(self.seed, "chunks", self.language, epoch))
        return order, np.cumsum(self.documents.length[order]), chunks


def gather(documents: Documents, order: np.ndarray, ends: np.ndarray, begin: int, size: int) -> np.ndarray:
    """`size` ids from position `begin` of the documents concatenated in `order`; `ends` are their cumulated lengths."""
    pieces, place = [], int(np.searchsorted(ends, begin, side="right"))
    while size > 0 and place < len(ends):
        row = order[place]
        skipped = begin - (int(ends[place]) - int(documents.length[row]))
        taken = min(size, int(ends[place]) - begin)
        first = int(documents.start[row]) + skipped
        pieces.append(documents.values[documents.shard[row]][first : first + taken])
        begin, size, place = begin + taken, size - taken, place + 1
    return np.concatenate(pieces).astype(np.int64) if pieces else np.empty(0, np.int64)


class ExampleStream:
    """Training examples by global index. Every example has the same shape, so there is no padding."""

    def __init__(
        self,
        documents: dict[str, Documents],
        weights: dict[str, float],
        input_length: int,
        sentinels: tuple[int, ...],
        eos_id: int,
        seed: int,
        noise: Noise,
    ):
        self.raw = raw_length(input_length, noise)
        self.input_length, self.target_length = example_lengths(self.raw, noise, len(sentinels))
        self.mixture = Mixture.of(weights, seed)
        self.languages = self.mixture.languages
        self._chunks = [Chunks(language, documents[language], self.raw, seed) for language in self.languages]
        self._sentinels, self._eos_id, self._noise = np.asarray(sentinels), eos_id, noise
        self._noise_seed = key_of(seed, "noise")

    def epochs(self, examples: int) -> dict[str, float]:
        """How often each language's text has been seen after that many examples."""
        seen = zip(self.languages, self.mixture.quotas, self._chunks, strict=True)
        return {name: examples * quota / sum(self.mixture.quotas) / chunks.count for name, quota, chunks in seen}

    def batch(self, start: int, stop: int) -> Batch:
        """Examples `start` to `stop - 1` of the run."""
        numbers, inside = self.mixture.place(np.arange(start, stop))
        pairs = []
        for index, number, place in zip(range(start, stop), numbers, inside, strict=True):
            tokens = self._chunks[number][int(place)]
            mask = noise_mask(self.raw, self._noise, draw(self._noise_seed, index, self.raw))
            pairs.append(corrupt(tokens, mask, self._sentinels, self._eos_id))
        inputs, targets = (np.stack(side) for side in zip(*pairs, strict=True))
        return Batch(inputs, targets, numbers)


def held_out_examples(
    language: str, documents: Documents, raw: int, limit: int, sentinels: tuple[int, ...], eos_id: int, noise: Noise
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Up to `limit` (inputs, targets) of held-out text, always the same ones: no seed of the run shapes them.

    They are cut at equal distances, so that they come from all held-out documents, however long the first ones are.
    Text shorter than one chunk is one shorter example; fewer than two tokens give none.
    """
    order = np.arange(len(documents.length))
    ends = np.cumsum(documents.length)
    examples = []
    chunks = max(1, documents.tokens // raw)
    taken = min(limit, chunks)
    for index in range(taken):
        tokens = gather(documents, order, ends, index * chunks // taken * raw, raw)
        if len(tokens) >= 2:
            mask = noise_mask(len(tokens), noise, draw(key_of("held-out", language), index, len(tokens)))
            examples.append(corrupt(tokens, mask, np.asarray(sentinels), eos_id))
    return examples
