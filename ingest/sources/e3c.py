"""The European Clinical Case Corpus (E3C): one JSON file, one document, with its own licence.

Format and corpus: https://github.com/hltfbk/E3C-Corpus.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from typing import ClassVar

from ingest.extract.dates import parse_date
from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from shards.step import local


@dataclasses.dataclass(frozen=True)
class E3C(DocumentFiles):
    """E3C JSON files below `root`, `batch` of them a partition; the key is `language:id`."""

    about: ClassVar[About] = About(
        title="E3C: European Clinical Case Corpus, layer 3; layers 1 and 2 are benchmarks",
        languages=("en", "es", "fr", "it"),
        access="https://github.com/hltfbk/E3C-Corpus/archive/refs/tags/v2.0.0.zip",
        license="per document: its `licence` field; the corpus is CC-BY-NC",
        key="language and id",
        size="Italian: 10,213 documents, 13.6 million words (README); 11.6 million in the paper (recalled)",
        etiquette="one download",
        format="https://github.com/hltfbk/E3C-Corpus (JSON)",
        tested="real: 890 documents of layer 3 (test_sources_readers.py)",
        fetch="files",
    )

    limit = 16 << 20  # bytes of one file

    patterns: tuple[str, ...] = local(default=("**/*.json",))
    batch: int = local(default=256)

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        yield _record(data, name)


def _record(data: bytes, name: str) -> Record | Refusal:
    try:
        entry = json.loads(data.decode("utf-8-sig"))
        language, key, text = entry["language"].lower(), entry["id"], entry["text"]
        if not isinstance(text, str):
            raise TypeError(f"text is {type(text).__name__}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        digest = hashlib.sha256(data).hexdigest()
        return Refusal(name, "read", "malformed", f"not an E3C document: {error!r}", name, sha256=digest)
    licence = entry.get("licence") or ""
    url = entry.get("url") or None
    return Record(
        f"{language}:{key}", "application/json", name, text=text, language=language, url=url,
        canonical_url=canonical_or_none(url), published=parse_date(entry.get("publication_date")),
        license=spdx(licence), license_evidence=f"licence: {licence}" if licence else None,
    )  # fmt: skip
