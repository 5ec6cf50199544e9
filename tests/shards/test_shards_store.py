"""The store: objects appear whole or not at all, are never rewritten, and damage is found."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow as pa
import pytest

from shards.errors import CorruptionError
from shards.store import TEMPORARY, Store


@pytest.fixture(params=["local", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store(tmp_path if request.param == "local" else f"memory://{tmp_path.name}")


def test_an_object_is_named_by_its_bytes_and_comes_back_equal(store: Store) -> None:
    table = pa.table({"a": [1, 2, 3], "b": ["x", None, "z"]})
    blob = store.put_table(table)
    assert store.get_table(blob).equals(table)
    assert store.put_table(table) == blob
    assert store.get_table(blob, columns=["b"]).column_names == ["b"]
    assert (blob.rows, blob.path[-6:]) == (3, ".arrow")
    store.verify(blob)


def test_batches_stay_apart_even_when_empty(store: Store) -> None:
    schema = pa.schema([("key", pa.uint64())])
    batches = [pa.record_batch([pa.array(values, pa.uint64())], schema=schema) for values in ([1], [], [2, 3])]
    blob = store.put_table(batches)
    assert [store.get_table(blob, batch=at)["key"].to_pylist() for at in range(3)] == [[1], [], [2, 3]]


def test_an_existing_object_is_never_written_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    blob = store.put_bytes(b"first")
    path = tmp_path / blob.path
    before = path.stat()
    store.put_bytes(b"first")
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_damage_is_found_and_named(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    blob = store.put_table(pa.table({"a": list(range(1000))}))
    path = tmp_path / blob.path
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(data[:-10])
    else:
        path.unlink()
    with pytest.raises(CorruptionError, match=blob.digest):
        store.verify(blob)


def test_records_keep_their_first_content(store: Store) -> None:
    store.put_json("receipts/x/1.json", {"first": True})
    store.put_json("receipts/x/1.json", {"first": False})
    assert store.get_json("receipts/x/1.json") == {"first": True}
    assert store.get_json("receipts/x/2.json") is None
    assert list(store.list("receipts")) == ["receipts/x/1.json"]


def test_a_file_moves_into_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    path = tmp_path / "tokens.bin"
    path.write_bytes(b"0123456789" * 1000)
    blob = store.put_file(path, ".bin")
    assert not path.exists()
    assert store.get_bytes(blob) == b"0123456789" * 1000


def _write_for_ever(root: str) -> None:
    store = Store(root)
    for number in range(1_000_000):
        store.put_bytes(str(number).encode() * 50_000)


@pytest.mark.slow
def test_a_kill_leaves_no_half_object(tmp_path: Path) -> None:
    for attempt in range(5):
        child = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(str(tmp_path),))
        child.start()
        time.sleep(1.0 + 0.2 * attempt)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    store = Store(tmp_path)
    names = list(store.list("objects"))
    assert len(names) > 5
    assert not any(TEMPORARY in name for name in names)
    for name in names:
        number = store.fs.cat_file(store.path(name))
        assert store.put_bytes(number).path == name
