"""The index of all benchmarks: every n-gram of every item as a sorted integer, with its place."""

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.decontaminate.benchmark import Benchmark
from filters.decontaminate.ngrams import roll, telling_words, tells
from filters.decontaminate.readers import Item, read
from filters.words import find_words
from shards.errors import InputError
from shards.step import Step

NGRAMS = pa.schema(
    [
        pa.field("hash", pa.uint64(), False),  # ascending
        pa.field("position", pa.uint32(), False),  # of its first word among the words of all items
    ]
)
ITEMS = pa.schema(
    [
        pa.field("benchmark", pa.string(), False),
        pa.field("item", pa.string(), False),  # file#line, file#row or file#id
        pa.field("start", pa.uint32(), False),  # of its first word among the words of all items
        pa.field("words", pa.int32(), False),
        pa.field("countable", pa.int32(), False),  # words inside an indexed n-gram: what a share is a share of
        pa.field("text", pa.large_string(), False),
    ]
)
_BATCH_ITEMS = 4096
_MOST_POSITIONS = 1 << 32


@dataclasses.dataclass(frozen=True)
class BenchmarkIndex(Step):
    """Indexes benchmarks by word n-grams. Of equal items of a benchmark the first is taken.

    Two kinds of n-grams are left out, so that they never count: those with fewer than two different telling words
    (numbers and function words, `ngrams`), and templates: n-grams in more than `common` items of a benchmark, unless
    they stand in a stretch of such n-grams that is `passage` words long (questions about one text share that text).
    Memory while building: at most 60 bytes an n-gram, plus a batch of items; `max_ngrams` bounds it.
    """

    name: ClassVar[str] = "benchmark-index"
    memory: ClassVar[int] = 2 << 30
    compression: ClassVar[str | None] = None  # read from memory maps by every partition

    benchmarks: tuple[Benchmark, ...]
    ngram: int = 8
    common: int = 5
    passage: int = 20
    max_ngrams: int = 24_000_000

    def __post_init__(self) -> None:
        if self.ngram < 2 or self.common < 1 or self.passage < self.ngram:
            raise InputError(
                "decontaminate needs ngram >= 2, common >= 1, passage >= ngram: "
                f"{self.ngram}, {self.common}, {self.passage}"
            )
        names = [benchmark.name for benchmark in self.benchmarks]
        if twice := {name for name in names if names.count(name) > 1}:
            raise InputError(f"two benchmarks are called {min(twice)!r}; give each a name of its own")

    @property
    def source_bytes(self) -> int:
        """Bytes of the benchmarks' files."""
        return sum(benchmark.path(file).stat().st_size for benchmark in self.benchmarks for file in benchmark.files)

    def run(self) -> dict[str, pa.Table]:
        """-> ngrams (NGRAMS), items (ITEMS), in the order of benchmarks, files and rows."""
        grams: list[np.ndarray] = []
        positions: list[np.ndarray] = []
        items: list[pa.Table] = []
        filled = 0  # words so far
        for benchmark in self.benchmarks:
            own = _Collected(benchmark.name, self.ngram, filled)
            for batch in _batches(read(benchmark)):
                own.add(batch)
                if sum(map(len, grams)) + own.size > self.max_ngrams or own.end >= _MOST_POSITIONS:
                    raise InputError(
                        f"the benchmarks up to {benchmark.name} have more than {self.max_ngrams:,} n-grams; leave one "
                        "out, take its test split only, or raise max_ngrams (60 bytes of memory each)"
                    )
            hashes, places, countable = own.without_templates(self.common, self.passage)
            grams.append(hashes)
            positions.append(places.astype(np.uint32))
            items.append(own.items(countable))
            filled = own.end
        hashes = np.concatenate(grams) if grams else np.zeros(0, np.uint64)
        places = np.concatenate(positions) if positions else np.zeros(0, np.uint32)
        order = np.argsort(hashes, kind="stable")  # equal hashes by place
        return {
            "ngrams": pa.table([hashes[order], places[order]], schema=NGRAMS),
            "items": pa.concat_tables([ITEMS.empty_table(), *items]),
        }


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    held = 0
    for item in items:
        batch.append(item)
        held += len(item.text)
        if len(batch) == _BATCH_ITEMS or held > 4 << 20:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


class _Collected:
    """The items of one benchmark and their telling n-grams."""

    def __init__(self, name: str, n: int, start: int):
        self._name, self._n = name, n
        self._seen: set[bytes] = set()
        self._items: list[Item] = []
        self._starts: list[int] = []
        self._words: list[int] = []
        self._hashes: list[np.ndarray] = []
        self._places: list[np.ndarray] = []
        self.begin = self.end = start  # positions
        self.size = 0  # n-grams

    def add(self, batch: list[Item]) -> None:
        """Take a batch of items, without those that the benchmark already has word for word."""
        words = find_words(pa.array([item.text for item in batch], pa.large_string()))
        telling = telling_words(words)
        for at, item in enumerate(batch):
            own = slice(words.offsets[at], words.offsets[at + 1])
            whole = hashlib.blake2b(words.hashes[own].tobytes(), digest_size=16).digest()
            if whole in self._seen:
                continue
            self._seen.add(whole)
            count = own.stop - own.start
            places = np.flatnonzero(tells(words.hashes[own], telling[own], self._n))
            self._hashes.append(roll(words.hashes[own], self._n)[places])
            self._places.append(places + self.end)
            self._items.append(item)
            self._starts.append(self.end)
            self._words.append(int(count))
            self.end += int(count)
            self.size += len(places)

    def without_templates(self, common: int, passage: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(hashes, places, countable words of each item), the templates left out."""
        hashes = np.concatenate([np.zeros(0, np.uint64), *self._hashes])
        places = np.concatenate([np.zeros(0, np.int64), *self._places])
        owners = np.repeat(np.arange(len(self._hashes)), [len(part) for part in self._hashes])
        template = _in_many_items(hashes, owners, common) if len(hashes) else np.zeros(0, bool)
        template &= ~_long_stretches(template, places, owners, passage - self._n + 1)
        hashes, places, owners = hashes[~template], places[~template], owners[~template]
        gaps = np.full(len(places), self._n)
        gaps[:-1] = np.where(np.diff(owners) > 0, self._n, np.minimum(self._n, np.diff(places)))
        countable = np.bincount(owners, gaps, len(self._items)).astype(np.int32)
        return hashes, places, countable

    def items(self, countable: np.ndarray) -> pa.Table:
        """The items as a table."""
        columns = [
            [self._name] * len(self._items), [item.id for item in self._items], self._starts, self._words, countable,
            [item.text for item in self._items],
        ]  # fmt: skip
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, ITEMS, strict=True)], schema=ITEMS)


def _in_many_items(hashes: np.ndarray, owners: np.ndarray, common: int) -> np.ndarray:
    """Whether each n-gram occurs in more than `common` items; owners ascend."""
    order = np.argsort(hashes, kind="stable")
    ordered, owner = hashes[order], owners[order]
    new = np.ones(len(order), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    first_of_item = new.copy()
    first_of_item[1:] |= owner[1:] != owner[:-1]
    group = np.cumsum(new) - 1
    items = np.bincount(group, first_of_item)
    found = np.empty(len(order), bool)
    found[order] = items[group] > common
    return found


def _long_stretches(marked: np.ndarray, places: np.ndarray, owners: np.ndarray, length: int) -> np.ndarray:
    """Which of the marked n-grams stand in a run of `length` marked ones, each a word after the one before."""
    at = np.flatnonzero(marked)
    found = np.zeros(len(marked), bool)
    if len(at):
        begins = np.ones(len(at), bool)
        begins[1:] = (np.diff(places[at]) != 1) | (np.diff(owners[at]) != 0)
        run = np.cumsum(begins) - 1
        found[at] = np.bincount(run)[run] >= length
    return found
