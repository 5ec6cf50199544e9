"""Documents with planted near duplicates of known similarity, for benchmarks of deduplication.

A document is runs of three to eight words out of real text (`../shared/data/text-medical`, else words that are made
up), so that words and short phrases repeat as in language, but no 5-gram more than by chance. A planted copy has single
words exchanged, five or more words apart: each costs five 5-grams, so the Jaccard similarity follows exactly.

    python -m bench.tools.planted DOCUMENTS FOLDER
"""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from shards import schema

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "text-medical"
LEVELS = (0.8, 0.9, 0.95)
NGRAM = 5
_PARTITIONS = 10
_STREAM = 400_000  # words of real text drawn from


Pairs = dict[float, list[tuple[int, int, float]]]  # level -> (original, copy, Jaccard of their 5-grams)


@dataclasses.dataclass(frozen=True)
class Planted:
    """Documents, and which of them are copies of which."""

    texts: list[str]
    pairs: Pairs


def plant(documents: int, words: int = 320, seed: int = 1) -> Planted:
    """`documents` texts of about `words` words; a 25th of them are copies at each level, spread over the whole."""
    random = np.random.default_rng(seed)
    stream = word_stream()
    copies = max(1, documents // 25)
    originals = documents - copies * len(LEVELS)
    texts = [_document(random, stream, int(random.normal(words, words / 8))) for _ in range(originals)]
    chosen = random.permutation(originals)[: copies * len(LEVELS)].reshape(len(LEVELS), copies)
    made: list[list[str]] = []
    found: list[tuple[float, int, float]] = []
    for level, row in zip(LEVELS, chosen, strict=True):
        for original in row.tolist():
            copy, similarity = _copy(random, texts[original], level)
            made.append(copy)
            found.append((level, original, similarity))
    order = random.permutation(documents)
    place = np.empty(documents, np.int64)
    place[order] = np.arange(documents)
    everything = texts + made
    pairs: Pairs = {level: [] for level in LEVELS}
    for number, (level, original, similarity) in enumerate(found):
        pairs[level].append((int(place[original]), int(place[originals + number]), similarity))
    return Planted([" ".join(everything[at]) for at in order], pairs)


def write(planted: Planted, folder: Path) -> None:
    """documents-N.arrow (doc_id, text, content_hash), the same as documents.jsonl, and pairs.json."""
    folder.mkdir(parents=True)
    (folder / "pairs.json").write_text(json.dumps([[level, pairs] for level, pairs in planted.pairs.items()]))
    size = -(-len(planted.texts) // _PARTITIONS)
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as lines:
        for at, text in enumerate(planted.texts):
            lines.write(json.dumps({"id": str(at), "text": text}) + "\n")
    for part in range(_PARTITIONS):
        texts = planted.texts[part * size : (part + 1) * size]
        ids = [schema.doc_id("planted", str(at)) for at in range(part * size, part * size + len(texts))]
        hashes = [schema.content_hash(text) for text in texts]
        table = pa.table({"doc_id": ids, "text": texts, "content_hash": hashes})
        with (
            pa.OSFile(str(folder / f"documents-{part:02d}.arrow"), "wb") as file,
            pa.ipc.new_file(file, table.schema) as writer,
        ):
            writer.write_table(table)


def read_pairs(folder: Path) -> Pairs:
    """The planted pairs that lie beside documents."""
    return {level: [tuple(pair) for pair in pairs] for level, pairs in json.loads((folder / "pairs.json").read_text())}


def word_stream() -> np.ndarray:
    """Words of real medical text in their order; made up, with the frequencies of language, where there is none."""
    files = sorted((REAL / "e3c_layer3").rglob("*.json")) if REAL.exists() else []
    words: list[str] = []
    for path in files:
        words += json.loads(path.read_text(encoding="utf-8")).get("text", "").split()
        if len(words) >= _STREAM:
            return np.array(words[:_STREAM], dtype=object)
    random = np.random.default_rng(0)
    letters = random.integers(97, 123, (30_000, 10)).astype(np.uint8)
    vocabulary = [bytes(row[: 2 + at % 9]).decode() for at, row in enumerate(letters)]
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    return random.choice(np.array(vocabulary, dtype=object), _STREAM, p=weights / weights.sum())


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    """The distinct 5-grams."""
    return set(zip(*(words[at:] for at in range(NGRAM)), strict=False))


def _document(random: np.random.Generator, stream: np.ndarray, words: int) -> list[str]:
    found: list[str] = []
    while len(found) < words:
        start = int(random.integers(0, len(stream) - 8))
        found += stream[start : start + int(random.integers(3, 9))].tolist()
    return found[:words]


def _copy(random: np.random.Generator, words: list[str], level: float) -> tuple[list[str], float]:
    """A copy at a similarity of at least `level`, as near to it as whole words allow, and the exact similarity."""
    before = shingles(words)
    changes = int(len(before) * (1 - level) / (NGRAM * (1 + level)))
    slots = random.permutation(np.arange(NGRAM, len(words) - NGRAM, NGRAM))[:changes]
    copy = list(words)
    for slot in slots.tolist():
        copy[slot] = f"{copy[slot]}x{int(random.integers(1000))}"
    after = shingles(copy)
    return copy, len(before & after) / len(before | after)


if __name__ == "__main__":
    write(plant(int(sys.argv[1])), Path(sys.argv[2]))
