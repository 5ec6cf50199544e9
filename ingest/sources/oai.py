"""OAI-PMH: saved ListRecords responses with Dublin Core or JATS metadata (SciELO, repositories of theses).

Format: https://www.openarchives.org/OAI/openarchivesprotocol.html, https://www.dublincore.org/specifications/dublin-core/.
A Dublin Core record gives a document for each language its descriptions are in; deleted records are no inputs.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lxml import etree

from ingest.extract import names
from ingest.extract.dates import parse_date
from ingest.extract.languages import language_code
from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.elements import parse_element, read_elements, strip_namespaces
from ingest.sources.files import find_files
from ingest.sources.jats.article import article_record
from shards.step import local

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_IDENTIFIER = re.compile(rb"<identifier>\s*([^<\s]+)")
_ADDRESS = re.compile(r"https?://\S+")


@dataclasses.dataclass(frozen=True)
class Oai:
    """Response files below `root`, one partition a file. The key is the OAI identifier, with `:language` beyond one.

    `languages`: documents in others are no inputs; `license`: where a record states no rights.
    """

    about: ClassVar[About] = About(
        title="OAI-PMH repositories: SciELO, theses (HAL, theses.fr, TDX, RECOLECTA, Italian universities)",
        languages=("en", "es", "fr", "it"),
        access="ListRecords with resumption tokens, e.g. https://scielo.isciii.es/oai/scielo-oai.php (scielo.br's "
        "is gone)",
        license="dc:rights or the JATS licence of the record, read as SPDX; else `license` of the recipe",
        key="OAI identifier, and the language where a record has several",
        size="SciELO about 1 million articles (recalled); theses: title and abstract each",
        etiquette="503 with Retry-After is obeyed",
        format="https://www.openarchives.org/OAI/openarchivesprotocol.html",
        tested="written: Dublin Core and JATS records (test_sources_corpora.py), harvested as Sickle does "
        "(test_fetch_sources.py)",
        fetch="oai",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.xml", "**/*.xml.gz"))
    languages: tuple[str, ...] = ("en", "es", "fr", "it")
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 16 << 20  # bytes of one record

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """The documents of every record, in file order."""
        for name, path in partition.paths():
            for item in read_elements(path, name, ("record",), self.limit):
                if isinstance(item, Refusal):
                    yield item
                else:
                    offset, data, complete = item
                    yield from self._record(data, complete, name, offset)

    def _record(self, data: bytes, complete: bool, name: str, offset: int) -> Iterator[Record | Refusal]:
        try:
            if not complete:
                raise etree.XMLSyntaxError("the record has no end, or is too large", 0, 0, 0)
            record = strip_namespaces(_parse_alone(data))
        except etree.XMLSyntaxError as error:
            match = _IDENTIFIER.search(data)
            key = match[1].decode(errors="replace") if match else f"{name}@{offset}"
            digest = hashlib.sha256(data).hexdigest()
            yield Refusal(key, "read", "malformed", str(error), name, offset, sha256=digest)
            return
        header = record.find("header")
        key = (record.findtext("header/identifier") or "").strip()
        if header is None or not key:
            yield Refusal(f"{name}@{offset}", "read", "malformed", "no header or no identifier", name, offset)
        elif header.get("status") != "deleted":
            article = record.find("metadata/article")
            if article is not None:
                yield self._jats(article, key, name, offset)
            else:
                yield from self._dublin(record, key, name, offset)

    def _jats(self, article: etree._Element, key: str, name: str, offset: int) -> Record:
        found = article_record(article, name)
        license_, evidence = found.license or self.license, found.license_evidence or self.license_evidence
        return dataclasses.replace(found, key=key, raw_offset=offset, license=license_, license_evidence=evidence)

    def _dublin(self, record: etree._Element, key: str, name: str, offset: int) -> Iterator[Record | Refusal]:
        fields = record.find("metadata/*")
        if fields is None:
            yield Refusal(key, "read", "malformed", "a record without metadata", name, offset)
            return
        main = language_code((fields.findtext("language") or "").strip().replace("_", "-").split("-")[0])
        titles, bodies = (_by_language(fields, tag, main) for tag in ("title", "description"))
        stated = [(item.text or "").strip() for item in fields.findall("rights")]
        license_ = next(filter(None, map(spdx, filter(None, stated))), None)
        evidence = f"dc:rights: {'; '.join(stated)}"[:300] if license_ else self.license_evidence
        author = names.joined(item.text for item in fields.findall("creator"))
        site = next(filter(None, (names.site(item.text) for item in fields.findall("publisher"))), None)
        addresses = [m[0] for item in fields.findall("identifier") if (m := _ADDRESS.search(item.text or ""))]
        url = addresses[0] if addresses else None
        wanted = [language for language in bodies if language is None or language in self.languages]
        if not wanted:
            why = "no description" if not bodies else f"descriptions in {', '.join(map(str, bodies))} only"
            yield Refusal(key, "read", "no-text", why, name, offset, url=url)
        for language in wanted:
            title = (titles.get(language) or titles.get(main) or titles.get(None) or [""])[0]
            text = "\n\n".join(bodies[language])
            yield Record(
                key if language == main or len(bodies) == 1 else f"{key}:{language}", "application/xml", name, offset,
                text=f"# {title}\n\n{text}" if title else text, title=title or None, author=author, site=site,
                language=language, url=url, canonical_url=canonical_or_none(url),
                published=parse_date((fields.findtext("date") or "").strip()),
                license=license_ or self.license, license_evidence=evidence,
            )  # fmt: skip


def _parse_alone(data: bytes) -> etree._Element:
    """A record cut out of its response, whose prefixes were declared outside it."""
    prefixes = sorted(set(_PREFIX.findall(data)) - {b"xml", b"xmlns"})
    declared = b"".join(b' xmlns:%s="urn:%s"' % (prefix, prefix) for prefix in prefixes)
    return parse_element(b"<cut%s>%s</cut>" % (declared, data))[0]


def _by_language(fields: etree._Element, tag: str, main: str | None) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for item in fields.findall(tag):
        words = " ".join("".join(item.itertext()).split())
        if words:
            language = language_code(item.get(_LANG) or item.get("lang")) or main
            found.setdefault(language, []).append(words)
    return found
