"""Leaflets and summaries of the French public database of medicines, as HTML with a table."""

import csv
import dataclasses
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lxml import etree, html

from ingest.extract.charset import decode
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.document_files import DocumentFiles
from ingest.sources.files import find_files
from shards.step import local

_SITE = "https://base-donnees-publique.medicaments.gouv.fr"
_PANELS = {"R": "tabpanel-rcp-panel", "N": "tabpanel-notice-panel"}
_TABS = {"R": "tab-rcp", "N": "tab-notice"}
# Buttons, side menus and what is hidden in print, in the design system of French public sites.
_FURNITURE = (
    ".//script|.//style|.//nav|.//button|.//form"
    "|.//*[contains(concat(' ', @class, ' '), ' fr-no-print ') or contains(concat(' ', @class, ' '), ' fr-sidemenu ')]"
)


@dataclasses.dataclass(frozen=True)
class Bdpm(DocumentFiles):
    """BDPM: saved pages `CIS.html` (both documents, as panels), or `CIS_R.html` (summary) and `CIS_N.html` (leaflet).

    The table `CIS_bdpm.txt` beside them (tab-separated; UTF-8 or windows-1252, line by line) names the medicines; a
    page whose medicine is not in it is refused as "unknown-medicine", a page with neither panel as "no-text".
    """

    about: ClassVar[About] = About(
        title="BDPM: French summaries of product characteristics (RCP) and leaflets (notice)",
        languages=("fr",),
        access="https://base-donnees-publique.medicaments.gouv.fr: CIS_bdpm.txt and the page of each medicine",
        license="etalab-2.0 (Licence Ouverte, recalled)",
        key="CIS code and R (summary) or N (leaflet)",
        size="about 15,900 medicines in 2026, 14 % of them with the EMA's documents in place of the site's",
        etiquette="no rule is published; one page at a time",
        format="https://base-donnees-publique.medicaments.gouv.fr/telechargement (table); panels of the pages as of "
        "2026",
        tested="written: a page with the site's panels, a table of mixed charsets (test_fetch_agencies.py, "
        "test_sources_corpora.py)",
        fetch="bdpm",
    )

    patterns: tuple[str, ...] = local(default=("**/*.htm*",))
    table: str = "CIS_bdpm.txt"  # relative to `root`; it shapes titles, so its name and digest are part of partitions

    def partitions(self) -> list[Partition]:
        """Batches of pages in sorted order, each with the table."""
        files = find_files(self.name, self.root, self.patterns)
        units = batch_files(Path(self.root), files, self.batch)
        if not (Path(self.root) / self.table).is_file():
            return units
        [table] = batch_files(Path(self.root), [self.table], 1)
        digest = lambda unit: hashlib.sha256(f"{unit.sha256}{table.sha256}".encode()).hexdigest()  # noqa: E731
        return [dataclasses.replace(unit, sha256=digest(unit)) for unit in units]

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every page of the files, in order, joined with the table."""
        medicines = _bdpm_table(Path(self.root) / self.table)
        for item in super().read(partition):
            code = item.key.partition(":")[0]
            if isinstance(item, Refusal) or not medicines:
                yield item
            elif code in medicines:
                yield dataclasses.replace(item, title=medicines[code])
            else:
                yield Refusal(item.key, "read", "unknown-medicine", f"CIS {code} is not in {self.table}", item.raw_file)

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        stem = Path(name).name.split(".")[0]
        code, _, kind = stem.rpartition("_")
        documents = {kind: data} if code and kind in _PANELS else _panels(data)
        code = code if code and kind in _PANELS else stem
        if not documents:
            message = "neither an RCP nor a notice is in the page; a centrally authorised medicine's are the EMA's"
            yield Refusal(code, "read", "no-text", message, name, sha256=hashlib.sha256(data).hexdigest())
        url = f"{_SITE}/medicament/{code}/extrait"
        for kind, body in documents.items():
            yield Record(
                f"{code}:{kind}", "text/html", name, payload=body, language="fr", url=f"{url}#{_TABS[kind]}",
                canonical_url=url, license="etalab-2.0", license_evidence=_SITE, refine="qrd",
            )  # fmt: skip


def _panels(page: bytes) -> dict[str, bytes]:
    """The documents of a page by kind, each as a page of its own without the site's furniture."""
    try:
        tree = html.document_fromstring(decode(page, None)[0])
    except (etree.ParserError, ValueError):  # an empty page, or an XML declaration in it
        return {}
    found = {}
    for kind, panel in _PANELS.items():
        for element in tree.xpath("//*[@id=$panel]", panel=panel)[:1]:
            for furniture in element.xpath(_FURNITURE):
                furniture.drop_tree()
            if element.text_content().strip():
                body = html.tostring(element, encoding="unicode")
                found[kind] = f'<html lang="fr"><meta charset="utf-8"><body>{body}</body></html>'.encode()
    return found


def _bdpm_table(path: Path) -> dict[str, str]:
    """CIS code -> name of the medicine; lines are decoded one by one, because the file mixes charsets."""
    if not path.is_file():
        return {}
    lines = []
    for line in path.read_bytes().splitlines():
        try:
            lines.append(line.decode("utf-8-sig"))
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row[0].strip(): row[1].strip() for row in rows if len(row) > 1}
