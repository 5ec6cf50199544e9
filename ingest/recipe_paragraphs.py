"""The recipe's section on paragraphs that stand in several documents."""

from pydantic import Field, field_validator

from dedup.paragraphs.blocks import KINDS, Kind
from ingest.recipe_section import Section

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
