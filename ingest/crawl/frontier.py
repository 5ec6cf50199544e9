"""The frontier of one shard: every URL that was ever found, and what became of it, in one SQLite file.

    queued ──► leased ──► captured | redirected | robots | failed        (leased ──► queued: a later attempt, or a kill)

Whatever happens in a crawl happens in one transaction here, after the bytes it speaks of are on disk. So the process
may be killed at any moment: what was committed stays, what was in flight is asked for again.
"""

import dataclasses
import fcntl
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shards.errors import InputError

PAGE, SITEMAP = "page", "sitemap"
MAX_STARTS = 10  # requests begun without any outcome: the page kills the process

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE page (
    url TEXT PRIMARY KEY, host TEXT NOT NULL, kind TEXT NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued', attempts INTEGER NOT NULL DEFAULT 0, starts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0, reason TEXT, message TEXT, time TEXT, target TEXT,
    warc TEXT, offset INTEGER, length INTEGER, sha256 TEXT
);
CREATE INDEX page_queue ON page (host, depth, url) WHERE state = 'queued';
CREATE INDEX page_state ON page (state);
CREATE TABLE outbox (
    url TEXT PRIMARY KEY, host TEXT NOT NULL, kind TEXT NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE host (name TEXT PRIMARY KEY, next_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE origin (
    name TEXT PRIMARY KEY, fetched REAL NOT NULL, status INTEGER, reason TEXT, message TEXT, robots BLOB NOT NULL,
    tdmrep_status INTEGER, tdmrep BLOB
);
CREATE TABLE warc (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, records INTEGER NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclasses.dataclass(frozen=True)
class Link:
    """A URL to be asked for. `depth`: links from a start URL; `hops`: redirects since then, or nested sitemaps."""

    url: str
    host: str
    kind: str = PAGE
    depth: int = 0
    hops: int = 0


@dataclasses.dataclass(frozen=True)
class Page(Link):
    """A link with the number of attempts that came to an end."""

    attempts: int = 0


@dataclasses.dataclass(frozen=True)
class Capture:
    """Where a response record lies: file, offset and length in bytes, and the SHA-256 of the decoded body."""

    warc: str
    offset: int
    length: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an attempt at a page came to. `wait`: seconds until the next one, for state queued."""

    page: Page
    state: str
    attempts: int
    time: str
    reason: str | None = None
    message: str | None = None
    wait: float = 0.0
    target: str | None = None
    links: tuple[Link, ...] = ()
    foreign: tuple[Link, ...] = ()  # links that belong to other shards
    counts: tuple[tuple[str, int], ...] = ()


class Frontier:
    """Opened by one process at a time (a lock file sees to it)."""

    def __init__(self, directory: Path, shard: int):
        directory.mkdir(parents=True, exist_ok=True)
        self.prefix = f"shard-{shard:03d}"
        self._lock = (directory / f"{self.prefix}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise InputError(f"{directory}: shard {shard} is being crawled by another process; wait for it") from None
        self._db = sqlite3.connect(directory / f"{self.prefix}.sqlite", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        # WAL with NORMAL is consistent after a power cut too; the last pages may be forgotten and fetched again.
        self._db.execute("PRAGMA synchronous=NORMAL")
        with self._transaction():
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
            self._db.execute("UPDATE page SET state = 'queued' WHERE state = 'leased'")
        self.queued = self._one("SELECT count(*) FROM page WHERE state = 'queued'")

    def close(self) -> None:
        """Give the shard free."""
        self._db.close()
        self._lock.close()

    # ---- configuration

    def remember(self, key: str, value: Any) -> Any:
        """Store `value` (JSON) under `key` unless there is one; returns the stored one."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, json.dumps(value, sort_keys=True)))
        return json.loads(self._one("SELECT value FROM meta WHERE key = ?", key))

    # ---- the queue

    def add(self, links: Iterable[Link]) -> int:
        """Queue links that were never seen; returns how many were new."""
        with self._transaction():
            return self._add(links)

    def hosts(self) -> list[str]:
        """Hosts with queued pages."""
        query = "SELECT DISTINCT host FROM page WHERE state = 'queued' ORDER BY host"
        return [row["host"] for row in self.rows(query)]

    def lease(self, host: str, now: float) -> Page | None:
        """The host's next page that is due, nearest to the start first; None when there is none."""
        row = self._db.execute(
            "SELECT url, host, kind, depth, hops, attempts, starts FROM page"
            " WHERE state = 'queued' AND host = ? AND not_before <= ? ORDER BY depth, url LIMIT 1",
            (host, now),
        ).fetchone()
        if row is None:
            return None
        page = Page(*row[:6])
        if row[6] >= MAX_STARTS:
            message = f"the process ended {MAX_STARTS} times while it worked on this page"
            self.commit([(Outcome(page, "failed", page.attempts + 1, timestamp(), "crash", message), None)])
            self.queued -= 1
            return self.lease(host, now)
        self._db.execute("UPDATE page SET state = 'leased', starts = starts + 1 WHERE url = ?", (page.url,))
        self.queued -= 1
        return page

    def due(self, host: str) -> float | None:
        """When (Unix time) the host's next page is due; None when nothing is queued."""
        return self._one("SELECT min(not_before) FROM page WHERE state = 'queued' AND host = ?", host)

    def commit(
        self, outcomes: list[tuple[Outcome, Capture | None]], warc: tuple[str, int, int] | None = None, now: float = 0.0
    ) -> list[str]:
        """Record outcomes, their links and the new (name, length, records) of the WARC file, all or nothing.

        Returns the hosts that got new pages.
        """
        hosts: dict[str, None] = {}
        with self._transaction():
            for outcome, capture in outcomes:
                self._settle(outcome, capture, now)
                new = [link for link in outcome.links if self._add([link])]
                hosts |= dict.fromkeys(link.host for link in new)
                self._db.executemany("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, 0)", _rows(outcome.foreign))
                for name, count in outcome.counts:
                    self._db.execute(
                        "INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
                        (name, count),
                    )
            if warc:
                self._db.execute("INSERT OR REPLACE INTO warc VALUES (?, ?, ?)", warc)
        return list(hosts)

    def close_host(self, host: str, reason: str, message: str) -> None:
        """Fail everything that is queued for a host."""
        with self._transaction():
            changed = self._db.execute(
                "UPDATE page SET state = 'failed', reason = ?, message = ?, time = ?, attempts = attempts + 1"
                " WHERE state = 'queued' AND host = ?",
                (reason, message, timestamp(), host),
            )
            self.queued -= changed.rowcount

    # ---- hosts

    def next_at(self, host: str) -> float:
        """Unix time before which the host must not be asked; 0 if never asked."""
        return self._one("SELECT next_at FROM host WHERE name = ?", host) or 0.0

    def set_next_at(self, host: str, when: float) -> None:
        """Remember across a kill when the host may be asked again."""
        self._db.execute("INSERT OR REPLACE INTO host VALUES (?, ?)", (host, when))

    def origin(self, name: str) -> dict[str, Any] | None:
        """What is known of an origin: fetched, status, reason, message, robots, tdmrep_status, tdmrep."""
        return next((row for row in self.rows("SELECT * FROM origin WHERE name = ?", name)), None)

    def set_origin(self, row: dict[str, Any], sitemaps: Iterable[Link], foreign: Iterable[Link]) -> list[str]:
        """Store what is known of an origin and queue its sitemaps; returns the hosts that got new ones."""
        with self._transaction():
            columns = ", ".join(row)
            marks = ", ".join(f":{name}" for name in row)
            self._db.execute(f"INSERT OR REPLACE INTO origin ({columns}) VALUES ({marks})", row)
            self._db.executemany("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, 0)", _rows(foreign))
            return [link.host for link in sitemaps if self._add([link])]

    # ---- reading

    def rows(self, query: str, *values: Any) -> Iterator[dict[str, Any]]:
        """Rows of a query as dictionaries."""
        cursor = self._db.execute(query, values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))

    def warcs(self) -> dict[str, tuple[int, int]]:
        """Committed (length, records) of each WARC file."""
        return {row["name"]: (row["bytes"], row["records"]) for row in self.rows("SELECT * FROM warc ORDER BY name")}

    def counts(self) -> dict[tuple[str, str], int]:
        """Pages by (state, reason), sitemaps left out; reason is empty where there is none."""
        query = "SELECT state, ifnull(reason, '') AS r, count(*) AS n FROM page WHERE kind = 'page' GROUP BY state, r"
        return {(row["state"], row["r"]): row["n"] for row in self.rows(query)}

    def counters(self) -> dict[str, int]:
        """Links that were not queued, by the reason."""
        return {row["name"]: row["count"] for row in self.rows("SELECT * FROM counter ORDER BY name")}

    # ---- the outbox

    def unsent(self) -> list[Link]:
        """Links that belong to other shards and were not handed over yet."""
        return [Link(**row) for row in self.rows("SELECT url, host, kind, depth, hops FROM outbox WHERE sent = 0")]

    def mark_sent(self) -> None:
        """All links of the outbox were handed over; they stay there so that they are not sent twice."""
        self._db.execute("UPDATE outbox SET sent = 1 WHERE sent = 0")

    # ---- inside

    def requeue(self, reasons: Iterable[str]) -> int:
        """Put the pages that failed for one of `reasons` back into the queue, as if never tried; how many."""
        wanted = list(reasons)
        places = ", ".join("?" * len(wanted))
        with self._transaction():
            changed = self._db.execute(
                "UPDATE page SET state = 'queued', attempts = 0, starts = 0, not_before = 0 "
                f"WHERE state = 'failed' AND reason IN ({places})",
                wanted,
            ).rowcount
        self.queued += changed
        return changed

    def _settle(self, outcome: Outcome, capture: Capture | None, now: float) -> None:
        place = dataclasses.astuple(capture) if capture else (None, None, None, None)
        self._db.execute(
            "UPDATE page SET state = ?, attempts = ?, starts = 0, time = ?, reason = ?, message = ?, not_before = ?,"
            " target = ?, warc = ?, offset = ?, length = ?, sha256 = ? WHERE url = ?",
            (outcome.state, outcome.attempts, outcome.time, outcome.reason, outcome.message, now + outcome.wait,
             outcome.target, *place, outcome.page.url),
        )  # fmt: skip
        self.queued += outcome.state == "queued"

    def _add(self, links: Iterable[Link]) -> int:
        new = 0
        for row in _rows(links):
            statement = "INSERT OR IGNORE INTO page (url, host, kind, depth, hops) VALUES (?, ?, ?, ?, ?)"
            if self._db.execute(statement, row).rowcount:
                new += 1
            else:  # found on a shorter way before it was fetched
                self._db.execute(
                    "UPDATE page SET depth = min(depth, ?), hops = min(hops, ?) WHERE url = ? AND state = 'queued'",
                    (row[3], row[4], row[0]),
                )
        self.queued += new
        return new

    def _one(self, query: str, *values: Any) -> Any:
        row = self._db.execute(query, values).fetchone()
        return row[0] if row else None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def timestamp() -> str:
    """Now, UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(links: Iterable[Link]) -> list[tuple[str, str, str, int, int]]:
    return [(link.url, link.host, link.kind, link.depth, link.hops) for link in links]
