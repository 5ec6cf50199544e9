"""Folders of HTML, PDF and plain-text files, each file one document; `.gz`, `.bz2` and `.zst` are opened."""

import dataclasses
from collections.abc import Iterator
from typing import ClassVar

from ingest.sources.about import About
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from ingest.sources.files import plain_suffix
from shards.errors import InputError
from shards.step import local

_TYPES = {".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".pdf": "application/pdf",
          ".txt": "text/plain"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Folder(DocumentFiles):
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

    patterns: tuple[str, ...] = local(default=("**/*.html", "**/*.htm", "**/*.pdf", "**/*.txt"))
    language: str | None = None
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 100 << 20  # bytes of one file

    def _files(self) -> list[str]:
        """Raises `InputError` for a type that is none of HTML, PDF, text."""
        files = super()._files()
        for file in files:
            if plain_suffix(file) not in _TYPES:
                raise InputError(f"source {self.name}: {file} is not one of {sorted(_TYPES)}; narrow the patterns")
        return files

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        yield Record(
            name, _TYPES[plain_suffix(name)], name, payload=data, language=self.language, license=self.license,
            license_evidence=self.license_evidence,
        )  # fmt: skip
