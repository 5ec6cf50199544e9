"""OPUS EMEA: documents of the European Medicines Agency up to 2009, as text."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lxml import etree

from ingest.sources.about import About
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from ingest.sources.elements import read_document
from ingest.sources.qrd import mark_sections
from shards.step import local


@dataclasses.dataclass(frozen=True)
class Emea(DocumentFiles):
    """OPUS EMEA in its XML form, a file a document and language: `.../LANGUAGE/.../NAME.xml`."""

    about: ClassVar[About] = About(
        title="EMEA (OPUS): documents of the European Medicines Agency up to 2009, out of PDF",
        languages=("en", "es", "fr", "it"),
        access="https://opus.nlpl.eu/EMEA/corpus/version/EMEA (v3; raw XML of each language, the pairs have lost "
        "their documents)",
        license="LicenseRef-EMA-reuse: reproduction allowed with the source named",
        key="language and path of the document",
        size="12 million English and 13.6 million Spanish words (paper)",
        etiquette="one download a language",
        format="https://opus.nlpl.eu (XML with `s` elements in `p` elements; recalled)",
        tested="written: documents with and without words marked (test_sources_corpora.py)",
        fetch="files",
    )

    patterns: tuple[str, ...] = local(default=("**/*.xml", "**/*.xml.gz"))

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        language = next((part for part in Path(name).parts[::-1] if part in ("en", "es", "fr", "it")), None)
        root = read_document(data, name)
        if isinstance(root, Refusal):
            yield root
            return
        paragraphs = list(root.iter("p")) or [root]
        text = "\n\n".join(filter(None, (_sentences(paragraph) for paragraph in paragraphs)))
        yield Record(
            name, "application/xml", name, text=mark_sections(text), language=language, license="LicenseRef-EMA-reuse",
            license_evidence="https://www.ema.europa.eu/en/about-us/about-website/legal-notice",
        )  # fmt: skip


def _sentences(paragraph: etree._Element) -> str:
    """Sentences of an `s` element each (its words in `w` elements, or as text); a lone text without them."""
    found = []
    for sentence in paragraph.iter("s"):
        words = [word.text or "" for word in sentence.iter("w")]
        found.append(" ".join(" ".join(words).split()) if words else " ".join("".join(sentence.itertext()).split()))
    return " ".join(filter(None, found)) or ("" if len(paragraph) else " ".join((paragraph.text or "").split()))
