"""The store: objects appear whole or not at all, are never rewritten, and damage is found."""

import errno
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow as pa
import pytest

from shards import shard
from shards.disk import TEMPORARY
from shards.errors import CorruptionError, InputError
from shards.shard import Shard
from shards.store import Blob, Store


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


def _table(rows: int = 20) -> pa.Table:
    texts = [f"text {row} " * 500 for row in range(rows)]
    return pa.table({"id": [f"{row:08}" for row in range(rows)], "text": texts, "n": list(range(rows))})


def _rot(store: Store, blob: Blob, buffer: int) -> None:
    """Make compressed buffer number `buffer` undecodable: id's offsets and data, text's offsets and data, n's data."""
    path, magic = Path(store.path(blob.path)), b"\x28\xb5\x2f\xfd"
    parts = path.read_bytes().split(magic)
    assert len(parts) == 6
    path.write_bytes(magic.join(parts[: buffer + 1]) + b"\0" * len(magic) + magic.join(parts[buffer + 1 :]))


@pytest.mark.parametrize("columns", [["n", "id"], ["id"], ["n", "n"], []])
def test_columns_come_as_asked_and_only_they_are_read(tmp_path: Path, columns: list[str]) -> None:
    store, table = Store(tmp_path), _table()
    blob = store.put_table(table)
    batches = table.to_batches(max_chunksize=8)
    in_batches = store.put_table(batches)
    _rot(store, blob, buffer=3)
    assert store.get_table(blob, columns).equals(table.select(columns))
    for number, batch in enumerate(batches):
        assert store.get_table(in_batches, columns, number).equals(pa.Table.from_batches([batch]).select(columns))
    with pytest.raises(CorruptionError, match=blob.digest):
        store.get_table(blob)


def test_an_unknown_column_is_refused_with_those_that_are_there(store: Store) -> None:
    with pytest.raises(InputError, match=r"no column 'words'; it has id, text, n"):
        store.get_table(store.put_table(_table()), ["id", "words"])


@pytest.mark.parametrize("damage", ["remove", "empty", "truncate", "rot"])
def test_an_object_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    blob = store.put_table(_table())
    path = tmp_path / blob.path
    if damage == "remove":
        path.unlink()
    elif damage == "rot":
        _rot(store, blob, buffer=3)
    else:
        path.write_bytes(path.read_bytes()[: 0 if damage == "empty" else 500])
    entry = Shard("en", blob, 20, 0, 0)
    for read in (
        lambda: store.get_table(blob),
        lambda: store.get_table(blob, batch=0),
        lambda: list(shard.read(store, entry, ["text"])),
    ):
        with pytest.raises(CorruptionError, match=rf"{blob.digest}.*build it again.*ingest run.*delete this file"):
            read()


def test_a_removed_object_of_bytes_is_named_too(store: Store) -> None:
    blob = store.put_bytes(b"model", suffix=".model")
    store.delete(blob.path)
    with pytest.raises(CorruptionError, match=blob.digest):
        store.get_bytes(blob)


@pytest.mark.parametrize("trouble", [OSError(errno.EMFILE, "too many open files"), ConnectionError("reset")])
def test_trouble_of_the_system_is_not_called_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: OSError
) -> None:
    store = Store(tmp_path)
    blob = store.put_table(_table())

    def fail(_: str) -> None:
        raise trouble

    monkeypatch.setattr(pa, "memory_map", fail)
    with pytest.raises(type(trouble)):
        store.get_table(blob)


def test_a_table_without_batches_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="at least one batch"):
        store.put_table([])


@pytest.mark.parametrize("name", ["", ".", "..", "/etc/x", "../x", "objects/../../x", "objects/.."])
def test_only_names_inside_the_store_are_deleted(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "x"
    outside.touch()
    (tmp_path / "store" / "objects").mkdir(parents=True)
    with pytest.raises(InputError, match="not a name inside"):
        Store(tmp_path / "store").delete(name)
    assert outside.exists()


def test_a_root_that_looks_unfinished_is_listed_all_the_same(tmp_path: Path) -> None:
    store = Store(tmp_path / ".tmp-store")
    blob = store.put_bytes(b"first")
    Path(store.path(blob.path)).with_name(f"{TEMPORARY}0123").touch()
    assert list(store.list("objects")) == [blob.path]


def test_a_store_knows_whether_it_is_local(tmp_path: Path) -> None:
    assert (Store(tmp_path).is_local, Store("memory://x").is_local) == (True, False)


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
