"""What is asked of and written to the index, inside a transaction that the caller opened."""

import dataclasses
import re
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.manifest import Manifest
from catalog.models import Tag, Version
from shards.errors import InputError

LATEST = "latest"
_HEX = re.compile(r"[0-9a-f]{4,16}")  # an id or the beginning of one


@dataclasses.dataclass(frozen=True)
class Entry:
    """A version as the index knows it. `created` is UTC; `bytes` are those of the shards."""

    id: str
    name: str
    tags: tuple[str, ...]
    created: datetime
    host: str | None
    documents: int
    words: int
    chars: int
    bytes: int
    languages: tuple[str, ...]
    parents: tuple[str, ...]


def row(manifest: Manifest, path: str, created: datetime, host: str | None) -> Version:
    """The row of a manifest that lies at `path` in the store."""
    return Version(
        id=manifest.id,
        name=manifest.name,
        created=created,
        host=host,
        documents=sum(part.documents for part in manifest.composition),
        words=sum(part.words for part in manifest.composition),
        chars=sum(part.chars for part in manifest.composition),
        bytes=sum(shard.blob.bytes for shard in manifest.shards),
        languages=sorted({shard.language for shard in manifest.shards}),
        parents=manifest.parents,
        manifest=path,
    )


def insert(session: Session, version: Version, tags: list[str]) -> None:
    """Add a version unless it is there, and point `tags` at it."""
    if session.get(Version, version.id) is None:
        session.merge(version)  # a copy: the transaction may be run again with the same row
        session.flush()
    for tag in tags:
        _point(session, version.name, tag, version.id)


def move(session: Session, spec: str, tag: str) -> str:
    """Point the tag at the version of `spec`; returns its id."""
    version = session.get_one(Version, find(session, spec))
    _point(session, version.name, tag, version.id)
    return version.id


def entries(session: Session) -> list[Entry]:
    """All versions with their tags, newest first."""
    tags: dict[str, list[str]] = {}
    for tag in session.scalars(select(Tag).order_by(Tag.tag)):
        tags.setdefault(tag.version, []).append(tag.tag)
    return [
        Entry(found.id, found.name, tuple(tags.get(found.id, [])), found.created, found.host, found.documents,
              found.words, found.chars, found.bytes, tuple(found.languages), tuple(found.parents))
        for found in session.scalars(select(Version).order_by(Version.created.desc(), Version.id))
    ]  # fmt: skip


def find(session: Session, spec: str) -> str:
    """Id of the version that `NAME@TAG`, `NAME`, an id or a unique beginning of one means; else `InputError`."""
    name, at, tag = spec.rpartition("@")
    if not at:
        if session.get(Version, spec):
            return spec
        name, tag = spec, LATEST
    if pointed := session.get(Tag, (name, tag)):
        return pointed.version
    if not at and _HEX.fullmatch(spec):
        matches = session.scalars(select(Version.id).where(Version.id.startswith(spec)).order_by(Version.id)).all()
        if len(matches) > 1:
            raise InputError(f"{spec!r} begins {len(matches)} versions: {', '.join(matches)}; write more of the id")
        if matches:
            return matches[0]
    raise InputError(f"there is no version {spec!r}; {_inventory(session)}")


def reindex(session: Session, found: list[Version]) -> int:
    """Make the index hold exactly the versions `found`; what it knows of them already (times, hosts, tags) stays."""
    known = {version.id: version for version in session.scalars(select(Version))}
    gone = known.keys() - {version.id for version in found}
    latest = set()
    for tag in session.scalars(select(Tag)):
        if tag.version in gone:
            session.delete(tag)
        elif tag.tag == LATEST:
            latest.add(tag.name)
    session.flush()  # tags before the versions that they point at
    for version in gone:
        session.delete(known[version])
    for version in found:
        if version.id in known:
            version.created, version.host = known[version.id].created, known[version.id].host
        session.merge(version)
    session.flush()
    for version in sorted(found, key=lambda version: (version.created, version.id)):
        if version.name not in latest:
            _point(session, version.name, LATEST, version.id)
    return len(found)


def _point(session: Session, name: str, tag: str, version: str) -> None:
    session.merge(Tag(name=name, tag=tag, version=version, moved=datetime.now(UTC)))


def _inventory(session: Session, most: int = 12) -> str:
    tags = [f"{tag.name}@{tag.tag}" for tag in session.scalars(select(Tag).order_by(Tag.name, Tag.tag))]
    untagged = select(Version.id).where(Version.id.not_in(select(Tag.version))).order_by(Version.id)
    names = tags + list(session.scalars(untagged))
    if not names:
        return "the catalog is empty: build one with `python -m ingest run recipes/demo.toml`"
    return f"there are {', '.join(names[:most])}" + (f" and {len(names) - most} more" if len(names) > most else "")
