"""Documents in memory-mapped token shards, and two ways to make examples of equal length from them.

`Concatenated` is T5's own way ("reference"), `Packed` keeps documents apart ("document"). Both are pure functions of
(documents, seed, place): place k of the endless sequence of epochs is found without reading the places before it.
"""

import dataclasses
import itertools

import numpy as np

from shards.errors import InputError
from shards.kernels import njit
from train.data.corrupt import Corruption
from train.data.permute import key_of, permute

OPEN_ROWS = 64  # rows that may still be filled; more of them pack hardly better


@dataclasses.dataclass(frozen=True)
class Documents:
    """Where documents lie: `values[shard[i]][start[i]:start[i] + length[i]]` are the ids of document i.

    It is from `sources[source[i]]`.
    """

    values: list[np.ndarray]
    shard: np.ndarray
    start: np.ndarray
    length: np.ndarray
    source: np.ndarray
    sources: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """Tokens of all documents."""
        return int(self.length.sum())

    def take(self, rows: np.ndarray) -> "Documents":
        """These documents, in this order."""
        columns = (self.shard[rows], self.start[rows], self.length[rows], self.source[rows])
        return Documents(self.values, *columns, self.sources)

    def order(self, key: int) -> np.ndarray:
        """All documents in the order that `key` names."""
        return permute(np.arange(len(self.length)), len(self.length), key)


def read(values: list[np.ndarray], shard: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Pieces of shards one behind the other (int32): `size[k]` ids from `first[k]` of shard `shard[k]`."""
    at = np.cumsum(size) - size
    flat = np.empty(int(size.sum()), np.int32)
    order = np.argsort(shard, kind="stable")
    edges = [*np.flatnonzero(np.diff(shard[order], prepend=-1)).tolist(), len(order)]
    for low, high in itertools.pairwise(edges):
        _copy(values[shard[order[low]]], order[low:high], first, size, at, flat)
    return flat


@njit(cache=True, nogil=True)
def _copy(values, pieces, first, size, at, flat):
    for piece in pieces:
        begin, to = first[piece], at[piece]
        for k in range(size[piece]):
            flat[to + k] = values[begin + k]


class Concatenated:
    """Reference mode: documents one behind the other without separator, cut into chunks of `longest` tokens.

    The documents' order is one for the run. Every epoch begins to cut at another token (the end is joined to the
    beginning), so it has other chunks, and shuffles them. The remainder, less than a chunk, is another one each time.
    Memory: 16 bytes a document.
    """

    def __init__(self, name: str, documents: Documents, corruption: Corruption, seed: int):
        self.raw = corruption.longest
        self.count = documents.tokens // self.raw
        if self.count == 0:
            raise InputError(
                f"{name}: {documents.tokens} training tokens are less than one chunk of {self.raw}; "
                "give a smaller input length, or leave the language out with --languages"
            )
        self._documents, self._order = documents, documents.order(key_of(seed, "documents", name))
        self._ends = np.cumsum(documents.length[self._order])
        self._key, self._cut_key = key_of(seed, "chunks", name), key_of(seed, "cuts", name)
        self.target_tokens = int(corruption.lengths(self.raw)[1])
        self.tokens = float(self.raw)  # of an example

    def sequences(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(ids of all sequences, their borders, which of `index` each belongs to): one sequence a place."""
        epoch, position = np.divmod(index, self.count)
        total = int(self._ends[-1])
        shift = permute(np.zeros_like(epoch), total, self._cut_key, epoch)
        begins = (permute(position, self.count, self._key, epoch) * self.raw + shift) % total
        ids = cut(self._documents, self._order, self._ends, begins, self.raw)
        return ids, np.arange(len(index) + 1) * self.raw, np.arange(len(index))

    def targets(self, index: np.ndarray) -> np.ndarray:
        """Target tokens at each place."""
        return np.full(len(index), self.target_tokens)


def cut(documents: Documents, order: np.ndarray, ends: np.ndarray, begins: np.ndarray, size: int) -> np.ndarray:
    """Chunks of `size` ids, one behind the other, that begin at these tokens of the documents concatenated in `order`.

    `ends` are the cumulated lengths in that order.
    """
    place, skip, taken = _pieces(ends, begins, size)
    row = order[place]
    return read(documents.values, documents.shard[row], documents.start[row] + skip, taken)


@njit(cache=True, nogil=True)
def _pieces(ends, begins, raw):
    """(document, tokens to skip in it, tokens to take) of all chunks; the last document is followed by the first."""
    places = np.empty(4 * len(begins), np.int64)
    skips, sizes = np.empty_like(places), np.empty_like(places)
    filled = 0
    for begin in begins:
        place, missing = np.searchsorted(ends, begin, side="right"), raw
        skip = begin - (ends[place - 1] if place else 0)
        while missing:
            if filled == len(places):
                places, skips, sizes = _doubled(places), _doubled(skips), _doubled(sizes)
            length = ends[place] - (ends[place - 1] if place else 0)
            places[filled], skips[filled], sizes[filled] = place, skip, min(missing, length - skip)
            missing -= sizes[filled]
            filled, skip = filled + 1, 0
            place = place + 1 if place + 1 < len(ends) else 0
    return places[:filled], skips[:filled], sizes[:filled]


@njit(cache=True, nogil=True)
def _doubled(array):
    return np.concatenate((array, array))


class Packed:
    """Document mode: every document is corrupted on its own; several fill a row, best fit, as segments.

    A document is cut into pieces of `longest` tokens and a rest of at least two, for of one nothing can be hidden: a
    document of a single token is left out. Rows are packed once for the run; every epoch shuffles them and hides other
    tokens. Memory: 16 bytes a document or piece and 12 a row.
    """

    def __init__(self, name: str, documents: Documents, corruption: Corruption, seed: int, room: tuple[int, int]):
        shuffled = documents.take(documents.order(key_of(seed, "documents", name)))
        number = -(-shuffled.length // corruption.longest) * (shuffled.length > 1)
        owner = np.repeat(np.arange(len(number)), number)
        part = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
        whole, longest = shuffled.length[owner], corruption.longest
        begin = np.minimum(part * longest, whole - 2)  # a rest of one token takes another from the piece before
        end = np.where(part + 1 == number[owner], whole, np.minimum((part + 1) * longest, whole - 2))
        inputs, targets = corruption.lengths(end - begin)
        if not len(owner):
            raise InputError(f"{name}: no document has two tokens; leave the language out with --languages")
        row = best_fit(inputs, targets, *room, OPEN_ROWS)
        order = np.argsort(row, kind="stable")
        self._values, self._shard = shuffled.values, shuffled.shard[owner[order]]
        self._first = (shuffled.start[owner] + begin)[order]
        self._size = (end - begin)[order].astype(np.int32)
        self._bounds = np.concatenate([[0], np.cumsum(np.bincount(row))])
        self._targets = np.bincount(row, targets).astype(np.int32)
        self._key = key_of(seed, "rows", name)
        self.count = len(self._targets)
        self.tokens = int(self._size.sum()) / self.count  # of an example
        self.padding = 1 - inputs.sum() / (self.count * room[0])  # share of the inputs

    def sequences(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(ids of all sequences, their borders, which of `index` each belongs to): a sequence is a document's piece."""
        rows = self._rows(index)
        number = self._bounds[rows + 1] - self._bounds[rows]
        pieces = np.arange(number.sum()) + np.repeat(self._bounds[rows] - np.cumsum(number) + number, number)
        size = self._size[pieces].astype(np.int64)
        ids = read(self._values, self._shard[pieces], self._first[pieces], size)
        return ids, np.concatenate([[0], np.cumsum(size)]), np.repeat(np.arange(len(index)), number)

    def targets(self, index: np.ndarray) -> np.ndarray:
        """Target tokens at each place."""
        return self._targets[self._rows(index)]

    def _rows(self, index: np.ndarray) -> np.ndarray:
        epoch, position = np.divmod(index, self.count)
        return permute(position, self.count, self._key, epoch)


@njit(cache=True, nogil=True)
def best_fit(inputs, targets, input_room, target_room, window):
    """Row of each sequence (int64): of `window` open rows the fullest with room for both its sides.

    If none has, the fullest is closed for a new one. Every sequence must fit into an empty row.
    """
    rows = np.empty(len(inputs), np.int64)
    names = np.zeros(window, np.int64)
    input_left, target_left = np.zeros(window, np.int64), np.zeros(window, np.int64)
    opened = 0
    for s in range(len(inputs)):
        chosen = -1
        for slot in range(window):
            fits = input_left[slot] >= inputs[s] and target_left[slot] >= targets[s]
            if fits and (chosen < 0 or input_left[slot] < input_left[chosen]):
                chosen = slot
        if chosen < 0:
            chosen = np.argmin(input_left)
            names[chosen], input_left[chosen], target_left[chosen] = opened, input_room, target_room
            opened += 1
        rows[s] = names[chosen]
        input_left[chosen] -= inputs[s]
        target_left[chosen] -= targets[s]
    return rows


def text_of(
    name: str, documents: Documents, corruption: Corruption, seed: int, room: tuple[int, int] | None
) -> Concatenated | Packed:
    """Packed rows of `room` (input length, target length), or concatenated text where there is none."""
    if room is None:
        return Concatenated(name, documents, corruption, seed)
    return Packed(name, documents, corruption, seed, room)
