"""Command line: train a domain model from marked sources. python -m filters.train_domain --help."""

import dataclasses
import hashlib
import io
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from catalog import artifacts
from catalog.versions import Catalog
from filters.domain import card, training_recipe, training_texts
from filters.domain.classifier import combine, train_classifier
from filters.domain.model import MANIFEST, Combination, DomainModel
from filters.domain.prevalence import Point, at_threshold, auc, calibration_error
from filters.domain.step import THRESHOLD, Domain, domain_filter
from filters.domain.terms import digest
from filters.domain.training_recipe import TrainingRecipe
from filters.domain.training_texts import Text
from shards import commands
from shards.errors import InputError
from shards.shard import rebatch
from shards.step import library_version
from shards.store import Store

SCORES = pa.schema(
    [
        pa.field("source", pa.string(), False),
        pa.field("language", pa.string(), False),
        pa.field("medical", pa.bool_(), False),
        pa.field("content_sha256", pa.string(), False),  # the text itself may not be ours to pass on
        pa.field("lexicon_score", pa.float32(), False),
        pa.field("classifier", pa.float32(), True),
        pa.field("score", pa.float32(), False),
    ]
)
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
console = commands.console()


@dataclasses.dataclass(frozen=True)
class Tested:
    """The test of one language: documents of each class, areas under the ROC curve, and what score 0.5 gives."""

    language: str
    medical: int
    other: int
    auc: float
    lexicon_auc: float
    point: Point
    lexicon_point: Point
    calibration_error: float


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
    scores = _test(files, [text for text in texts if text.split == "test" and text.language in combinations])
    tested = [_summary(scores, language, recipe.prevalence) for language in combinations]
    files["README.md"] = card.card(recipe, texts, model, tested).encode()
    files["roc.png"] = card.roc_plot(_curves(scores, combinations))
    files["precision_recall.png"] = card.precision_plot(_curves(scores, combinations), recipe.prevalence)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, SCORES) as writer:
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


def _test(files: dict[str, bytes], texts: list[Text]) -> pa.Table:
    """SCORES of the test documents, by the very step that a build would run."""
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))],
                      "text": pa.array([text.text for text in texts], pa.string())})  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        combined = domain_filter(place).run(table)["scores"]
    alone = Domain(lexicon_sha256=digest()).run(table)["scores"]
    columns = [
        [text.source for text in texts], [text.language for text in texts], [text.medical for text in texts],
        [hashlib.sha256(text.text.encode()).hexdigest() for text in texts],
        alone["score"], combined["classifier"], combined["score"],
    ]  # fmt: skip
    arrays = [
        column if isinstance(column, pa.ChunkedArray) else pa.array(column, field.type)
        for column, field in zip(columns, SCORES, strict=True)
    ]
    return pa.table(arrays, schema=SCORES)


def _classes(scores: pa.Table, language: str, column: str) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array(scores["language"].to_pylist()) == language
    medical, values = scores["medical"].to_numpy(), scores[column].to_numpy()
    return values[rows & medical], values[rows & ~medical]


def _summary(scores: pa.Table, language: str, prevalence: float) -> Tested:
    positive, negative = _classes(scores, language, "score")
    alone = _classes(scores, language, "lexicon_score")
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    return Tested(
        language, len(positive), len(negative), auc(positive, negative), auc(*alone),
        at_threshold(positive, negative, THRESHOLD, prevalence), at_threshold(*alone, THRESHOLD, prevalence),
        calibration_error(labels, np.concatenate([positive, negative])),
    )  # fmt: skip


def _curves(scores: pa.Table, languages: dict[str, Combination]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {language: _classes(scores, language, "score") for language in languages}


def _software() -> dict[str, str]:
    return {name: library_version(name) for name in ("fasttext-numpy2-wheel", "numpy", "pyarrow")}


if __name__ == "__main__":
    commands.run(app)
