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
from typing import Any, ClassVar

from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.dates import parse_date
from ingest.sources.files import READ_ERRORS, find_files, open_stream, read_failure
from ingest.sources.licenses import spdx
from ingest.sources.wiki_choice import WikiChoice
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
        access="https://dumps.wikimedia.org/other/enterprise_html/ (fetch `files`)",
        license="CC-BY-SA-4.0, or what the article's `license` list names; the evidence names page and contributors",
        key="page id",
        size="5.2 million Spanish, 5 million French, 13.3 million Italian medical words (paper, Italian recalled)",
        etiquette="2 connections at most, User-Agent with contact",
        format="https://enterprise.wikimedia.com/docs/data-dictionary/",
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
            number = 0
            try:
                for number, line in enumerate(self._lines(path)):
                    found = self._article(line, name, number, wanted, articles)
                    if found is not None:
                        yield found
            except (*READ_ERRORS, tarfile.TarError) as error:
                yield Refusal(f"{name}@end", "read", read_failure(error), f"after line {number}: {error}", name, number)

    def _lines(self, path: Path) -> Iterator[bytes]:
        if not path.name.endswith((".tar.gz", ".tgz")):
            with open_stream(path) as stream:
                yield from stream
            return
        with tarfile.open(path, "r|gz") as archive:  # read in passing: nothing is unpacked
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield from file

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
            license=stated, license_evidence=f"contributors of {url or title}, {', '.join(licenses) or 'Wikipedia'}",
        )  # fmt: skip
