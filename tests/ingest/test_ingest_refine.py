"""Refining in a build: templates go, mixed documents are split, the accounts balance, and little is done twice."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_builds import build, kept_rows

from catalog.card import card
from catalog.versions import Catalog
from filters.language.split import ORIGIN, Split
from ingest.pipeline.supersede import SUPERSEDED, Follow
from ingest.recipe import load
from shards.errors import BuildError, InputError

EN = (
    "Asthma is a chronic inflammation of the airways, and patient number {0} was treated with inhaled corticosteroids. "
    "Treatment reduces the number of attacks in most patients, and a written plan tells them what to do when their "
    "breathing becomes worse. Children with asthma number {0} should be seen again, and their inhalers be checked."
)
FR = (
    "L'asthme est une inflammation chronique des bronches, et le patient numéro {0} a reçu des corticoïdes inhalés. Le "
    "traitement réduit le nombre de crises chez la plupart des patients, et un plan écrit leur dit que faire lorsque "
    "la respiration devient difficile. Les enfants asthmatiques numéro {0} doivent être revus, leurs inhalateurs aussi."
)
FOOTER = "The library of the hospital does not replace your physician; write to desk@clinic.example for a visit."
QUOTED = FOOTER.replace("desk@clinic.example", "{EMAIL}")  # manifests and cards are published
RECIPE = """name = "pages"
[[sources]]
kind = "folder"
name = "pages"
root = "files"
patterns = ["*.txt"]
batch = 8
boilerplate = true
[boilerplate]
min_documents = 6
[language]
mixed = "split"
[domain]
min_score = 0
[quality]
min_words = 5
[dedup]
threshold = 1
"""


def write(folder: Path, numbers: range, mixed: bool = True) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        text = EN.format(number) + (f"\n\n{FR.format(number)}" if mixed and number % 4 == 0 else "") + f"\n\n{FOOTER}"
        (folder / f"p{number:03d}.txt").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("pages")
    write(folder / "files", range(24))
    (folder / "recipe.toml").write_text(RECIPE)
    return folder, build(folder / "recipe.toml", folder / "store").version


def documents(root: Path, version: str) -> dict[str, dict]:
    return {row["source_id"]: row for row in kept_rows(root, version)}


def test_footers_go_and_mixed_pages_become_one_a_language(reference: tuple[Path, str]) -> None:
    folder, version = reference
    found = documents(folder / "store", version)
    assert len(found) == 30
    assert not any(QUOTED in row["text"] for row in found.values())
    assert found["p004.txt"]["text"] == EN.format(4)
    assert found["p004.txt#fr"]["text"] == FR.format(4)
    assert {row["language"] for key, row in found.items() if key.endswith("#fr")} == {"fr"}


def test_what_splitting_adds_is_in_the_accounts_and_on_the_card(reference: tuple[Path, str]) -> None:
    folder, version = reference
    catalog = Catalog(folder / "store")
    manifest = catalog.resolve(version)
    [funnel] = manifest.funnels
    assert (funnel.inputs, funnel.split, funnel.kept, funnel.balance) == (24, 6, 30, 0)
    [boilerplate] = manifest.boilerplate
    assert (boilerplate.documents, boilerplate.changed, boilerplate.units) == (24, 24, 24)
    [example] = boilerplate.examples
    assert (example.text, example.documents, example.share) == (QUOTED, 24, 1.0)
    text = card(manifest)
    assert f"`{QUOTED}`" in text and "desk@" not in text
    assert "| split off: parts in another language | 6 |" in text
    assert not catalog.verify(version).problems


def test_mixed_pages_are_dropped_if_the_recipe_says_so(reference: tuple[Path, str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reference[0], tmp_path / "copy"))
    (folder / "recipe.toml").write_text(RECIPE.replace('mixed = "split"', 'mixed = "drop"'))
    result = build(folder / "recipe.toml", folder / "store")
    [funnel] = result.manifest.funnels
    assert (funnel.inputs, funnel.split, funnel.kept, funnel.dropped) == (24, 0, 18, {"language.mixed": 6})
    store = Catalog(folder / "store").store
    rows = [row for blob in result.manifest.verdicts for row in store.get_table(blob).to_pylist()]
    assert all(row["value"] > row["threshold"] == 0.2 for row in rows if row["reason"] == "mixed")


def test_a_part_lost_by_splitting_stops_the_commit(
    reference: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = Split.run

    def lossy(self: Split, documents: pa.Table) -> dict[str, pa.Table]:
        outputs = whole(self, documents)
        rows = outputs["documents"].num_rows - 1
        return outputs | {name: outputs[name].slice(0, rows) for name in ("documents", "origin")}

    monkeypatch.setattr(Split, "run", lossy)
    with pytest.raises(BuildError, match=r"pages: 24 inputs \+ 6 split off, 27 accounted for"):
        build(reference[0] / "recipe.toml", tmp_path)
    assert not Catalog(tmp_path).list()


def test_the_version_depends_neither_on_order_nor_on_the_number_of_counting_tasks(
    reference: tuple[Path, str], tmp_path: Path
) -> None:
    folder, version = reference
    assert build(folder / "recipe.toml", tmp_path / "a", shuffle=5).version == version
    more = folder / "more.toml"
    more.write_text(RECIPE.replace("min_documents", "tasks = 3\nmin_documents"))
    assert documents(tmp_path / "a", version) == documents(tmp_path / "a", build(more, tmp_path / "a").version)


@pytest.mark.slow
def test_the_version_is_the_same_on_ray(reference: tuple[Path, str], tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    from ingest.engine.on_ray import OnRay

    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    executor = OnRay(str(tmp_path), 2)
    result = build(reference[0] / "recipe.toml", tmp_path, executor, shuffle=2)
    executor.close()
    ray.shutdown()
    assert result.version == reference[1]


def test_a_new_partition_that_repeats_nothing_new_runs_nothing_again_on_the_old_ones(
    reference: tuple[Path, str], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(reference[0], tmp_path / "copy"))
    write(folder / "files", range(24, 32), mixed=False)
    run = build(folder / "recipe.toml", folder / "store").run
    once = {"extract", "units", "trim", "split", "language", "domain", "quality", "signature"}
    assert {step: run.executed[step] for step in once} == dict.fromkeys(once, 1)
    assert {step: run.cached[step] for step in once} == dict.fromkeys(once, 3)


def test_a_new_partition_that_makes_a_line_repeat_runs_the_trim_alone_where_it_has_none(tmp_path: Path) -> None:
    write(tmp_path / "files", range(16), mixed=False)
    (tmp_path / "recipe.toml").write_text(RECIPE)
    build(tmp_path / "recipe.toml", tmp_path / "store")
    for number in range(16, 24):
        text = f"{EN.format(number)}\n\nShare this page with your friends and family."
        (tmp_path / "files" / f"p{number:03d}.txt").write_text(text)
    run = build(tmp_path / "recipe.toml", tmp_path / "store").run
    assert run.executed["trim"] == 3
    assert {step: run.executed[step] for step in ("extract", "split", "quality")} == {
        "extract": 1,
        "split": 1,
        "quality": 1,
    }


def test_another_threshold_counts_nothing_again(reference: tuple[Path, str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reference[0], tmp_path / "copy"))
    (folder / "recipe.toml").write_text(RECIPE.replace("min_documents = 6", "min_documents = 25"))
    result = build(folder / "recipe.toml", folder / "store")
    assert not {"extract", "units"} & set(result.run.executed)
    assert not result.manifest.boilerplate[0].changed
    assert all(
        QUOTED in row["text"] for key, row in documents(folder / "store", result.version).items() if "#" not in key
    )


def test_what_is_not_asked_for_is_not_in_the_graph(reference: tuple[Path, str], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(reference[0], tmp_path / "copy"))
    plain = RECIPE.replace("boilerplate = true\n", "").replace('mixed = "split"\n', "")
    (folder / "recipe.toml").write_text(plain)
    result = build(folder / "recipe.toml", folder / "store")
    assert not {"units", "repeated", "trim", "trim-report", "split"} & (
        set(result.run.executed) | set(result.run.cached)
    )
    assert not result.manifest.boilerplate
    assert "boilerplate" not in result.manifest.as_json()
    assert "split" not in result.manifest.as_json()["funnels"][0]


@pytest.mark.parametrize(
    ("sources", "own", "expected"),
    [("web", "", False), ("all", "", True), ("none", "", False), ("none", "boilerplate = true", True),
     ("all", "boilerplate = false", False)],
)  # fmt: skip
def test_a_source_may_say_otherwise_than_the_recipe(tmp_path: Path, sources: str, own: str, expected: bool) -> None:
    write(tmp_path / "files", range(1))
    text = RECIPE.replace("boilerplate = true", own).replace("min_documents = 6", f'sources = "{sources}"')
    (tmp_path / "recipe.toml").write_text(text)
    recipe = load(tmp_path / "recipe.toml")
    assert recipe.without_boilerplate(recipe.entries[0]) is expected
    assert ("boilerplate" in recipe.as_json()["sources"][0]) is bool(own)


def test_crawls_and_web_archives_are_refined_by_default(tmp_path: Path) -> None:
    write(tmp_path / "files", range(1))
    crawl = '[[sources]]\nkind = "crawl"\nname = "site"\nstart = ["https://a.example/"]\ncontact = "a@b.example"\n'
    warc = '[[sources]]\nkind = "warc"\nname = "archive"\nroot = "files"\n'
    (tmp_path / "recipe.toml").write_text(f'name = "x"\n{crawl}{warc}')
    recipe = load(tmp_path / "recipe.toml")
    assert [recipe.without_boilerplate(entry) for entry in recipe.entries] == [True, True]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("boilerplate = true", 'boilerplate = "yes"', "recipe.toml:8: boilerplate is 'yes': say true or false"),
        ("min_documents = 6", "min_documents = 1", "recipe.toml:10: "),
        ("min_documents = 6", "max_removed = 1.0", "recipe.toml:10: "),
        ("min_documents = 6", "min_share = 0", "recipe.toml:10: "),
        ('mixed = "split"', 'mixed = "cut"', "recipe.toml:12: "),
    ],
)
def test_a_fault_is_refused_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    write(tmp_path / "files", range(1))
    (tmp_path / "recipe.toml").write_text(RECIPE.replace(old, new))
    with pytest.raises(InputError, match=message):
        load(tmp_path / "recipe.toml")


@given(st.lists(st.integers(1, 4), max_size=12), st.data())
def test_what_overrules_a_document_overrules_all_its_parts(parts: list[int], data: st.DataObject) -> None:
    origin = [row for row, count in enumerate(parts) for _ in range(count)]
    lost = sorted(data.draw(st.sets(st.sampled_from(range(len(parts)))))) if parts else []
    before = [{"row": row, "reason": "superseded", "evidence": f"r{row}"} for row in lost]
    table = pa.table([pa.array([""] * len(origin)), pa.array(origin), pa.array([1] * len(origin))], names=ORIGIN.names)
    after = Follow().run(pa.Table.from_pylist(before, schema=SUPERSEDED), table.cast(ORIGIN))["superseded"]
    expected = [before[lost.index(row)] | {"row": at} for at, row in enumerate(origin) if row in lost]
    assert after.to_pylist() == expected
    assert after.schema.equals(SUPERSEDED)


def test_a_later_version_overrules_every_part_of_an_earlier_one(tmp_path: Path) -> None:
    def citation(pmid: int, version: int) -> str:
        texts = EN.format(pmid * 100 + version), FR.format(pmid)
        abstract = "".join(f"<AbstractText>{text}</AbstractText>" for text in texts)
        article = f"<ArticleTitle>Asthma {pmid}</ArticleTitle><Abstract>{abstract}</Abstract><Language>eng</Language>"
        named = f"<PMID Version='{version}'>{pmid}</PMID><Article>{article}</Article>"
        return f"<PubmedArticle><MedlineCitation>{named}</MedlineCitation></PubmedArticle>"

    files = tmp_path / "files"
    files.mkdir()
    for number, citations in enumerate(([citation(7, 1), citation(3, 1), citation(5, 1)], [citation(3, 2)])):
        body = f"<PubmedArticleSet>{''.join(citations)}</PubmedArticleSet>"
        (files / f"pubmed26n{number:04d}.xml").write_text(body, encoding="utf-8")
    recipe = RECIPE.replace('kind = "folder"', 'kind = "pubmed"').replace('patterns = ["*.txt"]\nbatch = 8\n', "")
    (tmp_path / "recipe.toml").write_text(recipe.replace("boilerplate = true\n", ""))
    result = build(tmp_path / "recipe.toml", tmp_path / "store")
    found = documents(tmp_path / "store", result.version)
    assert sorted(found) == ["3", "3#fr", "5", "5#fr", "7", "7#fr"]
    assert "302" in found["3"]["text"] + found["3#fr"]["text"]
    [funnel] = result.manifest.funnels
    assert (funnel.inputs, funnel.split, funnel.dropped) == (4, 4, {"supersede.superseded": 2})
