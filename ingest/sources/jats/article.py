"""JATS articles (PubMed Central .nxml, publishers' XML): one file, one document.

Format: https://jats.nlm.nih.gov. Title, abstract and body as light Markdown with tables and lists; no references.
"""

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from lxml import etree

from ingest.extract import names
from ingest.extract.dates import date_of
from ingest.extract.languages import language_code
from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Record, Refusal
from ingest.sources.document_files import DocumentFiles
from ingest.sources.elements import read_document, strip_namespaces
from ingest.sources.jats.prepare import prepare
from ingest.sources.jats.text import inline, render
from shards.step import local

_MIME = "application/jats+xml"
_NAME = ("given-names", "surname", "suffix")
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclasses.dataclass(frozen=True)
class Jats(DocumentFiles):
    """JATS files below `root`, `batch` files a partition. The key is the PMC id, DOI or PMID, else the file's name."""

    about: ClassVar[About] = About(
        title="JATS articles of any publisher, a file each",
        languages=(),
        access="files that you have",
        license="the article's licence element, read as SPDX",
        key="PMC id, DOI or PMID, else the file's name",
        size="yours",
        etiquette="none is needed",
        format="https://jats.nlm.nih.gov",
        tested="real: 8 articles of five publishers (test_sources_readers.py)",
    )

    patterns: tuple[str, ...] = local(default=("**/*.nxml", "**/*.nxml.gz"))
    limit: int = 64 << 20  # bytes of one article

    def _documents(self, data: bytes, name: str) -> Iterator[Record | Refusal]:
        root = read_document(data, name)
        if isinstance(root, Refusal):
            yield root
            return
        strip_namespaces(root)
        article = root if root.tag == "article" else root.find(".//article")
        if article is None:
            yield Refusal(name, "read", "malformed", f"no <article>, but <{root.tag}>", name)
        else:
            yield article_record(article, name)


def article_record(article: etree._Element, name: str) -> Record:
    """The document of a JATS `article` element, changed in place."""
    meta = article.find("front/article-meta")
    if meta is None:
        meta = etree.Element("article-meta")
    prepare(article)
    ids = {item.get("pub-id-type"): (item.text or "").strip() for item in meta.findall("article-id")}
    pmc = ids.get("pmcid") or ids.get("pmc")
    key, url = name, None
    if pmc:
        key = pmc if pmc.startswith("PMC") else f"PMC{pmc}"
        url = f"https://pmc.ncbi.nlm.nih.gov/articles/{key}/"
    elif ids.get("doi"):
        key, url = f"doi:{ids['doi'].lower()}", f"https://doi.org/{ids['doi']}"
    elif ids.get("pmid"):
        key, url = f"pmid:{ids['pmid']}", f"https://pubmed.ncbi.nlm.nih.gov/{ids['pmid']}/"
    title = inline(meta.find("title-group/article-title"))
    license_, evidence = _license(meta)
    return Record(
        key, _MIME, name, text=render(article, title), title=title or None, author=_authors(meta),
        site=_journal(article),
        language=language_code(article.get(_LANG)), url=url, canonical_url=canonical_or_none(url),
        published=_published(meta), license=license_, license_evidence=evidence,
    )  # fmt: skip


def _authors(meta: etree._Element) -> str | None:
    """Persons and groups among the contributors, editors and translators left out."""
    found = []
    for item in meta.iterfind("contrib-group/contrib"):
        if item.get("contrib-type", "author") not in ("author", "collab"):
            continue
        name = item.find("name") if item.find("name") is not None else item.find("name-alternatives/name")
        if name is not None:
            found.append(" ".join(filter(None, ((name.findtext(part) or "").strip() for part in _NAME))))
        else:
            whole = item.find("string-name")
            text = " ".join(whole.itertext()) if whole is not None else item.findtext("collab")
            found.append(text or item.findtext("collab/institution"))
    return names.joined(found)


def _journal(article: etree._Element) -> str | None:
    places = ("journal-title-group/journal-title", "journal-title", "publisher/publisher-name")
    stated = (article.findtext(f"front/journal-meta/{place}") for place in places)
    return next(filter(None, map(names.site, stated)), None)


def _license(meta: etree._Element) -> tuple[str | None, str | None]:
    """SPDX licence and the statement in which it was read: the link first, then the words."""
    for element in meta.findall("permissions/license") + meta.findall("license"):
        links = [link.get(_XLINK) for link in element.iter() if link.get(_XLINK)]
        refs = [(ref.text or "").strip() for ref in element.iter("license_ref")]
        words = " ".join("".join(element.itertext()).split())
        for statement in [*refs, *links, words]:
            if found := spdx(statement):
                return found, f"license: {statement[:300]}"
        if words:
            return None, f"license: {words[:300]}"
    return None, None


def _published(meta: etree._Element) -> datetime | None:
    """The earliest of the publication dates stated most exactly (to the day, else the month, else the year)."""
    dates = []
    for item in meta.findall("pub-date"):
        parts = [item.findtext("year"), item.findtext("month"), item.findtext("day")]
        if found := date_of(*parts):
            dates.append((parts.count(None), found))
    return min(dates)[1] if dates else None
