"""Published text corpora of plain lines: cut into documents where the corpus marks them, else into runs of lines."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import find_files
from ingest.sources.stretches import read_lines
from shards.step import local

_MIME = "text/plain"
_MARKED = re.compile(r"<doc\b[^>]*>|</doc>")


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Text files below `root`, UTF-8, compressed or not, cut into documents.

    `split`: "file" (a file is a document; the key is its name), "blank-line" (documents stand between blank lines),
    "lines" (the corpus has lost its documents: runs of `run` lines stand for them). Keys of the last two are the file's
    name and the number of the document in it. `column`: of tab-separated lines, the column to take, from 0 on.
    A document with bytes that are not UTF-8 is refused, the others are read.
    """

    about: ClassVar[About] = About(
        title="Plain text corpora: a document a file, between blank lines, or runs of lines",
        languages=(),
        access="files that you have",
        license="`license` of the recipe",
        key="file name, and the number of the document in it",
        size="yours",
        etiquette="none is needed",
        format="UTF-8 text",
        tested="written (test_sources_corpora.py)",
        fetch="files",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.txt", "**/*.txt.gz"))
    batch: int = local(default=1)
    split: Literal["file", "blank-line", "lines"] = "blank-line"
    run: int = 40
    column: int | None = None
    language: str | None = None
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 16 << 20  # bytes of one document

    def partitions(self) -> list[Partition]:
        """Batches of files in sorted order."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), self.batch)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every document of the files, in order."""
        for name, path in partition.paths():
            number = 0
            for item in self._documents(path, name):
                number += not isinstance(item, Refusal)
                yield item if isinstance(item, Refusal) else self._record(name, number, item)

    def _documents(self, path: Path, name: str) -> Iterator[bytes | Refusal]:
        """The bytes of each document, of one that is too large its beginning; no part of one that damage has torn."""
        held, count, torn = bytearray(), 0, False
        for line in read_lines(path, name, self.limit):
            if isinstance(line, Refusal):
                if held and self.split == "lines":  # a shorter run; its lines are whole
                    yield bytes(held)
                yield line
                held, count, torn = bytearray(), 0, True
                continue
            blank = not line[1].strip()
            ends = blank if self.split == "blank-line" else self.split == "lines" and count >= self.run
            if ends and held and not torn:
                yield bytes(held)
            if ends:
                held, count, torn = bytearray(), 0, False
            if not torn and (not blank or self.split == "file"):
                count += 1
                if len(held) <= self.limit:
                    held += line[1]
            elif torn and self.split == "lines":  # a run of lines begins anywhere
                held, count, torn = bytearray(line[1]), 1, False
        if held.strip() and not torn:
            yield bytes(held)

    def _record(self, name: str, number: int, data: bytes) -> Record | Refusal:
        key = name if self.split == "file" else f"{name}#{number}"
        digest = hashlib.sha256(data).hexdigest()
        if len(data) > self.limit:
            message = f"more than {self.limit} bytes in one document"
            return Refusal(key, "read", "too-large", message, name, number, sha256=digest)
        if b"\0" in data:
            message = "it holds zero bytes: UTF-16, or no text at all"
            return Refusal(key, "read", "bad-encoding", message, name, number, sha256=digest)
        try:
            text = data.decode("utf-8-sig")
            if self.column is not None:
                text = "\n".join(line.split("\t")[self.column] for line in text.splitlines() if line.strip())
        except UnicodeDecodeError as error:
            return Refusal(key, "read", "bad-encoding", f"not UTF-8: {error}", name, number, sha256=digest)
        except IndexError:
            message = f"a line has no column {self.column} (they count from 0)"
            return Refusal(key, "read", "malformed", message, name, number, sha256=digest)
        return Record(
            key, _MIME, name, number, text=_MARKED.sub("", text), language=self.language, license=self.license,
            license_evidence=self.license_evidence,
        )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Spaccc(Corpus):
    """SPACCC: a thousand Spanish clinical cases, a file each."""

    about: ClassVar[About] = About(
        title="SPACCC: Spanish clinical cases; PharmaCoNER and E3C's Spanish layers 1 and 2 are made of its texts, so "
        "decontaminate before evaluating on them",
        languages=("es",),
        access="https://zenodo.org/records/2560316/files/SPACCC.zip",
        license="CC-BY-4.0",
        key="file name, which holds the SciELO id of the article",
        size="1,000 cases, about 350,000 words (paper)",
        etiquette="one download",
        format="https://github.com/PlanTL-GOB-ES/SPACCC",
        tested="written: a case (test_sources_corpora.py)",
        fetch="files",
    )

    batch: int = local(default=256)
    split: Literal["file", "blank-line", "lines"] = "file"
    language: str | None = "es"
    license: str | None = "CC-BY-4.0"
    license_evidence: str | None = "https://zenodo.org/records/2560316"


@dataclasses.dataclass(frozen=True)
class Cowese(Corpus):
    """CoWeSe, the paper's "Medical Crawler": sentences a line, documents between blank lines."""

    about: ClassVar[About] = About(
        title="CoWeSe: Spanish biomedical web crawl of 2020, the paper's Medical Crawler",
        languages=("es",),
        access="https://zenodo.org/records/5513237 (records/4561971 holds a sample only)",
        license="CC-BY-4.0, as its publisher states for the whole",
        key="file name and number of the document",
        size="4.5 GB, about 750 million tokens (publisher)",
        etiquette="one download",
        format="CoWeSe.txt: an empty line separates each document (README of the corpus; "
        "https://arxiv.org/abs/2109.07765)",
        tested="written: documents of that form (test_sources_corpora.py)",
        fetch="files",
    )

    language: str | None = "es"
    license: str | None = "CC-BY-4.0"
    license_evidence: str | None = "https://zenodo.org/records/5513237"


@dataclasses.dataclass(frozen=True)
class Ufal(Corpus):
    """UFAL Medical Corpus: one side of its parallel files, whose sentences have been shuffled.

    `shuffled.XX-en.gz` holds the other language in column 0 and English in column 1; choose one file a source.
    """

    about: ClassVar[About] = About(
        title="UFAL Medical Corpus: parallel sentences; runs of lines stand for documents",
        languages=("en", "es", "fr"),
        access="https://ufal.mff.cuni.cz/ufal_medical_corpus, after registration: the user puts the files there",
        license="none for the whole: each part has its own terms, state them in the recipe",
        key="file name and number of the run of lines",
        size="10.5 million Spanish words (paper)",
        etiquette="registration",
        format="UFAL_medical_shuffled/shuffled.XX-en.gz: XX, English (and more) by tabs, sentences in no order",
        tested="written: pairs of that form (test_sources_corpora.py)",
    )

    patterns: tuple[str, ...] = local(default=("**/shuffled.*-en.gz", "**/shuffled.*-en"))
    split: Literal["file", "blank-line", "lines"] = "lines"
    column: int | None = 0


@dataclasses.dataclass(frozen=True)
class Edp(Corpus):
    """EDP Sciences abstracts, French side, as the WMT biomedical task gave them out."""

    about: ClassVar[About] = About(
        title="EDP: titles and abstracts of EDP Sciences journals, of the WMT biomedical translation task",
        languages=("en", "fr"),
        access="the task's files, where https://www.statmt.org/wmt16/biomedical-translation-task.html leads",
        license="none stated for the whole; state it in the recipe",
        key="file name",
        size="48,000 French words (paper)",
        etiquette="one download",
        format="a text file a document and language (recalled)",
        tested="written (test_sources_corpora.py)",
    )

    batch: int = local(default=256)
    split: Literal["file", "blank-line", "lines"] = "file"
