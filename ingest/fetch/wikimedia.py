"""Wikimedia's dumps of one wiki: its articles and the tables that tell which of them belong to a subject.

Layout: https://meta.wikimedia.org/wiki/Data_dumps/Download_tools; each day of a wiki has a `dumpstatus.json` with the
state of every job and the size, MD5 and SHA-1 of every file. Two connections at most are asked for; this is one.
"""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urljoin

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, FetchError
from ingest.fetch.files import bring_file
from shards.errors import InputError

# Table -> name of its job in dumpstatus.json.
_JOBS = {"page": "pagetable", "categorylinks": "categorylinkstable", "linktarget": "linktargettable",
         "templatelinks": "templatelinkstable", "page_props": "pagepropstable"}  # fmt: skip
_ARTICLES = "articlesdump"
_DAY = re.compile(r"""href=["'](\d{8})/""")


@dataclasses.dataclass(frozen=True)
class WikimediaDump:
    """The articles of `wiki` (itwiki, frwiki ...) and its `tables`; `day`: YYYYMMDD, or "" for the newest that is done.

    The day found first is kept as long as files of it are here, so that all of them are of one day.
    """

    interval: ClassVar[float] = 2.0

    wiki: str
    day: str = ""
    tables: tuple[str, ...] = ("page", "categorylinks", "linktarget")
    base: str = "https://dumps.wikimedia.org"

    def __post_init__(self) -> None:
        if unknown := sorted(set(self.tables) - _JOBS.keys()):
            raise InputError(f"no table {', '.join(unknown)} is known here; known: {', '.join(_JOBS)}")

    def probe(self) -> str:
        """The wiki's days."""
        return f"{self.base}/{self.wiki}/"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Files that are not there yet, at most `limit` of them, MD5 checked."""
        brought = 0
        for name, url, md5 in self._files(client, self._begun(root)):
            if limit is not None and brought >= limit:
                return
            outcome = bring_file(client, url, root, name, md5=md5)
            brought += isinstance(outcome, Fetched) and outcome.new
            yield outcome

    def _begun(self, root: Path) -> str:
        """The day of the files that are here, or that is asked for."""
        days = {match[1] for path in root.glob(f"{self.wiki}-*") if (match := re.search(r"-(\d{8})-", path.name))}
        if self.day or not days:
            return self.day
        if len(days) > 1:
            raise InputError(f"{root} holds dumps of several days ({', '.join(sorted(days))}): keep one, or set `day`")
        return days.pop()

    def _files(self, client: Client, day: str) -> list[tuple[str, str, str | None]]:
        """(name, address, MD5) of the wanted files of the day, or of the newest one on which all jobs are done."""
        jobs = [*(_JOBS[table] for table in self.tables), _ARTICLES]
        days = [day] if day else sorted(set(_DAY.findall(client.get(self.probe()).body.decode())), reverse=True)
        for one in days:
            url = f"{self.probe()}{one}/dumpstatus.json"
            try:
                told = client.get(url).json().get("jobs", {})
            except FetchError as error:
                if day or error.status != 404:
                    raise
                continue
            if all(told.get(job, {}).get("status") == "done" for job in jobs):
                files = [item for job in jobs for item in sorted((told[job].get("files") or {}).items())]
                return [(name, urljoin(url, str(facts["url"])), facts.get("md5")) for name, facts in files]
            if day:
                raise FetchError(
                    url, None, f"not done yet: {', '.join(j for j in jobs if told.get(j, {}).get('status') != 'done')}"
                )
        raise FetchError(self.probe(), None, f"no day has all of {', '.join(jobs)} done")
