"""What deduplication did to a version, read from its verdicts: who won against whom, by which method and how surely."""

import dataclasses
from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from catalog.manifest import Manifest
from shards import schema
from shards.errors import InputError
from shards.store import Blob, Store

STAGE = "dedup"


@dataclasses.dataclass(frozen=True)
class Removal:
    """One document that lost. `method`: same-key, exact-duplicate or near-duplicate; `similarity` 0 to 1."""

    doc_id: str
    winner: str
    method: str
    similarity: float
    threshold: float


@dataclasses.dataclass(frozen=True)
class Document:
    """A document as it was compared."""

    doc_id: str
    source: str
    source_id: str
    title: str | None
    url: str | None
    text: str


def removals(store: Store, manifest: Manifest) -> pl.DataFrame:
    """Every document of a version that lost; see `removals_in`."""
    return removals_in(store, manifest.verdicts)


def removals_in(store: Store, verdicts: Sequence[Blob]) -> pl.DataFrame:
    """Every document that lost: doc_id, winner, method, similarity, threshold, in the order of the verdicts."""
    columns = ["doc_id", "stage", "reason", "value", "threshold", "evidence"]
    frames = []
    for blob in verdicts:
        frame = pl.from_arrow(store.get_table(blob, columns))
        frames.append(frame.filter((pl.col("stage") == STAGE) & pl.col("evidence").is_not_null()).drop("stage"))
    names = {"reason": "method", "value": "similarity", "evidence": "winner"}
    return pl.concat(frames).rename(names) if frames else pl.DataFrame(schema=[*columns[:1], *names.values()])


def find_removal(store: Store, manifest: Manifest, doc_id: str) -> Removal:
    """How the document lost; `doc_id` may be the beginning of one. `InputError` when it did not."""
    lost = removals(store, manifest)
    found = lost.filter(pl.col("doc_id").str.starts_with(doc_id))
    if found.height == 1:
        return Removal(**found.row(0, named=True))
    if found.height > 1:
        raise InputError(f"{found.height} removed documents begin with {doc_id!r}; give more of the id")
    fate = _fate(store, manifest, doc_id)
    raise InputError(f"{doc_id!r} is no duplicate in {manifest.name} {manifest.id}: {fate}")


def sizes(lost: pl.DataFrame) -> pl.DataFrame:
    """Clusters by size: winner, documents it removed, their methods, the least similarity; largest first."""
    return (
        lost.group_by("winner")
        .agg(
            pl.len().alias("removed"),
            pl.col("method").unique().sort().str.join(", ").alias("methods"),
            pl.col("similarity").min().alias("least_similarity"),
        )
        .sort(["removed", "winner"], descending=[True, False])
    )


def find_documents(store: Store, wanted: Sequence[str]) -> dict[str, Document]:
    """The documents of these ids, kept or removed, as the last step that wrote their text left them.

    Removed documents are in no shard: they are looked up in what the build's steps stored.
    """
    found: dict[str, Document] = {}
    for step in ("mask", "split", "trim", "extract"):  # the later word on a text first
        missing = {doc_id for doc_id in wanted if doc_id not in found}
        for blob in _stored(store, step) if missing else ():
            ids = store.get_table(blob, ("doc_id",))["doc_id"]
            rows = pc.indices_nonzero(pc.is_in(ids, pa.array(sorted(missing), pa.string())))
            if len(rows):
                table = store.get_table(blob, [field.name for field in dataclasses.fields(Document)]).take(rows)
                found |= {row["doc_id"]: Document(**row) for row in table.to_pylist()}
                missing -= found.keys()
            if not missing:
                break
    if lost := [doc_id for doc_id in wanted if doc_id not in found]:
        raise InputError(f"the store no longer holds the text of {', '.join(lost)}; build the version again")
    return found


def _stored(store: Store, step: str) -> Iterator[Blob]:
    for path in store.list(f"receipts/{step}"):
        receipt = store.get_json(path) or {}
        blob = Blob(**receipt["outputs"]["documents"]) if "documents" in receipt.get("outputs", {}) else None
        if blob is not None and store.exists(blob.path):
            yield blob


def _fate(store: Store, manifest: Manifest, doc_id: str) -> str:
    for blob in manifest.verdicts:
        frame = pl.from_arrow(store.get_table(blob, ["doc_id", "verdict", "stage", "reason"]))
        for row in frame.filter(pl.col("doc_id").str.starts_with(doc_id)).iter_rows(named=True):
            if row["verdict"] == schema.KEEP:
                return "it was kept"
            past = "dropped" if row["verdict"] == schema.DROP else "quarantined"
            return f"it was {past} by {row['stage']}.{row['reason']}"
    return "the version never saw it"
