"""The recipe's sections on persons and on benchmarks."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from filters.decontaminate.benchmark import Benchmark, Format, pin
from filters.decontaminate.index import BenchmarkIndex
from filters.decontaminate.residual import Residual, Windows
from filters.decontaminate.scores import Decontaminate
from filters.privacy.kinds import KINDS
from ingest.recipe.section import Section

_AUTHORS = ("author_email", "author_phone")
_SEARCH_MARGIN = 0.1  # words and characters measure a little differently


class PrivacyRules(Section):
    """Identifiers of persons (`filters.privacy`): kinds that are masked by placeholders, kinds that drop a document.

    `articles`: sources of scientific articles, whose authors' published contacts are kinds of their own; by default
    those of a kind that holds articles.
    """

    mask: tuple[Literal[KINDS], ...] = tuple(kind for kind in KINDS if kind not in _AUTHORS)
    drop: tuple[Literal[KINDS], ...] = ()
    articles: tuple[str, ...] | None = None

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.mask or self.drop)


class BenchmarkEntry(Section):
    """A benchmark that the corpus must not contain; see `filters.decontaminate.benchmark.Benchmark` for the keys.

    `path`: a file, folder or archive, relative to the recipe's folder; of format "hf" also a name on the Hub.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
    path: str
    format: Format
    fields: tuple[str, ...] = ()
    id_field: str = ""
    only: str = "*"
    split: str = ""
    rows: str = ""
    unit: Literal["sentence", "document"] = "sentence"
    item_words: int = Field(25, ge=1)
    marker: str = ""
    lenient: bool = False

    def pinned(self, folder: Path) -> Benchmark:
        """The benchmark with its files and their digests; `InputError` when there are none."""
        below = folder / Path(self.path).expanduser()
        path = str(below) if self.format != "hf" or below.exists() else self.path
        return pin(
            self.name, path, self.format, fields=self.fields, id_field=self.id_field, only=self.only, split=self.split,
            rows=self.rows, unit=self.unit, item_words=self.item_words, marker=self.marker, lenient=self.lenient,
        )  # fmt: skip


class DecontaminationRules(Section):
    """Benchmarks that are kept out, and from which overlap of an item or a document on (`filters.decontaminate`)."""

    benchmarks: tuple[BenchmarkEntry, ...] = ()
    max_item_share: float = Field(0.4, gt=0, lt=0.8)
    max_document_share: float = Field(0.3, gt=0, lt=1)
    ngram: int = Field(8, ge=2, le=50)
    common: int = Field(5, ge=1)  # an n-gram of more items than that is a template
    passage: int = Field(20, ge=2)  # words of a stretch of such n-grams that counts all the same
    min_words: int = Field(13, ge=2)  # shorter items are never decided
    enough: int = Field(20, ge=2)  # words of an overlap that is no chance

    @model_validator(mode="after")
    def _ordered(self) -> "DecontaminationRules":
        if not self.ngram <= self.min_words <= self.enough or self.passage < self.ngram:
            raise ValueError(
                f"must be ngram <= min_words <= enough and ngram <= passage, not {self.ngram}, {self.min_words}, "
                f"{self.enough}, {self.passage}"
            )
        return self

    def index(self, folder: Path) -> BenchmarkIndex:
        """The step that reads the benchmarks named in a recipe in `folder`."""
        pinned = tuple(entry.pinned(folder) for entry in self.benchmarks)
        return BenchmarkIndex(pinned, self.ngram, self.common, self.passage)

    @property
    def score(self) -> Decontaminate:
        """The step that looks for them."""
        return Decontaminate(self.ngram, self.min_words, self.enough)

    @property
    def windows(self) -> Windows:
        """The step that cuts their items for the second search."""
        return Windows(min_words=self.min_words, common=self.common)

    @property
    def search(self) -> Residual:
        """The step that proves that none is left."""
        return Residual(self.max_item_share + _SEARCH_MARGIN)
