"""The index of all benchmarks: every n-gram of every item as a sorted integer, with its place."""

import dataclasses
import hashlib
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.decontaminate.benchmark import Benchmark
from filters.decontaminate.ngrams import roll, telling_words, tells
from filters.decontaminate.readers import Item, read
from filters.decontaminate.templates import in_long_runs, in_many_items
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
    Memory while building: about 100 bytes an n-gram, texts included; `max_ngrams` bounds it. The table has 12.
    """

    name: ClassVar[str] = "benchmark-index"
    memory: ClassVar[int] = 2 << 30
    compression: ClassVar[str | None] = None  # read from memory maps by every partition

    benchmarks: tuple[Benchmark, ...]
    ngram: int = 8
    common: int = 5
    passage: int = 20
    max_ngrams: int = 16_000_000

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
        return sum(benchmark.locate(file).stat().st_size for benchmark in self.benchmarks for file in benchmark.files)

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
                        "out, take its test split only, or raise max_ngrams (100 bytes of memory each)"
                    )
            hashes, places, table = own.without_templates(self.common, self.passage)
            grams.append(hashes)
            positions.append(places)
            items.append(table)
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
    """The items of one benchmark and their telling n-grams, in the order of `hashes`, `places`, `owners`."""

    def __init__(self, name: str, n: int, start: int):
        self._name, self._n = name, n
        self._seen: set[bytes] = set()
        self._items: list[pa.Table] = []
        self._hashes = [np.zeros(0, np.uint64)]
        self._places = [np.zeros(0, np.uint32)]
        self._owners = [np.zeros(0, np.int32)]
        self._count = 0  # items
        self.end = start  # position behind the last word
        self.size = 0  # n-grams

    def add(self, batch: list[Item]) -> None:
        """Take a batch of items, without those that the benchmark already has word for word."""
        words = find_words(pa.array([item.text for item in batch], pa.large_string()))
        lengths = np.diff(words.offsets)
        new = np.array([self._is_new(words.hashes[slice(*ends)]) for ends in pairwise(words.offsets)], bool)
        starts = self.end + np.cumsum(lengths * new) - lengths
        item_of_word = np.repeat(np.arange(len(batch)), lengths)
        first, last = item_of_word[: max(0, len(item_of_word) - self._n + 1)], item_of_word[self._n - 1 :]
        at = np.flatnonzero((first == last) & new[first] & tells(words.hashes, telling_words(words), self._n))
        owners = first[at]
        self._hashes.append(roll(words.hashes, self._n)[at])
        self._places.append((starts[owners] + at - words.offsets[owners]).astype(np.uint32))
        self._owners.append((self._count + np.cumsum(new) - 1)[owners].astype(np.int32))
        self._items.append(_table(self._name, [item for item, is_new in zip(batch, new, strict=True) if is_new],
                                  starts[new], lengths[new]))  # fmt: skip
        self._count += int(new.sum())
        self.end += int(lengths[new].sum())
        self.size += len(at)

    def _is_new(self, hashes: np.ndarray) -> bool:
        whole = hashlib.blake2b(hashes.tobytes(), digest_size=16).digest()
        known = whole in self._seen
        self._seen.add(whole)
        return not known

    def without_templates(self, common: int, passage: int) -> tuple[np.ndarray, np.ndarray, pa.Table]:
        """(hashes, places, items), the templates left out; may be called once, for it lets go of what was collected."""
        hashes, places, owners = map(np.concatenate, (self._hashes, self._places, self._owners))
        self._hashes, self._places, self._owners = [], [], []
        template = in_many_items(hashes, owners, common)
        template &= ~in_long_runs(template, places, owners, passage - self._n + 1)
        kept = ~template
        hashes, places, owners = hashes[kept], places[kept], owners[kept]
        reach = np.full(len(places), self._n, np.int32)  # words up to the item's next n-gram
        reach[:-1] = np.where(np.diff(owners) > 0, self._n, np.minimum(self._n, np.diff(places)))
        countable = np.bincount(owners, reach, self._count).astype(np.int32)
        items = pa.concat_tables([ITEMS.empty_table(), *self._items])
        field = ITEMS.get_field_index("countable")
        return hashes, places, items.set_column(field, ITEMS.field(field), pa.array(countable))


def _table(benchmark: str, items: list[Item], starts: np.ndarray, words: np.ndarray) -> pa.Table:
    """The items, nothing counted yet."""
    columns = [
        [benchmark] * len(items), [item.id for item in items], starts.astype(np.uint32), words.astype(np.int32),
        np.zeros(len(items), np.int32), [item.text for item in items],
    ]  # fmt: skip
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, ITEMS, strict=True)], schema=ITEMS)
