"""Reading the index needs no right to write and waits for no writer; only what may pass is tried again."""

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from catalog_fixture import build

from catalog.versions import Catalog
from shards.errors import InputError, MedcorpusError

NOBODY = 65534


def test_listing_waits_for_no_writer(catalog, manifest):
    catalog.commit(manifest)
    writer = sqlite3.connect(Path(catalog.store.path("catalog.sqlite")), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert [entry.id for entry in Catalog(catalog.store.root).list()] == [manifest.id]
    finally:
        writer.close()


def _read_only_catalog(root: Path, answers) -> None:
    if os.getuid() == 0:  # root may write anywhere
        os.setuid(NOBODY)
    catalog = Catalog(root)
    answers.send([entry.id for entry in catalog.list()] + [catalog.resolve("demo").id])
    try:
        catalog.tag("demo", "stable")
    except InputError as error:
        answers.send(str(error))


def test_a_store_that_cannot_be_written_to_is_read():
    root = Path(tempfile.mkdtemp(prefix="read only%?#"))  # pytest's own folders are closed to others
    try:
        version = Catalog(root).commit(build(Catalog(root).store))
        for path in (root, *root.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        answers, ours = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_read_only_catalog, args=(root, ours))
        child.start()
        ours.close()
        assert answers.recv() == [version, version]
        assert "can only be read here" in answers.recv()
        child.join()
    finally:
        for path in (root, *root.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(root)


def test_what_a_database_cannot_understand_is_asked_once(catalog):
    asked = []

    def wrong(session):
        asked.append(session)
        session.connection().exec_driver_sql("SELECT ?", ())

    with pytest.raises(MedcorpusError, match="refused to work: Incorrect number of bindings"):
        catalog._database.read(wrong)
    assert len(asked) == 1
