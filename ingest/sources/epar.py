"""Product information of the European Medicines Agency, as PDF."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from typing import ClassVar

from ingest.sources.about import About
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from shards.step import local

_EPAR_NAME = re.compile(r"([a-z0-9-]+?)-epar-(product-information|[a-z-]+)_([a-z]{2})(_\d+)?\.pdf$", re.I)


@dataclasses.dataclass(frozen=True)
class Epar(DocumentFiles):
    """EMA product information: `PRODUCT-epar-product-information_LANGUAGE.pdf` as the agency names its files."""

    about: ClassVar[About] = About(
        title="EMA: product information of centrally authorised medicines (EPAR), with QRD sections",
        languages=("en", "es", "fr", "it"),
        access="JSON report of EPAR documents, and the PDF of each language",
        license="LicenseRef-EMA-reuse: reproduction allowed with the source named",
        key="product and language, of the file's name",
        size="1,945 documents of human medicines in English (report of October 2026), and their translations",
        etiquette="bursts are answered with 429",
        format="https://www.ema.europa.eu/en/about-us/about-website/download-website-data-json-data-format",
        tested="real: a French EPAR (test_sources_corpora.py); written: the report (test_fetch_agencies.py)",
        fetch="ema",
    )

    patterns: tuple[str, ...] = local(default=("**/*.pdf",))

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        match = _EPAR_NAME.search(name.rsplit("/", 1)[-1])
        if match is None:
            message = "the name is not PRODUCT-epar-product-information_LANGUAGE.pdf"
            yield Refusal(name, "read", "unknown-name", message, name, sha256=hashlib.sha256(data).hexdigest())
            return
        product, kind, language, copy = ((part or "").lower() for part in match.groups())
        stem = match[0].removesuffix(match[0][-4:])
        file = f"{stem.removesuffix(copy)}.pdf{copy.replace('_', '-')}"  # the agency writes ..._fr.pdf-0
        url = f"https://www.ema.europa.eu/{language}/documents/{kind}/{file}"
        yield Record(
            f"{product}{copy}:{kind}:{language}", "application/pdf", name, payload=data, title=product,
            language=language, url=url, canonical_url=url, license="LicenseRef-EMA-reuse", refine="qrd",
            license_evidence="https://www.ema.europa.eu/en/about-us/about-website/legal-notice",
        )  # fmt: skip
