"""Near-duplicate removal over the same documents, each side at its best on one core.

    python -m bench.peers.near_duplicates SIDE FOLDER OUT     # ids that would be removed end in OUT/removed.json

All take word 5-grams and 112 permutations as 14 bands of 8. Words are runs of word characters everywhere: datatrove's
default, spaCy, is six times slower and an install of its own. rensa and datasketch take what the user makes of a text.
Joined strings are rensa's fastest: its calls for many texts want them as bytes, which cost more to make than they save.
datasketch gets hashes of 5-grams, rolled by numpy from those of words, many texts a call, which spares it the drawing
of its permutations for each. Their indexes answer with candidates, of which a document's first is its duplicate;
neither verifies.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import xxhash

BANDS, ROWS, NGRAM = 14, 8, 5
THRESHOLD = 0.75  # of ours' verification: planted copies at 0.8 lie above, chance meetings far below
_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class _Codes(dict[str, int]):
    """A word's 64 bits, worked out when it is first met."""

    def __missing__(self, word: str) -> int:
        self[word] = code = xxhash.xxh3_64_intdigest(word)
        return code


def ours(folder: Path, out: Path, one_permutation: bool = True) -> list[int]:
    """The steps of a build, every output written to a store and read back, as the engine does."""
    from dedup.matching.candidates import all_kept, equal_ranks
    from dedup.matching.components import Components
    from dedup.matching.lsh import Bands, Match, batches
    from dedup.signatures.signature import Signature
    from dedup.verification.members import COMPARED
    from dedup.verification.verify import Verify
    from shards.store import Store

    store = Store(out / "store")
    signature = Signature(ngram=NGRAM, permutations=BANDS * ROWS, one_permutation=one_permutation)
    signed, banded, ranks = [], [], []
    for path in sorted(folder.glob("*.arrow")):
        with pa.memory_map(str(path)) as file:
            documents = pa.ipc.open_file(file).read_all()
        signed.append(store.put_table(signature.run(documents)["signatures"], signature.compression))
        candidates = all_kept(documents["doc_id"])
        bands = Bands(BANDS, ROWS, 1).run(signatures=store.get_table(signed[-1]), candidates=candidates)
        banded.append(store.put_table(bands["bands"]))
        ranks.append(equal_ranks(candidates))
    edges = [
        store.put_table(Match().run(bands=[store.get_table(blob, batch=batch) for blob in banded])["edges"])
        for batch in range(batches(BANDS, 1))
    ]
    clusters = store.put_table(Components(1).run(edges=[store.get_table(blob) for blob in edges])["clusters"])
    verify = Verify(THRESHOLD, 0.0, sketch=signature.sketch)
    duplicates = verify.run(
        clusters=store.get_table(clusters), signatures=[store.get_table(blob, COMPARED) for blob in signed], ranks=ranks
    )["duplicates"]
    found, before = [], 0
    for blob, batch in zip(signed, duplicates, strict=True):
        found += [before + row for row in batch["row"].to_pylist()]
        before += blob.rows
    return found


def classical(folder: Path, out: Path) -> list[int]:
    """Ours, with a minimum of each of 112 permutations."""
    return ours(folder, out, one_permutation=False)


def datasketch(folder: Path, out: Path) -> list[int]:
    """MinHash over 32 bits of each hash, inserted into MinHashLSH one by one after a query."""
    from datasketch import MinHash, MinHashLSH

    index, removed = MinHashLSH(params=(BANDS, ROWS), num_perm=BANDS * ROWS), []
    hashes = ((shingles >> np.uint64(32)).tolist() for shingles in _hashed(folder))
    for number, signature in enumerate(MinHash.generator(hashes, num_perm=BANDS * ROWS, hashfunc=int)):
        if index.query(signature):
            removed.append(number)
        else:
            index.insert(number, signature)
    return removed


def rensa(folder: Path, out: Path) -> list[int]:
    """RMinHash over 5-grams as strings (repeated ones change no minimum), and its own index."""
    from rensa import RMinHash, RMinHashLSH

    index, removed = RMinHashLSH(threshold=0.8, num_perm=BANDS * ROWS, num_bands=BANDS), []
    for number, text in _texts(folder):
        words = _words(text)
        signature = RMinHash(num_perm=BANDS * ROWS, seed=1)
        signature.update(list(map(" ".join, zip(*(words[at:] for at in range(NGRAM)), strict=False))))
        if index.query(signature):
            removed.append(number)
        else:
            index.insert(number, signature)
    return removed


def datatrove(folder: Path, out: Path) -> list[int]:
    """Its four stages, each an executor of its own; the ids it leaves away are read off what it keeps."""
    from datatrove.executor.local import LocalPipelineExecutor
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from bench.peers.datatrove_build import Words

    config = MinhashConfig(n_grams=NGRAM, num_buckets=BANDS, hashes_per_bucket=ROWS)
    signatures, buckets, removals, kept = (str(out / name) for name in ("signatures", "buckets", "removals", "kept"))

    def stage(name: str, steps: list, tasks: int = 1) -> None:
        LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=str(out / "logs" / name)).run()

    def read() -> JsonlReader:
        return JsonlReader(str(folder), compression=None, glob_pattern="*.jsonl")

    stage("signatures", [read(), MinhashDedupSignature(signatures, config, language=Words())])
    stage("buckets", [MinhashDedupBuckets(signatures, buckets, config=config)], tasks=BANDS)
    stage("clusters", [MinhashDedupCluster(buckets, removals, config=config)])
    stage("keep", [read(), MinhashDedupFilter(removals), JsonlWriter(kept, compression=None)])
    lines = (line for path in Path(kept).glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines())
    remaining = {int(json.loads(line)["id"]) for line in lines}
    return [number for number, _ in _texts(folder) if number not in remaining]


SIDES: dict[str, Callable[[Path, Path], list[int]]] = {
    "ours": ours, "classical": classical, "rensa": rensa, "datasketch": datasketch, "datatrove": datatrove,
}  # fmt: skip


def _texts(folder: Path) -> Iterator[tuple[int, str]]:
    number = 0
    for path in sorted(folder.glob("*.arrow")):
        with pa.memory_map(str(path)) as file:
            for text in pa.ipc.open_file(file).read_all()["text"].to_pylist():
                yield number, text
                number += 1


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _hashed(folder: Path) -> Iterator[np.ndarray]:
    """Hashes (uint64) of the 5-grams of each text."""
    code = _Codes().__getitem__
    for _, text in _texts(folder):
        words = np.fromiter(map(code, _words(text)), np.uint64)
        count = max(0, len(words) - NGRAM + 1)
        hashes = words[:count].copy()
        for at in range(1, NGRAM):
            hashes = hashes * _FACTOR + words[at : at + count]
        yield hashes


if __name__ == "__main__":
    side, source, target = sys.argv[1:]
    place = Path(target)
    place.mkdir(parents=True)
    (place / "removed.json").write_text(json.dumps(SIDES[side](Path(source), place)))
