"""Wikimedia Enterprise HTML dumps: one JSON object an article, in tar.gz files of NDJSON.

Format: https://dumps.wikimedia.org/other/enterprise_html/ and https://enterprise.wikimedia.com/docs/data-dictionary/.
"""

import dataclasses
import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from ingest.extract.dates import parse_date
from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import READ_ERRORS, find_files
from ingest.sources.stretches import lost, read_lines, stretches
from ingest.sources.wiki.choice import WikiChoice
from ingest.sources.wiki.projects import authors_of, project_of
from shards.step import local

# What is no prose of the article: reference marks, edit links, boxes of navigation, notes on the article's state.
_ASIDE = re.compile(
    r"<(sup|span|div|table|ol|style|link)\b[^>]*\bclass=\"[^\"]*\b(?:reference|mw-editsection|navbox|metadata|reflist|"
    r"references|mw-references|hatnote|noprint|ambox|vertical-navbox)\b[^\"]*\"[^>]*>.*?</\1>", re.S | re.I,
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class WikiHtml(WikiChoice):
    """Dump files of one wiki below `root` (.tar.gz, .ndjson, .json.gz), one partition a file; the key is the page id.

    `category_pattern` sees all categories of the article, those that templates add too.
    """

    about: ClassVar[About] = About(
        title="Wikipedia as HTML (Wikimedia Enterprise dumps), by category",
        languages=("en", "es", "fr", "it"),
        access="https://dumps.wikimedia.org/other/enterprise_html/runs/ (ITWIKI-NS0-DAY-ENTERPRISE-HTML.json.tar.gz)",
        license="CC-BY-SA-4.0, or what the article's `license` list names; the evidence names page and contributors",
        key="page id",
        size="5.2 million Spanish, 5 million French, 13.3 million Italian medical words (paper, Italian recalled)",
        etiquette="2 connections at most",
        format="https://enterprise.wikimedia.com/docs/data-dictionary/",
        tested="written: articles after the data dictionary (test_sources_corpora.py)",
        fetch="files",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.tar.gz", "**/*.ndjson", "**/*.ndjson.gz", "**/*.json.gz"))
    limit: int = 32 << 20  # bytes of one article

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        units = batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)
        return self.pinned(units, self.root)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every chosen article, in file order."""
        wanted = re.compile(self.category_pattern, re.I) if self.category_pattern else None
        articles = self.articles(self.root)
        for name, path in partition.paths():
            packed = name.endswith((".tar.gz", ".tgz"))
            lines = _packed_lines(path, name) if packed else read_lines(path, name, self.limit, whole=b"{")
            for item in lines:
                found = item if isinstance(item, Refusal) else self._article(item[1], name, item[0], wanted, articles)
                if found is not None:
                    yield found

    def _article(
        self, line: bytes, name: str, number: int, wanted: re.Pattern | None, articles: frozenset[int] | None
    ) -> Record | Refusal | None:
        if not line.strip():
            return None
        digest = hashlib.sha256(line).hexdigest()
        if len(line) > self.limit:
            message = f"{len(line)} bytes, the limit is {self.limit}"
            return Refusal(f"{name}@{number}", "read", "too-large", message, name, number, sha256=digest)
        try:
            article: dict[str, Any] = json.loads(line)
            names = [item.get("name", "") for item in article.get("categories") or []]
            if wanted is not None and not any(map(wanted.search, names)):
                return None
            if articles is not None and int(article["identifier"]) not in articles:
                return None
            body = article["article_body"]["html"]
            key, title, url = str(article["identifier"]), article["name"], article.get("url")
            licenses = [item.get("identifier") or item.get("url") or "" for item in article.get("license") or []]
            language = (article.get("in_language") or {}).get("identifier")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"not an article of the dump: {error!r}"
            return Refusal(f"{name}@{number}", "read", "malformed", message, name, number, sha256=digest)
        stated = next(filter(None, map(spdx, filter(None, licenses))), "CC-BY-SA-4.0")
        return Record(
            key, "text/html", name, number, payload=_ASIDE.sub("", body).encode(), charset="utf-8", title=title,
            language=language, url=url, canonical_url=url, published=parse_date(article.get("date_modified")),
            author=authors_of(url), site=project_of(url),
            license=stated, license_evidence=f"contributors of {url or title}, {', '.join(licenses) or 'Wikipedia'}",
        )  # fmt: skip


def _packed_lines(path: Path, name: str) -> Iterator[tuple[int, bytes] | Refusal]:
    """(number, line) of the NDJSON files in a tar archive, read in passing: nothing is unpacked.

    After damage, where headers of the archive stand is not known: what begins as an object behind zeros is a line.
    """
    number = 0
    for stretch in stretches(path):
        try:
            for line in _members(stretch.stream) if stretch.first else stretch.stream:
                line = line if stretch.first else line.rpartition(b"\0")[2]
                if stretch.first or line.startswith(b"{"):
                    yield number, line
                    number += 1
        except (*READ_ERRORS, tarfile.TarError) as error:
            yield lost(name, error, number)


def _members(stream: BinaryIO) -> Iterator[bytes]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield from file
