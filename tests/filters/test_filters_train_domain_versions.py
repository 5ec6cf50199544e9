"""Versions of the catalog as training sources: found by tag, read by source, and enough to train a model."""

import json
from pathlib import Path

import pytest

from catalog import artifacts
from catalog.versions import Catalog
from filters import train_domain
from filters.domain.step import domain_filter
from filters.domain.training import recipe as training_recipe
from filters.domain.training import texts as training_texts
from ingest import job
from ingest.engine.executors import InProcess
from ingest.recipe import load
from shards.errors import InputError
from shards.store import Store

_SPLITS = ("train", "calibration", "test")
_TEXTS = {
    "clinic": "The patient of room {0} had acute pneumonia with fever and a cough. The doctors of the hospital gave "
    "antibiotic therapy for {0} days, and the symptoms of the infection went away without any complication.",
    "station": "The train of platform {0} leaves the station at noon and comes back in the evening. Passengers who "
    "travel with a bicycle pay {0} crowns for the ticket, and they wait with their friends for the next one.",
}
_EACH = 12


def version(place: Path, root: Path, name: str) -> None:
    """Build the corpus `name`, of one source a split and `_EACH` documents a source, and call it stable."""
    lines = [f'name = "{name}"']
    for at, split in enumerate(_SPLITS):
        folder = place / name / split
        folder.mkdir(parents=True)
        rows = [{"text": _TEXTS[name].format(at * 100 + number), "key": f"{number}",
                 "url": f"https://www.{name}-{split}.org/{number}"} for number in range(_EACH)]  # fmt: skip
        (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        lines += ["[[sources]]", 'kind = "table"', f'name = "{name}-{split}"', f'root = "{folder}"', 'language = "en"',
                  'columns = {text = "text", key = "key", url = "url"}']  # fmt: skip
    lines += ["[domain]", "min_score = 0", "[quality]", "min_words = 5", "[dedup]", "threshold = 1"]
    recipe = place / f"{name}.toml"
    recipe.write_text("\n".join(lines))
    job.make(load(recipe), str(root), InProcess(str(root)), lambda event: None)
    Catalog(root).tag(name, "stable")


def marked(place: Path, clinic: str = "clinic@stable", source: str = "clinic-{0}") -> Path:
    """A training recipe of the two versions, a section for each of their sources."""
    lines = ['name = "of-versions"', 'languages = ["en"]', "[classifier]", "epochs = 5", "bucket = 1000"]
    for kind, spec, sources in (("positive", clinic, source), ("negative", "station@stable", "station-{0}")):
        for split in _SPLITS:
            lines += [f"[[{kind}]]", f'name = "{kind}-{split}"', f'version = "{spec}"',
                      f'sources = ["{sources.format(split)}"]', f'split = "{split}"']  # fmt: skip
    recipe = place / "training.toml"
    recipe.write_text("\n".join(lines))
    return recipe


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("versions")
    for name in _TEXTS:
        version(place, place / "store", name)
    return place / "store"


def test_each_section_reads_its_sources_of_its_version_with_languages_and_hosts(root, tmp_path):
    texts = training_texts.read(training_recipe.load(marked(tmp_path)), Catalog(root))
    assert len(texts) == 2 * len(_SPLITS) * _EACH
    for at, split in enumerate(_SPLITS):
        found = [text for text in texts if text.source == f"positive-{split}"]
        assert {text.text for text in found} == {_TEXTS["clinic"].format(at * 100 + row) for row in range(_EACH)}
        assert {(text.medical, text.split, text.language) for text in found} == {(True, split, "en")}
        assert {text.host for text in found} == {f"clinic-{split}.org"}


def test_the_command_trains_on_versions_and_keeps_the_model_in_their_store(root, tmp_path):
    train_domain.train(marked(tmp_path), tmp_path / "model", str(root))
    step = domain_filter(str(tmp_path / "model"))
    assert step.model_sha256
    [kept] = artifacts.every(Store(root))
    artifacts.export(Store(root), kept, tmp_path / "again")
    for file in (tmp_path / "model").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("clinic", "source", "message"),
    [
        ("clinic@stable", "ward", "has no source 'ward'; it has clinic-calibration, clinic-test, clinic-train"),
        ("clinic@nightly", "clinic-{0}", "nightly"),
        ("surgery@stable", "clinic-{0}", "surgery"),
    ],
)
def test_what_a_version_lacks_is_named(root, tmp_path, clinic, source, message):
    with pytest.raises(InputError, match=message):
        training_texts.read(training_recipe.load(marked(tmp_path, clinic, source)), Catalog(root))


def test_versions_without_a_store_say_which_option_is_missing(tmp_path):
    with pytest.raises(InputError, match="--root"):
        training_texts.read(training_recipe.load(marked(tmp_path)), None)
