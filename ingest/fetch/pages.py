"""Sources that answer page by page (ClinicalTrials.gov, OAI-PMH, CIMA): each page is saved as it came."""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lxml import etree

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError, recall, remember
from shards import disk

_STATE = ".cursor.json"  # what the next page is asked with, and how many are there


@dataclasses.dataclass(frozen=True)
class ClinicalTrialsPages:
    """Pages of studies by API v2, `page_size` a page. `query`: the API's `query.term`, empty for all studies.

    Source: https://clinicaltrials.gov/data-api/api (pageToken, nextPageToken).
    """

    interval: ClassVar[float] = 1.3  # about 50 requests a minute

    base: str = "https://clinicaltrials.gov/api/v2/studies"
    query: str = ""
    page_size: int = 1000

    def probe(self) -> str:
        """The API's version."""
        return self.base.rsplit("/", 1)[0] + "/version"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Pages from where the last run ended; a finished run is not repeated (empty the folder for a new state)."""
        state = recall(root / _STATE) or {"token": "", "pages": 0, "done": False}
        brought = 0
        while not state["done"] and (limit is None or brought < limit):
            asked = {"pageSize": self.page_size, "format": "json"} | ({"query.term": self.query} if self.query else {})
            answer = client.get(self.base, asked | ({"pageToken": state["token"]} if state["token"] else {}))
            token = answer.json().get("nextPageToken", "")
            yield _save(root, f"studies-{state['pages']:05d}.json.gz", answer.url, answer.body)
            brought += 1
            state = {"token": token, "pages": state["pages"] + 1, "done": not token}
            remember(root / _STATE, state)


@dataclasses.dataclass(frozen=True)
class OaiPages:
    """ListRecords responses of a repository: `prefix` oai_dc or a JATS prefix; `sets`, `since`, `until` narrow it.

    Source: OAI-PMH 2.0, sections 3.5 (flow control) and 4.5. A token that has expired begins the harvest anew.
    """

    interval: ClassVar[float] = 1.0

    base: str
    prefix: str = "oai_dc"
    set: str = ""
    since: str = ""  # YYYY-MM-DD
    until: str = ""

    def probe(self) -> str:
        """The repository's Identify."""
        return f"{self.base}?verb=Identify"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Pages from where the last run ended."""
        state = recall(root / _STATE) or {"token": "", "pages": 0, "done": False}
        brought = 0
        while not state["done"] and (limit is None or brought < limit):
            first = {"metadataPrefix": self.prefix, "set": self.set, "from": self.since, "until": self.until}
            asked = {"resumptionToken": state["token"]} if state["token"] else {k: v for k, v in first.items() if v}
            answer = client.get(self.base, {"verb": "ListRecords"} | asked)
            token, problem = _oai_token(answer.body)
            if problem == "badResumptionToken":
                state = {"token": "", "pages": 0, "done": False}
                remember(root / _STATE, state)
                continue
            if problem and problem != "noRecordsMatch":
                raise FetchError(answer.url, answer.status, f"the repository says {problem}")
            yield _save(root, f"records-{state['pages']:06d}.xml.gz", answer.url, answer.body)
            brought += 1
            state = {"token": token, "pages": state["pages"] + 1, "done": not token}
            remember(root / _STATE, state)


@dataclasses.dataclass(frozen=True)
class CimaDocuments:
    """Segmented documents of CIMA: the list of medicines page by page, then both documents of each that has them.

    Source: https://sede.aemps.gob.es/docs/CIMA-REST-API_1_19.pdf (medicamentos, docSegmentado).
    """

    interval: ClassVar[float] = 1.0

    base: str = "https://cima.aemps.es/cima/rest"
    kinds: tuple[int, ...] = (1, 2)  # 1 ficha técnica, 2 prospecto

    def probe(self) -> str:
        """The first page of medicines."""
        return f"{self.base}/medicamentos?pagina=1"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Documents that are not there yet, at most `limit` of them."""
        page, brought = 1, 0
        while limit is None or brought < limit:
            medicines = client.get(f"{self.base}/medicamentos", {"pagina": page, "comerc": 1}).json()
            found = medicines.get("resultados") or []
            for medicine in found:
                for kind in _segmented(medicine, self.kinds):
                    if limit is not None and brought >= limit:
                        return
                    outcome = self._document(client, root, medicine, kind)
                    brought += isinstance(outcome, Fetched) and outcome.new
                    yield outcome
            if not found or page * medicines.get("tamanioPagina", len(found)) >= medicines.get("totalFilas", 0):
                return
            page += 1

    def _document(self, client: Client, root: Path, medicine: dict, kind: int) -> Fetched | Missed:
        number = str(medicine.get("nregistro", ""))
        name, url = f"{number}_{kind}.json", f"{self.base}/docSegmentado/contenido/{kind}"
        if (root / name).exists():
            return Fetched(name, url, (root / name).stat().st_size, False)
        try:
            sections = client.get(url, {"nregistro": number}, {"Accept": "application/json"}).json()
        except FetchError as error:
            return Missed(f"{url}?nregistro={number}", str(error))
        body = json.dumps({"nombre": medicine.get("nombre", ""), "sections": sections}, ensure_ascii=False)
        disk.write(root / name, memoryview(body.encode()))
        return Fetched(name, url, len(body.encode()), True)


def _segmented(medicine: dict, kinds: tuple[int, ...]) -> list[int]:
    """The kinds of documents that the medicine has by section (`docs`: `tipo`, `secc`); all where it does not say."""
    docs = medicine.get("docs")
    if not isinstance(docs, list):
        return list(kinds)
    return [kind for kind in kinds if any(doc.get("tipo") == kind and doc.get("secc", True) for doc in docs)]


def _save(root: Path, name: str, url: str, body: bytes) -> Fetched:
    data = gzip.compress(body, mtime=0)  # no time in it: the same answer is the same file
    disk.write(root / name, memoryview(data))
    return Fetched(name, url, len(data), True)


def _oai_token(body: bytes) -> tuple[str, str]:
    """(resumption token or "", error code or "") of a response."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    except etree.XMLSyntaxError:
        return "", "nothing that is XML"
    if root is None:
        return "", "nothing that is XML"
    error = root.find("{*}error")
    token = root.find("{*}ListRecords/{*}resumptionToken")
    stated = (token.text or "").strip() if token is not None else ""
    return stated, "" if error is None else error.get("code", "an error")
