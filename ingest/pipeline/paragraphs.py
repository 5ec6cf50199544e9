"""After the verdicts: paragraphs that a better document keeps are taken out of the kept documents of some sources.

verdict ─► paragraph-hashes (all partitions) ─► paragraph-match ─► paragraph-trim ─► recount
                                                                        │
                                                                        └─► pack

Only hashes leave a partition: 26 bytes a paragraph, one record batch a hash prefix, which one match task reads of all
partitions.
"""

import dataclasses
import itertools
from collections.abc import Sequence

from dedup.paragraphs.hashes import HashParagraphs
from dedup.paragraphs.match import MatchParagraphs
from dedup.paragraphs.trim import TrimParagraphs
from ingest.engine.graph import Node, Port
from ingest.pipeline.verdict import Recount
from ingest.recipe.dedup import ParagraphRules

_COUNTED = ("license", "words", "chars")


@dataclasses.dataclass(frozen=True, eq=False)
class Judged:
    """A partition when its verdicts are given: its documents, the order of merit among them, and the verdicts."""

    source: str
    label: str
    documents: Node
    ranks: Port
    verdicts: Node


@dataclasses.dataclass(frozen=True, eq=False)
class Trimmed:
    """A partition whose documents may have lost paragraphs, and the counts of what is left of them."""

    documents: Node
    counts: Node


def trim_paragraphs(rules: ParagraphRules, judged: Sequence[Judged]) -> list[Trimmed | None]:
    """The nodes of each partition; None for those of a source that loses nothing."""
    hashing = HashParagraphs(rules.blocks, rules.min_words, rules.min_chars, rules.tasks)
    hashes = [
        Node(hashing, part.label, {
            "documents": part.documents.port("documents", ("doc_id", "text")),
            "verdicts": part.verdicts.port("verdicts", ("verdict",)),
            "ranks": part.ranks,
        })
        for part in judged
    ]  # fmt: skip
    runs = itertools.groupby(rules.applies_to(part.source) for part in judged)
    match = MatchParagraphs(tuple((len(list(run)), loses) for loses, run in runs))
    matches = [
        Node(match, f"prefix {task}", {"paragraphs": tuple(node.port("paragraphs", batch=task) for node in hashes)})
        for task in range(rules.tasks)
    ]
    return [
        _trimmed(rules, part, hashes[at], matches, at) if rules.applies_to(part.source) else None
        for at, part in enumerate(judged)
    ]


def _trimmed(rules: ParagraphRules, part: Judged, hashed: Node, matches: Sequence[Node], at: int) -> Trimmed:
    trim = Node(TrimParagraphs(rules.blocks, rules.min_words, rules.min_chars, rules.max_removed), part.label, {
        "documents": part.documents.port("documents"),
        "verdicts": part.verdicts.port("verdicts", ("verdict", "language")),
        "seen": hashed.port("seen"),
        "removals": tuple(node.port("removals", batch=at) for node in matches),
    })  # fmt: skip
    recount = Node(Recount(part.source), part.label, {
        "documents": trim.port("documents", _COUNTED), "verdicts": part.verdicts.port("verdicts"),
    })  # fmt: skip
    return Trimmed(trim, recount)
