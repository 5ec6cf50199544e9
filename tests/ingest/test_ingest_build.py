"""The build: every input ends once, the accounts balance or nothing is committed, and bytes depend on nothing else."""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from site_builds import Site, build, kept_rows, silent

from catalog.versions import Catalog
from ingest import job
from ingest.engine.executors import InProcess
from ingest.pipeline.extract import Extract
from ingest.pipeline.pack import Pack
from ingest.pipeline.verdict import Verdict
from ingest.recipe import load
from shards import schema
from shards.errors import BuildError

FATES = Path(__file__).resolve().parents[2] / "recipes" / "sample_site" / "fates.toml"


@pytest.fixture(scope="module")
def reference(folder_recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    root = tmp_path_factory.mktemp("reference")
    return root, build(folder_recipe, root).version


@pytest.fixture(scope="module")
def ray_session() -> Iterator[None]:
    """One local Ray for all tests here: it takes ten seconds and more to start."""
    ray = pytest.importorskip("ray")
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.mark.slow
def test_every_page_of_the_sample_site_meets_its_fate(site: Site, tmp_path: Path) -> None:
    root = site.store(tmp_path / "store")
    manifest = build(site.recipe, root).manifest
    store = Catalog(root).store
    verdicts = {row["doc_id"]: row for blob in manifest.verdicts for row in store.get_table(blob).to_pylist()}
    groups: dict[str, list[str]] = {}
    wrong = []
    for page in tomllib.loads(FATES.read_text())["page"]:
        found = verdicts.pop(schema.doc_id("sample-site", site.url.rstrip("/") + page["path"]), None)
        fate, reasons = page["fate"], page.get("reason", [])
        reasons = [reasons] if isinstance(reasons, str) else reasons
        if "group" in page:
            groups.setdefault(page["group"], []).append(found["verdict"] if found else "absent")
        expected = found is None if fate in ("redirect", "not-fetched") else found and found["verdict"] == fate
        if "group" in page and found and found["verdict"] == schema.KEEP:
            continue  # one of each group is kept; counted below
        told = found and f"{found['stage']}.{found['reason']}"
        if not expected or (fate in ("drop", "quarantine") and not any(reason in told for reason in reasons)):
            wrong.append((page["path"], fate, reasons, found))
        if fate == "keep" and found and found["language"] != page["language"]:
            wrong.append((page["path"], page["language"], found["language"]))
    assert not wrong
    assert not verdicts, "inputs that no fate was written for"
    assert all(sorted(members).count(schema.KEEP) == 1 for members in groups.values()), groups


@pytest.mark.slow
def test_kept_pages_carry_their_licence_time_and_place_in_the_raw_capture(site: Site, tmp_path: Path) -> None:
    version = build(site.recipe, site.store(tmp_path / "store")).version
    licences = {p["path"]: p.get("license") for p in tomllib.loads(FATES.read_text())["page"] if p["fate"] == "keep"}
    for row in kept_rows(tmp_path / "store", version):
        path = "/" + row["url"].split("/", 3)[3]
        if path in licences:
            assert (row["license"] or "none") == licences[path], path
        assert row["fetched"] is not None
        assert row["raw_file"].endswith(".warc.gz")
        assert row["raw_offset"] is not None
        assert "\ufffd" not in row["text"]


def test_inputs_are_kept_dropped_or_quarantined(reference: tuple[Path, str]) -> None:
    manifest = Catalog(reference[0]).resolve(reference[1])
    assert {funnel.source for funnel in manifest.funnels} == {"leaflets", "mirror"}
    for funnel in manifest.funnels:
        assert funnel.inputs == funnel.kept + sum(funnel.dropped.values()) + sum(funnel.quarantined.values())
        assert funnel.inputs > 10
    assert sum(funnel.dropped.get("dedup.exact-duplicate", 0) for funnel in manifest.funnels) >= 2
    assert {shard.language for shard in manifest.shards} == {"en", "fr", "it", "es"}


def test_of_two_copies_the_earlier_source_keeps_its_own(reference: tuple[Path, str]) -> None:
    catalog = Catalog(reference[0])
    manifest = catalog.resolve(reference[1])
    sources = {row["doc_id"]: row["source"] for row in kept_rows(reference[0], reference[1], ("doc_id", "source"))}
    rows = [row for blob in manifest.verdicts for row in catalog.store.get_table(blob).to_pylist()]
    winners = [sources[row["evidence"]] for row in rows if row["stage"] == "dedup"]
    assert winners
    assert set(winners) == {"leaflets"}


def test_a_row_lost_while_packing_stops_the_commit(
    reference: tuple[Path, str], folder_recipe: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = shutil.copytree(reference[0], tmp_path / "store")
    shutil.rmtree(root / "receipts" / "pack")
    whole = Pack._kept
    monkeypatch.setattr(Pack, "_kept", lambda self, documents, verdicts: whole(self, documents, verdicts).slice(1))
    (root / "catalog.sqlite").unlink()
    with pytest.raises(BuildError, match=r"do not balance.*were to be kept"):
        build(folder_recipe, root)
    assert not Catalog(root).list()


def test_an_input_lost_before_its_verdict_stops_the_commit(
    reference: tuple[Path, str], folder_recipe: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = shutil.copytree(reference[0], tmp_path / "store")
    shutil.rmtree(root / "receipts" / "verdict")
    whole = Verdict.run

    def lossy(self: Verdict, **tables: pa.Table) -> dict[str, pa.Table]:
        outputs = whole(self, **tables)
        return outputs | {"tally": outputs["tally"].slice(1)}

    monkeypatch.setattr(Verdict, "run", lossy)
    with pytest.raises(BuildError, match="do not balance"):
        build(folder_recipe, root)


def test_an_input_lost_by_extraction_stops_the_commit(
    folder_recipe: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = Extract.run

    def lossy(self: Extract) -> dict[str, pa.Table]:
        outputs = whole(self)
        return outputs | {"documents": outputs["documents"].slice(1)}

    monkeypatch.setattr(Extract, "run", lossy)
    with pytest.raises(BuildError, match=r"leaflets: .* inputs, .* accounted for"):
        build(folder_recipe, tmp_path)
    assert not Catalog(tmp_path).list()


def test_running_again_repeats_nothing(reference: tuple[Path, str], folder_recipe: Path) -> None:
    result = build(folder_recipe, reference[0])
    assert result.version == reference[1]
    assert not result.run.executed


def test_another_threshold_runs_nothing_before_the_rules(
    reference: tuple[Path, str], folder_recipe: Path, tmp_path: Path
) -> None:
    stricter = tmp_path / "stricter.toml"
    stricter.write_text(folder_recipe.read_text().replace("min_words = 60", "min_words = 250"))
    root = shutil.copytree(reference[0], tmp_path / "store")
    result = build(stricter, root)
    assert result.version != reference[1]
    assert not {"extract", "language", "domain", "quality", "signature"} & set(result.run.executed)


def test_the_version_does_not_depend_on_the_order_of_work_or_on_what_was_there(
    reference: tuple[Path, str], folder_recipe: Path, tmp_path: Path
) -> None:
    assert build(folder_recipe, tmp_path / "a", shuffle=3).version == reference[1]


def test_the_version_does_not_depend_on_how_many_tasks_deduplicate(
    reference: tuple[Path, str], folder_recipe: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.toml"
    cut.write_text(folder_recipe.read_text() + "[dedup]\nprefixes = 3\nverify_tasks = 5\n")
    root = shutil.copytree(reference[0], tmp_path / "store")
    result = build(cut, root)
    assert result.version == reference[1]
    assert {"match", "verify"} <= set(result.run.executed) and not result.run.executed["signature"]


@pytest.mark.slow
@pytest.mark.usefixtures("ray_session")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_version_is_the_same_on_ray(
    reference: tuple[Path, str], folder_recipe: Path, tmp_path: Path, workers: int
) -> None:
    from ingest.engine.on_ray import OnRay

    executor = OnRay(str(tmp_path), workers)
    result = build(folder_recipe, tmp_path, executor, shuffle=workers)
    executor.close()
    assert result.version == reference[1]
    assert result.run.executed["extract"] > 5
    assert not Catalog(tmp_path).verify(result.version).problems


def test_a_build_that_keeps_nothing_commits_nothing(folder_recipe: Path, tmp_path: Path) -> None:
    hopeless = tmp_path / "hopeless.toml"
    hopeless.write_text(folder_recipe.read_text().replace("min_words = 60", "min_words = 100000"))
    with pytest.raises(BuildError, match=r"nothing of \d+ inputs was kept .*quality\.words"):
        build(hopeless, tmp_path / "store")
    assert not Catalog(tmp_path / "store").list()


def test_a_build_on_an_object_store_gives_the_same_version(
    reference: tuple[Path, str], folder_recipe: Path, tmp_path: Path
) -> None:
    root, database = f"memory://{tmp_path.name}", f"sqlite:///{tmp_path}/index.sqlite"
    result = job.make(load(folder_recipe), root, InProcess(root), silent, database=database)
    assert result.version == reference[1]
    assert not Catalog(root, database).verify(result.version).problems
