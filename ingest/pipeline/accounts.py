"""What a finished run says of itself: the small tables that its steps left become the manifest of a version.

Each figure is counted where it arises: inputs where they are read, documents that splitting adds where they are found,
verdicts where they are given, kept rows in the shards. So a loss anywhere shows as accounts that do not balance.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import pyarrow as pa

from catalog.manifest import (
    Boilerplate,
    CappedBucket,
    Cluster,
    Composition,
    Decontamination,
    Funnel,
    Identifiers,
    Manifest,
    Paragraphs,
    Repeat,
    Signatures,
)
from dedup.earlier.stored import made_by
from filters.decontaminate.report import refuse_residual, report, with_residual
from filters.privacy import mask_quotations
from ingest.engine.graph import Node
from ingest.engine.scheduler import Run
from ingest.pipeline.ancestors import Ancestors
from ingest.pipeline.graph import Graph
from ingest.recipe import Recipe
from ingest.sources.base import Partition, Source
from shards import schema
from shards.errors import BuildError
from shards.shard import Shard, describe
from shards.step import library_version
from shards.store import Blob, Store

_REPORTED = ("benchmark", "countable")  # columns of the benchmarks' items
_LISTED = 100  # clusters of duplicates in a manifest


@dataclasses.dataclass(frozen=True)
class Accounts:
    """Of a run whose verdicts are given: tallies at once, the rest when its shards are packed."""

    graph: Graph
    run: Run
    store: Store
    ancestors: Ancestors

    @cached_property
    def tallies(self) -> list[pa.Table]:
        """What became of each partition's inputs (`verdict.TALLY`)."""
        return [self.read(node, "tally") for node in self.graph.counts]

    @property
    def verdicts(self) -> list[Blob]:
        """The verdicts of each partition."""
        return [self.run.receipts[node].outputs["verdicts"] for node in self.graph.verdicts]

    @cached_property
    def clusters(self) -> list[Cluster]:
        """The clusters of duplicates that the recipe wants listed, at most `_LISTED`, the largest first."""
        rows = [row for node in self.graph.verified for row in self.read(node, "large").to_pylist()]
        rows.sort(key=lambda row: (-row["removed"], row["winner"]))
        return [Cluster(**row) for row in rows[:_LISTED]]

    def read(self, node: Node, output: str, columns: Sequence[str] | None = None) -> pa.Table:
        """An output of a node that has run."""
        return self.store.get_table(self.run.receipts[node].outputs[output], columns)

    def kept_chars(self) -> list[dict[str, int]]:
        """Of each partition, characters kept by language."""
        kept: list[Counter[str]] = []
        for tally in self.tallies:
            kept.append(Counter())
            for row in tally.to_pylist():
                if row["verdict"] == schema.KEEP:
                    kept[-1][row["language"]] += row["chars"]
        return [dict(counts) for counts in kept]

    def manifest(
        self,
        recipe: Recipe,
        sources: Sequence[Source],
        partitions: Sequence[Sequence[Partition]],
        packed: Sequence[Node],
        searches: Sequence[Node],
    ) -> Manifest:
        """The manifest of the version; `packed` and `searches`: nodes of `build.pack` and `build.search` that have run.

        Raises `BuildError` when the accounts do not balance, nothing is kept or a benchmark is still in what is kept.
        """
        shards = [shard for node in packed for shard in self._shards(node)]
        return Manifest(
            name=recipe.name,
            recipe=recipe.as_json(),
            sources=[
                _source(source, entry.kind, units)
                for source, entry, units in zip(sources, recipe.entries, partitions, strict=True)
            ],
            shards=shards,
            verdicts=self.verdicts,
            quarantine=[self.run.receipts[chain.extract].outputs["quarantine"] for chain in self.graph.chains],
            funnels=self._funnels(shards),
            composition=_composition(self.tallies),
            lengths=_lengths([self.read(node, "lengths") for node in self.graph.counts]),
            software=_software(self.run),
            boilerplate=[self._boilerplate(recipe, name, node) for name, node in self.graph.reports.items()],
            privacy=self._privacy(recipe) if recipe.document.privacy.active else None,
            decontamination=self._decontamination(recipe, searches),
            paragraphs=self._paragraphs(),
            removed_paragraphs=self._removed_paragraphs(),
            parents=[manifest.id for manifest in self.ancestors.parents],
            against=[manifest.id for manifest in self.ancestors.against],
            signatures=Signatures(
                made_by(recipe.document.dedup.signature),
                [self.run.receipts[chain.signature].outputs["signatures"] for chain in self.graph.chains],
            ),
            clusters=self.clusters,
            capped=self._capped(),
        )

    def _shards(self, node: Node) -> list[Shard]:
        blobs = [blob for _, blob in sorted(self.run.receipts[node].outputs.items())]
        return [describe(node.step.language, blob, self.store.get_table(blob, ("words", "chars"))) for blob in blobs]

    def _funnels(self, shards: list[Shard]) -> list[Funnel]:
        by_source: dict[str, Counter] = {}
        for chain, tally in zip(self.graph.chains, self.tallies, strict=True):
            counts = by_source.setdefault(chain.source.name, Counter())
            counts["inputs", ""] += self.read(chain.extract, "inputs")["inputs"][0].as_py()
            if chain.split is not None:
                counts["split", ""] += self.read(chain.split, "added")["added"][0].as_py()
            for row in tally.to_pylist():
                counts[row["verdict"], row["why"]] += row["documents"]
        funnels = [
            Funnel(
                source,
                inputs=counts["inputs", ""],
                kept=counts[schema.KEEP, ""],
                dropped={why: n for (verdict, why), n in sorted(counts.items()) if verdict == schema.DROP},
                quarantined={why: n for (verdict, why), n in sorted(counts.items()) if verdict == schema.QUARANTINED},
                split=counts["split", ""],
            )
            for source, counts in by_source.items()
        ]
        wrong = [
            f"{f.source}: {f.inputs} inputs{f' + {f.split} split off' if f.split else ''},"
            f" {f.inputs + f.split - f.balance} accounted for"
            for f in funnels
            if f.balance
        ]
        kept, written = sum(f.kept for f in funnels), sum(shard.rows for shard in shards)
        if kept != written:
            wrong.append(f"{kept} documents were to be kept, the shards hold {written}")
        if wrong:
            raise BuildError(
                f"the accounts do not balance, nothing is committed: {'; '.join(wrong)}. This is a bug: report it"
            )
        if not kept:
            reasons = sorted({why for funnel in funnels for why in funnel.dropped | funnel.quarantined})
            raise BuildError(
                f"nothing of {sum(f.inputs for f in funnels)} inputs was kept ({', '.join(reasons) or 'no inputs'}), "
                "so nothing is committed: check the sources' patterns, or loosen the recipe's rules"
            )
        return funnels

    def _boilerplate(self, recipe: Recipe, source: str, node: Node) -> Boilerplate:
        counted = self.read(node, "counted").to_pylist()[0]
        rows = self.read(node, "examples").to_pylist()
        # These lines were taken out before anything was masked, and cards quote them.
        texts = mask_quotations([row["text"] for row in rows], recipe.document.privacy.mask)
        examples = [Repeat(**row | {"text": text}) for row, text in zip(rows, texts, strict=True)]
        return Boilerplate(source, **counted, examples=examples)

    def _paragraphs(self) -> list[Paragraphs]:
        sums: dict[tuple[str, str], Counter[str]] = {}
        for chain, trimmed in zip(self.graph.chains, self.graph.trimmed, strict=True):
            for row in self.read(trimmed.documents, "counted").to_pylist() if trimmed else ():
                sums.setdefault((chain.source.name, row.pop("language")), Counter()).update(row)
        return [Paragraphs(*place, **counts) for place, counts in sorted(sums.items())]

    def _removed_paragraphs(self) -> list[Blob]:
        outputs = [self.run.receipts[trimmed.documents].outputs for trimmed in self.graph.trimmed if trimmed]
        return [found["removed"] for found in outputs if found["removed"].rows]

    def _capped(self) -> list[CappedBucket]:
        tables = [self.read(node, "capped") for node in self.graph.matches]
        rows = pa.concat_tables(tables).to_pylist() if tables else []
        return [CappedBucket(row["band"], f"{row['key']:016x}", row["documents"]) for row in rows]

    def _privacy(self, recipe: Recipe) -> list[Identifiers]:
        sums: dict[tuple[str, str], list[int]] = {}
        for node in self.graph.verdicts:
            for row in self.read(node, "identifiers").to_pylist():
                entry = sums.setdefault((row["kind"], row["language"]), [0, 0])
                entry[0] += row["documents"]
                entry[1] += row["identifiers"]
        masked = set(recipe.document.privacy.mask)
        return [Identifiers(*place, *numbers, place[0] in masked) for place, numbers in sorted(sums.items())]

    def _decontamination(self, recipe: Recipe, searches: Sequence[Node]) -> list[Decontamination]:
        if self.graph.index is None:
            return []
        found = [(self.read(node, "overlaps"), self.read(node, "searched")) for node in searches]
        refuse_residual(found)
        rules = recipe.document.decontaminate
        partitions = [
            (self.read(chain.contamination, "touched"), self.read(verdict, "verdicts", ("stage",)))
            for chain, verdict in zip(self.graph.chains, self.graph.verdicts, strict=True)
        ]
        items = self.read(self.graph.index, "items", _REPORTED)
        reports = report(items, partitions, rules.max_item_share, rules.max_document_share, rules.min_words)
        return [Decontamination(**entry.as_json()) for entry in with_residual(reports, found)]


def _composition(tallies: list[pa.Table]) -> list[Composition]:
    sums: dict[tuple, list[int]] = {}
    for tally in tallies:
        for row in tally.to_pylist():
            if row["verdict"] == schema.KEEP:
                entry = sums.setdefault((row["source"], row["language"], row["license"]), [0, 0, 0])
                for at, name in enumerate(("documents", "words", "chars")):
                    entry[at] += row[name]
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or ""))
    return [Composition(*place, *numbers) for place, numbers in ordered]


def _lengths(tables: list[pa.Table]) -> dict[str, list[int]]:
    bins: dict[str, Counter[int]] = {}
    for table in tables:
        for row in table.to_pylist():
            bins.setdefault(row["language"], Counter())[row["bin"]] += row["documents"]
    return {language: [counts[at] for at in range(max(counts) + 1)] for language, counts in sorted(bins.items())}


def _source(source: Source, kind: str, partitions: list[Partition]) -> dict:
    units = [{"name": unit.name, "sha256": unit.sha256, "bytes": unit.bytes} for unit in partitions]
    return {"name": source.name, "kind": kind, "partitions": units}


def _software(run: Run) -> dict[str, str]:
    names = {name for node in run.receipts for name in node.step.libraries} | {"medcorpus", "pyarrow"}
    return {name: library_version(name) for name in sorted(names)}
