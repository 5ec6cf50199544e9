"""Artifacts: files that belong to the corpus but are no version of it, such as a trained model with its card.

    artifacts/<id>.json   kind, name, inputs, figures, and which stored object each file is

An artifact is immutable and named by its hash, like a version; the store alone lists them, no index is kept.
"""

import dataclasses
from pathlib import Path
from typing import Any

from catalog.records import load_record, record_id
from shards.errors import InputError
from shards.store import Blob, Store

FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Artifact:
    """`files`: name to stored object; `made_from`: parameters and inputs; `figures`: what was measured."""

    kind: str
    name: str
    files: dict[str, Blob]
    made_from: dict[str, Any] = dataclasses.field(default_factory=dict)
    figures: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its hash, see `record_id`."""
        return record_id(self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Plain data, the content of `artifacts/<id>.json`."""
        return {"format": FORMAT} | dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Artifact":
        """Inverse of `as_json`."""
        files = {name: Blob(**entry) for name, entry in plain["files"].items()}
        return cls(plain["kind"], plain["name"], files, plain["made_from"], plain["figures"])


def put(
    store: Store, kind: str, name: str, files: dict[str, bytes], made_from: dict[str, Any], figures: dict[str, Any]
) -> Artifact:
    """Store files and the record that names them; the same again changes nothing."""
    blobs = {file: store.put_bytes(data, suffix=Path(file).suffix) for file, data in sorted(files.items())}
    artifact = Artifact(kind, name, blobs, made_from, figures)
    store.put_json(_path(artifact.id), artifact.as_json())
    return artifact


def find(store: Store, spec: str) -> Artifact:
    """The artifact of an id or a unique beginning of one."""
    found = [name for path in store.list("artifacts") if (name := Path(path).stem).startswith(spec)]
    if len(found) != 1 or not spec:
        known = f"{len(found)} artifacts begin so" if found else "there is none"
        raise InputError(f"artifact {spec!r}: {known}; see `python -m catalog artifacts`")
    return _load(store, found[0])


def every(store: Store) -> list[Artifact]:
    """All artifacts, by kind, name and id."""
    found = [_load(store, Path(path).stem) for path in store.list("artifacts")]
    return sorted(found, key=lambda artifact: (artifact.kind, artifact.name, artifact.id))


def export(store: Store, artifact: Artifact, folder: Path) -> list[Path]:
    """Write the artifact's files, checked against their digests, into a folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, blob in sorted(artifact.files.items()):
        paths.append(folder / name)
        paths[-1].write_bytes(store.get_bytes(blob))
    return paths


def _load(store: Store, name: str) -> Artifact:
    return load_record(store, _path(name), "artifact", Artifact.from_json)


def _path(name: str) -> str:
    return f"artifacts/{name}.json"
