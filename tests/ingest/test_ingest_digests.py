"""Digests of raw files are remembered, and never wrongly."""

import hashlib
import os
from pathlib import Path

import pytest

from ingest import digests
from ingest.digests import digest_files


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read; the memory is the test's own, and no file is too young for it."""
    names: list[str] = []

    def noted(path: Path) -> str:
        names.append(path.name)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(digests, "digest_file", noted)
    monkeypatch.setattr(digests, "_TICK", 0)
    return names


def test_unchanged_files_are_read_once(tmp_path: Path, read: list[str]) -> None:
    root = tmp_path / "data"
    root.mkdir()
    for name in ("a", "b"):
        (root / name).write_text(name)
    first = digest_files(root, ["a", "b"])
    assert first == {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a", "b")}
    assert digest_files(root, ["a", "b"]) == first
    assert sorted(read) == ["a", "b"]


def test_a_change_is_seen_even_with_size_and_time_set_back(tmp_path: Path, read: list[str]) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    facts = path.stat()
    digest_files(tmp_path, ["a"])
    path.write_text("new")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert digest_files(tmp_path, ["a"])["a"] == hashlib.sha256(b"new").hexdigest()
    assert read == ["a", "a"]


def test_a_file_that_has_just_changed_is_not_remembered(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_TICK", 10**12)
    (tmp_path / "a").write_text("x")
    digest_files(tmp_path, ["a"])
    digest_files(tmp_path, ["a"])
    assert read == ["a", "a"]


def test_without_a_cache_folder_files_are_read_each_time(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MEDCORPUS_CACHE", str(tmp_path / "file"))
    (tmp_path / "a").write_text("x")
    assert digest_files(tmp_path, ["a"]) == digest_files(tmp_path, ["a"])
    assert read == ["a", "a"]
