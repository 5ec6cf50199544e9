"""Folders of HTML, PDF and plain-text files, each file one document; `.gz`, `.bz2` and `.zst` are opened."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import find_files, plain_suffix, read_input
from shards.errors import InputError
from shards.step import local

_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".pdf": "application/pdf",
          ".txt": "text/plain"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Folder:
    """Files below `root`, `batch` of them a partition; the key is the path relative to `root`.

    `language` (ISO 639-1), `license` and `license_evidence` state what holds for all files, if anything does.
    """

    about: ClassVar[About] = About(
        title="Folders of HTML, PDF and text files",
        languages=(),
        access="files that you have",
        license="`license` of the recipe; in HTML, what the page states",
        key="path relative to `root`",
        size="yours",
        etiquette="none is needed",
        format="https://html.spec.whatwg.org, https://pdfa.org/resource/iso-32000-2/",
        tested="real: pages and PDF files (test_recipes_real.py)",
        fetch="files",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.html", "**/*.htm", "**/*.pdf", "**/*.txt"))
    batch: int = local(default=64)
    language: str | None = None
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 100 << 20  # bytes of one file

    def partitions(self) -> list[Partition]:
        """Batches of files in sorted order; raises `InputError` for a type that is none of HTML, PDF, text."""
        files = find_files(self.name, self.root, self.patterns)
        for file in files:
            if plain_suffix(file) not in _TYPES:
                raise InputError(f"source {self.name}: {file} is not one of {sorted(_TYPES)}; narrow the patterns")
        return batch_files(Path(self.root), files, self.batch)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """One record or refusal a file."""
        for name, path in partition.paths():
            data = read_input(path, name, self.limit)
            if isinstance(data, Refusal):
                yield data
                continue
            yield Record(
                name, _TYPES[plain_suffix(name)], name, payload=data, language=self.language, license=self.license,
                license_evidence=self.license_evidence,
            )  # fmt: skip
