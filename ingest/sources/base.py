"""What every reader shares: partitions (units of work), records (inputs) and refusals (inputs that cannot be read)."""

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ingest.digests import digest_files
from shards.step import local


@dataclasses.dataclass(frozen=True)
class Partition:
    """One unit of work: one raw file, or one batch of small files, pinned by digest.

    `files` are names relative to `root`; the root is local (it does not shape keys), names and digest do.
    """

    files: tuple[str, ...]
    sha256: str  # of the file, or of the (name, sha256) lines of the batch
    bytes: int
    root: str = local(default="")
    rows: tuple[int, int] | None = None  # of a table file: first row and one past the last; None: all of it

    @property
    def name(self) -> str:
        """The file's name (and rows), or the first file's and how many more."""
        if self.rows is not None:
            return f"{self.files[0]}[{self.rows[0]}:{self.rows[1]}]"
        return self.files[0] if len(self.files) == 1 else f"{self.files[0]} (+{len(self.files) - 1})"

    def paths(self) -> Iterator[tuple[str, Path]]:
        """(name, path) of each file."""
        for name in self.files:
            yield name, Path(self.root) / name


@dataclasses.dataclass(frozen=True)
class Record:
    """One input document as its source gives it: either `text`, or a `payload` (HTML, PDF bytes) to be extracted.

    `key` is the canonical key inside the source (PMID, canonical URL, relative path): it makes the identity.
    """

    key: str
    mime: str
    raw_file: str
    raw_offset: int | None = None
    text: str | None = None
    payload: bytes | None = None
    charset: str | None = None  # declared by the transport (HTTP header), if any
    title: str | None = None
    author: str | None = None  # several are joined by "; " (`ingest.extract.names.joined`)
    site: str | None = None  # the journal, else the publisher, else the site
    language: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    published: datetime | None = None
    fetched: datetime | None = None
    license: str | None = None
    license_evidence: str | None = None
    opt_out: tuple[str, ...] = ()
    subject: str = ""  # of a source with revisions: what the document is about, if not its key alone
    revision: str = ""  # ... and which word on it this is; the one that sorts last counts
    refine: str = ""  # what is done with the extracted text: "qrd" marks the sections of product information


@dataclasses.dataclass(frozen=True)
class Refusal:
    """One input that could not be read or fetched; it becomes a quarantine row."""

    key: str
    stage: str  # fetch, read or extract
    reason: str  # one lower-case word or hyphenated words: timeout, http-500, malformed, truncated ...
    message: str
    raw_file: str
    raw_offset: int | None = None
    url: str | None = None
    sha256: str | None = None
    attempts: int = 1


@dataclasses.dataclass(frozen=True)
class Withdrawal:
    """A source's word that a subject is no more: not an input; what earlier revisions said of it is dropped."""

    subject: str
    revision: str


class Source(Protocol):
    """A configured source of a recipe (a frozen dataclass of plain data).

    A source whose files overrule each other has the class attribute `revised = True`, gives its records a `revision`
    and may yield a `Withdrawal`.
    """

    name: str

    def partitions(self) -> list[Partition]:
        """The units of work, in a deterministic order."""

    def read(self, partition: Partition) -> Iterator[Record | Refusal | Withdrawal]:
        """Every input of the partition exactly once; one bad record never stops the rest."""


def batch_files(root: Path, files: list[str], batch: int) -> list[Partition]:
    """Partitions of `batch` small files each, in sorted order, pinned by the digests of all files."""
    partitions, digests, ordered = [], digest_files(root, files), sorted(files)
    for start in range(0, len(ordered), batch):
        names = tuple(ordered[start : start + batch])
        lines = [f"{digests[name]}  {name}\n" for name in names]
        size = sum((root / name).stat().st_size for name in names)
        digest = digests[names[0]] if batch == 1 else hashlib.sha256("".join(lines).encode()).hexdigest()
        partitions.append(Partition(names, digest, size, str(root)))
    return partitions
