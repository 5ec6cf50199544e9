"""The catalog: versions become visible by one row, are found by name, tag or id, and can be traced and verified.

A manifest is written to the store first, then one transaction adds its row. A manifest without a row does not exist
for anyone until it is committed again or the index is rebuilt.
"""

import dataclasses
import re
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from catalog import index, verify
from catalog.accounting import check_balance
from catalog.database import Database, default_url
from catalog.identity import find_repeated
from catalog.index import LATEST, Entry
from catalog.manifest import Manifest
from catalog.records import load_record
from catalog.verify import Report
from shards.errors import BuildError, InputError
from shards.store import RESTORE, Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclasses.dataclass(frozen=True)
class Lineage:
    """Where a version comes from. `ancestors` are (id, manifest), parents first; None: not in this catalog."""

    manifest: Manifest
    ancestors: tuple[tuple[str, Manifest | None], ...]


class Catalog:
    """Versions under one store root; the index is SQLite beside it, or the database of a SQLAlchemy URL."""

    def __init__(self, root: str | Path, database: str | None = None):
        self.store = Store(root)
        self._database = Database(database if database is not None else default_url(self.store))

    def commit(self, manifest: Manifest, tags: Iterable[str] = (LATEST,)) -> str:
        """Make a version visible under `tags` and return its id; the same manifest again only moves the tags.

        Raises `BuildError` when counts do not add up, an object is missing or two documents have one id; then nothing
        was changed.
        """
        tags = check_tags(tags)
        _checked(manifest.name, "corpus name")
        check_balance(manifest)
        self._check_objects(manifest)
        if repeated := find_repeated(self.store, manifest.shards):
            raise BuildError(f"{repeated}; this is a fault of the build: report it, nothing was committed")
        version = manifest.id
        self.store.put_json(_path(version), manifest.as_json())
        self._load(version)  # an older file of that name may be damaged: never point at it
        row = index.row(manifest, _path(version), datetime.now(UTC), socket.gethostname())
        self._database.write(lambda session: index.insert(session, row, tags))
        return version

    def resolve(self, spec: str) -> Manifest:
        """The version that `NAME@TAG`, `NAME` (its latest), an id or a unique beginning of one means."""
        return self._load(self._database.read(lambda session: index.find(session, spec)))

    def list(self) -> list[Entry]:
        """All visible versions, newest first."""
        return self._database.read(index.entries)

    def tag(self, spec: str, tag: str) -> str:
        """Point NAME@`tag` at a version (NAME is the version's own) and return its id."""
        check_tags([tag])
        return self._database.write(lambda session: index.move(session, spec, tag))

    def lineage(self, spec: str) -> Lineage:
        """The version's manifest (sources with digests, recipe, software) and those of all its ancestors."""
        manifest = self.resolve(spec)
        ancestors: dict[str, Manifest | None] = {}
        open_ends = list(manifest.parents)
        while open_ends:
            version = open_ends.pop(0)
            if version not in ancestors:
                known = self.store.exists(_path(version))
                ancestors[version] = self._load(version) if known else None
                open_ends += ancestors[version].parents if known else []
        return Lineage(manifest, tuple(ancestors.items()))

    def verify(self, spec: str, on_progress: Callable[[str, int], None] | None = None) -> Report:
        """Read every object of a version again; see `catalog.verify.verify`."""
        return verify.verify(self.store, self.resolve(spec), on_progress)

    def repair(self, report: Report) -> tuple[str, ...]:
        """Delete the damaged objects of a report; see `catalog.verify.repair`."""
        return verify.repair(self.store, report)

    def rebuild(self) -> int:
        """Make the index anew from the manifests alone and return how many versions it has.

        Commit times of versions that the index lost are those of the manifest files. Tags that still point at a
        version stay; a name without `latest` gets it at its newest version.
        """
        found = []
        for path in self.store.list("manifests"):
            modified = self.store.fs.modified(self.store.path(path)).astimezone(UTC)
            found.append(index.row(self._load(Path(path).stem), path, modified, None))
        return self._database.write(lambda session: index.reindex(session, found))

    def _check_objects(self, manifest: Manifest) -> None:
        for kind, blob in manifest.objects():
            path = self.store.path(blob.path)
            if not self.store.exists(blob.path):
                raise BuildError(f"{kind} {path} is missing; nothing was committed; {RESTORE}")
            if (size := self.store.fs.size(path)) != blob.bytes:
                raise BuildError(
                    f"{kind} {path} has {size} bytes, must have {blob.bytes}; nothing was committed; {RESTORE}"
                )

    def _load(self, version: str) -> Manifest:
        return load_manifest(self.store, version)


def load_manifest(store: Store, version: str) -> Manifest:
    """The manifest of an id, whether or not the index knows it; `CorruptionError` where it is not there, or damaged."""
    return load_record(store, _path(version), "manifest", Manifest.from_json)


def check_tags(tags: Iterable[str]) -> list[str]:
    """The tags as a list; `InputError` naming the first that can be no tag of a version."""
    return [_checked(tag, "tag") for tag in tags]


def _path(version: str) -> str:
    return f"manifests/{version}.json"


def _checked(name: str, what: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no {what}: use letters, digits, '.', '_' and '-', at most 100, e.g. demo or v1.0"
        )
    return name
