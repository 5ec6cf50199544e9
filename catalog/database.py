"""Connection to the index: SQLite beside the store by default, any SQLAlchemy URL (PostgreSQL) for a team.

A store that cannot be written to can be read: reading opens no write transaction, not even to create the tables.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from catalog.models import Base
from shards.errors import InputError, MedcorpusError
from shards.store import Store

BUSY_SECONDS = 30  # how long a writer waits for another one before it gives up
ATTEMPTS = 8  # for two writers that create the same thing at the same moment

Result = TypeVar("Result")


def default_url(store: Store) -> sqlalchemy.URL:
    """SQLite's URL of `<root>/catalog.sqlite`; `InputError` when the store is not on a local disk."""
    if not store.is_local:
        raise InputError(
            f"the store {store.root} is not local: name a database, e.g. --database postgresql+psycopg://…"
        )
    path = Path(store.path("catalog.sqlite"))
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.access(path.parent, os.W_OK):
        return sqlalchemy.URL.create("sqlite", database=str(path))
    # SQLite's log needs files beside the database; without them it must be told that nobody writes here.
    options = {"uri": "true", "mode": "ro", "immutable": "0" if _has_log(path) else "1"}
    return sqlalchemy.URL.create("sqlite", database=f"file:{quote(str(path))}", query=options)


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


class Database:
    """Runs functions in a transaction: `read` sees one consistent state, `write` is all or nothing."""

    def __init__(self, url: str | sqlalchemy.URL):
        try:
            # No pool: a forked worker never inherits a connection.
            self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        except (SQLAlchemyError, ImportError) as error:
            raise InputError(f"cannot use the database {str(url)!r}: {error}") from error
        self._read_only = self._engine.url.query.get("mode") == "ro"
        self._shown = self._engine.url.render_as_string(hide_password=True)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _open_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        self._writer = self._engine.execution_options(write=True)
        if not self.read(_has_tables):
            self._create_tables()

    def read(self, action: Callable[[Session], Result]) -> Result:
        """`action(session)` in a read transaction."""
        return self._attempt(self._engine, action)

    def write(self, action: Callable[[Session], Result]) -> Result:
        """`action(session)` in a write transaction, run again when another writer was faster."""
        if self._read_only:
            raise InputError(f"the index {self._shown} can only be read here: nobody may write to its folder")
        return self._attempt(self._writer, action)

    def _create_tables(self) -> None:
        try:
            self.write(lambda session: Base.metadata.create_all(session.connection()))
        except MedcorpusError:
            if not self.read(_has_tables):  # else another process created them at the same moment
                raise

    def _attempt(self, engine: sqlalchemy.Engine, action: Callable[[Session], Result]) -> Result:
        attempt = 0
        while True:
            try:
                with Session(engine, expire_on_commit=False) as session, session.begin():
                    return action(session)
            except (IntegrityError, OperationalError, ProgrammingError) as error:
                attempt += 1
                final = self._read_only or isinstance(error, ProgrammingError)  # waiting makes neither better
                if final or attempt == ATTEMPTS:
                    times = f"{attempt} times" if attempt > 1 else "to work"
                    raise MedcorpusError(
                        f"the database {self._shown} refused {times}: {error.orig}; check that it is reachable and"
                        " that you may use it, then run again (nothing was changed)"
                    ) from error
                time.sleep(0.02 * 2**attempt)


def _has_tables(session: Session) -> bool:
    inspector = sqlalchemy.inspect(session.connection())
    return all(inspector.has_table(table) for table in Base.metadata.tables)


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver starts no transaction by itself: `_begin_sqlite` does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a commit that was reported survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sqlalchemy.Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and locks later could fail halfway.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
