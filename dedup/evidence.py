"""What deduplication did to a version, read from its verdicts: who won against whom, by which method and how surely."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from catalog.manifest import Manifest
from catalog.versions import load_manifest
from shards import schema
from shards.errors import InputError
from shards.store import Blob, Store

STAGE = "dedup"


@dataclasses.dataclass(frozen=True)
class Removal:
    """One document that lost. `method`: one of `verification.rule.METHODS`; `similarity` 0 to 1.

    `winner`: its doc_id, followed by @ and a version where it is a document of that one.
    """

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


def removals(store: Store, verdicts: Sequence[Blob]) -> pl.DataFrame:
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
    lost = removals(store, manifest.verdicts)
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


def find_documents(store: Store, manifest: Manifest, wanted: Sequence[str]) -> dict[str, Document]:
    """The documents of these ids, kept or removed, as they were compared; `ID@VERSION` is in the shards of that one.

    Removed documents are in no shard: they are looked up in what the build's steps stored, the later word on a text
    first. Of a document that another version has with another text, the content hash says which of them it is.
    """
    own = {reference for reference in wanted if "@" not in reference}
    found = find_stored(store, wanted, _content_hashes(store, manifest, own))
    if lost := [reference for reference in wanted if reference not in found]:
        raise InputError(f"the store no longer holds the text of {', '.join(lost)}; build the version again")
    return found


def find_stored(store: Store, wanted: Collection[str], hashes: Mapping[str, str]) -> dict[str, Document]:
    """Those that the store still has, with the content hash that is stated for them, if any."""
    found: dict[str, Document] = {}
    by_version: dict[str, set[str]] = {}
    for reference in wanted:
        doc_id, _, version = reference.partition("@")
        by_version.setdefault(version, set()).add(doc_id)
    for step in ("mask", "split", "trim", "extract"):
        found |= _search(store, _stored(store, step), by_version.get("", set()) - found.keys(), hashes)
    for version in sorted(by_version.keys() - {""}):
        shards = [shard.blob for shard in load_manifest(store, version).shards]
        kept = _search(store, shards, by_version[version], {})
        found |= {f"{doc_id}@{version}": document for doc_id, document in kept.items()}
    return found


def _search(
    store: Store, blobs: Iterable[Blob], wanted: Collection[str], hashes: Mapping[str, str]
) -> dict[str, Document]:
    """Documents of these ids in tables of `schema.DOCUMENT`, with the content hash that is stated for them, if any."""
    found: dict[str, Document] = {}
    fields = [field.name for field in dataclasses.fields(Document)]
    for blob in blobs:
        missing = sorted(wanted - found.keys())
        if not missing:
            break
        ids = store.get_table(blob, ("doc_id",))["doc_id"]
        rows = pc.indices_nonzero(pc.is_in(ids, pa.array(missing, pa.string())))
        for row in store.get_table(blob, [*fields, "content_hash"]).take(rows).to_pylist() if len(rows) else ():
            if hashes.get(row["doc_id"], row["content_hash"]) == row.pop("content_hash"):
                found[row["doc_id"]] = Document(**row)
    return found


def _content_hashes(store: Store, manifest: Manifest, wanted: Collection[str]) -> dict[str, str]:
    """Of these documents the hash of the text that the version saw; none where it keeps no signatures."""
    found: dict[str, str] = {}
    for blob in manifest.signatures.objects if manifest.signatures else ():
        table = store.get_table(blob, ("doc_id", "content_hash"))
        rows = table.filter(pc.is_in(table["doc_id"], pa.array(sorted(wanted), pa.string()))).to_pylist()
        found |= {row["doc_id"]: row["content_hash"] for row in rows}
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
