"""Command line: train a domain model from marked sources. python -m filters.train_domain --help."""

import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from catalog import artifacts
from catalog.versions import Catalog
from filters.domain.model import MANIFEST, Combination, DomainModel
from filters.domain.terms import digest
from filters.domain.training import card, held_out
from filters.domain.training import recipe as training_recipe
from filters.domain.training import texts as training_texts
from filters.domain.training.classifier import combine, train_classifier
from filters.domain.training.held_out import Tested
from filters.domain.training.recipe import TrainingRecipe
from filters.domain.training.texts import Text
from shards import commands
from shards.errors import InputError
from shards.shard import rebatch
from shards.step import library_version
from shards.store import Store

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
console = commands.console()


@app.command()
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A training recipe (TOML).")],
    out: Annotated[Path, typer.Option(help="Folder for the model: model.json, classifiers, card, plots, scores.")],
    root: Annotated[
        str | None, typer.Option(envvar="MEDCORPUS_ROOT", help="Store: read versions, keep the model as an artifact.")
    ] = None,
    database: Annotated[str | None, typer.Option(envvar="MEDCORPUS_DATABASE", help="Index of the catalog.")] = None,
) -> None:
    """Train classifiers and their combination with the lexicons, test them, write a model folder.

    Example: python -m filters.train_domain recipes/domain_model.toml --out work/domain-model --root work/store
    """
    marked = training_recipe.load(recipe)
    catalog = Catalog(root, database) if root else None
    files, tested = train_model(marked, training_texts.read(marked, catalog))
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
    console.print(card.table(tested, marked.prevalence))
    console.print(f"model: {out}; use it with  \\[domain] model = {str(out)!r}", soft_wrap=True)
    if root:
        kept = artifacts.put(
            Store(root), "domain-model", marked.name, files,
            {"recipe": marked.model_dump(mode="json"), "software": _software()},
            {each.language: dataclasses.asdict(each) for each in tested},
        )  # fmt: skip
        console.print(f"artifact: [cyan]{kept.id}[/]")


def train_model(recipe: TrainingRecipe, texts: list[Text]) -> tuple[dict[str, bytes], list[Tested]]:
    """(files of the model folder, its test by language); the same texts and recipe give the same bytes."""
    files, combinations = {}, {}
    for language in recipe.languages:
        spoken = [text for text in texts if text.language == language]
        if not spoken:
            continue
        files[f"{language}.bin"], combinations[language] = _train_language(recipe, language, spoken)
    if not combinations:
        raise InputError(f"no document in {', '.join(recipe.languages)}: see the sources of {recipe.name!r}")
    model = DomainModel(digest(), recipe.prevalence, combinations)
    files[MANIFEST] = model.as_json()
    scores = held_out.score(files, [text for text in texts if text.split == "test" and text.language in combinations])
    tested = [held_out.summary(scores, language, recipe.prevalence) for language in combinations]
    files["README.md"] = card.card(recipe, texts, model, tested).encode()
    files["roc.png"] = card.roc_plot(_curves(scores, combinations))
    files["precision_recall.png"] = card.precision_plot(_curves(scores, combinations), recipe.prevalence)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, held_out.SCORES) as writer:
        writer.write_table(rebatch(scores))
    files["test_scores.arrow"] = sink.getvalue()
    return files, tested


def _train_language(recipe: TrainingRecipe, language: str, texts: list[Text]) -> tuple[bytes, Combination]:
    for split in ("train", "calibration", "test"):
        for medical in (True, False):
            if not any(text.split == split and text.medical == medical for text in texts):
                kind = "positive" if medical else "negative"
                raise InputError(
                    f"{language}: no {kind} document in the {split} split; mark a {kind} source with "
                    f'split = "{split}", or split = "hosts" where it has many hosts'
                )
    train, calibration = ([text for text in texts if text.split == split] for split in ("train", "calibration"))
    try:
        classifier, data = train_classifier(
            [text.text for text in train], np.array([text.medical for text in train]), recipe.classifier, recipe.seed
        )
    except InputError as error:
        raise InputError(f"{language}, train split: {error}") from error
    marks = np.array([text.medical for text in calibration])
    sha256 = hashlib.sha256(data).hexdigest()
    return data, combine(
        classifier, sha256, [text.text for text in calibration], marks, recipe.prevalence, recipe.precision
    )


def _curves(scores: pa.Table, languages: dict[str, Combination]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {language: held_out.classes(scores, language, "score") for language in languages}


def _software() -> dict[str, str]:
    return {name: library_version(name) for name in ("fasttext-numpy2-wheel", "numpy", "pyarrow")}


if __name__ == "__main__":
    commands.run(app)
