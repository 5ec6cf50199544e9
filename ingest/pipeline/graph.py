"""The graph of a build: which step reads what of which partition. Nothing runs here.

extract ─► refine ─┬─► language ──────┐
   │               ├─► domain  ───────┤
   │               ├─► quality ───────┼─► rules ─► bands ─► match ─► components ─► verify ─► verdict ─► pack ─► residual
   │               ├─► decontaminate ─┤              ▲
   └─► supersede ──┼──────────────────┘              │                                    │        ▲
                   └─► signature ────────────────────┘                                    └► paragraphs

refine: `refine.py`, what the recipe asks for of it, the search for identifiers of persons among it. supersede:
only of sources whose files overrule each other. decontaminate and residual, the search of what was packed for what
should not be there: only where the recipe names benchmarks. paragraphs: `paragraphs.py`, where the recipe asks
for it. canary: known duplicates through the same deduplication.
"""

import dataclasses
from collections.abc import Mapping, Sequence

from dedup.canary import Canary
from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match, batches, is_exact
from dedup.signatures.signature import READ
from dedup.verification.members import COMPARED
from dedup.verification.verify import Verify
from filters.domain.step import domain_filter
from filters.language.step import language_filter
from filters.privacy import KINDS
from filters.quality.step import Quality
from filters.rules import Bound, Rules
from ingest.engine.graph import Node, Port
from ingest.pipeline.ancestors import Ancestors, Elder, elders, promoted
from ingest.pipeline.extract import Extract
from ingest.pipeline.pack import Pack, groups
from ingest.pipeline.paragraphs import Judged, Trimmed, trim_paragraphs
from ingest.pipeline.refine import refine
from ingest.pipeline.supersede import Supersede
from ingest.pipeline.verdict import Verdict
from ingest.recipe import Recipe
from ingest.sources.base import Partition, Source
from shards import schema
from shards.step import Step

_RULE_COLUMNS = ("doc_id", "opt_out", "license")
_ITEM_COLUMNS = ("benchmark", "item", "start", "words", "countable")
_TALLY_COLUMNS = ("doc_id", "license", "words", "chars")


@dataclasses.dataclass(frozen=True, eq=False)
class Chain:
    """The nodes of one partition. `documents`: the one whose documents are scored and packed.

    `split`, `privacy`, `contamination`: None where the recipe does not ask for them.
    """

    source: Source
    partition: Partition
    extract: Node
    documents: Node
    split: Node | None
    privacy: Node | None
    contamination: Node | None
    candidates: Node
    signature: Node
    bands: Node


@dataclasses.dataclass(frozen=True, eq=False)
class Graph:
    """The graph up to the verdicts; what to pack is known only when they are.

    `canary`: known duplicates through the same deduplication. `reports`: of the sources whose repeated text is taken
    out, what was. `index`: of the benchmarks, None where there are none. `trimmed`: of each partition, the nodes that
    take out paragraphs, None where nothing does. `matches`: the nodes that found what may be duplicates, one a band and
    prefix; `verified`: those that say which are.
    """

    chains: list[Chain]
    index: Node | None
    canary: Node
    matches: list[Node]
    verified: list[Node]
    verdicts: list[Node]
    reports: dict[str, Node]
    trimmed: list[Trimmed | None]

    @property
    def ends(self) -> list[Node]:
        """The nodes to run before packing; none where there is nothing to build yet."""
        trims = [trimmed.counts for trimmed in self.trimmed if trimmed]
        return [*self.verdicts, *self.reports.values(), self.canary, *trims] if self.chains else []

    @property
    def packed(self) -> list[Node]:
        """Of each partition, the node whose `documents` are packed."""
        pairs = zip(self.chains, self.trimmed, strict=True)
        return [trimmed.documents if trimmed else chain.documents for chain, trimmed in pairs]

    @property
    def counts(self) -> list[Node]:
        """Of each partition, the node whose `tally` and `lengths` count what is packed and what is not."""
        pairs = zip(self.verdicts, self.trimmed, strict=True)
        return [trimmed.counts if trimmed else verdict for verdict, trimmed in pairs]


def plan(
    recipe: Recipe,
    sources: Sequence[Source],
    partitions: Sequence[Sequence[Partition]],
    ancestors: Ancestors = Ancestors(),  # noqa: B008 (frozen)
) -> Graph:
    """Nodes for all partitions of all sources, in the recipe's order of sources and the readers' of partitions."""
    steps = _scores(recipe)
    index = _index(recipe)
    chains, reports = [], {}
    for priority, (entry, source, units) in enumerate(zip(recipe.entries, sources, partitions, strict=True)):
        rules = _rules(recipe, priority)
        labels = [f"{source.name}/{unit.name}" for unit in units]
        options = recipe.document.options
        pairs = list(zip(units, labels, strict=True))
        extracts = [Node(Extract(source, unit, options=options), label) for unit, label in pairs]
        superseded = _superseded(source, extracts)
        refined = refine(recipe, entry, extracts)
        reports |= {source.name: refined.report} if refined.report else {}
        for at, (unit, label, extract) in enumerate(zip(units, labels, extracts, strict=True)):
            documents = refined.documents[at]
            text = {"documents": documents.port("documents", ("doc_id", "text"))}
            scores = {step.name: Node(step, label, text).port("scores") for step in steps}
            privacy, contamination = refined.privacy[at], None
            if privacy:
                scores["privacy"] = privacy.port("scores", ("doc_id", *KINDS))
            if index:
                contamination = Node(recipe.document.decontaminate.score, label, text | {
                    "ngrams": index.port("ngrams"), "items": index.port("items", _ITEM_COLUMNS),
                })  # fmt: skip
                scores["decontaminate"] = contamination.port("scores")
            facts = {"documents": documents.port("documents", _RULE_COLUMNS)}
            if superseded:
                facts["superseded"] = refined.superseded(at, superseded.port("superseded", batch=at))
            candidates = Node(rules, label, facts | scores)
            hashed = {"documents": documents.port("documents", READ)}
            signature = Node(recipe.document.dedup.signature, label, hashed)
            bands = Node(_bands(recipe), label, {
                "signatures": signature.port("signatures"), "candidates": candidates.port("candidates"),
            })  # fmt: skip
            split = refined.splits[at]
            chain = Chain(source, unit, extract, documents, split, privacy, contamination, candidates, signature, bands)
            chains.append(chain)
    canary = Node(Canary(recipe.document.dedup.signature, _bands(recipe), _verify(recipe)), "known duplicates")
    older = elders(ancestors, _bands(recipe), COMPARED)
    matches = _matches(recipe, chains, older)
    merit = promoted(
        ancestors, _bands(recipe), [chain.candidates for chain in chains], [chain.bands for chain in chains]
    )
    verified = _verified(recipe, chains, merit, older, matches)
    verdicts = _verdicts(recipe, chains, verified)
    trimmed = _trimmed(recipe, chains, merit, verdicts)
    return Graph(chains, index, canary, matches, verified, verdicts, reports, trimmed)


def _scores(recipe: Recipe) -> tuple[Step, ...]:
    """The steps that score (doc_id, text) of each partition; each gives the rules a port of its name."""
    return language_filter(recipe.document.language.model), domain_filter(recipe.domain_model), Quality()


def _index(recipe: Recipe) -> Node | None:
    """The node that indexes the benchmarks; None for a recipe that names none."""
    rules = recipe.document.decontaminate
    return Node(rules.index(recipe.path.parent), "benchmarks") if rules.benchmarks else None


def _superseded(source: Source, extracts: list[Node]) -> Node | None:
    """The node that finds what later files of a source overrule; None for a source whose files never do."""
    if not getattr(source, "revised", False) or not extracts:
        return None
    return Node(Supersede(), source.name, {"revisions": tuple(node.port("revisions") for node in extracts)})


def pack(recipe: Recipe, graph: Graph, kept_chars: Sequence[dict[str, int]]) -> list[Node]:
    """Nodes that make the shards. `kept_chars`: of each partition, characters kept by language."""
    target = int(recipe.document.shards.max_mb * 1e6)
    packed, nodes = graph.packed, []
    for language in sorted(recipe.document.language.keep):
        sizes = [(at, kept.get(language, 0)) for at, kept in enumerate(kept_chars)]
        for number, members in enumerate(groups(sizes, target)):
            inputs = {
                "documents": tuple(packed[at].port("documents") for at in members),
                "verdicts": tuple(graph.verdicts[at].port("verdicts", ("verdict", "language")) for at in members),
            }
            nodes.append(Node(Pack(language, 2 * target), f"{language}-{number:05d}", inputs))
    return nodes


def search(recipe: Recipe, graph: Graph, packed: Mapping[Node, Sequence[str]]) -> list[Node]:
    """Nodes that search every shard (`packed`: names of the outputs of each node of `pack`) for the benchmarks."""
    if not graph.index:
        return []
    rules = recipe.document.decontaminate
    windows = Node(rules.windows, "benchmarks", {"items": graph.index.port("items")}).port("windows")
    return [
        Node(rules.search, f"{node.label}/{name}", {
            "documents": node.port(name, ("doc_id", "text")), "windows": windows,
        })
        for node, names in packed.items()
        for name in names
    ]  # fmt: skip


def _rules(recipe: Recipe, priority: int) -> Rules:
    document = recipe.document
    bounds = [Bound("language", "confidence", minimum=document.language.min_confidence)]
    if document.language.mixed == "drop":
        bounds.append(Bound("language", "mixed", maximum=document.language.max_mixed))
    bounds += document.quality.rules(document.language.keep)
    bounds.append(Bound("domain", "score", minimum=document.domain.min_score))
    bounds += [Bound("privacy", kind, maximum=0) for kind in document.privacy.drop]
    if document.decontaminate.benchmarks:
        for column in ("item_share", "document_share"):
            bounds.append(Bound("decontaminate", column, maximum=getattr(document.decontaminate, f"max_{column}")))
    return Rules(
        languages=document.language.keep, bounds=tuple(bounds), honour_opt_outs=document.rights.honour_opt_outs,
        licenses=document.rights.licenses, priority=priority,
    )  # fmt: skip


def _trimmed(
    recipe: Recipe, chains: Sequence[Chain], merit: Sequence[Port], verdicts: Sequence[Node]
) -> list[Trimmed | None]:
    rules = recipe.document.dedup.paragraphs
    if rules is None:
        return [None] * len(chains)
    judged = [
        Judged(chain.source.name, chain.extract.label, chain.documents, ranks, verdict)
        for chain, ranks, verdict in zip(chains, merit, verdicts, strict=True)
    ]
    return trim_paragraphs(rules, judged)


def _bands(recipe: Recipe) -> Bands:
    dedup = recipe.document.dedup
    return Bands(dedup.bands, dedup.rows, dedup.prefixes)


def _verify(recipe: Recipe) -> Verify:
    dedup = recipe.document.dedup
    return Verify(
        dedup.threshold, dedup.dose_threshold, sketch=dedup.signature.sketch, names=dedup.names,
        page_threshold=dedup.page_threshold, residual_threshold=dedup.residual_threshold,
        containment=dedup.containment, list_over=dedup.list_clusters_over,
    )  # fmt: skip


def _matches(recipe: Recipe, chains: list[Chain], older: list[Elder]) -> list[Node]:
    """The nodes that find candidates; members of earlier versions follow those of the build's partitions."""
    dedup, nodes = recipe.document.dedup, []
    bands = [*(chain.bands for chain in chains), *(elder.bands for elder in older)]
    for batch in range(batches(dedup.bands, dedup.prefixes)):
        band, prefix = divmod(batch, dedup.prefixes)
        step = Match(band, 0 if is_exact(band, dedup.bands) else dedup.max_bucket)
        ports = tuple(node.port("bands", batch=batch) for node in bands)
        nodes.append(Node(step, f"band {band}, prefix {prefix}", {"bands": ports}))
    return nodes


def _verified(
    recipe: Recipe, chains: list[Chain], merit: Sequence[Port], older: list[Elder], matches: list[Node]
) -> list[Node]:
    """The nodes that find the duplicates among what `matches` found."""
    dedup = recipe.document.dedup
    components = Node(Components(dedup.verify_tasks), "all", {"edges": tuple(node.port("edges") for node in matches)})
    everything = {
        "signatures": (
            *(chain.signature.port("signatures", COMPARED) for chain in chains),
            *(elder.signatures for elder in older),
        ),
        "ranks": (*merit, *(elder.ranks for elder in older)),
    }
    verify = dataclasses.replace(_verify(recipe), elders=tuple(elder.version for elder in older))
    return [
        Node(verify, f"part {part}", {"clusters": components.port("clusters", batch=part)} | everything)
        for part in range(dedup.verify_tasks)
    ]


def _verdicts(recipe: Recipe, chains: list[Chain], verified: list[Node]) -> list[Node]:
    dedup = recipe.document.dedup
    limits = dedup.threshold, dedup.page_threshold, dedup.containment
    return [
        Node(Verdict(chain.source.name, *limits), chain.extract.label, {
            "documents": chain.documents.port("documents", _TALLY_COLUMNS),
            "candidates": chain.candidates.port("candidates"),
            "quarantine": chain.extract.port("quarantine", tuple(schema.QUARANTINE.names)),
            "rejected": chain.extract.port("rejected", tuple(schema.VERDICT.names)),
            "duplicates": tuple(part.port("duplicates", batch=at) for part in verified),
        } | ({"privacy": chain.privacy.port("scores", ("doc_id", *KINDS))} if chain.privacy else {}))
        for at, chain in enumerate(chains)
    ]  # fmt: skip
