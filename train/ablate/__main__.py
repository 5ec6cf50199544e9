"""The command `python -m train.ablate`: which of two versions is the better text to train on.

Each arm is a version. All arms have the same model, tokenizer (trained on all of them), language mixture, number of
steps and amount of distinct text: each language of an arm is cut to that of the smallest. Seeds are paired: in one seed
all arms begin with the same parameters. They are measured in bits per UTF-8 byte that span corruption hides, on the
held-out documents of each arm, less those that are much like a training text of any arm.
"""

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from catalog.options import STORE, Database, Root
from catalog.versions import Catalog
from shards.commands import console, run
from shards.errors import InputError
from train.ablate.data import byte_lengths, divide
from train.ablate.report import Score, differences, plot, table
from train.data.corpus import Corpus
from train.data.mixture import temperature_weights
from train.data.split import Split
from train.data.tokenizer import Tokenizer
from train.data.tokens import obtain_tokenizer, read, tokenise
from train.distributed import Group, join
from train.evaluate import Examples, held_out_losses
from train.loop import Run, train
from train.prepare import Data, assemble
from train.rundir import RunDir
from train.settings import PretrainConfig
from train.watch.progress import ProgressLine, progress_bar

app = typer.Typer(add_completion=False, rich_markup_mode="rich")


@dataclasses.dataclass(frozen=True)
class Arms:
    """The arms' documents by arm and language, their version ids, and the tokenizer of all."""

    parts: dict[str, dict[str, Split]]
    versions: dict[str, str]
    tokens: Tokenizer


@app.command()
def main(
    arm: Annotated[list[str], typer.Option(help="NAME=VERSION; two or more, the first is the one compared with.")],
    out: Annotated[Path, typer.Option(help="Folder of runs and results; the same folder again resumes.")],
    root: Root = STORE,
    size: Annotated[str, typer.Option(help="Size of the model.")] = "tiny",
    vocab_size: Annotated[int, typer.Option(help="Ids of the tokenizer.")] = 8192,
    steps: Annotated[int, typer.Option(help="Steps of each run.")] = 500,
    batch: Annotated[int, typer.Option(help="Examples a step.")] = 16,
    input_length: Annotated[int, typer.Option(help="Encoder tokens of an example.")] = 128,
    lr: Annotated[float, typer.Option(help="Peak learning rate; warmed up for a tenth, then a cosine to 0.")] = 2e-2,
    seeds: Annotated[int, typer.Option(help="Runs of each arm.")] = 3,
    held_out: Annotated[float, typer.Option(help="Share of documents that are only evaluated.")] = 0.1,
    eval_examples: Annotated[int, typer.Option(help="Held-out examples of a language and set, at most.")] = 256,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    database: Database = None,
) -> None:
    """Train the same model on each version, with several seeds, and compare held-out bits per byte.

    [dim]python -m train.ablate --arm filtered=real-sample@latest --arm raw=real-sample-raw@latest
    --out runs/ablation[/dim]

    Writes ablation.json, ablation.md and ablation.png.
    """
    specs = dict(parse(one) for one in arm)
    if len(specs) < 2 or len(specs) < len(arm):
        raise InputError("give two or more arms of different names: --arm filtered=NAME@TAG --arm raw=NAME@TAG")
    if seeds < 1:
        raise InputError(f"seeds is {seeds}; give at least 1, and 3 or more for an interval")
    config = PretrainConfig(
        root=root, version="", out=str(out), size=size, vocab_size=vocab_size, steps=steps, batch=batch,
        input_length=input_length, lr=lr, warmup=steps // 10, schedule="cosine", held_out=held_out, keep=1,
        eval_every=0, eval_examples=eval_examples, checkpoint_every=100, device=device, database=database,
    )  # fmt: skip
    group = join(device)
    if group.world > 1:
        raise InputError("an ablation is one process; run it without torchrun")
    with progress_bar() as bar:
        arms = gather(config, specs, bar)
        sets = {name: data(config, arms, name).held_out for name in specs}
        scores = [
            score
            for seed in range(seeds)
            for name in specs
            for score in one_run(config, arms, name, seed, sets, group, bar)
        ]
    report(config, arms, scores, next(iter(specs)))


def parse(text: str) -> tuple[str, str]:
    """(arm, version) of "filtered=real-sample@latest"."""
    name, _, version = text.partition("=")
    if not name or not version:
        raise InputError(f"arm {text!r} is not NAME=VERSION, for example filtered=real-sample@latest")
    return name, version


def gather(config: PretrainConfig, specs: dict[str, str], bar: Progress) -> Arms:
    """Tokenise the arms with one tokenizer, cut them to equal size and clear the held-out sets of what was seen."""
    catalog = Catalog(config.root, config.database)
    corpora = {name: Corpus(catalog.store, catalog.resolve(spec)) for name, spec in specs.items()}
    languages = sorted(set.intersection(*(set(corpus.languages) for corpus in corpora.values())))
    if not languages:
        raise InputError("the arms have no language in common")
    manifests = [corpus.manifest for corpus in corpora.values()]
    union = Corpus(
        catalog.store, dataclasses.replace(manifests[0], shards=[entry for one in manifests for entry in one.shards])
    )
    tokens = obtain_tokenizer(union, "train", languages, config.training(), Path(config.out) / "tokenizer", bar)
    parts: dict[str, dict[str, Split]] = {name: {} for name in specs}
    blobs = {name: tokenise(corpus, tokens, languages, bar) for name, corpus in corpora.items()}
    for language in languages:
        shards = {name: [read(catalog.store, blob) for blob in blobs[name][language]] for name in specs}
        for name, part in divide(shards, config.held_out).items():
            parts[name][language] = part
    return Arms(parts, {name: corpus.manifest.id for name, corpus in corpora.items()}, tokens)


def data(config: PretrainConfig, arms: Arms, name: str) -> Data:
    """The data of an arm's runs; the language mixture is that of the first arm."""
    first = next(iter(arms.parts.values()))
    documents = {language: len(part.train.length) for language, part in first.items()}
    config = dataclasses.replace(config, weights=temperature_weights(documents, config.alpha))
    return assemble(config, arms.tokens, arms.parts[name], arms.versions[name])


def one_run(
    config: PretrainConfig, arms: Arms, name: str, seed: int, sets: dict[str, Examples], group: Group, bar: Progress
) -> list[Score]:
    """Train, or resume, one arm with one seed and score it on all sets."""
    config = dataclasses.replace(config, version=name, seed=seed, out=str(Path(config.out) / f"{name}-{seed}"))
    folder = RunDir(Path(config.out))
    folder.claim(config.fixed() | {"version_id": arms.versions[name], "tokenizer_digest": arms.tokens.digest})
    trial = Run(config, group, folder, data(config, arms, name))
    trial.restore()
    train(trial, [ProgressLine(bar)])
    trial.settle()
    lengths, found = byte_lengths(arms.tokens), []
    for texts, by_language in sets.items():
        losses = held_out_losses(trial.model, by_language, config.batch, group)
        for language, loss in losses.items():
            targets = by_language[language][1]
            bits = loss * targets.size / math.log(2)
            found.append(Score(name, seed, texts, language, bits / int(lengths[targets].sum())))
    return found


def counts(arms: Arms, count: Callable[[Split], int]) -> dict[str, dict[str, int]]:
    """A number by arm and language."""
    return {name: {language: count(part) for language, part in own.items()} for name, own in arms.parts.items()}


def report(config: PretrainConfig, arms: Arms, scores: list[Score], base: str) -> None:
    """Write JSON, table and plot, and print the table."""
    found, out = differences(scores, base), Path(config.out)
    plain = {
        "arms": arms.versions,
        "tokenizer": arms.tokens.digest,
        "settings": {name: value for name, value in config.fixed().items() if name not in ("seed", "weights")},
        "steps": config.steps,
        "training_tokens": counts(arms, lambda part: part.train.tokens),
        "training_documents": counts(arms, lambda part: len(part.train.length)),
        "held_out_documents": counts(arms, lambda part: len(part.held_out.length)),
        "left_out_as_near_duplicates": counts(arms, lambda part: part.left_out),
        "scores": [dataclasses.asdict(one) for one in scores],
        "differences": [dataclasses.asdict(one) for one in found],
    }
    (out / "ablation.json").write_text(json.dumps(plain, indent=1) + "\n")
    text = table(found)
    (out / "ablation.md").write_text(text)
    plot(found, out / "ablation.png", f"mT5 {config.size}, {config.steps} steps: bits per byte of held-out text")
    console().print(text, markup=False, soft_wrap=True)


if __name__ == "__main__":
    run(app)
