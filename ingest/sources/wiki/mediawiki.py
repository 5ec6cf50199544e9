"""MediaWiki XML dumps (pages-articles): articles as light Markdown.

Format: https://www.mediawiki.org/wiki/Help:Export. Inputs are the articles; redirects and other namespaces are not.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from lxml import etree

from ingest.extract.dates import parse_date
from ingest.sources.about import About
from ingest.sources.addresses import canonical_or_none
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.elements import parse_element, read_elements
from ingest.sources.files import READ_ERRORS, find_files, open_stream
from ingest.sources.wiki.choice import WikiChoice
from ingest.sources.wiki.projects import authors_of, project_of
from ingest.sources.wiki.wikitext import to_markdown
from shards.errors import InputError
from shards.step import local

_HEAD = 1 << 16  # bytes in which <siteinfo> stands
_CATEGORY = re.compile(r"\[\[\s*(?:category|catégorie|categoria|categoría)\s*:\s*([^\]|]+)", re.I)
_WIKIMEDIA_LICENSE = "CC-BY-SA-4.0"


@dataclasses.dataclass(frozen=True)
class MediaWiki(WikiChoice):
    """Dump files of one wiki below `root`, one partition a file; the key is the page id.

    `keep_tables`: wiki tables become rows, or are left out. `category_pattern` sees the `[[Category:...]]` links of the
    article's own text in any of the four languages, not what templates add. `license` and `license_evidence` state what
    holds for all pages; without them, Wikimedia's projects have theirs and other wikis none.
    """

    about: ClassVar[About] = About(
        title="MediaWiki XML dumps (Wikipedia), all articles, or those of a category tree, a project, Wikidata items",
        languages=(),
        access="https://dumps.wikimedia.org, with its SQL tables",
        license="CC-BY-SA-4.0 for Wikimedia's projects, with the dump as evidence; else `license` of the recipe",
        key="page id",
        size="Italian, Spanish and French Wikipedia 3 to 6 GB each, compressed (recalled)",
        etiquette="2 connections at most",
        format="https://www.mediawiki.org/wiki/Help:Export, https://www.mediawiki.org/wiki/Manual:Categorylinks_table",
        tested="real: 111 articles (test_sources_readers.py); written: tables of three schemas "
        "(test_sources_wiki_tables.py)",
        fetch="wikimedia",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.xml", "**/*.xml.gz", "**/*.xml.bz2"))
    keep_tables: bool = True
    license: str | None = None
    license_evidence: str | None = None
    limit: int = 16 << 20  # bytes of one page

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        units = batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)
        return self.pinned(units, self.root)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every chosen article of the dump, in file order."""
        articles = self.articles(self.root)
        for name, path in partition.paths():
            try:
                with open_stream(path) as stream:
                    base, language = _site(stream.read(_HEAD), name)
            except READ_ERRORS:  # told below, where the pages are read; their addresses are not known then
                base, language = None, None
            for item in read_elements(path, name, ("page",), self.limit):
                if isinstance(item, Refusal):
                    yield item
                    continue
                offset, data, complete = item
                found = self._page(data, complete, name, offset, base, language, articles)
                if found is not None:
                    yield found

    def _page(
        self, data: bytes, complete: bool, name: str, offset: int, base: str | None, language: str | None,
        articles: frozenset[int] | None,
    ) -> Record | Refusal | None:  # fmt: skip
        try:
            if not complete:
                raise ValueError("the page has no end, or is too large")
            page = parse_element(data)
            if page.findtext("ns") != "0" or page.find("redirect") is not None:
                return None
            key, title = page.findtext("id"), page.findtext("title")
            if articles is not None and key and key.isdecimal() and int(key) not in articles:
                return None
            revision = page.find("revision")
            if not key or not title or revision is None:
                raise ValueError("a page without id, title or revision")
            source = revision.findtext("text") or ""
            if self.category_pattern and not _in_category(source, self.category_pattern):
                return None
            text = to_markdown(source, tables=self.keep_tables)
        except (etree.XMLSyntaxError, ValueError, RecursionError) as error:
            match = re.search(rb"<id>(\d+)</id>", data)
            key = match[1].decode() if match else f"{name}@{offset}"
            return Refusal(key, "read", "malformed", str(error), name, offset, sha256=hashlib.sha256(data).hexdigest())
        url = base + quote(title.replace(" ", "_"), safe="/:,()'!*@;~-._") if base else None
        license_, evidence = self._license(base)
        return Record(
            key, "text/x-wiki", name, offset, text=f"# {title}\n\n{text}" if text else "", title=title,
            language=language, url=url, canonical_url=canonical_or_none(url),
            published=parse_date(revision.findtext("timestamp")), license=license_, license_evidence=evidence,
            author=authors_of(base), site=project_of(base),
        )  # fmt: skip

    def _license(self, base: str | None) -> tuple[str | None, str | None]:
        if self.license is not None:
            return self.license, self.license_evidence
        if project_of(base):
            return _WIKIMEDIA_LICENSE, f"MediaWiki dump of {base}"
        return None, None


def _in_category(text: str, wanted: str) -> bool:
    return any(re.search(wanted, name, re.I) for name in _CATEGORY.findall(text))


def _site(head: bytes, name: str) -> tuple[str | None, str | None]:
    """(address that a title is appended to, language) of the wiki, where the head of its dump states them."""
    match = re.search(rb"<base>\s*(https?://[^<\s]+/)[^/<]*</base>", head)
    if b"<mediawiki" not in head:
        raise InputError(f"{name}: no <mediawiki> element in the first {_HEAD} bytes; is this a MediaWiki XML dump?")
    language = re.search(rb"xml:lang=\"([a-z]{2})", head)
    address = match[1].decode("utf-8", "replace").replace("http://", "https://", 1) if match else None
    return address, language[1].decode() if language else None
