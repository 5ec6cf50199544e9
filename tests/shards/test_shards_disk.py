"""Files reach the disk before their names, names before anything that relies on them, and what is unfinished goes."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shards import disk
from shards.store import Store


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path]]:
    """What is flushed and what is renamed to, in order."""
    events: list[tuple[str, Path]] = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(descriptor: int) -> None:
        events.append(("flush", Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def recorded_replace(source: str, target: str) -> None:
        events.append(("rename", Path(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    return events


def _put_bytes(store: Store, folder: Path) -> Path:
    return Path(store.path(store.put_bytes(b"data").path))


def _put_file(store: Store, folder: Path) -> Path:
    path = folder / "tokens.bin"
    path.write_bytes(b"data")
    return Path(store.path(store.put_file(path, ".arrow").path))


@pytest.mark.parametrize("put", [_put_bytes, _put_file])
def test_a_name_is_on_disk_before_a_receipt_can_be(tmp_path: Path, log: list, put: Callable) -> None:
    target = put(Store(tmp_path / "store"), tmp_path)
    kinds = [kind for kind, _ in log]
    renamed = log.index(("rename", target))
    assert log[renamed + 1 :] == [("flush", target.parent)]
    assert "flush" in kinds[:renamed]
    for folder in (target.parent, target.parent.parent, tmp_path / "store"):  # new ones: their names are flushed too
        assert ("flush", folder.parent) in log[:renamed]


@pytest.fixture
def other_disk(tmp_path: Path):
    """A folder on another file system than `tmp_path`."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to move a file from")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def test_a_file_on_another_disk_is_copied_whole(tmp_path: Path, other_disk: Path, log: list) -> None:
    store, path = Store(tmp_path), other_disk / "tokens.bin"
    path.write_bytes(b"0123456789" * 1000)
    blob = store.put_file(path, ".bin")
    assert store.get_bytes(blob) == b"0123456789" * 1000 and not path.exists()
    assert log[-1] == ("flush", Path(store.path(blob.path)).parent)
    assert [entry.name for entry in tmp_path.rglob("*") if entry.is_file()] == [f"{blob.digest}.bin"]


def test_a_copy_that_fails_leaves_the_file_and_no_half_object(
    tmp_path: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = other_disk / "tokens.bin"
    path.write_bytes(b"0123456789" * 1000)

    def half(source, target, size):
        target.write(source.read(100))
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(disk.shutil, "copyfileobj", half)
    with pytest.raises(OSError, match="no space"):
        Store(tmp_path).put_file(path, ".bin")
    assert path.exists() and not [entry for entry in tmp_path.rglob("*") if entry.is_file()]


def test_a_sweep_takes_old_unfinished_files_only(tmp_path: Path) -> None:
    store = Store(tmp_path)
    blob = store.put_bytes(b"data")
    folder = Path(store.path(blob.path)).parent
    old, new = folder / ".tmp-old", folder / ".tmp-new"
    for path in (old, new):
        path.touch()
    os.utime(old, (1e9, 1e9))
    os.utime(store.path(blob.path), (1e9, 1e9))
    assert store.sweep(older_than=3600) == (str(old),)
    assert new.exists() and store.get_bytes(blob) == b"data"
    assert Store("memory://swept").sweep(older_than=0) == ()
