"""The command line: what it prints, and how it ends."""

import os
import sys
from pathlib import Path

import pytest
from catalog_fixture import build
from hub_fixture import serve

from catalog import __main__ as command


@pytest.fixture
def run(catalog, manifest, monkeypatch, capsys):
    """Runs a command over a catalog with one version; returns (exit status, standard output, standard error)."""
    catalog.commit(manifest, tags=["latest", "v1"])
    monkeypatch.setenv("MEDCORPUS_ROOT", catalog.store.root)
    monkeypatch.setattr(command.console, "_width", 160)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["catalog", *arguments])
        with pytest.raises(SystemExit) as end:
            command.main()
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


def test_ls_names_versions_with_tags_and_sizes(run, manifest):
    status, out, _ = run("ls")
    assert status == 0
    assert manifest.id in out and "latest, v1" in out and "96" in out and "15,116" in out


def test_show_prints_every_reason_and_count(run, manifest, tmp_path):
    status, out, _ = run("show", "demo@v1", "--plots", str(tmp_path / "plots"))
    assert status == 0
    for reason in ["quality.min_words", "rights.opt-out", "extract.encrypted", "kept", "inputs"]:
        assert reason in out
    assert "48" in out and "█" in out
    assert (tmp_path / "plots" / "funnel.png").exists()


def test_verify_ends_with_0_when_sound_and_1_when_damaged(run, catalog, manifest):
    assert run("verify", "demo")[0] == 0
    path = Path(catalog.store.path(manifest.shards[0].blob.path))
    path.write_bytes(path.read_bytes()[:-8])
    status, out, _ = run("verify", "demo")
    assert status == 1 and str(path) in out.replace("\n", "") and "damaged" in out


def test_repair_names_then_deletes_what_is_damaged(run, catalog, manifest):
    path = Path(catalog.store.path(manifest.shards[0].blob.path))
    path.write_bytes(path.read_bytes()[:-8])
    status, out, _ = run("verify", "demo")
    assert status == 1 and path.exists() and f"catalog verify {manifest.id} --repair" in out
    status, out, _ = run("verify", "demo", "--repair")
    assert status == 1 and not path.exists()
    assert out.index(f"✗ {path}") < out.index(f"deleted {path}") < out.index("run `python -m ingest run` with")
    status, out, _ = run("verify", "demo", "--repair")
    assert status == 1 and "deleted" not in out and "ingest run" in out
    build(catalog.store)
    assert run("verify", "demo", "--repair")[0] == 0


def test_gc_deletes_old_unfinished_files(run, catalog):
    path = Path(catalog.store.path("objects/.tmp-0123"))
    path.touch()
    assert "0 unfinished files" in run("gc")[1] and path.exists()
    os.utime(path, (1e9, 1e9))
    status, out, _ = run("gc")
    assert status == 0 and f"deleted {path}" in out and "1 unfinished files" in out and not path.exists()


def test_tag_rebuild_and_lineage(run, catalog, manifest):
    child = catalog.commit(build(catalog.store, documents=3, parents=(manifest.id,)))
    assert run("tag", manifest.id[:6], "stable")[0] == 0
    assert catalog.resolve("demo@stable") == manifest
    assert "2 versions" in run("rebuild")[1]
    status, out, _ = run("lineage", child)
    assert status == 0 and f"{manifest.id} demo, 96 documents" in out and "abababababababab" in out


def test_card_writes_readme_and_plots(run, tmp_path):
    assert run("card", "demo", "--out", str(tmp_path / "card"))[0] == 0
    assert (tmp_path / "card" / "README.md").read_text().startswith("---\n")
    assert (tmp_path / "card" / "plots" / "lengths.png").exists()


def test_publish_dry_run_lists_and_sends_nothing(run, tmp_path):
    status, out, _ = run("publish", "demo", "--repo", "lab/corpus", "--dry-run", "--out", str(tmp_path / "hub"))
    assert status == 0
    assert "data/fr/train-00000-of-00002.parquet" in out and "14 files" in out and "nothing was sent" in out


def test_publish_uploads(run, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    with serve() as hub:
        monkeypatch.setenv("HF_TOKEN", hub.token)
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        status, out, _ = run("publish", "demo", "--repo", "lab/corpus", "--out", str(tmp_path / "hub"), "--public")
        assert status == 0 and f"published: {hub.endpoint}/datasets/lab/corpus" in out
        assert len(hub.repos["lab/corpus"]) == 15
        assert hub.visibility["lab/corpus"] == "public"


@pytest.mark.parametrize(
    "arguments", [["show", "other"], ["verify", "demo@v9"], ["ls", "--root", "no/such/store"], ["tag", "demo", "a b"]]
)
def test_errors_are_one_line_with_what_to_do_and_status_1(run, arguments):
    status, out, err = run(*arguments)
    assert status == 1 and out == ""
    assert err.startswith("error: ") and err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("arguments", [["show"], ["nonsense"], ["publish", "demo"]])
def test_wrong_usage_ends_with_2(run, arguments):
    assert run(*arguments)[0] == 2


def test_a_store_that_does_not_exist_is_not_created(run, tmp_path):
    run("ls", "--root", str(tmp_path / "typo"))
    assert not (tmp_path / "typo").exists()
