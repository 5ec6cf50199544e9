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
        access="https://medicinali.aifa.gov.it (banca dati farmaci); PDF by authorisation number (AIC)",
        license="LicenseRef-AIFA: terms to be checked by the user (recalled: reuse with the source named)",
        key="AIC number and FI or RCP",
        size="about 18,000 products (recalled); 30.5 million words of drug instructions in the paper (recalled)",
        etiquette="one request every two seconds, User-Agent with contact",
        format="https://medicinali.aifa.gov.it",
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
