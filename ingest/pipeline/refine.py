"""Between extraction and scores: what repeats over a source is taken out of its texts, mixed documents are split,
identifiers of persons are masked.

extract ─┬─► units (all partitions) ─► repeated ─┐
         └───────────────────────────────────────┴─► trim ─┬─► split ─┬─► privacy ─┐
                                                           │          └────────────┴─► mask
                                                           └─► trim-report (all partitions)

Each is asked for by the recipe; a step that is not asked for is not in the graph. They are steps of their own, so that
another threshold of one does not run the next where its input stays the same.
"""

import dataclasses

from filters.boilerplate.repeats import CountUnits, Repeated
from filters.boilerplate.trim import Trim, TrimReport
from filters.language.split import language_split
from filters.privacy import Mask, Privacy
from ingest.engine.graph import Node, Port
from ingest.pipeline.supersede import Follow
from ingest.recipe import Recipe
from ingest.recipe.sources import Entry

_COUNTED = ("text", "url", "canonical_url")
_SEARCHED = ("doc_id", "text", "source")


@dataclasses.dataclass(frozen=True, eq=False)
class Refined:
    """The nodes whose `documents` are scored and packed, one a partition, and where they may have come from.

    `splits`: None where nothing is split. `privacy`: scores of the identifiers found; None where none are looked for.
    `report`: what was taken out of the source; None where nothing is.
    """

    documents: list[Node]
    splits: list[Node | None]
    privacy: list[Node | None]
    report: Node | None

    def superseded(self, at: int, superseded: Port) -> Port:
        """The port of what is overruled in partition `at`, by rows of its refined documents."""
        split = self.splits[at]
        if split is None:
            return superseded
        inputs = {"superseded": superseded, "origin": split.port("origin", ("origin",))}
        return Node(Follow(), split.label, inputs).port("superseded")


def refine(recipe: Recipe, entry: Entry, extracts: list[Node]) -> Refined:
    """The nodes between `extracts`, the partitions of one source, and the scores."""
    documents, report = extracts, None
    if recipe.without_boilerplate(entry) and extracts:
        documents, report = _trims(recipe, entry.name, extracts)
    splits: list[Node | None] = [None] * len(documents)
    if recipe.document.language.mixed == "split":
        split = language_split(recipe.document.language.model)
        documents = splits = [Node(split, node.label, {"documents": node.port("documents")}) for node in documents]
    privacy: list[Node | None] = [None] * len(documents)
    if recipe.document.privacy.active:
        find = Privacy(recipe.articles)
        privacy = [Node(find, node.label, {"documents": node.port("documents", _SEARCHED)}) for node in documents]
        documents = _masks(recipe.document.privacy.mask, documents, privacy)
    return Refined(documents, splits, privacy, report)


def _masks(kinds: tuple[str, ...], documents: list[Node], privacy: list[Node]) -> list[Node]:
    if not kinds:
        return documents
    return [
        Node(Mask(kinds), node.label, {"documents": node.port("documents"), "scores": found.port("scores")})
        for node, found in zip(documents, privacy, strict=True)
    ]


def _trims(recipe: Recipe, source: str, extracts: list[Node]) -> tuple[list[Node], Node]:
    rules = recipe.document.boilerplate
    count = CountUnits(rules.by, rules.tasks)
    counts = [Node(count, node.label, {"documents": node.port("documents", _COUNTED)}) for node in extracts]
    groups = tuple(node.port("groups") for node in counts)
    often = Repeated(rules.min_documents, rules.min_share)
    repeats = [
        Node(often, f"{source} {task}", {
            "counts": tuple(node.port("counts", batch=task) for node in counts), "groups": groups,
        })
        for task in range(rules.tasks)
    ]  # fmt: skip
    repeated = tuple(node.port("repeated") for node in repeats)
    trim = Trim(rules.by, rules.max_removed, rules.numbers)
    trims = [Node(trim, node.label, {"documents": node.port("documents"), "repeated": repeated}) for node in extracts]
    report = Node(TrimReport(), source, {
        "removed": tuple(node.port("removed") for node in trims),
        "counted": tuple(node.port("counted") for node in trims),
        "totals": tuple(node.port("totals") for node in repeats),
    })  # fmt: skip
    return trims, report
