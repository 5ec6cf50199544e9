"""Tables of the index over versions: what a manifest says (to be searched) and what it must not say (when, where).

Everything about a version itself can be rebuilt from its manifest; only tags live here alone.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC, with its zone also where the database (SQLite) forgets it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """The stored time with its zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of the tables."""


class Version(Base):
    """A visible version: its row is what makes the manifest count."""

    __tablename__ = "version"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    created: Mapped[datetime] = mapped_column(UtcTime)  # first commit, UTC
    host: Mapped[str | None] = mapped_column(String(200))  # None: rebuilt from the manifest
    documents: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[int] = mapped_column(BigInteger)
    chars: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)  # of the shards
    languages: Mapped[list[str]] = mapped_column(JSON)
    parents: Mapped[list[str]] = mapped_column(JSON)
    manifest: Mapped[str] = mapped_column(String(200))  # where it lies in the store


class Tag(Base):
    """A movable name of a version: NAME@TAG."""

    __tablename__ = "tag"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    tag: Mapped[str] = mapped_column(String(100), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("version.id"), index=True)
    moved: Mapped[datetime] = mapped_column(UtcTime)  # UTC
