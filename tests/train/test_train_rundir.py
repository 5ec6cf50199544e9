"""A run's folder belongs to one run, and its metrics survive a full disk."""

import errno
import json
import os

import pytest

from shards.errors import InputError
from train.rundir import RunDir


def test_records_wait_for_room_on_a_full_disk(tmp_path, monkeypatch):
    folder = RunDir(tmp_path)
    folder.log({"step": 1})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        folder.log({"step": 2})
        assert [record["step"] for record in folder.metrics()] == [1]
    folder.log({"step": 3})
    assert [record["step"] for record in folder.metrics()] == [1, 2, 3]


def test_other_errors_are_not_taken_for_a_full_disk(tmp_path, monkeypatch):
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        RunDir(tmp_path).log({"step": 1})


def test_a_setting_that_an_earlier_release_did_not_have_is_no_difference(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"lr": 0.1}))
    RunDir(tmp_path).check({"lr": 0.1, "optimizer": "adamw"})
    with pytest.raises(InputError, match=r"lr = 0\.1, this one has 0\.2"):
        RunDir(tmp_path).check({"lr": 0.2, "optimizer": "adamw"})
