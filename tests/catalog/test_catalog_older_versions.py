"""Versions from before the columns `author` and `site` stay readable: verified, exported, trained on."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from catalog_fixture import build

from catalog import verify
from catalog.publish import export_hub_folder
from catalog.versions import Catalog
from shards import schema, shard
from shards.errors import InputError

OLD = pa.schema([field for field in schema.DOCUMENT if field.name not in schema.LATER])


@pytest.fixture
def older(tmp_path, monkeypatch) -> Catalog:
    """A catalog with one version whose shards lack the later columns."""
    monkeypatch.setattr(schema, "DOCUMENT", OLD)
    catalog = Catalog(tmp_path / "store")
    catalog.commit(build(catalog.store))
    monkeypatch.undo()
    return catalog


def test_an_older_version_is_sound(older):
    manifest = older.resolve("demo")
    assert next(shard.read(older.store, manifest.shards[0])).schema.names == OLD.names
    assert verify.verify(older.store, manifest).problems == ()


def test_an_older_version_is_exported_with_all_columns_of_today(older, tmp_path):
    folder = export_hub_folder(older, "demo", tmp_path / "hub")
    read = pq.read_table(folder / "data/en/train-00000-of-00002.parquet")
    assert read.schema.names == schema.DOCUMENT.names
    assert read["author"].null_count == read["site"].null_count == read.num_rows > 0


def test_columns_are_read_by_name_from_older_versions(older):
    batch = next(shard.read(older.store, older.resolve("demo").shards[0], ["doc_id", "text"]))
    assert batch.schema.names == ["doc_id", "text"]


def test_any_other_missing_column_is_refused():
    table = schema.DOCUMENT.empty_table()
    assert schema.check_documents(table.drop_columns(["author", "site"]), "here").schema == schema.DOCUMENT
    for names in (["url"], ["author", "license"]):
        with pytest.raises(InputError, match="here: columns"):
            schema.check_documents(table.drop_columns(names), "here")
