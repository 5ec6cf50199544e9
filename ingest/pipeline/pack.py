"""Packing: the kept documents of a run of partitions, one language, become shards of the version."""

import dataclasses
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from shards import schema
from shards.shard import rebatch, split_rows
from shards.step import Step


@dataclasses.dataclass(frozen=True)
class Pack(Step):
    """`language` of the partitions given; the shards' `language` column says the detected language.

    `max_bytes` of text a shard; more than one is made only where a single partition is larger than that.
    """

    language: str
    max_bytes: int

    name = "pack"
    version = 2
    memory = 2 << 30

    def run(self, documents: list[pa.Table], verdicts: list[pa.Table]) -> dict[str, pa.Table]:
        """-> shard-00000 ... (schema.DOCUMENT), partitions in the build's order, documents in theirs."""
        kept = pa.concat_tables([self._kept(*pair) for pair in zip(documents, verdicts, strict=True)])
        pieces = split_rows(kept, self.max_bytes)
        return {f"shard-{number:05d}": rebatch(piece) for number, piece in enumerate(pieces)}

    def _kept(self, documents: pa.Table, verdicts: pa.Table) -> pa.Table:
        verdicts = verdicts.slice(0, documents.num_rows)  # quarantined inputs follow the documents
        chosen = pc.and_(pc.equal(verdicts["verdict"], schema.KEEP), pc.equal(verdicts["language"], self.language))
        kept = schema.check(documents, schema.DOCUMENT, "documents").filter(chosen)
        place = schema.DOCUMENT.get_field_index("language")
        return kept.set_column(
            place, schema.DOCUMENT.field(place), pa.array([self.language] * kept.num_rows, pa.string())
        )


def groups(sizes: Iterable[tuple[int, int]], target: int) -> list[list[int]]:
    """Runs of consecutive partitions whose sizes add up to about `target`; empty partitions are left out.

    `sizes`: (partition, size) in the build's order. A pure function, so equal inputs give equal shards.
    """
    runs: list[list[int]] = []
    filled = target
    for partition, size in sizes:
        if not size:
            continue
        if filled + size > target:
            runs.append([])
            filled = 0
        runs[-1].append(partition)
        filled += size
    return runs
