"""Deduplication of partitions of texts, as a build runs it, with what a test wants to state of each document."""

import dataclasses
from datetime import UTC, datetime

import pyarrow as pa

from dedup.earlier.elders import Elders
from dedup.in_memory import Partition, find_duplicates
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify
from shards import schema

FETCHED = datetime(2024, 5, 1, tzinfo=UTC)
_BANDS = Bands(prefixes=3)
Removal = tuple[str, str, str, float]  # key, winner, method, similarity


@dataclasses.dataclass(frozen=True)
class Doc:
    """A document. `priority`: of its source in the recipe; an address was fetched unless `record`."""

    key: str
    text: str
    source: str = "web"
    language: str | None = "en"
    url: str | None = None
    record: bool = False
    priority: int = 0
    quality: float = 0.5

    @property
    def doc_id(self) -> str:
        return schema.doc_id(self.source, self.key)


def sign(docs: list[Doc]) -> pa.Table:
    """Their signatures."""
    table = {
        "doc_id": pa.array([doc.doc_id for doc in docs], pa.string()),
        "text": pa.array([doc.text for doc in docs], pa.string()),
        "content_hash": pa.array([schema.content_hash(doc.text) for doc in docs], pa.string()),
        "source": pa.array([doc.source for doc in docs], pa.string()),
        "canonical_url": pa.array([doc.url for doc in docs], pa.string()),
        "fetched": pa.array([None if doc.record else FETCHED for doc in docs], pa.timestamp("s", tz="UTC")),
    }
    return Signature().run(pa.table(table))["signatures"]


def removed(
    partitions: list[list[Doc]], older: dict[str, list[list[Doc]]] | None = None, verify: Verify | None = None
) -> set[Removal]:
    """What goes, beside versions in `against` (`older`: the oldest first; of each its partitions, all kept)."""
    members = [Partition(sign(docs), _kept(docs), _ranks(docs)) for docs in partitions]
    elders: list[str] = []
    for age, (version, parts) in enumerate((older or {}).items()):
        for docs in parts:
            found = Elders(age - len(older or {})).run(sign(docs), _kept(docs))
            members.append(Partition(sign(docs), **found))
            elders.append(version)
    step = dataclasses.replace(verify or Verify(), elders=tuple(elders))
    return {
        (docs[row["row"]].key, row["winner"], row["method"], row["similarity"])
        for docs, found in zip(partitions, find_duplicates(members, _BANDS, step, parts=2), strict=True)
        for row in found.to_pylist()
    }


def _kept(docs: list[Doc]) -> pa.Table:
    rows = [{"doc_id": doc.doc_id, "verdict": schema.KEEP, "stage": "", "reason": "", "language": doc.language}
            for doc in docs]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema.VERDICT)


def _ranks(docs: list[Doc]) -> pa.Table:
    rows = [{"priority": doc.priority, "quality": doc.quality, "language": doc.language} for doc in docs]
    return pa.Table.from_pylist(rows, schema=schema.RANK)
