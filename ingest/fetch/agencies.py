"""National agencies whose list of medicines leads to a document each: BDPM (France) and AIFA (Italy)."""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError
from ingest.fetch.ledger import Ledger
from shards import disk


@dataclasses.dataclass(frozen=True)
class BdpmPages:
    """BDPM: the table of medicines `CIS_bdpm.txt`, and of each the page that holds its RCP and its notice.

    Table: {base}/download/file/CIS_bdpm.txt (tab-separated, no header, windows-1252 or UTF-8). Page:
    {base}/medicament/CIS/extrait, both documents in it, as panels; the bulk file CIS_RCP.zip is served empty. Centrally
    authorised medicines have a link to the EMA in their place: `without_procedures` leaves them out (sixth column).
    """

    interval: ClassVar[float] = 2.0

    base: str = "https://base-donnees-publique.medicaments.gouv.fr"
    without_procedures: tuple[str, ...] = ("Procédure centralisée",)

    def probe(self) -> str:
        """The table."""
        return f"{self.base}/download/file/CIS_bdpm.txt"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """The table anew, then pages that are not there yet, at most `limit` of them."""
        answer = client.get(self.probe())
        medicines = list(_medicines(answer.body, self.without_procedures))
        if not medicines:
            raise FetchError(answer.url, answer.status, "the table names no medicine; is it served empty?")
        old = (root / "CIS_bdpm.txt").read_bytes() if (root / "CIS_bdpm.txt").exists() else b""
        if answer.body != old:
            disk.write(root / "CIS_bdpm.txt", memoryview(answer.body))
        yield Fetched("CIS_bdpm.txt", answer.url, len(answer.body), answer.body != old)
        ledger, brought = Ledger(root), 0
        for code in medicines:
            if limit is not None and brought >= limit:
                return
            outcome = ledger.bring(client, f"{self.base}/medicament/{code}/extrait", f"{code}.html")
            if outcome is not None:
                brought += isinstance(outcome, Fetched) and outcome.new
                yield outcome


@dataclasses.dataclass(frozen=True)
class AifaLeaflets:
    """AIFA: the open table of packages leads to a leaflet (FI) and a summary (RCP) of each medicine, as PDF.

    Table (CC-BY-4.0): https://drive.aifa.gov.it/farmaci/confezioni_fornitura.csv, `;` between quoted cells, with
    STATO_AMMINISTRATIVO, LINK_FI and LINK_RCP. Files get the agency's own names, KIND_COMPANY_MEDICINE.pdf.
    """

    interval: ClassVar[float] = 2.0

    table: str = "https://drive.aifa.gov.it/farmaci/confezioni_fornitura.csv"
    kinds: tuple[str, ...] = ("FI", "RCP")
    states: tuple[str, ...] = ("Autorizzata",)

    def probe(self) -> str:
        """The table."""
        return self.table

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Documents that are not there yet, at most `limit` of them."""
        answer = client.get(self.table, limit=1 << 30)
        ledger, brought = Ledger(root), 0
        for url in self._links(answer.body, answer.url):
            name = _aifa_name(url)
            if name is None:
                yield Missed(url, "the address has another form than /organizzazione/N/farmaci/N/stampati?ts=KIND")
                continue
            if limit is not None and brought >= limit:
                return
            outcome = ledger.bring(client, url, name, begins=b"%PDF-")
            if outcome is not None:
                brought += isinstance(outcome, Fetched) and outcome.new
                yield outcome

    def _links(self, body: bytes, url: str) -> list[str]:
        """Each document's address once, in order of the table: packages of a medicine share their documents."""
        rows = csv.DictReader(io.StringIO(_decoded(body), newline=""), delimiter=";")
        names = {str(name).strip().upper(): name for name in rows.fieldnames or ()}
        wanted = ["STATO_AMMINISTRATIVO", *(f"LINK_{kind}" for kind in self.kinds)]
        if missing := [name for name in wanted if name not in names]:
            raise FetchError(url, None, f"the table has no column {', '.join(missing)}; there are {', '.join(names)}")
        found: dict[str, None] = {}
        for row in rows:
            if not self.states or (row[names["STATO_AMMINISTRATIVO"]] or "").strip() in self.states:
                links = ((row[names[f"LINK_{kind}"]] or "").strip() for kind in self.kinds)
                found |= dict.fromkeys(filter(None, links))
        return list(found)


def _medicines(table: bytes, without: tuple[str, ...]) -> Iterator[str]:
    """CIS codes (eight digits) of the table, each once."""
    seen = set()
    for line in table.splitlines():
        cells = [cell.strip() for cell in _decoded(line).split("\t")]
        if re.fullmatch(r"\d{8}", cells[0]) and cells[0] not in seen and (len(cells) < 6 or cells[5] not in without):
            seen.add(cells[0])
            yield cells[0]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _aifa_name(url: str) -> str | None:
    parts = urlsplit(url)
    match = re.search(r"/organizzazione/(\d{1,9})/farmaci/(\d{1,9})/stampati$", parts.path)
    kind = re.fullmatch(r"ts=(FI|RCP)", parts.query)
    return f"{kind[1]}_{int(match[1]):06d}_{int(match[2]):06d}.pdf" if match and kind else None
