"""The example stream: a pure function of (token shards, seed, weights, global index).

Example i is the same whatever the number of processes, the batch size or the point where the run was resumed, so the
whole state of the loader is one integer. Each example is from one denoiser, and one group: a language, or a source in a
language. `Mixture` says which, in O(1), and `documents` finds its text.
"""

import dataclasses
from collections.abc import Iterator
from typing import Literal

import numpy as np

from train.data.corrupt import Corruption, Noise, raw_length
from train.data.denoisers import T5, Denoiser
from train.data.documents import Concatenated, Documents, Packed, cut, text_of
from train.data.mixture import Mixture
from train.data.permute import key_of


@dataclasses.dataclass(frozen=True)
class Batch:
    """Corrupted examples: `inputs` (n, input length), `targets` (n, target length), ids; `languages` (n), numbers.

    Segments (int32, the shapes of inputs and targets): 1, 2, ... is the document inside the row, 0 is padding, which is
    neither read nor scored. None: every row is one full segment.
    """

    inputs: np.ndarray
    targets: np.ndarray
    languages: np.ndarray
    input_segments: np.ndarray | None = None
    target_segments: np.ndarray | None = None

    @property
    def scored(self) -> np.ndarray:
        """Target tokens of each row that are not padding (n)."""
        if self.target_segments is None:
            return np.full(len(self.targets), self.targets.shape[1])
        return np.count_nonzero(self.target_segments, axis=1)


@dataclasses.dataclass(frozen=True)
class Special:
    """Ids with a meaning: sentinels from <extra_id_0> on, end of sequence, UL2's prefixes where there are any."""

    sentinels: tuple[int, ...]
    eos_id: int
    prefixes: dict[str, int] = dataclasses.field(default_factory=dict)


class ExampleStream:
    """Training examples by global index.

    `documents` and `weights` are by group, "fr" or "fr/source". `input_length` and `target_length` are the shape of
    every row; `target_length` is that of the longest corruption of a full row.
    """

    def __init__(
        self,
        documents: dict[str, Documents],
        weights: dict[str, float],
        special: Special,
        input_length: int,
        seed: int,
        denoisers: tuple[Denoiser, ...] = T5,
        mode: Literal["reference", "document"] = "reference",
    ):
        self._corruptions = [
            one.corruption(input_length, special.sentinels, special.eos_id, special.prefixes) for one in denoisers
        ]
        widths = np.array([one.lengths(one.longest) for one in self._corruptions])
        self.input_length, self.target_length = widths.max(axis=0).tolist()
        self.segmented = mode == "document" or len(denoisers) > 1
        self._denoisers = Mixture.of({str(n): one.weight for n, one in enumerate(denoisers)}, key_of(seed, "denoisers"))
        seeds = [key_of(seed, number) for number in range(len(denoisers))]  # each sees all text, in its own order
        self._groups = [Mixture.of(weights, own) for own in seeds]
        self.groups = self._groups[0].names
        self.languages = tuple(sorted({group.partition("/")[0] for group in self.groups}))
        self._language = np.array([self.languages.index(group.partition("/")[0]) for group in self.groups])
        room = None if mode == "reference" else (self.input_length, self.target_length)
        self.texts = [
            [text_of(group, documents[group], corruption, own, room) for group in self.groups]
            for own, corruption in zip(seeds, self._corruptions, strict=True)
        ]
        self._noise_seed = key_of(seed, "noise")

    def _parts(self, indices: np.ndarray) -> Iterator[tuple[np.ndarray, int, int, np.ndarray]]:
        """(positions in `indices`, number of the denoiser, number of the group, places in its text) of all examples."""
        denoiser, inner = self._denoisers.place(indices)
        for kind in np.unique(denoiser).tolist():
            mine = np.flatnonzero(denoiser == kind)
            group, place = self._groups[kind].place(inner[mine])
            for number in np.unique(group).tolist():
                rows = group == number
                yield mine[rows], kind, number, place[rows]

    def batch(self, start: int, stop: int) -> Batch:
        """Examples `start` to `stop - 1` of the run."""
        indices = np.arange(start, stop)
        shapes = [(len(indices), self.input_length), (len(indices), self.target_length)]
        out = [np.zeros(shape, np.int64) for shape in shapes]
        out += [np.zeros(shape if self.segmented else (0, 0), np.int32) for shape in shapes]
        languages = np.empty(len(indices), np.int64)
        for rows, kind, group, places in self._parts(indices):
            languages[rows] = self._language[group]
            tokens, bounds, owner = self.texts[kind][group].sequences(places)
            self._corruptions[kind].fill(tokens, bounds, rows[owner], indices[rows[owner]], self._noise_seed, out)
        return Batch(out[0], out[1], languages, *(out[2:] if self.segmented else (None, None)))

    def target_tokens(self, start: int, stop: int) -> int:
        """Scored target tokens of those examples: what the loss is divided by."""
        parts = self._parts(np.arange(start, stop))
        return sum(int(self.texts[kind][group].targets(places).sum()) for _, kind, group, places in parts)

    def _shares(self) -> Iterator[tuple[str, Concatenated | Packed, float]]:
        """(group, text, its share of the examples) of each denoiser and group."""
        for share, mixture, texts in zip(self._denoisers.shares, self._groups, self.texts, strict=True):
            for group, part, text in zip(self.groups, mixture.shares, texts, strict=True):
                yield group, text, share * part

    def epochs(self, examples: int) -> dict[str, float]:
        """How often each group's text has been seen after that many examples."""
        seen = dict.fromkeys(self.groups, 0.0)
        for group, text, share in self._shares():
            seen[group] += examples * share / text.count
        return seen

    @property
    def tokens(self) -> float:
        """Tokens of text in an example, before corruption, on average."""
        return sum(share * text.tokens for _, text, share in self._shares())


def held_out_examples(
    language: str, documents: Documents, special: Special, input_length: int, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Up to `limit` held-out examples, (inputs, targets), always the same ones: no seed or mode of the run shapes them.

    T5's corruption of the documents one behind the other, cut at equal distances, so that they come from all held-out
    documents, however long the first ones are. Text shorter than one chunk is one shorter example; fewer than two
    tokens give none.
    """
    raw = min(raw_length(input_length, Noise()), documents.tokens)
    if raw < 2 or not limit:
        return np.empty((0, 0), np.int64), np.empty((0, 0), np.int64)
    corruption = Corruption(Noise(), special.sentinels, special.eos_id, raw)
    chunks = documents.tokens // raw
    number = np.arange(min(limit, chunks))
    begins = number * chunks // len(number) * raw
    order = np.arange(len(documents.length))
    tokens = cut(documents, order, np.cumsum(documents.length), begins, raw)
    inputs, targets = (np.zeros((len(number), int(length)), np.int64) for length in corruption.lengths(raw))
    none = np.zeros((0, 0), np.int32)
    bounds = np.arange(len(number) + 1) * raw
    corruption.fill(tokens, bounds, number, number, key_of("held-out", language), (inputs, targets, none, none))
    return inputs, targets
