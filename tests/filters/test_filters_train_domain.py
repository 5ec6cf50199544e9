"""Training of a domain model: repeatable, tested apart, usable by the step, kept as an artifact."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from catalog import artifacts
from filters import train_domain
from filters.domain.model import MANIFEST
from filters.domain.step import SCHEMA, domain_filter
from filters.domain.training import recipe as training_recipe
from filters.domain.training import texts as training_texts
from shards.errors import CorruptionError, InputError
from shards.schema import check
from shards.store import Store

_MEDICAL = "The patient number {0} had acute pneumonia with fever and cough; antibiotic therapy {0} was given."
_OTHER = "The train number {0} leaves the station at noon; passengers with bicycle {0} wait for the next one."


@pytest.fixture(scope="module")
def recipe_file(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("marked")
    lines = ['name = "small"', 'languages = ["en"]', "[classifier]", "epochs = 5", "bucket = 1000"]
    for kind, text in (("positive", _MEDICAL), ("negative", _OTHER)):
        for at, split in enumerate(("train", "calibration", "test")):
            file = place / f"{kind}-{split}.jsonl"
            rows = [{"text": text.format(at * 100 + number), "language": "en"} for number in range(12)]
            file.write_text("".join(json.dumps(row) + "\n" for row in rows))
            lines += [f"[[{kind}]]", f'name = "{kind}-{split}"', f'files = ["{file}"]', f'split = "{split}"']
    (place / "recipe.toml").write_text("\n".join(lines))
    return place / "recipe.toml"


@pytest.fixture(scope="module")
def trained(recipe_file):
    recipe = training_recipe.load(recipe_file)
    return recipe, train_domain.train_model(recipe, training_texts.read(recipe, None))


def folder_of(files: dict[str, bytes], place: Path) -> Path:
    for name, data in files.items():
        (place / name).write_bytes(data)
    return place


def test_equal_texts_and_recipe_give_an_equal_model(trained):
    recipe, (files, _) = trained
    again, _ = train_domain.train_model(recipe, training_texts.read(recipe, None))
    assert files == again


def test_the_model_tells_its_test_apart_and_the_step_uses_it(trained, tmp_path):
    _, (files, tested) = trained
    assert tested[0].auc == 1 and (tested[0].medical, tested[0].other) == (12, 12)
    step = domain_filter(str(folder_of(files, tmp_path)))
    table = pa.table({"doc_id": ["a", "b", "c"], "text": [_MEDICAL.format(7), _OTHER.format(7), ""]})
    medical, other, empty = check(step.run(table)["scores"], SCHEMA, "domain").to_pylist()
    assert medical["classifier"] > 0 > other["classifier"]
    assert medical["score"] > other["score"] and empty["score"] < 0.5


def test_without_a_model_the_classifier_has_no_opinion():
    table = pa.table({"doc_id": ["a"], "text": [_MEDICAL.format(1)]})
    assert domain_filter().run(table)["scores"]["classifier"].to_pylist() == [None]


def test_a_changed_classifier_is_refused(trained, tmp_path):
    _, (files, _) = trained
    folder = folder_of(files | {"en.bin": files["en.bin"] + b"x"}, tmp_path)
    table = pa.table({"doc_id": ["a"], "text": [_MEDICAL.format(1)]})
    with pytest.raises(CorruptionError, match=r"en\.bin"):
        domain_filter(str(folder)).run(table)


def test_a_missing_split_says_which_source_to_mark(trained):
    recipe, _ = trained
    texts = [text for text in training_texts.read(recipe, None) if text.split != "test"]
    with pytest.raises(InputError, match="no positive document in the test split"):
        train_domain.train_model(recipe, texts)


def test_a_model_is_kept_as_an_artifact_and_written_out_again(trained, tmp_path):
    _, (files, _) = trained
    store = Store(tmp_path / "store")
    kept = artifacts.put(store, "domain-model", "small", files, {"seed": 1}, {})
    assert artifacts.put(store, "domain-model", "small", files, {"seed": 1}, {}).id == kept.id
    assert [artifact.id for artifact in artifacts.every(store)] == [kept.id]
    artifacts.export(store, artifacts.find(store, kept.id[:6]), tmp_path / "out")
    assert (tmp_path / "out" / MANIFEST).read_bytes() == files[MANIFEST]
    with pytest.raises(InputError, match="there is none"):
        artifacts.find(store, "ffff")
