"""Patents: Google Patents public data as exported tables, and EPO full-text XML; medical ones by CPC class.

Columns: https://console.cloud.google.com/marketplace/product/google_patents_public_datasets/google-patents-public-data
(`publication_number`, `publication_date` as YYYYMMDD, `title_localized`, `abstract_localized`, `claims_localized`,
`description_localized` as lists of {text, language}, `cpc` as a list of {code}).
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from lxml import etree

from ingest.extract.dates import date_of
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.document_files import DocumentFiles
from ingest.sources.elements import read_document
from ingest.sources.files import find_files, plain_suffix
from ingest.sources.tables import json_lines, parquet_rows
from shards.step import local

# The classes of the Spanish biomedical corpus of BSC, of which the paper's Spanish and French patents follow.
MEDICAL = ("A61B", "A61C", "A61F", "A61H", "A61K", "A61L", "A61M", "A61P")
_PARTS = (("abstract", "Abstract"), ("description", "Description"), ("claims", "Claims"))
_COLUMNS = ["publication_number", "publication_date", "cpc", "title_localized", *(f"{p}_localized" for p, _ in _PARTS)]
_ROWS = 64  # Parquet rows in memory at once: descriptions are long
_LIMIT = 64 << 20  # bytes of one line


@dataclasses.dataclass(frozen=True)
class Patents:
    """Parquet or JSON lines files below `root`, one partition a file; a document a publication and language.

    The user exports them from BigQuery, with a Google account and a bucket of the user's own:

        EXPORT DATA OPTIONS (uri = 'gs://BUCKET/patents/*.parquet', format = 'PARQUET') AS
        SELECT publication_number, publication_date, cpc, title_localized, abstract_localized, description_localized,
               claims_localized
        FROM `patents-public-data.patents.publications`
        WHERE EXISTS (SELECT 1 FROM UNNEST(cpc) AS c WHERE REGEXP_CONTAINS(c.code, '^A61[BCFHKLMP]'))

    Publications outside `classes` and texts outside `languages` are not inputs. The key is `NUMBER:language`.
    """

    about: ClassVar[About] = About(
        title="Google Patents public data, by CPC class",
        languages=("en", "es", "fr", "it"),
        access="BigQuery `patents-public-data.patents.publications`, exported to Parquet with a Google account of "
        "one's own",
        license="CC-BY-4.0 (of the data set, recalled)",
        key="publication number and language",
        size="654 million French words in the paper (recalled)",
        etiquette="an export of one's own; patents.google.com is not to be crawled",
        format="https://github.com/google/patents-public-data",
        tested="written: rows of the public schema (test_sources_corpora.py)",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.parquet", "**/*.jsonl", "**/*.jsonl.gz", "**/*.json.gz"))
    classes: tuple[str, ...] = MEDICAL
    languages: tuple[str, ...] = ("en", "es", "fr", "it")
    license: str | None = "CC-BY-4.0"
    license_evidence: str | None = "Google Patents Public Data"

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """The documents of every publication in the classes, in file order."""
        for name, path in partition.paths():
            tabular = plain_suffix(name) == ".parquet"
            rows = parquet_rows(path, name, None, _COLUMNS, _ROWS) if tabular else json_lines(path, name, _LIMIT)
            for item in rows:
                if isinstance(item, Refusal):
                    yield item
                else:
                    number, row, problem = item
                    yield from self._publication(row, problem, name, number)

    def _publication(self, row: dict, problem: str, name: str, number: int) -> Iterator[Record | Refusal]:
        key = row.get("publication_number")
        if problem or not isinstance(key, str):
            reason = problem or f"no publication_number; columns: {sorted(row)[:20]}"
            yield Refusal(f"{name}@{number}", "read", "malformed", reason, name, number)
            return
        codes = [item.get("code", "") for item in row.get("cpc") or [] if isinstance(item, dict)]
        if not any(code.startswith(self.classes) for code in codes):
            return
        titles = _by_language(row.get("title_localized"))
        parts = {part: _by_language(row.get(f"{part}_localized")) for part, _ in _PARTS}
        day = str(row.get("publication_date") or "")
        for language in sorted({code for texts in parts.values() for code in texts} & set(self.languages)):
            title = titles.get(language) or titles.get("en") or ""
            sections = [f"## {head}\n\n{parts[part][language]}" for part, head in _PARTS if parts[part].get(language)]
            url = f"https://patents.google.com/patent/{key.replace('-', '')}/{language}"
            yield Record(
                f"{key}:{language}", "application/json", name, number,
                text="\n\n".join(filter(None, (title and f"# {title}", *sections))), title=title or None,
                language=language, url=url, canonical_url=url, published=date_of(day[:4], day[4:6], day[6:8]),
                license=self.license, license_evidence=self.license_evidence,
            )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Epo(DocumentFiles):
    """EP full-text documents (`ep-patent-document`), a file each, by CPC or IPC class; the key is the EP number."""

    about: ClassVar[About] = About(
        title="European Patent Office: EP full-text XML, by class",
        languages=("en", "fr"),
        access="EP full-text data for text analytics, https://www.epo.org/en/searching-for-patents/data, for "
        "registered users",
        license="CC-BY-4.0 for the text analytics data (recalled)",
        key="country, number, kind and language",
        size="about 7 million documents (recalled)",
        etiquette="a delivery; put the files there by hand",
        format="EP full-text DTD (ep-patent-document; SDOBI with B-fields)",
        tested="written: documents after the DTD (test_sources_corpora.py)",
    )

    patterns: tuple[str, ...] = local(default=("**/*.xml", "**/*.xml.gz"))
    classes: tuple[str, ...] = MEDICAL
    languages: tuple[str, ...] = ("en", "fr")

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        root = read_document(data, name)
        if isinstance(root, Refusal):
            yield root
            return
        number = "".join(root.get(part, "") for part in ("country", "doc-number", "kind"))
        if root.tag != "ep-patent-document" or not number:
            yield Refusal(name, "read", "malformed", f"no ep-patent-document, but <{root.tag}>", name)
            return
        codes = ["".join((item.text or "").split()) for item in root.iterfind(".//B510EP//text")]
        codes += ["".join((item.text or "").split()) for item in root.iterfind(".//B520EP//text")]
        if not any(code.startswith(self.classes) for code in codes):
            return
        titles = dict(_epo_titles(root))
        for language in self.languages:
            sections = []
            for tag, head in (("abstract", "Abstract"), ("description", "Description"), ("claims", "Claims")):
                elements = [item for item in root.iterfind(tag) if item.get("lang") == language]
                text = "\n\n".join(
                    filter(None, (" ".join("".join(p.itertext()).split()) for e in elements for p in _paragraphs(e)))
                )
                sections += [f"## {head}\n\n{text}"] if text else []
            if sections:
                title, day = titles.get(language, ""), root.get("date-publ", "")
                yield Record(
                    f"{number}:{language}", "application/xml", name,
                    text="\n\n".join(filter(None, (title and f"# {title}", *sections))), title=title or None,
                    language=language, published=date_of(day[:4], day[4:6], day[6:8]), license="CC-BY-4.0",
                    license_evidence="EP full-text data for text analytics",
                )  # fmt: skip


def _paragraphs(element: etree._Element) -> list[etree._Element]:
    return list(element.iter("p", "heading", "claim-text")) or [element]


def _epo_titles(root: etree._Element) -> Iterator[tuple[str, str]]:
    """(language, title): B541 names the language, the B542 behind it is the title."""
    language = ""
    for item in root.iterfind(".//B540/*"):
        if item.tag == "B541":
            language = (item.text or "").strip().lower()
        elif item.tag == "B542":
            yield language, " ".join("".join(item.itertext()).split())


def _by_language(texts: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in texts if isinstance(texts, list) else []:
        if isinstance(item, dict) and isinstance(item.get("text"), str) and item["text"].strip():
            found.setdefault(str(item.get("language", "")).lower(), item["text"].strip())
    return found
