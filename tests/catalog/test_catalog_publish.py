"""The Hub folder reads back as what was built, and the real client delivers it byte by byte."""

import json

import huggingface_hub.constants
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from catalog_fixture import build
from hub_fixture import serve

from catalog.publish import export_hub_folder, publish
from shards import schema, shard
from shards.errors import CorruptionError, InputError, MedcorpusError


@pytest.fixture
def committed(catalog, manifest):
    """A catalog with one version."""
    catalog.commit(manifest)
    return catalog


@pytest.fixture
def hub(monkeypatch):
    """A local Hub that the client reaches by plain HTTP uploads (Xet has its own servers)."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with serve() as running:
        yield running


def _files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_folder_has_every_document_in_order(committed, manifest, tmp_path):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    for language in ["en", "es", "fr", "it"]:
        paths = sorted((folder / "data" / language).iterdir())
        assert [path.name for path in paths] == [
            f"train-{i:05d}-of-{len(paths):05d}.parquet" for i in range(len(paths))
        ]
        read = pa.concat_tables(pq.read_table(path).cast(schema.DOCUMENT) for path in paths)  # times: ms to s
        shards = [entry for entry in manifest.shards if entry.language == language]
        built = pa.Table.from_batches([batch for entry in shards for batch in shard.read(committed.store, entry)])
        assert read.equals(built)
    assert json.loads((folder / "manifest.json").read_text()) == manifest.as_json()


def test_parquet_is_written_for_the_hub(committed, tmp_path):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    column = pq.ParquetFile(folder / "data/en/train-00000-of-00002.parquet").metadata.row_group(0).column(1)
    assert column.compression == "ZSTD" and column.has_column_index and column.has_offset_index


def test_equal_versions_give_equal_bytes(committed, tmp_path):
    one = _files(export_hub_folder(committed, "demo", tmp_path / "one"))
    two = _files(export_hub_folder(committed, "demo@latest", tmp_path / "two"))
    assert one == two and len(one) == 14


def test_export_replaces_an_export_and_nothing_else(committed, tmp_path):
    first = _files(export_hub_folder(committed, "demo", tmp_path / "hub"))
    (tmp_path / "hub" / "data" / "stale.parquet").write_bytes(b"")
    assert _files(export_hub_folder(committed, "demo", tmp_path / "hub")) == first
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("do not delete")
    with pytest.raises(InputError, match="--out"):
        export_hub_folder(committed, "demo", tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_damaged_shard_is_not_exported(committed, manifest, tmp_path):
    path = committed.store.path(manifest.shards[-1].blob.path)
    with open(path, "r+b") as file:  # noqa: PTH123
        file.seek(200)
        file.write(b"\xff\xff")
    with pytest.raises(CorruptionError, match=path):
        export_hub_folder(committed, "demo", tmp_path / "hub")
    assert not (tmp_path / "hub").exists() and not list(tmp_path.glob(".tmp-*"))


def test_dry_run_lists_files_and_sizes_and_calls_nobody(committed, tmp_path, hub):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    upload = publish(folder, "lab/corpus", dry_run=True, endpoint=hub.endpoint, token="hf_test")
    assert dict(upload.files) == {path: len(data) for path, data in _files(folder).items()}
    assert upload.bytes == sum(map(len, _files(folder).values())) and upload.url is None
    assert hub.requests == []


def test_real_client_delivers_every_byte_and_tags_the_version(committed, manifest, tmp_path, hub):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub", repo="lab/corpus")
    upload = publish(folder, "lab/corpus", endpoint=hub.endpoint, token="hf_test")
    assert upload.url == f"{hub.endpoint}/datasets/lab/corpus"
    stored = dict(hub.repos["lab/corpus"])
    stored.pop(".gitattributes")
    assert stored == _files(folder)
    assert list(hub.tags["lab/corpus"]) == [manifest.id]
    assert hub.visibility["lab/corpus"] == "private"
    assert hub.unknown == []
    publish(folder, "lab/corpus", endpoint=hub.endpoint, token="hf_test")  # the same again is no error
    assert sum(request.startswith("PUT") for request in hub.requests) == len(hub.objects)


def test_next_version_replaces_the_data_of_the_last(committed, manifest, tmp_path, hub):
    publish(export_hub_folder(committed, "demo", tmp_path / "v1"), "lab/corpus", endpoint=hub.endpoint, token="hf_test")
    committed.commit(build(committed.store, documents=3, parents=(manifest.id,)))
    folder = export_hub_folder(committed, "demo", tmp_path / "v2")
    publish(folder, "lab/corpus", endpoint=hub.endpoint, token="hf_test")
    stored = dict(hub.repos["lab/corpus"])
    stored.pop(".gitattributes")
    assert stored == _files(folder)
    assert len(hub.tags["lab/corpus"]) == 2


def test_file_that_gets_lost_on_the_way_is_named(committed, tmp_path, hub):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    hub.mangle = "data/it/train-00000-of-00002.parquet"
    with pytest.raises(CorruptionError, match=hub.mangle):
        publish(folder, "lab/corpus", endpoint=hub.endpoint, token="hf_test")


def test_refused_token_says_what_to_check(committed, tmp_path, hub):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    with pytest.raises(MedcorpusError, match="hf auth whoami"):
        publish(folder, "lab/corpus", endpoint=hub.endpoint, token="hf_wrong")


@pytest.mark.parametrize("repo", ["corpus", "a/b/c", "lab/cor pus", ""])
def test_impossible_repository_is_refused(committed, tmp_path, repo):
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    with pytest.raises(InputError, match="--repo"):
        publish(folder, repo, dry_run=True)


def test_folder_that_is_no_export_is_refused(tmp_path):
    with pytest.raises(InputError, match="not an exported version"):
        publish(tmp_path, "lab/corpus", dry_run=True)


@pytest.mark.parametrize(("config", "rows"), [("fr", 24), ("all", 96), (None, 96)])
def test_datasets_loads_the_folder(committed, tmp_path, monkeypatch, config, rows):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    datasets = pytest.importorskip("datasets")
    folder = export_hub_folder(committed, "demo", tmp_path / "hub")
    loaded = datasets.load_dataset(str(folder), config, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.num_rows == rows and loaded.column_names == schema.DOCUMENT.names
    if config == "fr":
        assert set(loaded["source"]) == {"wiki", "web"} and loaded[0]["opt_out"] == ["meta:noai"]
