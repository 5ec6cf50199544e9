"""EMA: product information of centrally authorised medicines, one PDF a product and language.

The agency publishes all documents of its EPARs as one JSON report, twice a day (`data`: `id`, `type`, `document_url`,
`ema_product_number`, `last_updated_date` ...): https://www.ema.europa.eu/en/about-us/about-website/
download-website-data-json-data-format. Other languages differ in the address: `/fr/documents/..._fr.pdf`. Its content
network answers bursts with 429, so documents are asked for one by one, seconds apart.
"""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError
from ingest.fetch.ledger import Ledger

# Files uploaded twice have "-0" after their suffix.
_PDF = re.compile(r"/en/documents/product-information/([\w.-]+?)_en\.pdf(-\d+)?$")


@dataclasses.dataclass(frozen=True)
class EmaProducts:
    """Product information of human medicines in `languages`; a document that the agency has renewed is brought anew.

    A translation that the agency does not have is told once, and asked for again when the document is renewed.

    `numbers`: a regular expression that the product number must begin with (EMEA/H: human, EMEA/V: veterinary).
    """

    interval: ClassVar[float] = 2.0

    report: str = "https://www.ema.europa.eu/en/documents/report/documents-output-epar_documents_json-report_en.json"
    languages: tuple[str, ...] = ("en", "es", "fr", "it")
    numbers: str = "EMEA/H/"

    def probe(self) -> str:
        """The report."""
        return self.report

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Documents that are not there yet or are newer now, at most `limit` of them."""
        ledger, brought = Ledger(root), 0
        for url, name, updated in self._documents(client):
            for language in self.languages:
                address = url.replace("/en/documents/", f"/{language}/documents/").replace(
                    "_en.pdf", f"_{language}.pdf"
                )
                if limit is not None and brought >= limit:
                    return
                outcome = ledger.bring(client, address, name.format(language), updated, b"%PDF-")
                if outcome is not None:
                    brought += isinstance(outcome, Fetched) and outcome.new
                    yield outcome

    def _documents(self, client: Client) -> Iterator[tuple[str, str, str]]:
        """(English address, name with a place for the language, when it was updated), by product."""
        answer = client.get(self.report, limit=256 << 20)
        report: Any = answer.json()
        rows = report.get("data") if isinstance(report, dict) else report
        if not isinstance(rows, list):
            raise FetchError(answer.url, answer.status, "the report has no list `data`; has its form changed?")
        found = {}
        for row in rows:
            if not isinstance(row, dict) or row.get("type") != "product-information":
                continue
            match = _PDF.search(str(row.get("document_url", "")))
            if match and re.match(self.numbers, str(row.get("ema_product_number", ""))):
                name = f"{match[1]}_{{}}{(match[2] or '').replace('-', '_')}.pdf"
                found[name] = (row["document_url"], name, str(row.get("last_updated_date", "")))
        yield from (found[name] for name in sorted(found))
