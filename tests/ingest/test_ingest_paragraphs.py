"""Paragraphs in a build: counts are those of the trimmed texts, the version is sound, and it says who lost what."""

import dataclasses
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from site_builds import build, kept_rows
from typer.testing import CliRunner

from catalog import views
from catalog.accounting import check_balance
from catalog.card import card
from catalog.manifest import Manifest, Paragraphs
from catalog.versions import Catalog
from dedup.__main__ import app
from ingest import job
from ingest.recipe import load
from shards import schema
from shards.errors import BuildError, InputError

SHARED = (
    "Patients with asthma should be seen by a physician once a year, and their inhalers be checked by the nurse: the "
    "technique of inhalation is wrong in half of them, and a cough that stays may be a side effect of the treatment."
)
TEXT = (
    "The case {0} was a patient with chronic bronchitis, treated with {0} mg of prednisone on the ward of a hospital. "
    "Spirometry number {0} showed an obstruction of the airways, the chest radiograph was normal, and oxygen was given."
)
FIRST = '[[sources]]\nkind = "folder"\nname = "{0}"\nroot = "{0}"\npatterns = ["*.txt"]\nbatch = 3\n'
RULES = '[domain]\nmin_score = 0\n[quality]\nmin_words = 5\npreset = "none"\n[dedup]\nthreshold = 1\n'
ASKED = '[dedup.paragraphs]\nsources = ["web"]\nmin_words = 10\n'
RECIPE = 'name = "pages"\n' + FIRST.format("wiki") + FIRST.format("web") + RULES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two wiki texts and seven pages, all with the same paragraph; the last page has little else."""
    root = tmp_path_factory.mktemp("paragraphs")
    for source, numbers in (("wiki", range(2)), ("web", range(2, 8))):
        (root / source).mkdir()
        for number in numbers:
            (root / source / f"{number}.txt").write_text(
                f"# Case {number}\n\n{TEXT.format(number)}\n\n{TEXT.format(50 + number)}\n\n{SHARED}"
            )
    (root / "web" / "9.txt").write_text(f"# Case 9\n\n{SHARED.upper()}\n\nSee also the case of Mr Nine.")
    (root / "plain.toml").write_text(RECIPE)
    (root / "recipe.toml").write_text(RECIPE + ASKED)
    build(root / "recipe.toml", root / "store")
    return root


def manifest(folder: Path) -> Manifest:
    return Catalog(folder / "store").resolve("pages")


def documents(root: Path, version: Manifest) -> dict[str, dict]:
    return {row["source_id"]: row for row in kept_rows(root, version.id)}


def test_pages_lose_what_the_better_source_has_and_all_counts_follow(folder: Path) -> None:
    version, words = manifest(folder), len(SHARED.split())
    found = documents(folder / "store", version)
    assert [SHARED in found[f"{number}.txt"]["text"] for number in range(8)] == [True] * 2 + [False] * 6
    assert SHARED.upper() in found["9.txt"]["text"]  # it would have lost too much
    [counted] = version.paragraphs
    assert counted == Paragraphs("web", "en", 7, 6, 1, 19, 6, 6 * words, counted.chars)
    for row in found.values():
        measured = schema.measure([row["text"]])
        assert {name: row[name] for name in measured} == {name: value for name, [value] in measured.items()}
    [web] = [part for part in version.composition if part.source == "web"]
    assert web.words == sum(len(row["text"].split()) for row in found.values() if row["source"] == "web")
    assert not Catalog(folder / "store").verify("pages").problems
    check_balance(version)


def test_the_order_of_partitions_and_the_number_of_tasks_change_nothing(folder: Path, tmp_path: Path) -> None:
    version = manifest(folder)
    assert build(folder / "recipe.toml", tmp_path / "a", shuffle=3).version == version.id
    (folder / "tasks.toml").write_text(RECIPE + ASKED + "tasks = 5\n")
    other = build(folder / "tasks.toml", tmp_path / "a").manifest
    assert other.shards == version.shards and other.removed_paragraphs == version.removed_paragraphs


@pytest.mark.slow
def test_the_version_is_the_same_on_ray(folder: Path, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    from ingest.engine.on_ray import OnRay

    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    executor = OnRay(str(tmp_path), 2)
    result = build(folder / "recipe.toml", tmp_path, executor, shuffle=2)
    executor.close()
    ray.shutdown()
    assert result.version == manifest(folder).id


def test_a_document_of_an_earlier_version_keeps_its_paragraph_although_another_source_has_priority(
    folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "first.toml").write_text('name = "first"\n' + FIRST.format("web") + RULES)
    build(copy / "first.toml", copy / "store")
    later = 'name = "later"\n' + FIRST.format("wiki") + FIRST.format("web") + RULES + 'parents = ["first@latest"]\n'
    (copy / "later.toml").write_text(later + ASKED.replace('["web"]', '["*"]'))
    version = build(copy / "later.toml", copy / "store").manifest
    found = documents(copy / "store", version)
    keepers = [row["source"] for row in found.values() if SHARED in row["text"]]
    assert keepers == ["web"]
    assert {part.source: part.removed for part in version.paragraphs} == {"web": 5, "wiki": 2}


def test_another_cap_only_trims_again(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "recipe.toml").write_text(RECIPE + ASKED + "max_removed = 0.9\n")
    result = build(copy / "recipe.toml", copy / "store")
    assert set(result.run.executed) <= {"paragraph-trim", "recount", "pack"}
    assert result.manifest.paragraphs[0].capped == 0 and result.manifest.paragraphs[0].changed == 7


def test_a_recipe_that_does_not_ask_has_no_such_step_and_its_version_says_nothing_of_it(
    folder: Path, tmp_path: Path
) -> None:
    result = build(folder / "plain.toml", tmp_path)
    assert not [step for step in result.run.executed if step.startswith(("paragraph", "recount"))]
    written = result.manifest.as_json()
    assert not {"paragraphs", "removed_paragraphs"} & set(written)
    assert "paragraphs" not in written["recipe"]["dedup"]
    assert Manifest.from_json(written).id == result.manifest.id


def test_lists_cards_and_commands_show_what_went_and_who_keeps_it(folder: Path) -> None:
    version = manifest(folder)
    text = card(version)
    assert "### Paragraphs that another document keeps" in text and "| web | en | 7 | 6 | 1 | 19 | 6 |" in text
    assert "\n\n\n" not in text.partition("## What became")[2].partition("## Fields")[0]
    console = Console(record=True, width=200)
    console.print(views.version(version))
    shown = console.export_text()
    assert "Paragraphs that another document keeps" in shown and "without some paragraphs" in shown
    found = documents(folder / "store", version)
    loser = found["4.txt"]["doc_id"]
    keeper = min((found[name] for name in ("0.txt", "1.txt")), key=lambda row: row["doc_id"])
    root = ["--root", str(folder / "store")]
    done = CliRunner().invoke(app, ["explain", loser, "pages", *root])
    assert done.exit_code == 0, done.output
    flat = " ".join(done.output.split())
    assert "1 paragraphs" not in flat and f"1 paragraph with {len(SHARED.split())} of" in flat
    assert keeper["doc_id"] in flat or found["1.txt"]["doc_id"] in flat
    assert "Patients with asthma" in flat and "Spirometry number 4" in flat
    done = CliRunner().invoke(app, ["paragraphs", "pages", *root])
    assert done.exit_code == 0, done.output
    assert "Patients with asthma" in done.output and "6" in done.output
    done = CliRunner().invoke(app, ["explain", keeper["doc_id"], "pages", *root])
    assert isinstance(done.exception, InputError) and "it was kept" in str(done.exception)


def test_counts_that_do_not_agree_are_refused_and_found(folder: Path) -> None:
    version = manifest(folder)
    [part] = version.paragraphs
    with pytest.raises(BuildError, match="6 documents searched for paragraphs but 7 kept"):
        check_balance(dataclasses.replace(version, paragraphs=[dataclasses.replace(part, documents=6)]))
    with pytest.raises(BuildError, match="6 paragraphs listed as removed but 5 counted"):
        check_balance(dataclasses.replace(version, paragraphs=[dataclasses.replace(part, removed=5)]))


def test_a_damaged_list_of_removed_paragraphs_is_found_and_made_anew(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    catalog = Catalog(copy / "store")
    path = Path(catalog.store.path(manifest(copy).removed_paragraphs[0].path))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not catalog.verify("pages").sound
    catalog.repair(catalog.verify("pages"))
    assert build(copy / "recipe.toml", copy / "store").version == manifest(folder).id
    assert catalog.verify("pages").sound


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ('sources = ["wbe"]', r"recipe.toml:\d+: no source is called 'wbe'; did you mean 'web'"),
        ("sources = []", r"recipe.toml:\d+: dedup.paragraphs.sources"),
        ("min_words = 5", "dedup.paragraphs.sources is missing; add it"),
        ('sources = ["web", "web"]', "a name stands twice"),
        ('sources = ["*"]\nblocks = ["heading"]', "dedup.paragraphs.blocks"),
        ('sources = ["*"]\nmax_removed = 1', "dedup.paragraphs.max_removed"),
    ],
)
def test_a_fault_is_refused_with_its_line(folder: Path, asked: str, message: str) -> None:
    path = folder / "wrong" / "recipe.toml"
    path.parent.mkdir(exist_ok=True)
    recipe = RECIPE.replace('root = "', 'root = "../')
    path.write_text(f"{recipe}[dedup.paragraphs]\n{asked}\n")
    with pytest.raises(InputError, match=message):
        load(path)


def test_a_plan_counts_the_tasks(folder: Path, tmp_path: Path) -> None:
    _, forecasts, _ = job.predict(load(folder / "recipe.toml"), str(tmp_path))
    names = [item.node.step.name for item in forecasts]
    assert names.count("paragraph-hashes") == 4 and names.count("paragraph-trim") == 3
