"""Earlier versions in a build: those it follows, whose documents win, and those of which it takes nothing again.

                        own partitions ─► rules ─► ranks ─► promote ─► verify
parents:  verdicts ─► kept-keys ─► seniors ────────────────────┘         ▲
against:  signatures, verdicts ─► elders ─► bands ─► match ─► ... ───────┘

Of a parent only the ids of what it kept are read, of a version in `against` its stored signatures; of neither a text.
"""

import dataclasses
from collections.abc import Sequence

from catalog.manifest import Manifest
from catalog.versions import Catalog
from dedup.earlier import stored
from dedup.earlier.elders import Elders
from dedup.earlier.seniority import KeptKeys, Promote, Seniors
from dedup.matching.lsh import Bands, id_batches
from ingest.engine.graph import Node, Port, Selection
from ingest.recipe import Recipe
from shards.errors import InputError


@dataclasses.dataclass(frozen=True)
class Ancestors:
    """Versions that the recipe names, the oldest first, and the signatures of each one in `against`."""

    parents: tuple[Manifest, ...] = ()
    against: tuple[Manifest, ...] = ()
    signatures: tuple[tuple[stored.Stored, ...], ...] = ()


@dataclasses.dataclass(frozen=True, eq=False)
class Elder:
    """The nodes of one object of signatures of a version in `against`."""

    version: str
    signatures: Selection
    ranks: Port
    bands: Node


def find_ancestors(recipe: Recipe, catalog: Catalog) -> Ancestors:
    """The versions that the recipe names; `InputError` where there is none, or its signatures do not compare."""
    dedup = recipe.document.dedup
    parents = _each_once([catalog.resolve(spec) for spec in dedup.parents])
    against = _each_once([catalog.resolve(spec) for spec in dedup.against])
    if both := {manifest.id for manifest in parents} & {manifest.id for manifest in against}:
        raise InputError(
            f"dedup.parents and dedup.against both name version {min(both)}: the next release of a corpus follows it"
            " (parents), an addition to a corpus leaves out what is in it (against); say one of the two"
        )
    signatures = tuple(tuple(stored.find(catalog.store, one, dedup.signature)) for one in against)
    return Ancestors(parents, against, signatures)


def elders(ancestors: Ancestors, bands: Bands, columns: tuple[str, ...]) -> list[Elder]:
    """Nodes for all signatures of the versions in `against`; `columns` of them are compared."""
    oldest = -len(ancestors.against) - len(ancestors.parents)
    found = []
    for age, (manifest, parts) in enumerate(zip(ancestors.against, ancestors.signatures, strict=True)):
        for at, part in enumerate(parts):
            inputs = {"signatures": Selection(part.signatures, ("doc_id",))}
            if part.verdicts:
                inputs["verdicts"] = Selection(part.verdicts)
            label = f"{manifest.name} {manifest.id} {at}"
            node = Node(Elders(oldest + age, part.language), label, inputs)
            banded = {"signatures": Selection(part.signatures), "candidates": node.port("candidates")}
            compared = Selection(part.signatures, columns)
            found.append(Elder(manifest.id, compared, node.port("ranks"), Node(bands, label, banded)))
    return found


def promoted(ancestors: Ancestors, bands: Bands, candidates: Sequence[Node], banded: Sequence[Node]) -> list[Port]:
    """The ranks of all partitions (nodes of their `candidates` and `banded` ids), with the parents' documents first.

    Parents rank behind the versions in `against`: what is in one of those stays out, whoever had it.
    """
    ranks = [node.port("ranks") for node in candidates]
    if not ancestors.parents:
        return ranks
    kept = [
        (age - len(ancestors.parents), Node(KeptKeys(bands.prefixes), f"{manifest.name} {manifest.id} {at}", {
            "verdicts": Selection(blob, ("doc_id", "verdict")),
        }))
        for age, manifest in enumerate(ancestors.parents)
        for at, blob in enumerate(manifest.verdicts)
    ]  # fmt: skip
    step = Seniors(tuple(priority for priority, _ in kept))
    seniors = [
        Node(step, f"prefix {prefix}", {
            "own": tuple(node.port("bands", batch=batch) for node in banded),
            "kept": tuple(node.port("keys", batch=prefix) for _, node in kept),
        })
        for prefix, batch in enumerate(id_batches(bands.bands, bands.prefixes))
    ]  # fmt: skip
    return [
        Node(Promote(), node.label, {
            "ranks": port, "seniors": tuple(found.port("seniors", batch=at) for found in seniors),
        }).port("ranks")
        for at, (node, port) in enumerate(zip(candidates, ranks, strict=True))
    ]  # fmt: skip


def _each_once(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    return tuple({manifest.id: manifest for manifest in manifests}.values())
