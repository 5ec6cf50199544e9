"""The command `python -m train.ablate`: which of two versions is the better text to train on.

Each arm is a version. All arms have the same model, tokenizer (trained on all of them), language mixture, number of
steps and amount of distinct text: each language of an arm is cut to that of the smallest. Seeds are paired: in one seed
all arms begin with the same parameters. They are measured in bits per UTF-8 byte that span corruption hides, on the
held-out documents of each arm and on the versions that are tests, less what is much like a training text of any arm.
"""

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

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
from train.evaluate import Examples, held_out_nats
from train.loop import Run, train
from train.options import command
from train.prepare import Data, assemble, held_out
from train.rundir import RunDir
from train.settings import PANELS, PretrainConfig
from train.watch.progress import ProgressLine, progress_bar

# Of a run that is one of many: short, small, and with much to be measured on.
DEFAULTS = {
    "vocab_size": 8192, "steps": 500, "input_length": 128, "schedule": "cosine", "warmup": 50, "held_out": 0.1,
    "eval_every": 0, "eval_examples": 256, "keep": 1,
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Texts:
    """The documents by arm or test and language, the arms' version ids, the tests', and the tokenizer of all."""

    parts: dict[str, dict[str, Split]]
    arms: dict[str, str]
    tests: dict[str, str]
    tokens: Tokenizer

    def counts(self, names: dict[str, str], count: Callable[[Split], int]) -> dict[str, dict[str, int]]:
        """A number by arm or test and language."""
        return {name: {language: count(part) for language, part in self.parts[name].items()} for name in names}


def main(
    config: PretrainConfig,
    arm: Annotated[list[str], typer.Option(help="NAME=VERSION; two or more, the first is the one compared with.")],
    test: Annotated[list[str] | None, typer.Option(help="NAME=VERSION on which all arms are measured, too.")] = None,
    seeds: Annotated[int, typer.Option(help="Runs of each arm.", min=1)] = 3,
) -> None:
    """Train the same model on each version, with several seeds, and compare held-out bits per byte.

    [dim]python -m train.ablate --arm filtered=real-sample@latest --arm raw=real-sample-raw@latest
    --out runs/ablation[/dim]

    The options are those of train.pretrain. Writes ablation.json, ablation.md and ablation.png into the folder; the
    same command again goes on where it was stopped.
    """
    arms, tests = dict(map(parse, arm)), dict(map(parse, test or []))
    if len(arms) < 2 or len(arms | tests) < len(arm) + len(test or []):
        raise InputError("give two or more arms, all of different names: --arm filtered=NAME@TAG --arm raw=NAME@TAG")
    group = join(config.device)
    if group.world > 1:
        raise InputError("an ablation is one process; run it without torchrun")
    with progress_bar() as bar:
        texts = gather(config, arms, tests, bar)
        sets = {name: held_out(config, texts.tokens, own) for name, own in texts.parts.items()}
        scores = [
            score
            for seed in range(config.seed, config.seed + seeds)
            for name in arms
            for score in one_run(config, texts, name, seed, sets, group, bar)
        ]
    report(config, texts, scores)


def parse(text: str) -> tuple[str, str]:
    """(arm, version) of "filtered=real-sample@latest"."""
    name, _, version = text.partition("=")
    if not name or not version:
        raise InputError(f"arm {text!r} is not NAME=VERSION, for example filtered=real-sample@latest")
    return name, version


def gather(config: PretrainConfig, arms: dict[str, str], tests: dict[str, str], bar: Progress) -> Texts:
    """Tokenise all with one tokenizer, cut the arms to equal size, clear the held-out sets of what was seen."""
    catalog = Catalog(config.root, config.database)
    corpora = {name: Corpus(catalog.store, catalog.resolve(spec)) for name, spec in (arms | tests).items()}
    languages = sorted(set.intersection(*(set(corpora[name].languages) for name in arms)))
    languages = [name for name in languages if not config.languages or name in config.languages]
    if not languages:
        raise InputError("the arms have no language in common")
    manifests = [corpora[name].manifest for name in arms]
    union = Corpus(
        catalog.store, dataclasses.replace(manifests[0], shards=[entry for one in manifests for entry in one.shards])
    )
    cache = Path(config.out) / "tokenizer"
    tokens = obtain_tokenizer(union, config.tokenizer, languages, config.training(), cache, bar)
    parts: dict[str, dict[str, Split]] = {name: {} for name in corpora}
    blobs = {
        name: tokenise(corpus, tokens, [one for one in languages if one in corpus.languages], bar)
        for name, corpus in corpora.items()
    }
    for language in languages:
        shards = {
            name: [read(catalog.store, blob) for blob in own[language]]
            for name, own in blobs.items()
            if language in own
        }
        trained = {name: shards.pop(name) for name in arms}
        for name, part in divide(trained, shards, config.held_out).items():
            parts[name][language] = part
    ids = {name: corpus.manifest.id for name, corpus in corpora.items()}
    return Texts(parts, {name: ids[name] for name in arms}, {name: ids[name] for name in tests}, tokens)


def data(config: PretrainConfig, texts: Texts, name: str) -> Data:
    """The data of an arm's runs; unless it is stated, the language mixture is that of the first arm."""
    first = texts.parts[next(iter(texts.arms))]
    documents = {language: len(part.train.length) for language, part in first.items()}
    config = dataclasses.replace(config, weights=config.weights or temperature_weights(documents, config.alpha))
    return assemble(config, texts.tokens, texts.parts[name], texts.arms[name])


def one_run(
    config: PretrainConfig, texts: Texts, name: str, seed: int, sets: dict[str, Examples], group: Group, bar: Progress
) -> list[Score]:
    """Train, or resume, one arm with one seed and score it on all sets."""
    config = dataclasses.replace(config, version=name, seed=seed, out=str(Path(config.out) / f"{name}-{seed}"))
    folder = RunDir(Path(config.out))
    folder.claim(config.fixed() | {"version_id": texts.arms[name], "tokenizer_digest": texts.tokens.digest})
    trial = Run(config, group, folder, data(config, texts, name))
    trial.restore()
    bar.console.print(f"{name}, seed {seed}", markup=False)
    train(trial, [ProgressLine(bar)])
    lengths = byte_lengths(texts.tokens)
    return [
        Score(name, seed, place, language, nats.numpy(force=True) / math.log(2), lengths[own[language][1]].sum(axis=1))
        for place, own in sets.items()
        for language, nats in held_out_nats(trial.model, own, config.batch, group).items()
    ]


def report(config: PretrainConfig, texts: Texts, scores: list[Score]) -> None:
    """Write JSON, table and plot, and print the table."""
    found, out = differences(scores, next(iter(texts.arms))), Path(config.out)
    every = texts.arms | texts.tests
    plain = {
        "arms": texts.arms,
        "tests": texts.tests,
        "tokenizer": texts.tokens.digest,
        "settings": {name: value for name, value in config.fixed().items() if name not in ("seed", "weights")},
        "steps": config.steps,
        "training_tokens": texts.counts(texts.arms, lambda part: part.train.tokens),
        "training_documents": texts.counts(texts.arms, lambda part: len(part.train.length)),
        "held_out_documents": texts.counts(every, lambda part: len(part.held_out.length)),
        "left_out_as_near_duplicates": texts.counts(every, lambda part: part.left_out),
        "scores": [
            {name: getattr(one, name) for name in ("arm", "seed", "texts", "language", "bits_per_byte")}
            | {"examples": len(one.bits)}
            for one in scores
        ],
        "differences": [dataclasses.asdict(one) for one in found],
    }
    (out / "ablation.json").write_text(json.dumps(plain, indent=1) + "\n")
    (out / "ablation.md").write_text(table(found))
    plot(found, out / "ablation.png", f"mT5 {config.size}, {config.steps} steps: what another text changes")
    console().print(table(found), markup=False, soft_wrap=True)


app = typer.Typer(add_completion=False, rich_markup_mode="rich")
app.command()(command(main, PANELS | {"arm": "Ablation"}, DEFAULTS, hidden={"version": ""}))

if __name__ == "__main__":
    run(app)
