"""Leaflets and summaries of the Spanish Medicines Agency, as JSON by section."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from ingest.extract.html.tree import html_to_markdown
from ingest.sources.about import About
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from shards.step import local

_CIMA_KINDS = {1: "ficha-tecnica", 2: "prospecto"}


@dataclasses.dataclass(frozen=True)
class Cima(DocumentFiles):
    """CIMA: segmented documents saved as `NREGISTRO_TYPE.json` (type 1 ficha técnica, 2 prospecto)."""

    about: ClassVar[About] = About(
        title="AEMPS CIMA: Spanish summaries (ficha técnica) and leaflets (prospecto), by section",
        languages=("es",),
        access="https://cima.aemps.es/cima/rest: medicamentos, docSegmentado/contenido",
        license="LicenseRef-AEMPS: reuse allowed with the source and date named",
        key="registration number and kind of document",
        size="about 25,000 medicines, two documents each (recalled)",
        etiquette="no rule is published; one document at a time",
        format="https://sede.aemps.gob.es/docs/CIMA-REST-API_1_19.pdf (1.23 in 2026, the same calls)",
        tested="written: answers of docSegmentado (test_sources_corpora.py, test_fetch_sources.py)",
        fetch="cima",
    )

    patterns: tuple[str, ...] = local(default=("**/*_1.json", "**/*_2.json"))
    batch: int = local(default=256)

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        number, _, kind = Path(name).name.removesuffix(".json").rpartition("_")
        try:
            found = json.loads(data.decode("utf-8-sig"))
            sections = found["sections"] if isinstance(found, dict) else found
            text = "\n\n".join(filter(None, (_cima_section(section) for section in sections)))
            title = found.get("nombre") if isinstance(found, dict) else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            digest = hashlib.sha256(data).hexdigest()
            yield Refusal(name, "read", "malformed", f"not a segmented document: {error!r}", name, sha256=digest)
            return
        short = "ft" if kind == "1" else "p"
        url = f"https://cima.aemps.es/cima/dochtml/{short}/{number}/{short.upper()}_{number}.html"
        yield Record(
            f"{number}:{_CIMA_KINDS.get(int(kind), kind)}", "application/json", name,
            text=f"# {title}\n\n{text}" if title else text, title=title, language="es", url=url, canonical_url=url,
            license="LicenseRef-AEMPS", license_evidence="https://www.aemps.gob.es/avisoLegal",
        )  # fmt: skip


def _cima_section(section: dict[str, Any]) -> str:
    number, title = str(section.get("seccion", "")).strip(), str(section.get("titulo", "")).strip()
    level = 2 + number.count(".")
    body = html_to_markdown(section.get("contenido") or "")
    return f"{'#' * min(level, 6)} {number} {title}".rstrip() + (f"\n\n{body}" if body else "")
