"""Marked documents for training: read from versions or files, cleared of duplicates, split by source and host."""

import dataclasses
import glob
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import courlan
import pyarrow.parquet as pq
from pyarrow import feather

from catalog.versions import Catalog
from filters.domain.training.recipe import Split, TrainingRecipe, TrainingSource
from shards import shard as shards
from shards.errors import InputError
from shards.schema import content_hash

_TEST, _CALIBRATION = 0.2, 0.2  # shares of what is split by hash
_ORDER: tuple[Split, ...] = ("train", "calibration", "test")
_COLUMNS = ("text", "language", "url")


@dataclasses.dataclass(frozen=True)
class Text:
    """A marked document; `host` is its registrable domain, empty where it has no URL."""

    text: str
    language: str
    medical: bool
    source: str
    host: str = ""
    split: Split = "train"


def read(recipe: TrainingRecipe, catalog: Catalog | None) -> list[Text]:
    """All documents of the recipe's sources and languages, once each, with their split.

    A text that stands twice counts once, at its first source. Host-disjoint: a host that is in the test split is in
    no other, and one in calibration not in training; such documents are left out of the lesser split.
    """
    texts, seen = [], set()
    for source, medical in [(s, True) for s in recipe.positive] + [(s, False) for s in recipe.negative]:
        for row in _rows(source, catalog):
            if row["language"] in recipe.languages and (key := content_hash(row["text"])) not in seen:
                seen.add(key)
                host = host_of(row.get("url"))
                split = split_of(source, host)
                texts.append(Text(row["text"], row["language"], medical, source.name, host, split))
    return disjoint(texts)


def split_of(source: TrainingSource, host: str) -> Split:
    """Where a document goes: a pure function of its source's mark and name, and of its host for "hosts"."""
    if source.split not in ("hash", "hosts"):
        return source.split
    group = host if source.split == "hosts" and host else source.name
    digest = hashlib.blake2b(group.encode(), digest_size=8, person=b"domain-split").digest()
    place = int.from_bytes(digest, "big") / 2**64
    return "test" if place < _TEST else "calibration" if place < _TEST + _CALIBRATION else "train"


def disjoint(texts: Iterable[Text]) -> list[Text]:
    """Without the documents whose host also occurs in a split that comes later (train, calibration, test)."""
    texts = list(texts)
    latest: dict[str, int] = {}
    for text in texts:
        latest[text.host] = max(latest.get(text.host, 0), _ORDER.index(text.split))
    return [text for text in texts if not text.host or _ORDER.index(text.split) == latest[text.host]]


def host_of(url: str | None) -> str:
    """Registrable domain of a URL (Public Suffix List); empty where there is none."""
    return (courlan.extract_domain(url) or "") if url else ""


def _rows(source: TrainingSource, catalog: Catalog | None) -> Iterator[dict]:
    if source.version is not None:
        yield from _version_rows(source, catalog)
        return
    for pattern in source.files:
        paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (absolute patterns, too)
        if not paths:
            raise InputError(f"source {source.name!r}: no file matches {pattern!r}")
        for path in paths:
            for number, row in enumerate(_file_rows(Path(path)), 1):
                language = row.get("language") or source.language
                if not isinstance(row.get("text"), str) or not language:
                    raise InputError(f"{path}, row {number}: needs text, and a language here or in the recipe")
                yield {"text": row["text"], "language": language, "url": row.get("url")}


def _file_rows(path: Path) -> Iterator[dict]:
    if path.suffix in (".jsonl", ".ndjson"):
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise InputError(f"{path}, line {number}: not JSON ({error})") from error
    elif path.suffix in (".parquet", ".arrow"):
        table = pq.read_table(path) if path.suffix == ".parquet" else feather.read_table(path)
        for batch in table.select([name for name in _COLUMNS if name in table.column_names]).to_batches(1024):
            yield from batch.to_pylist()
    else:
        raise InputError(f"{path}: give .jsonl, .parquet or .arrow files")


def _version_rows(source: TrainingSource, catalog: Catalog | None) -> Iterator[dict]:
    if catalog is None:
        raise InputError(f"source {source.name!r} is a version: name the store with --root")
    manifest = catalog.resolve(source.version)
    known = {entry["name"] for entry in manifest.sources}
    if missing := sorted(set(source.sources) - known):
        raise InputError(f"{source.version} has no source {missing[0]!r}; it has {', '.join(sorted(known))}")
    for entry in manifest.shards:
        for batch in shards.read(catalog.store, entry, ["text", "source", "url"]):
            for row in batch.to_pylist():
                if not source.sources or row["source"] in source.sources:
                    yield {"text": row["text"], "language": entry.language, "url": row["url"]}
