"""Files by their addresses, and the files of a directory listing: dumps, deliveries, PubMed's folders."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urljoin, urlsplit

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError
from ingest.fetch.unpack import UnpackError, is_archive, unpack
from shards.errors import InputError

_LINK = re.compile(r"""href\s*=\s*["']?([^"' >]+)""", re.I)
_MD5 = re.compile(r"\b([0-9a-fA-F]{32})\b")


@dataclasses.dataclass(frozen=True)
class Files:
    """The files at `urls`; `sha256` or `md5` of each, in their order, where they are known.

    `unpack`: bring the members of archives (zip, tar) that match one of these globs beside the archive.
    """

    interval: ClassVar[float] = 1.0

    urls: tuple[str, ...]
    sha256: tuple[str, ...] = ()
    md5: tuple[str, ...] = ()
    unpack: tuple[str, ...] = ()
    most_unpacked: int = 100 << 30  # bytes

    def __post_init__(self) -> None:
        for name, digests in (("sha256", self.sha256), ("md5", self.md5)):
            if not self.urls or (digests and len(digests) != len(self.urls)):
                raise InputError(f"fetch needs urls, and as many {name} or none: {len(self.urls)}, {len(digests)}")

    def probe(self) -> str:
        """The first address."""
        return self.urls[0]

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Bring what is not there yet, at most `limit` files."""
        brought = 0
        none = (None,) * len(self.urls)
        for url, sha256, md5 in zip(self.urls, self.sha256 or none, self.md5 or none, strict=True):
            if limit is not None and brought >= limit:
                return
            name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
            outcome = bring_file(client, url, root, name, sha256=sha256, md5=md5)
            brought += isinstance(outcome, Fetched) and outcome.new
            yield outcome
            if self.unpack and isinstance(outcome, Fetched) and is_archive(name):
                try:
                    unpack(root / name, self.unpack, self.most_unpacked)
                except UnpackError as error:
                    yield Missed(url, str(error))


@dataclasses.dataclass(frozen=True)
class Listing:
    """The files of HTML directory listings at `bases` whose names match `pattern` (a regular expression, all of it).

    `md5`: suffix of the files that hold a file's MD5 beside it, as NCBI has them; "" for none.
    """

    interval: ClassVar[float] = 0.4  # NCBI: no more than three requests a second

    bases: tuple[str, ...] = (
        "https://ftp.ncbi.nlm.nih.gov/pubmed/baseline/", "https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/",
    )  # fmt: skip
    pattern: str = r"pubmed\d\dn\d{4}\.xml\.gz"
    md5: str = ".md5"

    def probe(self) -> str:
        """The first listing."""
        return self.bases[0]

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Bring what is not there yet, in order of names, at most `limit` files."""
        brought = 0
        for base in self.bases:
            base = base if base.endswith("/") else f"{base}/"
            page = client.get(base).body.decode("utf-8", "replace")
            names = {unquote(link.rsplit("/", 1)[-1]) for link in _LINK.findall(page)}
            for name in sorted(name for name in names if re.fullmatch(self.pattern, name)):
                if limit is not None and brought >= limit:
                    return
                outcome = self._one(client, root, base, name)
                brought += isinstance(outcome, Fetched) and outcome.new
                yield outcome

    def _one(self, client: Client, root: Path, base: str, name: str) -> Fetched | Missed:
        url, digest = urljoin(base, name), None
        if self.md5 and not (root / name).exists():
            try:
                stated = _MD5.search(client.get(url + self.md5).body.decode("ascii", "replace"))
            except FetchError as error:
                return Missed(url, f"its digest could not be had: {error}")
            if stated is None:
                return Missed(url, f"{name}{self.md5} holds no MD5")
            digest = stated[1]
        return bring_file(client, url, root, name, md5=digest)


def bring_file(
    client: Client, url: str, root: Path, name: str, *, md5: str | None = None, sha256: str | None = None,
    begins: bytes = b"", anew: bool = False,
) -> Fetched | Missed:  # fmt: skip
    """One file to `root`/`name`, unless it is there.

    `anew`: even then, and the old one stays until the new one is here. `begins`: how it must begin, so that it is a PDF
    and no page about one.
    """
    path = root / name
    if not name or Path(name).is_absolute() or ".." in Path(name).parts:
        return Missed(url, f"{name!r} is no name for a file")
    if path.exists() and not anew:
        return Fetched(name, url, path.stat().st_size, False)
    try:
        size = client.download(url, path, md5=md5, sha256=sha256, begins=begins)
    except FetchError as error:
        return Missed(url, str(error), error.status)
    return Fetched(name, url, size, True)
