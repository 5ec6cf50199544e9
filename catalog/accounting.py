"""The sums that a manifest must satisfy before it may become a version: every input ends in exactly one place."""

from collections import Counter

from catalog.manifest import Manifest
from shards.errors import BuildError


def check_balance(manifest: Manifest) -> None:
    """Raise `BuildError` naming the source or language and both numbers of the first sum that does not hold."""
    for funnel in manifest.funnels:
        if funnel.balance:
            split = f" + {funnel.split} split off" if funnel.split else ""
            raise BuildError(
                f"source {funnel.source!r}: {funnel.inputs} inputs{split} are not {funnel.kept} kept"
                f" + {sum(funnel.dropped.values())} dropped + {sum(funnel.quarantined.values())} quarantined"
                f" ({funnel.balance:+d} unaccounted for);"
                " this is a fault of the build: report it, nothing was committed"
            )
    kept = Counter({funnel.source: funnel.kept for funnel in manifest.funnels})
    _equal("source", "kept in the funnel", kept, "in the composition", _composition(manifest, "source", "documents"))
    for measure, of_shard in (("documents", "rows"), ("words", "words"), ("chars", "chars")):
        in_shards = Counter()
        for shard in manifest.shards:
            in_shards[shard.language] += getattr(shard, of_shard)
        composed = _composition(manifest, "language", measure)
        _equal("language", f"{measure} in the shards", in_shards, "in the composition", composed)
    lengths = Counter({language: sum(bins) for language, bins in manifest.lengths.items()})
    composed = _composition(manifest, "language", "documents")
    _equal("language", "documents in the length histogram", lengths, "in the composition", composed)
    searched, looked_through = Counter(), {part.source for part in manifest.paragraphs}
    for part in manifest.paragraphs:
        searched[part.source] += part.documents
    kept = Counter({name: count for name, count in kept.items() if name in looked_through})
    _equal("source", "documents searched for paragraphs", searched, "kept in the funnel", kept)
    stated = Counter({"all": sum(part.removed for part in manifest.paragraphs)})
    listed = Counter({"all": sum(blob.rows or 0 for blob in manifest.removed_paragraphs)})
    _equal("source", "paragraphs listed as removed", listed, "counted as removed", stated)


def _composition(manifest: Manifest, by: str, measure: str) -> Counter:
    counts = Counter()
    for part in manifest.composition:
        counts[getattr(part, by)] += getattr(part, measure)
    return counts


def _equal(by: str, what: str, found: Counter, other: str, expected: Counter) -> None:
    for name in sorted(found.keys() | expected.keys()):
        if found[name] != expected[name]:
            raise BuildError(
                f"{by} {name!r}: {found[name]} {what} but {expected[name]} {other};"
                " this is a fault of the build: report it, nothing was committed"
            )
