"""A build's matching and verification in memory: for the canaries, for tests and benchmarks, to try settings out."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from dedup.matching.candidates import all_kept, equal_ranks
from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match
from dedup.signatures.signature import Signature
from dedup.verification.verify import DUPLICATES, Verify
from shards import schema

Removal = tuple[int, int, float, str]  # place of the removed text, place of the one kept for it, similarity, method


class Partition(NamedTuple):
    """What the steps read of a partition: `schema.SIGNATURE`, `schema.VERDICT` and `schema.RANK`, the same rows."""

    signatures: pa.Table
    candidates: pa.Table
    ranks: pa.Table


def find_duplicates(partitions: Sequence[Partition], bands: Bands, verify: Verify, parts: int = 1) -> list[pa.Table]:
    """What the steps remove: DUPLICATES of each partition, but of those at the end that are `verify.elders`.

    `parts`: tasks of verification.
    """
    banded = [bands.run(one.signatures, one.candidates)["bands"] for one in partitions]
    tasks = [[pa.Table.from_batches([batch]) for batch in task] for task in zip(*banded, strict=True)]
    clusters = Components(parts).run([Match().run(task)["edges"] for task in tasks])["clusters"]
    signatures, ranks = [one.signatures for one in partitions], [one.ranks for one in partitions]
    found = [verify.run(pa.Table.from_batches([part]), signatures, ranks)["duplicates"] for part in clusters]
    return [pa.Table.from_batches(batches, DUPLICATES) for batches in zip(*found, strict=True)]


def deduplicate(texts: list[str], signature: Signature, bands: Bands, verify: Verify) -> list[Removal]:
    """What the steps remove, in the order of the texts; of texts that are equal in merit the first stays."""
    ids = pa.array([f"{at:016x}" * 2 for at in range(len(texts))], pa.string())
    hashes = pa.array([schema.content_hash(text) for text in texts], pa.string())
    documents = pa.table({"doc_id": ids, "text": pa.array(texts, pa.string()), "content_hash": hashes})
    candidates = all_kept(ids)
    whole = Partition(signature.run(documents)["signatures"], candidates, equal_ranks(candidates))
    [found] = find_duplicates([whole], bands, verify)
    columns = (found[name].to_pylist() for name in ("row", "winner", "similarity", "method"))
    return [(row, int(winner[:16], 16), *rest) for row, winner, *rest in zip(*columns, strict=True)]
