"""What a run is made of before its first step: tokenizer, example stream, held-out examples, model.

    python -m train.prepare --version medical@v1 --out runs/large --tokenizer google/mt5-base

makes the tokenizer and the token shards, which `train.pretrain` with the same options would make on its GPU machine.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch
import typer
from rich.progress import Progress

from shards.commands import console, run
from shards.errors import InputError
from shards.store import Blob
from train.convert import load_pretrained
from train.data import tokens as token_shards
from train.data.corpus import Corpus, choose_languages, open_version
from train.data.denoisers import OBJECTIVES
from train.data.mixture import temperature_weights
from train.data.permute import key_of
from train.data.sources import by_source
from train.data.split import Split, split
from train.data.stream import ExampleStream, Special, held_out_examples
from train.data.tokenizer import Tokenizer
from train.distributed import Group
from train.evaluate import Examples
from train.model import MT5, preset
from train.options import command
from train.rundir import RunDir
from train.settings import PANELS, PretrainConfig
from train.watch.progress import progress_bar

PADDED_ROWS = 128  # the embedding's rows are a multiple of this, as in mT5 (250,112 rows for 250,100 ids)


@dataclasses.dataclass(frozen=True)
class Data:
    """Tokenizer, training stream, held-out examples by language, and the id of the version they are from."""

    tokens: Tokenizer
    stream: ExampleStream
    held_out: Examples
    version: str


def prepare(config: PretrainConfig, group: Group, folder: RunDir, bar: Progress) -> Data:
    """The run's data. The leading process makes what is missing, and claims the folder for this run's settings."""
    corpus = open_version(config.root, config.version, config.database)
    languages = choose_languages(corpus, config.languages or tuple(config.weights))
    fixed = config.fixed() | {"version_id": corpus.manifest.id}
    fixed["dtype"] = str(precision(config.precision, group.device))
    if group.leads:
        folder.check(fixed)  # before the work
    else:
        group.wait()  # until the leading process has made everything; then all is found

    def check(tokens: Tokenizer) -> None:
        fixed["tokenizer_digest"] = tokens.digest
        if group.leads:
            folder.check(fixed)

    tokens, blobs = tokenise(config, corpus, languages, check, bar)
    store = token_shards.localise(corpus.store, blobs, folder.path / "tokens")
    if group.leads:
        folder.claim(fixed | {"tokens_digest": token_shards.digest(blobs)})
        group.wait()
    parts = {
        language: split([token_shards.read(store, blob) for blob in blobs[language]], config.held_out)
        for language in languages
    }
    for language, part in parts.items() if group.leads else ():
        count = f"{len(part.held_out.length)} documents, {part.left_out} left out, near-duplicates of training text"
        bar.console.print(f"held out {language}: {count}")
    return assemble(config, tokens, parts, corpus.manifest.id)


def tokenise(
    config: PretrainConfig, corpus: Corpus, languages: list[str], check: Callable[[Tokenizer], None], bar: Progress
) -> tuple[Tokenizer, dict[str, list[Blob]]]:
    """The run's tokenizer, which is shown to `check` before it is used, and the token objects of each language."""
    training, cache = config.training(), Path(config.out) / "tokenizer"
    tokens = token_shards.obtain_tokenizer(corpus, config.tokenizer, languages, training, cache, bar)
    check(tokens)
    blobs = token_shards.tokenise(corpus, tokens, languages, bar)
    compared, different = token_shards.compare(corpus, tokens, languages)
    if not bar.disable:
        bar.console.print(f"tokenizer: {different} of {compared} documents have other ids in transformers")
    return tokens, blobs


def assemble(config: PretrainConfig, tokens: Tokenizer, parts: dict[str, Split], version: str) -> Data:
    """Example stream and held-out examples of each language's split documents."""
    sizes = {language: len(part.train.length) for language, part in parts.items()}
    languages = config.weights or temperature_weights(sizes, config.alpha)
    unknown = set(config.sources) - {name for part in parts.values() for name in part.train.sources}
    if unknown:
        raise InputError(f"no source {', '.join(sorted(unknown))} in the version's chosen languages")
    documents, weights = {}, {}
    for language, part in parts.items():
        groups = by_source(language, part.train, config.sources, config.source_alpha, 2 * config.input_length)
        for name, (own, share) in groups.items():
            documents[name], weights[name] = own, languages[language] * share
    denoisers, special = OBJECTIVES[config.objective], specials(config, tokens)
    stream = ExampleStream(documents, weights, special, config.input_length, config.seed, denoisers, config.mode)
    return Data(tokens, stream, held_out(config, tokens, parts), version)


def specials(config: PretrainConfig, tokens: Tokenizer) -> Special:
    """The ids with a meaning; a mixture of denoisers names each example's by a prefix."""
    return Special(tokens.sentinels, tokens.eos_id, tokens.prefixes if len(OBJECTIVES[config.objective]) > 1 else {})


def held_out(config: PretrainConfig, tokens: Tokenizer, parts: dict[str, Split]) -> Examples:
    """Held-out examples of each language."""
    special, length = specials(config, tokens), config.input_length
    return {
        language: held_out_examples(language, part.held_out, special, length, config.eval_examples)
        for language, part in parts.items()
    }


def build_model(config: PretrainConfig, tokens: Tokenizer, device: torch.device) -> MT5:
    """The run's model on its device, computing as the run asks."""
    model = initial_model(config, tokens, precision(config.precision, device)).to(device)
    gpu = device.type == "cuda"
    attention = config.attention if config.attention != "auto" else "sdpa" if gpu else "blocks"
    return model.tune(attention, config.recompute, config.compile, multiple=128 if gpu else 1)


def initial_model(config: PretrainConfig, tokens: Tokenizer, dtype: torch.dtype) -> MT5:
    """A fresh model of the size, or the one to go on from, which must have a row for every id of the tokenizer."""
    if config.init == "random":
        rows = -(-tokens.size // PADDED_ROWS) * PADDED_ROWS
        return MT5(preset(config.size, rows), dtype).initialise(key_of(config.seed, "model"))
    model = load_pretrained(Path(config.init), dtype)
    if model.config.vocab_size < tokens.size:
        raise InputError(
            f"{config.init} has {model.config.vocab_size} rows, the tokenizer {tokens.size} ids: "
            "give the model's own tokenizer with --tokenizer"
        )
    return model


def precision(name: str, device: torch.device) -> torch.dtype:
    """What the model computes in; auto is bfloat16 on a GPU that has it (float16 overflows in mT5), else float32."""
    if name == "auto":
        name = "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"
    return torch.bfloat16 if name == "bf16" else torch.float32


def main(config: PretrainConfig) -> None:
    """Make the tokenizer and the token shards of a run, which needs no GPU: `train.pretrain` then finds them.

    It takes the options of `train.pretrain`, and what exists is not made again.

    [dim]python -m train.prepare --version demo@latest --out runs/demo --vocab-size 8000[/dim]

    [dim]python -m train.prepare --version medical@v1 --out runs/large --tokenizer google/mt5-base[/dim]
    """
    corpus = open_version(config.root, config.version, config.database)
    languages = choose_languages(corpus, config.languages or tuple(config.weights))
    with progress_bar() as bar:
        tokens, blobs = tokenise(config, corpus, languages, lambda _: None, bar)
    console().print(f"tokenizer: {tokens.folder} ({tokens.size} ids)", soft_wrap=True)
    for language, entries in blobs.items():
        count = sum(len(token_shards.read(corpus.store, blob).values) for blob in entries)
        console().print(f"{language}: {sum(blob.rows for blob in entries)} documents, {count} tokens")


app = typer.Typer(add_completion=False, rich_markup_mode="rich")
app.command()(command(main, PANELS))

if __name__ == "__main__":
    run(app)
