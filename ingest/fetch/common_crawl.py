"""Common Crawl: captures chosen by the columnar index, brought as ranges of its WARC files into WARC files of our own.

Index: https://commoncrawl.org/columnar-index. In 2025 clients that asked for ranges without restraint were blocked
(https://status.commoncrawl.org): this one asks once an interval, and waits as long as a 429 or 503 says.
Records are copied byte by byte (each is a gzip member of its own), so that nothing is lost and digests stay true.
"""

import dataclasses
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError
from shards import disk
from shards.errors import InputError

_PLAN = ".captures.parquet"
_GZIP = b"\x1f\x8b"


@dataclasses.dataclass(frozen=True)
class CommonCrawl:
    """Captures of `crawl` (such as CC-MAIN-2026-43) whose index rows match all that is given.

    `index`: Parquet files of the columnar index, local paths or addresses, with `*`; `domains`: registered domains;
    `languages`: ISO 639-3 codes of which one must be a capture's first; `per_file`: records in each file made here.
    Truncated captures are left out. The choice is made once and kept in the folder.
    """

    interval: ClassVar[float] = 0.5

    crawl: str
    index: str = "https://data.commoncrawl.org/cc-index/table/cc-main/warc/crawl={crawl}/subset=warc/*.parquet"
    base: str = "https://data.commoncrawl.org"
    domains: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("eng", "fra", "ita", "spa")
    mimes: tuple[str, ...] = ("text/html", "application/xhtml+xml", "application/pdf")
    url_pattern: str = ""  # a regular expression that the address must hold
    most: int = 1_000_000  # captures
    per_file: int = 1000

    def __post_init__(self) -> None:
        if not self.domains and not self.url_pattern:
            raise InputError("common-crawl needs `domains` or a `url_pattern`: a whole crawl is not fetched by ranges")

    def probe(self) -> str:
        """The list of crawls."""
        return f"{self.base}/crawl-data/index.html"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """WARC files that are not there yet, at most `limit`; records that could not be had are told one by one."""
        captures = self.captures(root)
        files, brought = range(0, captures.num_rows, self.per_file), 0
        for number, start in enumerate(files):
            name = f"{self.crawl}-{number:05d}.warc.gz"
            if (root / name).exists():
                yield Fetched(name, self.base, (root / name).stat().st_size, False)
                continue
            if limit is not None and brought >= limit:
                return
            members = []
            for row in captures.slice(start, self.per_file).to_pylist():
                member = self._record(client, row)
                if isinstance(member, Missed):
                    yield member
                else:
                    members.append(member)
            data = b"".join(members)
            disk.write(root / name, memoryview(data))
            brought += 1
            yield Fetched(name, self.base, len(data), True)

    def captures(self, root: Path) -> pa.Table:
        """The chosen captures: url, warc_filename, warc_record_offset, warc_record_length; in the crawl's order."""
        path, wanted = root / _PLAN, hashlib.sha256(repr(dataclasses.astuple(self)).encode()).hexdigest()
        if path.exists():
            table = pq.read_table(path)
            if (table.schema.metadata or {}).get(b"query", b"").decode() != wanted:
                raise InputError(f"{path} was made with other choices; use another root, or delete it to choose anew")
            return table
        table = self._query().replace_schema_metadata({"query": wanted})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        disk.write(path, memoryview(sink.getvalue()))
        return table

    def _query(self) -> pa.Table:
        import duckdb  # only where a recipe fetches from Common Crawl

        where = ["fetch_status = 200", "content_truncated IS NULL", "list_contains(?, content_mime_detected)"]
        values: list = [self.index.format(crawl=self.crawl), list(self.mimes)]
        for condition, value in (
            ("list_contains(?, url_host_registered_domain)", list(self.domains)),
            ("list_contains(?, split_part(content_languages, ',', 1))", list(self.languages)),
            ("regexp_matches(url, ?)", self.url_pattern),
        ):
            if value:
                where.append(condition)
                values.append(value)
        columns = "url, warc_filename, warc_record_offset, warc_record_length"
        order = "warc_filename, warc_record_offset"
        query = (
            f"SELECT {columns} FROM read_parquet(?) WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {self.most:d}"
        )
        return duckdb.connect().sql(query, params=values).to_arrow_table()

    def _record(self, client: Client, row: dict) -> bytes | Missed:
        start, length = row["warc_record_offset"], row["warc_record_length"]
        address = f"{self.base}/{row['warc_filename']}"
        try:
            answer = client.get(address, headers={"Range": f"bytes={start}-{start + length - 1}"}, limit=length)
        except FetchError as error:
            return Missed(row["url"], str(error))
        if answer.status != 206 or len(answer.body) != length or not answer.body.startswith(_GZIP):
            return Missed(row["url"], f"status {answer.status} and {len(answer.body)} bytes, {length} were asked for")
        try:
            head = zlib.decompressobj(31).decompress(answer.body, 1 << 16)
        except zlib.error as error:
            return Missed(row["url"], f"not a gzip member: {error}")
        if row["url"].encode() not in head:
            return Missed(row["url"], "the record at that place is another page's")
        return answer.body
