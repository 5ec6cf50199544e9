"""The recipe's section on duplicates, of documents and of paragraphs that stand in several of them."""

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from dedup.paragraphs.blocks import KINDS, Kind
from dedup.signatures.signature import Signature
from ingest.recipe.section import Section

EVERY = "*"


class ParagraphRules(Section):
    """Paragraphs that the best document keeps and the others lose (`dedup.paragraphs`), where it is asked for.

    `sources`: whose documents lose them, "*" for all; documents of the others keep theirs, and others give way to them.
    Leaflets, trial records and protocols share paragraphs that each of them needs.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    blocks: tuple[Kind, ...] = Field(KINDS, min_length=1)  # what may go; headings never do
    min_words: int = Field(20, ge=1)
    min_chars: int = Field(100, ge=1)
    max_removed: float = Field(0.5, gt=0, lt=1)  # of a document's words; one that would lose more stays whole
    tasks: int = Field(1, ge=1, le=65536)  # by hash prefix; raise it when the paragraphs do not fit in memory

    @field_validator("sources", "blocks")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            raise ValueError("a name stands twice; name each once")
        return tuple(sorted(names))  # their order means nothing, so it must not shape a version

    def applies_to(self, source: str) -> bool:
        """Whether documents of that source lose paragraphs."""
        return EVERY in self.sources or source in self.sources


class DedupRules(Section):
    """Duplicates: documents whose shingles have Jaccard >= `threshold` and whose doses and names agree.

    `parents`: versions that this one follows, the oldest first; what they kept wins. `against`: versions of which
    nothing is taken again. Both are NAME@TAG, NAME, an id or its beginning.
    """

    parents: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    threshold: float = Field(0.8, gt=0, le=1)
    dose_threshold: float = Field(0.4, ge=0, le=1)  # 0: doses do not count
    names: bool = True  # texts of one template with names of their own are not duplicates
    page_threshold: float = Field(0.3, gt=0, le=1)  # of two captures of one page in one source; 1: as any two texts
    residual_threshold: float = Field(0.5, ge=0, le=1)  # without what a cluster's documents share; 0: does not count
    containment: float = Field(0.0, ge=0, le=1)  # share of a text in a longer one that is kept; 0: parts are kept
    max_removed: float = Field(0.8, gt=0, le=1)  # of a source's documents in a language; more stops the build
    list_clusters_over: int = Field(50, ge=1)  # documents removed for one: the report, manifest and card list it
    ngram: int = Field(5, ge=1, le=50)
    bands: int = Field(14, ge=1, le=256)
    rows: int = Field(8, ge=1, le=64)
    min_shingles: int = Field(16, ge=1)
    one_permutation: bool = True  # false: a minimum of each permutation, half as fast again
    max_bucket: int = Field(1_000_000, ge=2)  # documents that share a band's key; larger ones are left out and reported
    prefixes: int = Field(1, ge=1, le=4096)  # match tasks a band: raise it when a band no longer fits in memory
    verify_tasks: int = Field(2, ge=1, le=65536)
    paragraphs: ParagraphRules | None = None

    @model_serializer(mode="wrap")
    def _stated(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what came later and is not asked for, so that versions of older recipes keep their id."""
        plain = dump(self)
        return plain if self.paragraphs else {name: value for name, value in plain.items() if name != "paragraphs"}

    @property
    def signature(self) -> Signature:
        """The step's parameters."""
        return Signature(
            ngram=self.ngram, permutations=self.bands * self.rows, min_shingles=self.min_shingles,
            one_permutation=self.one_permutation,
        )  # fmt: skip
