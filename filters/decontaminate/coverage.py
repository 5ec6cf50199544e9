"""From n-grams of documents to words covered, of items and of documents: arrays of a whole batch, pure functions."""

import dataclasses

import numpy as np

from filters.decontaminate.ngrams import roll
from shards.kernels import njit

_BITS_AN_NGRAM = 16  # of the sieve, at least: lets 6 % of foreign n-grams through


@dataclasses.dataclass(frozen=True)
class Index:
    """The n-grams of all items, for probing. All words of all items stand in one row; a position counts in it.

    `hashes` ascend, one for each n-gram of an item; `positions` of their first words; `starts` of the items' first
    words, ascending; `benchmarks`: number of each item's benchmark; `sieve`: bit set of the hashes.
    """

    n: int
    hashes: np.ndarray
    positions: np.ndarray
    starts: np.ndarray
    benchmarks: np.ndarray
    sieve: np.ndarray

    def ends(self, rows: np.ndarray) -> np.ndarray:
        """Behind the last row with the hash of each of `rows`."""
        return np.searchsorted(self.hashes, self.hashes[rows], side="right")


@dataclasses.dataclass(frozen=True)
class Covered:
    """Words covered, one entry a pair of a document with an item or a benchmark that share an n-gram, ascending."""

    documents: np.ndarray
    others: np.ndarray  # items or benchmarks
    words: np.ndarray


def make_sieve(hashes: np.ndarray) -> np.ndarray:
    """A bit set, 16 to 32 bits a hash: turns most n-grams of documents away at one look."""
    bits = 64
    while bits < _BITS_AN_NGRAM * len(hashes):
        bits *= 2
    return _fill(hashes, np.zeros(bits // 8, np.uint8))


@njit(cache=True)
def _fill(hashes, sieve):
    mask = np.uint64(8 * len(sieve) - 1)
    for value in hashes:
        bit = value & mask
        sieve[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
    return sieve


@njit(cache=True)
def find(words: np.ndarray, offsets: np.ndarray, n: int, hashes: np.ndarray, sieve: np.ndarray):
    """(place of the first word, first index row of its hash) of each n-gram of the documents that the index has.

    `words`: hashes of the words of all documents; document d has `offsets[d]` to `offsets[d + 1]`.
    """
    mask = np.uint64(8 * len(sieve) - 1)
    places, rows = np.empty(1024, np.int64), np.empty(1024, np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        begin = offsets[document]
        grams = roll(words[begin : offsets[document + 1]], n)
        for at in range(len(grams)):
            bit = grams[at] & mask
            if not (sieve[bit >> np.uint64(3)] >> (bit & np.uint64(7))) & 1:
                continue
            row = np.searchsorted(hashes, grams[at])
            if row == len(hashes) or hashes[row] != grams[at]:
                continue
            if count == len(places):
                places = np.concatenate((places, np.empty(count, np.int64)))
                rows = np.concatenate((rows, np.empty(count, np.int64)))
            places[count], rows[count] = begin + at, row
            count += 1
    return places[:count], rows[:count]


def cover_items(documents: np.ndarray, rows: np.ndarray, index: Index) -> Covered:
    """Words of each item that n-grams of each document cover; `rows` are those of `find`, `documents` their owners."""
    size = max(1, len(index.hashes))
    documents, rows = np.divmod(np.unique(documents * size + rows), size)  # what a document repeats counts once
    owners, places = _occurrences(documents, rows, index)
    items = np.searchsorted(index.starts, places, side="right") - 1
    return _covered(owners, items, places, index.n)


def cover_documents(documents: np.ndarray, places: np.ndarray, rows: np.ndarray, index: Index) -> Covered:
    """Words of each document that n-grams of each benchmark cover."""
    # Which benchmarks an n-gram is of is asked once, however often documents repeat it.
    distinct, inverse = np.unique(rows, return_inverse=True)
    owners, positions = _occurrences(np.arange(len(distinct)), distinct, index)
    benchmarks = index.benchmarks[np.searchsorted(index.starts, positions, side="right") - 1]
    size = max(1, len(index.starts))
    owners, benchmarks = np.divmod(np.unique(owners * size + benchmarks), size)
    first = np.searchsorted(owners, np.arange(len(distinct) + 1))
    hits, at = spread(first[inverse], first[inverse + 1])
    return _covered(documents[hits], benchmarks[at], places[hits], index.n)


def _occurrences(owners: np.ndarray, rows: np.ndarray, index: Index) -> tuple[np.ndarray, np.ndarray]:
    """(owner, position) of every place in the items that has the hash of the owner's index row."""
    at, all_rows = spread(rows, index.ends(rows))
    return owners[at], index.positions[all_rows].astype(np.int64)


def spread(begins: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(number of the range, member) for all members of the ranges from `begins` to before `ends`."""
    sizes = ends - begins
    numbers = np.repeat(np.arange(len(sizes)), sizes)
    before = np.cumsum(sizes) - sizes
    return numbers, np.arange(len(numbers)) - before[numbers] + begins[numbers]


def _covered(documents: np.ndarray, others: np.ndarray, places: np.ndarray, n: int) -> Covered:
    """Union of the stretches of `n` words from each place on, per (document, other)."""
    order = np.lexsort((places, others, documents))
    documents, others, places = documents[order], others[order], places[order]
    new = np.ones(len(order), bool)
    new[1:] = (documents[1:] != documents[:-1]) | (others[1:] != others[:-1])
    words = np.full(len(order), n)  # a stretch reaches up to the next one of its pair, or over all its words
    words[:-1] = np.where(new[1:], n, np.minimum(n, np.diff(places)))
    starts = np.flatnonzero(new)
    sums = np.add.reduceat(words, starts) if len(starts) else words
    return Covered(documents[starts], others[starts], sums)
