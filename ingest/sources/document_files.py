"""Readers whose files are documents: the walk over the files of a partition, shared."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import find_files, read_input
from shards.step import local


@dataclasses.dataclass(frozen=True)
class DocumentFiles(ABC):
    """Files below `root`, `batch` of them a partition; a reader says what the bytes of one give (`_documents`)."""

    limit = 100 << 20  # bytes of one file

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*",))
    batch: int = local(default=64)

    def partitions(self) -> list[Partition]:
        """Batches of files in sorted order."""
        return batch_files(Path(self.root), self._files(), self.batch)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every document of the files, in order."""
        for name, path in partition.paths():
            data = read_input(path, name, self.limit)
            yield from [data] if isinstance(data, Refusal) else self._documents(data, name)

    def _files(self) -> list[str]:
        return find_files(self.name, self.root, self.patterns)

    @abstractmethod
    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        """The documents of one file's bytes."""
