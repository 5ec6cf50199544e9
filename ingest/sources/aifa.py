"""Leaflets and summaries of the Italian Medicines Agency, as PDF."""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from typing import ClassVar

from ingest.sources.about import About
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from shards.step import local

# As the agency names its files (kind, company, medicine), or by number and kind.
_OFFICIAL = re.compile(r"(?:^|[_/-])(FI|RCP)_(\d{6})_(\d{6})\.pdf$", re.I)
_AIFA_NAME = re.compile(r"(?:^|[_/-])(FI|RCP)[_-](\d{6,9})|(\d{6,9})[_-](FI|RCP)", re.I)
_STORE = "https://api.aifa.gov.it/aifa-bdf-eif-be/1.0.0"


@dataclasses.dataclass(frozen=True)
class Aifa(DocumentFiles):
    """AIFA: package leaflets (foglio illustrativo, FI) and summaries (RCP) as PDF.

    Files are named `KIND_COMPANY_MEDICINE.pdf`, as the agency does, or `AIC_FI.pdf`, `RCP_AIC.pdf`.
    """

    about: ClassVar[About] = About(
        title="AIFA: Italian package leaflets (FI) and summaries of product characteristics (RCP)",
        languages=("it",),
        access="https://www.aifa.gov.it/liste-dei-farmaci: confezioni_fornitura.csv leads to a PDF of each medicine "
        "and kind",
        license="LicenseRef-AIFA: the table is CC-BY-4.0; what holds for the documents the user must check",
        key="number of the medicine (first six digits of the AIC) and FI or RCP",
        size="160,000 packages in the table (September 2026); 30.5 million words of drug instructions in the "
        "paper (recalled)",
        etiquette="no rule is published; one document at a time",
        format="PDF; the table's columns as of 2026 (https://drive.aifa.gov.it/farmaci/confezioni_fornitura.csv)",
        tested="written: names and table as the agency has them (test_fetch_agencies.py, test_sources_corpora.py)",
        fetch="aifa",
    )

    patterns: tuple[str, ...] = local(default=("**/*.pdf",))

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        match = _AIFA_NAME.search(name)
        if match is None:
            message = "the name holds no AIC number with FI or RCP"
            yield Refusal(name, "read", "unknown-name", message, name, sha256=hashlib.sha256(data).hexdigest())
            return
        kind, aic, url = (match[1] or match[4]).upper(), match[2] or match[3], None
        if official := _OFFICIAL.search(name):
            aic = official[3]
            url = f"{_STORE}/organizzazione/{int(official[2])}/farmaci/{int(aic)}/stampati?ts={kind}"
        yield Record(
            f"{aic}:{kind}", "application/pdf", name, payload=data, language="it", url=url, canonical_url=url,
            license="LicenseRef-AIFA",
            license_evidence="https://www.aifa.gov.it", refine="qrd",
        )  # fmt: skip
