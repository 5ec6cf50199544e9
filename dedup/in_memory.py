"""A build's deduplication over a list of texts, in memory: for the canaries, for benchmarks, to try settings out."""

import pyarrow as pa

from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify
from shards import schema

Removal = tuple[int, int, float, str]  # place of the removed text, place of the one kept for it, similarity, method


def removals(texts: list[str], signature: Signature, bands: Bands, verify: Verify) -> list[Removal]:
    """What the steps remove, in the order of the texts; of texts that are equal in merit the first stays."""
    rows = len(texts)
    ids = pa.array([f"{at:016x}" * 2 for at in range(rows)], pa.string())
    hashes = pa.array([schema.content_hash(text) for text in texts], pa.string())
    documents = pa.table({"doc_id": ids, "text": pa.array(texts, pa.string()), "content_hash": hashes})
    signatures = signature.run(documents)["signatures"]
    known = {"doc_id": ids} | {name: pa.array([""] * rows, pa.string()) for name in ("stage", "reason")}
    known["verdict"] = pa.array([schema.KEEP] * rows, pa.string())
    candidates = pa.table(
        [known.get(field.name, pa.nulls(rows, field.type)) for field in schema.VERDICT], schema=schema.VERDICT
    )
    banded = bands.run(signatures=signatures, candidates=candidates)["bands"]
    edges = [Match().run(bands=[pa.Table.from_batches([batch])])["edges"] for batch in banded]
    [clusters] = Components(1).run(edges=edges)["clusters"]
    equal = pa.array([0] * rows, pa.int32()), pa.array([0.0] * rows, pa.float64()), pa.nulls(rows, pa.string())
    ranks = pa.table(equal, schema=schema.RANK)
    found = verify.run(pa.Table.from_batches([clusters]), [signatures], [ranks])["duplicates"][0]
    columns = (found[name].to_pylist() for name in ("row", "winner", "similarity", "method"))
    return [(row, int(winner[:16], 16), *rest) for row, winner, *rest in zip(*columns, strict=True)]
