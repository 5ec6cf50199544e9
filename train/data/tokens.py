"""Token shards: a version's text as ids, memory-mapped, one object for each text shard, named by what made it.

    python -m train.prepare --root store --version demo@latest --out runs/demo --vocab-size 8000

An object is an uncompressed Arrow file with one record batch, a row a document: `doc_id`, `source`, `point` (see
`held_out_points`), `sketch` (see `sketch`), and `tokens` as one flat array with offsets, so documents lie one
behind the other without separator and their borders are known. A shard that two versions share is tokenised once.
"""

import dataclasses
import hashlib
import secrets
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from rich.progress import Progress

from shards.errors import CorruptionError
from shards.shard import Shard
from shards.step import canonical_json, library_version
from shards.store import Blob, Store
from train.data import spm, tokenizer
from train.data.corpus import Corpus, held_out_points
from train.data.sketch import HASHES, sketches
from train.data.tokenizer import Tokenizer

VERSION = 2
COMPARED = 16  # documents of a shard whose ids are compared with those of Hugging Face's tokenizer


@dataclasses.dataclass(frozen=True)
class TokenShard:
    """One memory-mapped shard: `values` holds all ids, document i is `values[offsets[i]:offsets[i + 1]]`.

    It is from `sources[source[i]]`; `points` decide what is held out, `sketches` what is a near-duplicate.
    """

    values: np.ndarray
    offsets: np.ndarray
    points: np.ndarray
    sketches: np.ndarray
    source: np.ndarray
    sources: list[str]


def tokenise(corpus: Corpus, tokens: Tokenizer, languages: list[str], bar: Progress) -> dict[str, list[Blob]]:
    """Token objects of each language, in the manifest's order of shards; what exists is not made again."""
    work = [(language, entry) for language in languages for entry in corpus.shards(language)]
    task = bar.add_task("tokens", total=sum(entry.rows for _, entry in work), note="documents")
    blobs: dict[str, list[Blob]] = {language: [] for language in languages}
    for language, entry in work:
        receipt = f"receipts/tokens/{key(entry, tokens)}.json"
        found = corpus.store.get_json(receipt)
        if found is None or not corpus.store.exists(Blob(**found).path):
            blob = corpus.store.put_table(tokenise_shard(corpus, entry, tokens), compression=None)
            found = dataclasses.asdict(blob)
            corpus.store.put_json(receipt, found)
        blobs[language].append(Blob(**found))
        bar.advance(task, entry.rows)
    return blobs


def key(entry: Shard, tokens: Tokenizer) -> str:
    """Name of the token object of a text shard: hash of everything that shapes it, 40 hex digits."""
    libraries = {name: library_version(name) for name in ("sentencepiece", "tokenizers")}
    made_by = {"shard": entry.blob.digest, "tokenizer": tokens.digest, "version": VERSION, "libraries": libraries}
    return hashlib.sha256(canonical_json(made_by).encode()).hexdigest()[:40]


def tokenise_shard(corpus: Corpus, entry: Shard, tokens: Tokenizer) -> pa.Table:
    """The shard's documents as ids: uint16 where every id fits, else int32."""
    kind = np.uint16 if tokens.size <= 1 << 16 else np.int32
    doc_ids: list[str] = []
    sources: list[str] = []
    arrays: list[np.ndarray] = []
    for names, texts, origins in corpus.documents(entry, ("doc_id", "text", "source")):
        doc_ids += names
        sources += origins
        arrays += [ids.astype(kind) for ids in tokens.encode(texts)]
    return token_table(doc_ids, sources, arrays, kind)


def token_table(doc_ids: list[str], sources: list[str], arrays: list[np.ndarray], kind: type) -> pa.Table:
    """The content of a token object: a row a document, `kind` uint16 or int32."""
    offsets = np.cumsum([0, *(len(ids) for ids in arrays)], dtype=np.int64)
    flat = np.concatenate([np.empty(0, kind), *arrays])
    columns = {
        "doc_id": pa.array(doc_ids, pa.string()),
        "source": pa.array(sources, pa.string()),
        "point": pa.array(held_out_points(doc_ids)),
        "sketch": pa.FixedSizeListArray.from_arrays(pa.array(sketches(flat, offsets).ravel()), HASHES),
        "tokens": pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(flat)),
    }
    schema = pa.schema([pa.field(name, column.type, False) for name, column in columns.items()])
    return pa.Table.from_batches([pa.record_batch(list(columns.values()), schema=schema)])


def compare(corpus: Corpus, tokens: Tokenizer, languages: list[str]) -> tuple[int, int]:
    """(documents compared, those whose ids Hugging Face's tokenizer gives otherwise) of a sample of the version.

    The sample is `COMPARED` documents of the beginning of each of up to four shards a language. Raw SentencePiece is
    what trains; users of the exported model tokenise with Hugging Face's.
    """
    name = hashlib.sha256(canonical_json([corpus.manifest.id, tokens.digest, languages, VERSION]).encode()).hexdigest()
    receipt = f"receipts/tokenizer-check/{name[:40]}.json"
    found = corpus.store.get_json(receipt)
    if found is None:
        found = {"documents": 0, "different": 0}
        for language in languages if tokens.model is not None else ():
            entries = corpus.shards(language)
            for entry in entries[:: -(-len(entries) // 4)]:
                _, texts = next(corpus.documents(entry))
                some = texts[:: -(-len(texts) // COMPARED)]
                theirs = tokens.encode_slowly(some)
                same = [np.array_equal(*pair) for pair in zip(tokens.encode(some), theirs, strict=True)]
                found["documents"] += len(same)
                found["different"] += same.count(False)
        corpus.store.put_json(receipt, found)
    return found["documents"], found["different"]


def digest(blobs: dict[str, list[Blob]]) -> str:
    """Name of all token objects of a run together, 64 hex digits: what its example stream is made of."""
    names = {language: [blob.digest for blob in entries] for language, entries in blobs.items()}
    return hashlib.sha256(canonical_json(names).encode()).hexdigest()


def localise(store: Store, blobs: dict[str, list[Blob]], cache: Path) -> Store:
    """A store on a local disk, where files can be mapped, with these objects: `store` itself, or copies in `cache`."""
    if store.is_local:
        return store
    local = Store(cache)
    cache.mkdir(parents=True, exist_ok=True)
    for blob in chain(*blobs.values()):
        if not local.exists(blob.path):
            temporary = cache / f".tmp-{secrets.token_hex(8)}"  # processes of one machine share the cache
            store.fs.get_file(store.path(blob.path), str(temporary))
            found = local.put_file(temporary, blob.suffix, blob.rows)
            if found != blob:
                raise CorruptionError(
                    f"{store.path(blob.path)}: digest is {found.digest} ({found.bytes} bytes), must be {blob.digest}"
                )
    return local


def read(store: Store, blob: Blob) -> TokenShard:
    """Open a token object. On a local store (see `localise`) the ids stay on disk until they are used."""
    reader = store.open_table(blob)
    if reader.num_record_batches != 1:
        raise CorruptionError(f"{store.path(blob.path)}: {reader.num_record_batches} record batches, must be one")
    with store.reading(blob):
        batch = reader.get_batch(0)
    column, source = batch["tokens"], batch["source"].dictionary_encode()
    sketch = batch["sketch"].values.to_numpy().reshape(-1, HASHES)
    return TokenShard(
        column.values.to_numpy(),
        column.offsets.to_numpy(),
        batch["point"].to_numpy(),
        sketch,
        source.indices.to_numpy(),
        source.dictionary.to_pylist(),
    )


def obtain_tokenizer(
    corpus: Corpus, spec: str, languages: list[str], training: spm.Training, cache: Path, bar: Progress
) -> Tokenizer:
    """The tokenizer that `spec` names; "train" trains one on the version, or takes the one trained before."""
    if spec != "train":
        return tokenizer.load(spec, cache)
    name = hashlib.sha256(training.key(corpus, languages).encode()).hexdigest()[:40]
    receipt = f"receipts/tokenizer/{name}.json"
    found = corpus.store.get_json(receipt)
    if found is None:
        task = bar.add_task("tokenizer", total=None, note=f"training {training.vocab_size} pieces")
        blob = corpus.store.put_bytes(spm.train(corpus, languages, training), suffix=".model")
        bar.update(task, total=1, completed=1)
        found = dataclasses.asdict(blob)
        corpus.store.put_json(receipt, found)
    folder = cache / found["digest"][:16]
    if not (folder / "tokenizer.json").exists():
        spm.to_hugging_face(corpus.store.get_bytes(Blob(**found)), folder)
    return tokenizer.describe(folder)
