"""An addition to a version: old documents per core-second that new ones are compared with, beside signing them again.

New documents are copies of old ones with planted Jaccard 0.8, 0.9 and 0.95 (`bench/tools/planted.py`), about one to
seven old ones, in partitions. Ours reads the version's stored signatures and verdicts. The peer reads the version's
texts and signs them, as is done where no signatures are kept; what follows is the same steps for both, every input read
from a store. Process CPU time of the whole, medians of three turns after a warm run; one core. Both sides are ours: no
peer keeps signatures of a version. `bytes_*`: read of an old document. `removed_*`: new documents removed, of `new`
(not all pairs share a band: see `bench/dedup.py`). `same_removals`: whether both remove the same documents for the same
winners.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from bench.frame import Benchmark, run
from bench.tools.planted import plant
from bench.tools.turns import in_turns
from dedup.earlier.elders import Elders
from dedup.matching.candidates import all_kept
from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match, batches
from dedup.signatures.signature import Signature
from dedup.verification.members import COMPARED
from dedup.verification.verify import Verify
from shards import schema
from shards.store import Blob, Store

VERSION = "0123456789abcdef"
PARTITION = 2500  # documents
Pair = tuple[Blob, Blob]  # documents or signatures, and verdicts


def measure(quick: bool) -> Benchmark:
    """Both sides in turns."""
    planted = plant(4_000 if quick else 40_000)
    copies = {copy for pairs in planted.pairs.values() for _, copy, _ in pairs}
    old = [text for at, text in enumerate(planted.texts) if at not in copies]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        version = [_written(store, old[at : at + PARTITION], at) for at in range(0, len(old), PARTITION)]
        signed = [(_signed(store, documents), verdicts) for documents, verdicts in version]
        new = _written(store, [planted.texts[at] for at in sorted(copies)], len(old))
        sides: dict[str, Callable[[], set]] = {
            "ours": lambda: _addition(store, signed, new),
            "signing_again": lambda: _addition(store, [(_signed(store, d), v) for d, v in version], new),
        }
        removed = {name: side() for name, side in sides.items()}
        speed = {name: len(old) / seconds for name, seconds in in_turns(sides, 3).items()}
        checks = {
            "old": len(old),
            "new": len(copies),
            "removed_ours": len(removed["ours"]),
            "same_removals": removed["ours"] == removed["signing_again"],
            "bytes_ours": sum(blob.bytes for pair in signed for blob in pair) / len(old),
            "bytes_signing_again": sum(blob.bytes for pair in version for blob in pair) / len(old),
        }
    return Benchmark("against", "old documents/core-s", speed.pop("ours"), speed, checks)


def _written(store: Store, texts: list[str], first: int) -> Pair:
    ids = [schema.doc_id("bench", str(first + at)) for at in range(len(texts))]
    hashes = [schema.content_hash(text) for text in texts]
    documents = pa.table({"doc_id": ids, "text": texts, "content_hash": hashes})
    return store.put_table(documents), store.put_table(all_kept(pa.array(ids), "en"))


def _signed(store: Store, documents: Blob) -> Blob:
    return store.put_table(Signature().run(store.get_table(documents))["signatures"], Signature.compression)


def _addition(store: Store, version: list[Pair], new: Pair) -> set[tuple[int, str]]:
    """Rows of `new` that are removed against the version, each with its winner."""
    bands = Bands()
    signatures, ranks, banded = [], [], []
    for at, (blob, verdicts) in enumerate([(_signed(store, new[0]), new[1]), *version]):
        elders = Elders(-1 if at else 0).run(store.get_table(blob, ("doc_id",)), store.get_table(verdicts))
        signatures.append(store.get_table(blob, COMPARED))
        ranks.append(elders["ranks"])
        banded.append(store.put_table(bands.run(store.get_table(blob), elders["candidates"])["bands"]))
    edges = [
        Match().run([store.get_table(blob, batch=batch) for blob in banded])["edges"]
        for batch in range(batches(bands.bands, bands.prefixes))
    ]
    [clusters] = Components(1).run(edges)["clusters"]
    verify = Verify(elders=(VERSION,) * len(version))
    [lost] = verify.run(pa.Table.from_batches([clusters]), signatures, ranks)["duplicates"]
    return set(zip(lost["row"].to_pylist(), lost["winner"].to_pylist(), strict=True))


if __name__ == "__main__":
    run(measure, __doc__)
