"""PubMed citations: PubmedArticleSet XML, as the baseline and update files hold it.

Format: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html. A citation gives one English document (title
and abstract), and one for each further abstract in a language asked for. Book chapters are refused as "unsupported".
A citation in a later file, or a later version of it, overrules the earlier one and its further abstracts; a deletion
(DeleteCitation) withdraws both. Deletions are not inputs.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from lxml import etree

from ingest.extract import names
from ingest.extract.dates import date_of
from ingest.extract.languages import LANGUAGES
from ingest.extract.scripts import flatten_math, flatten_scripts
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, Withdrawal, batch_files
from ingest.sources.elements import parse_element, read_elements
from ingest.sources.files import find_files
from shards.step import local

_TAGS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
# All of a title, and a full stop, in one pair of brackets; "[18F]FDG" is no such title.
_TRANSLATED = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\.?")
# Abstracts may be copyrighted; the terms of use of the National Library of Medicine are the licence of the record.
_LICENSE, _EVIDENCE = "LicenseRef-NLM-PubMed", "https://www.nlm.nih.gov/databases/download/terms_and_conditions.html"
_MIME = "application/xml"


@dataclasses.dataclass(frozen=True)
class PubMed:
    """PubMed XML files below `root`, one partition a file."""

    about: ClassVar[About] = About(
        title="PubMed baseline and update files: titles and abstracts, further languages as documents of their own",
        languages=("en", "es", "fr", "it"),
        access="https://ftp.ncbi.nlm.nih.gov/pubmed/: baseline/ and updatefiles/, MD5 checked",
        license="LicenseRef-NLM-PubMed: terms of the library; abstracts may be their publishers'",
        key="PMID, and the language beyond English",
        size="about 1,300 files, 40 million citations, 50 GB (recalled); 968.4 million English words in the paper",
        etiquette="three requests a second at most",
        format="https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html",
        tested="real: a citation (test_sources_readers.py); written: versions, deletions (test_ingest_supersede.py)",
        fetch="listing",
    )

    revised: ClassVar[bool] = True

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/pubmed*.xml", "**/pubmed*.xml.gz"))
    languages: tuple[str, ...] = ("en", "fr", "it", "es")
    limit: int = 16 << 20  # bytes of one citation

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)

    def read(self, partition: Partition) -> Iterator[Record | Refusal | Withdrawal]:
        """Every citation's documents, in file order; keys are `PMID` and, for other languages, `PMID:lang`."""
        for name, path in partition.paths():
            for item in read_elements(path, name, _TAGS, self.limit):
                if isinstance(item, Refusal):
                    yield item
                else:
                    offset, data, complete = item
                    yield from self._citation(data, complete, name, offset)

    def _citation(self, data: bytes, complete: bool, name: str, offset: int) -> Iterator[Record | Refusal | Withdrawal]:
        try:
            if not complete:
                raise etree.XMLSyntaxError("the element has no end", 0, 0, 0)
            element = parse_element(data)
        except etree.XMLSyntaxError as error:
            match = re.search(rb"<PMID[^>]*>\s*(\d+)", data)
            key = match[1].decode() if match else f"{name}@{offset}"
            digest = hashlib.sha256(data).hexdigest()
            yield Refusal(key, "read", "malformed", str(error), name, offset, sha256=digest)
            return
        if element.tag == "DeleteCitation":
            for item in element.findall("PMID"):
                yield Withdrawal((item.text or "").strip(), _revision(name, item))
            return
        if element.tag == "PubmedBookArticle":
            key = (element.findtext("BookDocument/PMID") or "").strip() or f"{name}@{offset}"
            yield Refusal(key, "read", "unsupported", "a book or a chapter of one, not an article", name, offset)
            return
        yield from self._documents(element, name, offset)

    def _documents(self, element: etree._Element, name: str, offset: int) -> Iterator[Record | Refusal]:
        citation = element.find("MedlineCitation")
        article = citation.find("Article") if citation is not None else None
        pmid = (element.findtext("MedlineCitation/PMID") or "").strip()
        if article is None or not pmid:
            yield Refusal(pmid or f"{name}@{offset}", "read", "malformed", "no PMID or no Article", name, offset)
            return
        url = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"
        authors, site = _authors(article), names.site(article.findtext("Journal/Title"))

        def record(key: str, language: str, title: str, text: str) -> Record:
            return Record(
                key, _MIME, name, offset, text="\n\n".join(filter(None, (title and f"# {title}", text))),
                title=title or None, author=authors, site=site, language=language, url=url, canonical_url=url,
                published=_published(article), license=_LICENSE, license_evidence=_EVIDENCE,
                subject=pmid, revision=_revision(name, citation.find("PMID")),
            )  # fmt: skip

        title = _text(article.find("ArticleTitle"))
        spoken = {(item.text or "").strip() for item in article.findall("Language")}
        translated = _TRANSLATED.fullmatch(title) if spoken - {"eng"} else None
        title = translated[1].removesuffix(".") if translated else title
        if "en" in self.languages:
            yield record(pmid, "en", title, _abstract(article.find("Abstract")))
        vernacular = _text(article.find("VernacularTitle"))
        written = {LANGUAGES.get(code) for code in spoken}
        keys = {pmid}
        for other in citation.findall("OtherAbstract"):
            language = LANGUAGES.get(other.get("Language", "eng"))
            if language not in self.languages:
                continue
            key = f"{pmid}:{language}"
            if key in keys:
                key = f"{key}:{other.get('Type', 'other').lower()}"
            keys.add(key)
            yield record(key, language, vernacular if language in written else "", _abstract(other))


def _revision(name: str, pmid: etree._Element) -> str:
    """Place of a citation in the order of the files (pubmed26n0001 ...), then its own version."""
    version = pmid.get("Version", "1")
    return f"{name.rsplit('/', 1)[-1]} v{int(version) if version.isdecimal() else 1:04d}"


def _authors(article: etree._Element) -> str | None:
    """Persons and groups of the list of authors."""
    people = article.iterfind("AuthorList/Author")
    parts = [[person.findtext(tag) or "" for tag in ("ForeName", "LastName", "Suffix")] for person in people]
    groups = article.iterfind("AuthorList/Author/CollectiveName")
    return names.joined([*(" ".join(filter(None, name)) for name in parts), *(group.text for group in groups)])


def _text(element: etree._Element | None) -> str:
    """Text with formulas, superscripts and subscripts as characters, white space folded."""
    if element is None:
        return ""
    flatten_math(element)
    flatten_scripts(element)
    return " ".join("".join(element.itertext()).split())


def _abstract(element: etree._Element | None) -> str:
    if element is None:
        return ""
    paragraphs = []
    for part in element.findall("AbstractText"):
        label, text = (part.get("Label") or "").strip(), _text(part)
        if text:
            paragraphs.append(f"**{label}**: {text}" if label and label.upper() != "UNLABELLED" else text)
    return "\n\n".join(paragraphs)


def _published(article: etree._Element) -> datetime | None:
    for path in ("ArticleDate", "Journal/JournalIssue/PubDate"):
        date = article.find(path)
        if date is not None:
            year = date.findtext("Year") or (date.findtext("MedlineDate") or "")[:4]
            if found := date_of(year, date.findtext("Month"), date.findtext("Day")):
                return found
    return None
