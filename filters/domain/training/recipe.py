"""What a domain model is trained on: sources marked positive or negative, in a small TOML file.

    name = "medical-domain"

    [[positive]]
    name = "abstracts"
    version = "corpus@stable"      # a version in the catalog ...
    sources = ["pubmed"]           # ... and of it these sources only

    [[negative]]
    name = "forums"
    files = ["data/forums-*.jsonl"]  # or files: columns text, language, and url where known
    split = "test"

A built version keeps what is medical; for negatives, build one whose recipe sets `domain.min_score = 0`.
"""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shards.errors import InputError

Split = Literal["train", "calibration", "test"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TrainingSource(_Section):
    """Documents of one kind. `split`: where all of them go; "hash": by the source's name; "hosts": by their hosts."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    version: str | None = None
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    language: str | None = None  # of files without a column `language`
    split: Split | Literal["hash", "hosts"] = "hash"

    @model_validator(mode="after")
    def _one_origin(self) -> "TrainingSource":
        if (self.version is None) == (not self.files):
            raise ValueError(f"source {self.name!r} needs either `version` or `files`")
        if self.sources and self.version is None:
            raise ValueError(f"source {self.name!r}: `sources` chooses within a `version`")
        return self


class ClassifierSettings(_Section):
    """fastText's settings: small vectors and few buckets, since training sets are small and models are shipped."""

    dim: int = Field(16, ge=2, le=300)
    bucket: int = Field(30_000, ge=1000, le=2_000_000)
    epochs: int = Field(8, ge=1, le=500)
    rate: float = Field(0.3, gt=0, le=2)
    shortest_ngram: int = Field(3, ge=0, le=6)
    longest_ngram: int = Field(5, ge=0, le=8)
    word_ngrams: int = Field(2, ge=1, le=3)
    quantize: bool = False


class TrainingRecipe(_Section):
    """A training recipe. The threshold aims at `precision` where `prevalence` of the documents are medical."""

    name: str = Field(min_length=1)
    positive: tuple[TrainingSource, ...] = Field(min_length=1)
    negative: tuple[TrainingSource, ...] = Field(min_length=1)
    languages: tuple[Literal["en", "fr", "it", "es"], ...] = ("en", "fr", "it", "es")
    prevalence: float = Field(0.015, gt=0, lt=1)
    precision: float = Field(0.9, gt=0, lt=1)
    seed: int = Field(1, ge=0, le=2**31 - 1)
    classifier: ClassifierSettings = ClassifierSettings()

    @model_validator(mode="after")
    def _names_once(self) -> "TrainingRecipe":
        names = [source.name for source in (*self.positive, *self.negative)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"source {twice[0]!r} is named twice; name each once")
        return self


def load(path: str | Path) -> TrainingRecipe:
    """The recipe in a TOML file; `InputError` says what is wrong in it."""
    try:
        plain = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such training recipe") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from error
    try:
        return TrainingRecipe.model_validate(plain)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'recipe'}: {e['msg']}" for e in error.errors())
        raise InputError(f"{path}: {problems}") from error
