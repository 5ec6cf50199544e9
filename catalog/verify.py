"""Verification of a version: every byte it refers to is read again, and what the objects say is counted again."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from catalog.identity import find_repeated
from catalog.manifest import Manifest
from shards import schema, shard
from shards.errors import CorruptionError, InputError
from shards.store import Blob, Store


@dataclasses.dataclass(frozen=True)
class Report:
    """What a verification found. `problems` name the object and what is wrong with it; none: the version is sound.

    `missing` and `damaged` are the objects that are not there, and those whose bytes are not the ones that were
    written. Any other problem is one of sound bytes that say what they should not.
    """

    version: str
    objects: int
    bytes: int
    documents: int
    problems: tuple[str, ...]
    missing: tuple[Blob, ...] = ()
    damaged: tuple[Blob, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify(store: Store, manifest: Manifest, on_progress: Callable[[str, int], None] | None = None) -> Report:
    """Check digest, schema, rows and statistics of every object, and the funnels against verdicts and quarantine.

    Every input has one row in `verdicts`, and every quarantined one also in `quarantine`; every removed paragraph has
    one in `removed_paragraphs`; no two rows of the shards have one `doc_id`. All objects are checked, however many are
    damaged. `on_progress(path, bytes)` is called after each.
    """
    problems: list[str] = []
    judged: Counter[str] = Counter()  # by ending, and by "ending stage.reason"
    refused: Counter[str] = Counter()
    trimmed: Counter[str] = Counter()
    missing: list[Blob] = []
    damaged: list[Blob] = []

    def checked(blob: Blob, action: Callable[[], None]) -> bool:
        problem = _trouble(store, blob, lambda: store.verify(blob))
        if problem:
            (damaged if store.exists(blob.path) else missing).append(blob)
        else:
            problem = _trouble(store, blob, action)
        problems.extend(problem)
        if on_progress:
            on_progress(blob.path, blob.bytes)
        return not problem

    sound = [entry for entry in manifest.shards if checked(entry.blob, lambda entry=entry: shard.verify(store, entry))]
    for blob in manifest.verdicts:
        checked(blob, lambda blob=blob: _count_verdicts(store, blob, judged))
    for blob in manifest.quarantine:
        checked(blob, lambda blob=blob: _count_quarantine(store, blob, refused))
    for blob in manifest.removed_paragraphs:
        checked(blob, lambda blob=blob: _count_removed(store, blob, trimmed))
    for blob in manifest.signatures.objects if manifest.signatures else ():
        checked(blob, lambda blob=blob: _check_rows(store, blob))
    countable = not problems
    problems += _repeated(store, sound)
    if countable:  # counts of damaged objects would only repeat what is said already
        problems += _compare("verdicts", judged, _stated(manifest))
        quarantined = {reason: count for reason, count in _stated(manifest).items() if reason.startswith("quarantine ")}
        problems += _compare("quarantine tables", refused, quarantined)
        problems += _compare(
            "tables of removed paragraphs", trimmed, _stated_removed(manifest), "the manifest's counts"
        )
    objects = list(manifest.objects())
    documents = sum(entry.rows for entry in manifest.shards)
    size = sum(blob.bytes for _, blob in objects)
    found = tuple(problems), tuple(missing), tuple(damaged)
    return Report(manifest.id, len(objects), size, documents, *found)


def repair(store: Store, report: Report) -> tuple[str, ...]:
    """Delete the report's damaged objects so that the next build makes them anew; returns the deleted paths.

    Each is read once more: what is sound by now (a read that failed in between, another repair) stays.
    """
    deleted = []
    for blob in report.damaged:
        if store.exists(blob.path) and _trouble(store, blob, lambda blob=blob: store.verify(blob)):
            store.delete(blob.path)
            deleted.append(store.path(blob.path))
    return tuple(deleted)


def _repeated(store: Store, shards: list[shard.Shard]) -> list[str]:
    try:
        found = find_repeated(store, shards)
    except CorruptionError as error:  # an id that is none
        return [str(error)]
    return [str(found)] if found else []


def _trouble(store: Store, blob: Blob, action: Callable[[], None]) -> list[str]:
    """What `action` found wrong with the object: one message that names it, or none."""
    try:
        action()
    except (CorruptionError, InputError, pa.ArrowException) as error:
        where = store.path(blob.path)
        return [str(error) if where in str(error) else f"{where}: {error}"]
    return []


def _check_rows(store: Store, blob: Blob) -> None:
    # Signatures of today's versions have columns that yesterday's lack: what they are of is all that is checked.
    rows = store.get_table(blob, ["doc_id"]).num_rows
    if rows != blob.rows:
        raise CorruptionError(f"{store.path(blob.path)}: {rows} rows, must be {blob.rows}")


def _read(store: Store, blob: Blob, kind: pa.Schema) -> pa.Table:
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


def _count_removed(store: Store, blob: Blob, counts: Counter[str]) -> None:
    table = _read(store, blob, schema.REMOVED_PARAGRAPH)
    counts["removed paragraphs"] += table.num_rows
    counts["changed documents"] += pc.count_distinct(table["doc_id"]).as_py()


def _stated_removed(manifest: Manifest) -> Counter[str]:
    removed, changed = (sum(getattr(part, name) for part in manifest.paragraphs) for name in ("removed", "changed"))
    return Counter({"removed paragraphs": removed, "changed documents": changed})


def _stated(manifest: Manifest) -> Counter[str]:
    counts: Counter[str] = Counter()
    for funnel in manifest.funnels:
        counts[schema.KEEP] += funnel.kept
        for verdict, reasons in ((schema.DROP, funnel.dropped), (schema.QUARANTINED, funnel.quarantined)):
            counts.update({f"{verdict} {reason}": count for reason, count in reasons.items()})
    return counts


def _compare(
    where: str, found: Mapping[str, int], stated: Mapping[str, int], what: str = "documents", other: str = "funnels"
) -> list[str]:
    return [
        f"{ending}: {found.get(ending, 0)} {what} in the {where}, {stated.get(ending, 0)} in the {other}"
        for ending in sorted(found.keys() | stated.keys())
        if found.get(ending, 0) != stated.get(ending, 0)
    ]
