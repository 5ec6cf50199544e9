"""From token shards on disk to ready span-corruption batches: raw tokens per core-second, 128 examples of 568 tokens.

The text is real (E3C cases and leaflets, NTREX news, sample pages; four languages), in a SentencePiece vocabulary of
8,000, repeated to about 30 million tokens. Ours reads memory-mapped token shards; the peers read the same tokens, cut
into chunks beforehand, as Hugging Face dataset, as flat memory map and as mosaicml-streaming shards, each by torch's
DataLoader and the numpy collator of `bench/peers/t5_collator.py`. One process without workers, all files in the page
cache, CPU time of the process with its threads, medians of three turns after a warm one; a turn is up to 1,000 batches
or an epoch. `*_without_corruption`: chunks gathered into a batch only. `document_*`, `ul2_*`: ours in these modes.
`resume_cpu_seconds`: from closed token shards to the batch at example 10^9; `resume_10m_documents_cpu_seconds`: the
same from the borders of 10 million documents, of one language. Not shown: workers, and shards that come over a network
(what mosaicml-streaming is made for).
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import sentencepiece

from bench.frame import Benchmark, run
from bench.peers import t5_loaders as peers
from bench.peers.t5_collator import T5Collator
from bench.tools.texts import texts
from shards.store import Blob, Store
from train.data import tokens
from train.data.denoisers import T5, UL2
from train.data.documents import Documents
from train.data.split import split
from train.data.stream import ExampleStream, Special

VOCABULARY, BATCH, RAW, SHARDS = 8_000, 128, 568, 8
SPECIAL = Special(tuple(range(VOCABULARY - 1, VOCABULARY - 101, -1)), 1)


def measure(quick: bool) -> Benchmark:
    """All in turns over the same text."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        arrays = encode(root) * (4 if quick else 20)
        order = np.random.default_rng(0).permutation(len(arrays))
        arrays = [arrays[k] for k in order]
        flat = np.concatenate(arrays)
        chunks = flat[: len(flat) // RAW * RAW].reshape(-1, RAW)
        store, blobs = write_shards(arrays, root / "store")
        collator = T5Collator(VOCABULARY)
        sides: dict[str, Callable[[int], Iterator]] = {
            "ours": batches(store, blobs, "reference"),
            "document": batches(store, blobs, "document"),
            "ul2": batches(store, blobs, "reference", UL2),
            "ours_without_corruption": chunks_only(store, blobs),
        }
        for name in ("datasets", "memmap", *(["streaming"] if peers.streaming_installed() else [])):
            getattr(peers, f"write_{name}")(chunks, root / name)
            loader = getattr(peers, f"{name}_loader")
            sides[f"{name}_collator"] = lambda turn, name=name, loader=loader: loader(root / name, BATCH, collator)
            sides[f"{name}_without_corruption"] = lambda turn, name=name, loader=loader: loader(
                root / name, BATCH, lambda rows: np.stack([row["input_ids"] for row in rows])
            )
        speed = speeds(sides, quick)
        checks: dict[str, float | bool] = {"million_tokens": len(flat) / 1e6, "documents": len(arrays)}
        checks |= {"resume_cpu_seconds": resume(store, blobs), "streaming": peers.streaming_installed()}
    stream = open_stream_of(large_corpus(1_000_000 if quick else 10_000_000))
    checks[f"resume_{'1m' if quick else '10m'}_documents_cpu_seconds"] = stream
    side = {name: speed.pop(name) for name in list(speed) if "without" in name or name in ("document", "ul2")}
    checks |= {f"{name}_million_tokens_per_core_s": value for name, value in side.items()}
    return Benchmark("loader", "million tokens/core-s", speed.pop("ours"), speed, checks)


def encode(root: Path) -> list[np.ndarray]:
    """Ids of all texts, by a model trained on them."""
    found = [text for origin, _, text in texts() if origin != "web"] or [text for _, _, text in texts()]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(line for text in found for line in text.splitlines()),
        model_prefix=str(root / "pieces"),
        vocab_size=VOCABULARY - 100,
        hard_vocab_limit=False,
        num_threads=2,
        minloglevel=2,
    )
    model = sentencepiece.SentencePieceProcessor(model_file=str(root / "pieces.model"))
    return [np.array(ids, np.uint16) for ids in model.encode(found) if len(ids) > 1]


def write_shards(arrays: list[np.ndarray], folder: Path) -> tuple[Store, list[Blob]]:
    """Token shards as `python -m train.prepare` writes them."""
    store, size = Store(folder), -(-len(arrays) // SHARDS)
    blobs = []
    for first in range(0, len(arrays), size):
        own = arrays[first : first + size]
        names = [f"{number:032x}" for number in range(first, first + len(own))]
        blobs.append(store.put_table(tokens.token_table(names, ["text"] * len(own), own, np.uint16), compression=None))
    return store, blobs


def open_stream(store: Store, blobs: list[Blob], mode: str = "reference", denoisers=T5) -> ExampleStream:
    """Stream of all documents, none held out."""
    documents = split([tokens.read(store, blob) for blob in blobs], 0.0).train
    return ExampleStream({"en": documents}, {"en": 1.0}, SPECIAL, 512, 0, denoisers, mode)


def batches(store: Store, blobs: list[Blob], mode: str, denoisers=T5) -> Callable[[int], Iterator]:
    """Batches of a turn, with the number of raw tokens of each."""
    stream = open_stream(store, blobs, mode, denoisers)

    def of_turn(turn: int) -> Iterator:
        for number in range(10**6):
            stream.batch((turn * 10**6 + number) * BATCH, (turn * 10**6 + number + 1) * BATCH)
            yield stream.tokens * BATCH

    return of_turn


def chunks_only(store: Store, blobs: list[Blob]) -> Callable[[int], Iterator]:
    """The chunks of a turn without corruption."""
    text = open_stream(store, blobs).texts[0][0]

    def of_turn(turn: int) -> Iterator:
        for number in range(10**6):
            text.sequences(np.arange(BATCH) + (turn * 10**6 + number) * BATCH)
            yield RAW * BATCH

    return of_turn


def speeds(sides: dict[str, Callable[[int], Iterator]], quick: bool) -> dict[str, float]:
    """Million tokens per second of CPU time of each side, medians over the turns; a peer's turn is an epoch."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(2 if quick else 4):
        for name, side in sides.items():
            reading = side(turn)
            list(islice(reading, 2))  # open files, start threads
            began, count = time.process_time(), 0
            for batch in islice(reading, 100 if quick else 1000):
                count += batch if isinstance(batch, float | int) else RAW * BATCH
            found[name].append(count / (time.process_time() - began) / 1e6)
    return {name: statistics.median(values[1:]) for name, values in found.items()}  # the first turn warms up


def resume(store: Store, blobs: list[Blob]) -> float:
    """Seconds from closed shards to the batch at example 10^9."""
    began = time.process_time()
    open_stream(store, blobs).batch(10**9, 10**9 + BATCH)
    return time.process_time() - began


def large_corpus(count: int) -> Documents:
    """Borders of so many documents, lengths as of abstracts; all of them lie in the same piece of a file."""
    random = np.random.default_rng(0)
    length = random.lognormal(5.5, 0.8, count).astype(np.int64) + 2
    values = random.integers(3, VOCABULARY - 100, length.max() + 1000, dtype=np.uint16)
    zeros = np.zeros(count, np.int32)
    return Documents([values], zeros, random.integers(0, 1000, count), length, zeros, ("text",))


def open_stream_of(documents: Documents) -> float:
    """Seconds from the documents' borders to the batch at example 10^9."""
    began = time.process_time()
    ExampleStream({"en": documents}, {"en": 1.0}, SPECIAL, 512, 0).batch(10**9, 10**9 + BATCH)
    return time.process_time() - began


if __name__ == "__main__":
    run(measure, __doc__)
