"""Verification of a version: every byte it refers to is read again, and what the objects say is counted again."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping

import pyarrow as pa

from catalog.manifest import Manifest
from shards import schema, shard
from shards.errors import CorruptionError, InputError
from shards.store import Blob, Store


@dataclasses.dataclass(frozen=True)
class Report:
    """What a verification found. `problems` name the object and what is wrong with it; none: the version is sound."""

    version: str
    objects: int
    bytes: int
    documents: int
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify(store: Store, manifest: Manifest, on_progress: Callable[[str, int], None] | None = None) -> Report:
    """Check digest, schema, rows and statistics of every object, and the funnels against verdicts and quarantine.

    Every input has one row in `verdicts`, and every quarantined one also in `quarantine`. All objects are checked,
    however many are damaged. `on_progress(path, bytes)` is called after each.
    """
    problems: list[str] = []
    judged: Counter[str] = Counter()  # by ending, and by "ending stage.reason"
    refused: Counter[str] = Counter()

    def checked(blob: Blob, action: Callable[[], None]) -> None:
        try:
            action()
        except (CorruptionError, InputError, pa.ArrowException) as error:
            where = store.path(blob.path)
            problems.append(str(error) if where in str(error) else f"{where}: {error}")
        if on_progress:
            on_progress(blob.path, blob.bytes)

    for entry in manifest.shards:
        checked(entry.blob, lambda entry=entry: shard.verify(store, entry))
    for blob in manifest.verdicts:
        checked(blob, lambda blob=blob: _count_verdicts(store, blob, judged))
    for blob in manifest.quarantine:
        checked(blob, lambda blob=blob: _count_quarantine(store, blob, refused))
    if not problems:  # counts of damaged objects would only repeat what is said already
        problems += _compare("verdicts", judged, _stated(manifest))
        quarantined = {reason: count for reason, count in _stated(manifest).items() if reason.startswith("quarantine ")}
        problems += _compare("quarantine tables", refused, quarantined)
    objects = list(manifest.objects())
    documents = sum(entry.rows for entry in manifest.shards)
    return Report(manifest.id, len(objects), sum(blob.bytes for _, blob in objects), documents, tuple(problems))


def _read(store: Store, blob: Blob, kind: pa.Schema) -> pa.Table:
    store.verify(blob)
    where = store.path(blob.path)
    table = schema.check(store.get_table(blob), kind, where)
    if table.num_rows != blob.rows:
        raise CorruptionError(f"{where}: {table.num_rows} rows, must be {blob.rows}")
    return table


def _count_verdicts(store: Store, blob: Blob, counts: Counter[str]) -> None:
    table = _read(store, blob, schema.VERDICT)
    columns = [table[name].to_pylist() for name in ("verdict", "stage", "reason")]
    counts.update(verdict if verdict == schema.KEEP else f"{verdict} {stage}.{reason}"
                  for verdict, stage, reason in zip(*columns, strict=True))  # fmt: skip


def _count_quarantine(store: Store, blob: Blob, counts: Counter[str]) -> None:
    table = _read(store, blob, schema.QUARANTINE)
    pairs = zip(table["stage"].to_pylist(), table["reason"].to_pylist(), strict=True)
    counts.update(f"{schema.QUARANTINED} {stage}.{reason}" for stage, reason in pairs)


def _stated(manifest: Manifest) -> Counter[str]:
    counts: Counter[str] = Counter()
    for funnel in manifest.funnels:
        counts[schema.KEEP] += funnel.kept
        for verdict, reasons in ((schema.DROP, funnel.dropped), (schema.QUARANTINED, funnel.quarantined)):
            counts.update({f"{verdict} {reason}": count for reason, count in reasons.items()})
    return counts


def _compare(where: str, found: Mapping[str, int], stated: Mapping[str, int]) -> list[str]:
    return [
        f"{ending}: {found.get(ending, 0)} documents in the {where}, {stated.get(ending, 0)} in the funnels"
        for ending in sorted(found.keys() | stated.keys())
        if found.get(ending, 0) != stated.get(ending, 0)
    ]
