"""`python -m ingest`: plan runs nothing, status tells what is there, retry gives passing failures a second chance."""

import json
from pathlib import Path

import pytest
from site_builds import Site
from typer.testing import CliRunner, Result

from catalog.versions import Catalog
from ingest.cli import app
from ingest.digests import digest_file
from shards.errors import BuildError


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_plan_shows_what_would_run_and_runs_nothing(folder_recipe: Path, tmp_path: Path) -> None:
    result = invoke("plan", folder_recipe, "--root", tmp_path / "store")
    assert result.exit_code == 0, result.output
    assert "leaflets" in result.output
    assert "would run" in result.output
    assert not (tmp_path / "store").exists()


def test_run_commits_and_plan_and_status_then_say_so(folder_recipe: Path, tmp_path: Path) -> None:
    root = tmp_path / "store"
    assert "has not been run" in invoke("status", folder_recipe, "--root", root).output
    result = invoke("run", folder_recipe, "--root", root, "--engine", "local", "--tag", "latest", "--tag", "v1")
    assert result.exit_code == 0, result.output
    version = Catalog(root).resolve("pages@v1").id
    assert version in result.output
    assert "everything up to the verdicts is done" in invoke("plan", folder_recipe, "--root", root).output
    status = invoke("status", folder_recipe, "--root", root).output
    assert "committed" in status
    assert version in status


def test_a_failed_run_exits_with_an_error_that_names_the_partition(
    folder_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filters.quality.step import Quality

    def broken(self: Quality, documents: object) -> dict:
        raise OSError("disk on fire")

    monkeypatch.setattr(Quality, "run", broken)
    result = invoke("run", folder_recipe, "--root", tmp_path, "--engine", "local")
    assert isinstance(result.exception, BuildError)
    assert "quality of leaflets/" in str(result.exception)
    assert "disk on fire" in str(result.exception)
    assert "failed" in invoke("status", folder_recipe, "--root", tmp_path).output
    assert not Catalog(tmp_path).list()


@pytest.mark.slow
def test_retry_fetches_again_what_timed_out_and_leaves_the_rest(site: Site, tmp_path: Path) -> None:
    root = site.store(tmp_path / "store")
    patient = tmp_path / "patient.toml"
    patient.write_text(site.recipe.read_text().replace("timeout = 3", "timeout = 30"))
    before = invoke("run", patient, "--root", root, "--engine", "local")
    assert before.exit_code == 0, before.output
    first = Catalog(root).resolve("demo")
    assert first.funnels[0].quarantined["fetch.timeout"] == 1
    result = invoke("retry", patient, "--root", root, "--engine", "local", "--reason", "timeout")
    assert result.exit_code == 0, result.output
    second = Catalog(root).resolve("demo")
    assert "fetch.timeout" not in second.funnels[0].quarantined
    assert second.funnels[0].quarantined["fetch.http-500"] == 1
    assert second.funnels[0].inputs == first.funnels[0].inputs
    assert second.funnels[0].kept == first.funnels[0].kept
    (crawl,) = (root / "crawls").iterdir()
    pinned = json.loads((crawl / "pin-000.json").read_text())["warcs"]
    assert pinned
    assert all(digest_file(crawl / entry["name"]) == entry["sha256"] for entry in pinned)  # the old version's inputs
    assert len(list(crawl.glob("*.warc.gz"))) == len(pinned) + 1
    nothing = invoke("retry", patient, "--root", root, "--engine", "local", "--reason", "timeout")
    assert "nothing is in quarantine for timeout" in str(nothing.exception)
