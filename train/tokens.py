"""Token shards: a version's text as ids, memory-mapped, one object for each text shard, named by what made it.

    python -m train.tokens --root store --version demo@latest --tokenizer train --vocab-size 8000

An object is an uncompressed Arrow file with one record batch: `doc_id`, and `tokens` as one flat array with offsets, so
documents lie one behind the other without separator and their borders are known. A shard that two versions share is
tokenised once.
"""

import dataclasses
import hashlib
import secrets
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer
from rich.progress import Progress

from shards.commands import run
from shards.errors import CorruptionError
from shards.shard import Shard
from shards.step import canonical_json, library_version
from shards.store import Blob, Store
from train import spm, tokenizer
from train.commands import DatabaseUrl, choose_languages, open_version, progress_bar
from train.corpus import Corpus
from train.tokenizer import Tokenizer

VERSION = 1


@dataclasses.dataclass(frozen=True)
class TokenShard:
    """One memory-mapped shard: `values` holds all ids, document i is `values[offsets[i]:offsets[i + 1]]`."""

    doc_ids: list[str]
    values: np.ndarray
    offsets: np.ndarray


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
    small = tokens.size <= 1 << 16
    doc_ids: list[str] = []
    arrays: list[np.ndarray] = []
    for names, texts in corpus.documents(entry):
        doc_ids += names
        arrays += [ids.astype(np.uint16 if small else np.int32) for ids in tokens.encode(texts)]
    offsets = np.cumsum([0, *(len(ids) for ids in arrays)], dtype=np.int64)
    flat = np.concatenate(arrays) if arrays else np.empty(0, np.uint16 if small else np.int32)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(flat))
    schema = pa.schema([pa.field("doc_id", pa.string(), False), pa.field("tokens", lists.type, False)])
    return pa.Table.from_batches([pa.record_batch([pa.array(doc_ids, pa.string()), lists], schema=schema)])


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
    column = batch["tokens"]
    return TokenShard(batch["doc_id"].to_pylist(), column.values.to_numpy(), column.offsets.to_numpy())


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


def sizes(corpus: Corpus, blobs: dict[str, list[Blob]]) -> Iterator[tuple[str, int, int]]:
    """(language, documents, tokens) of tokenised shards."""
    for language, entries in blobs.items():
        documents = count = 0
        for blob in entries:  # one at a time: a shard of a remote store is in memory
            shard = read(corpus.store, blob)
            documents += len(shard.doc_ids)
            count += len(shard.values)
        yield language, documents, count


app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@app.command()
def main(
    version: Annotated[str, typer.Option(help="Version: NAME@TAG or its id.")],
    root: Annotated[str, typer.Option(envvar="MEDCORPUS_ROOT", help="The store.")] = "work/store",
    tokens: Annotated[str, typer.Option("--tokenizer", help="train, a folder, a .model file or a Hub name")] = "train",
    vocab_size: Annotated[int, typer.Option(help="Pieces of a trained tokenizer, sentinels included.")] = 32_000,
    languages: Annotated[str, typer.Option(help="Only these, comma-separated (default: all).")] = "",
    seed: Annotated[int, typer.Option(help="Seed of the sample a tokenizer is trained on.")] = 0,
    held_out: Annotated[float, typer.Option(help="Share of documents that no tokenizer is trained on.")] = 0.02,
    cache: Annotated[Path, typer.Option(help="Folder for the tokenizer's files.")] = Path("work/tokenizers"),
    database: DatabaseUrl = None,
) -> None:
    """Tokenise a version into memory-mapped shards; what exists is not made again.

    [dim]python -m train.tokens --version demo@latest --tokenizer train --vocab-size 8000[/dim]

    [dim]python -m train.tokens --version medical@v1 --tokenizer google/mt5-base[/dim]
    """
    corpus = open_version(root, version, database)
    chosen = choose_languages(corpus, tuple(filter(None, languages.split(","))))
    training = spm.Training(vocab_size, seed=seed, held_out=held_out)
    with progress_bar() as bar:
        found = obtain_tokenizer(corpus, tokens, chosen, training, cache, bar)
        blobs = tokenise(corpus, found, chosen, bar)
    typer.echo(f"tokenizer: {found.folder} ({found.size} ids)")
    for language, documents, count in sizes(corpus, blobs):
        typer.echo(f"{language}: {documents} documents, {count} tokens")


if __name__ == "__main__":
    run(app)
