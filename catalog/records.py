"""Records: immutable JSON files of the store that are named by the hash of what they say, `<folder>/<id>.json`."""

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar

from shards.errors import CorruptionError
from shards.step import canonical_json
from shards.store import Store


class Record(Protocol):
    """Anything that has the id of its record."""

    @property
    def id(self) -> str: ...


Kind = TypeVar("Kind", bound=Record)


def record_id(plain: dict[str, Any]) -> str:
    """The first 16 hex digits of the SHA-256 of a record's JSON."""
    return hashlib.sha256(canonical_json(plain).encode()).hexdigest()[:16]


def load_record(store: Store, path: str, what: str, parse: Callable[[dict[str, Any]], Kind]) -> Kind:
    """The record of that path; `CorruptionError` where it is not there, no `what` (manifest, artifact) or damaged."""
    plain = store.get_json(path)
    where = store.path(path)
    if plain is None:
        raise CorruptionError(f"{where}: the {what} is missing; restore it from a copy")
    try:
        record = parse(plain)
    except (KeyError, TypeError, AttributeError) as error:
        raise CorruptionError(f"{where}: no {what} ({error!r}); restore it from a copy") from error
    if record.id != PurePosixPath(path).stem:
        raise CorruptionError(f"{where}: its content is that of {record.id}; restore it from a copy")
    return record
