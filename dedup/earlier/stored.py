"""Signatures that a version keeps for later ones, and signatures made afterwards for a version that has none.

A version's manifest names the signatures of its inputs, which its verdicts lie beside: later builds compare by them,
and read no text of it. Of a version from before they were kept, or for other parameters, `sign` makes them from the
shards. They lie beside the version and change nothing of it:

    signatures/<key of the step>/<digest of the shard>.json     the object that holds the shard's signatures
"""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from catalog.manifest import Manifest
from dedup.signatures.signature import READ, Signature
from shards.errors import InputError
from shards.shard import Shard
from shards.step import canonical_json, parameters
from shards.store import Blob, Store


@dataclasses.dataclass(frozen=True)
class Stored:
    """Signatures of one object of a version. `verdicts` say which of them it kept; None: all, in `language`."""

    signatures: Blob
    verdicts: Blob | None = None
    language: str | None = None


def made_by(step: Signature) -> dict[str, Any]:
    """What signatures must share to be compared: name, version and parameters of the step, as plain data."""
    stated = {name: value for name, value in parameters(step).items() if name}
    return {"step": step.name, "version": step.version, "parameters": stated}


def find(store: Store, manifest: Manifest, step: Signature) -> list[Stored]:
    """The version's signatures as `step` makes them; `InputError` that says how to make them where there are none."""
    wanted = made_by(step)
    if manifest.signatures and manifest.signatures.made_by == wanted:
        pairs = zip(manifest.signatures.objects, manifest.verdicts, strict=True)
        return [Stored(signatures, verdicts) for signatures, verdicts in pairs]
    found = [(shard, _signed(store, shard, step)) for shard in manifest.shards]
    if missing := sum(blob is None for _, blob in found):
        raise InputError(
            f"version {manifest.id} of {manifest.name} {_why(manifest, wanted)} ({missing} of {len(found)} shards are"
            f" without); make them once, beside it: `{command(manifest, step)}`"
        )
    return [Stored(blob, language=shard.language) for shard, blob in found if blob is not None]


def sign(
    store: Store, manifest: Manifest, step: Signature, on_progress: Callable[[Shard, bool], None]
) -> Sequence[Blob]:
    """Make and keep the signatures of every shard that has none by this `step`; the version stays what it is.

    `on_progress(shard, made)` is called after each; what is there already is not made again.
    """
    signed = []
    for shard in manifest.shards:
        blob = _signed(store, shard, step)
        made = blob is None
        if blob is None:
            table = step.run(store.get_table(shard.blob, READ))["signatures"]
            blob = store.put_table(table, step.compression)
            if store.exists(_path(shard, step)):  # of an object that was lost: records are never rewritten
                store.delete(_path(shard, step))
            store.put_json(_path(shard, step), {"shard": shard.blob.digest, "made_by": made_by(step),
                                                "signatures": dataclasses.asdict(blob)})  # fmt: skip
        signed.append(blob)
        on_progress(shard, made)
    return signed


def of_recipe(recipe: dict[str, Any]) -> Signature:
    """The step that a version's recipe, as its manifest has it, makes signatures by."""
    stated = recipe.get("dedup", {})
    known = {name: stated[name] for name in ("ngram", "min_shingles", "one_permutation") if name in stated}
    default = Signature(**known)
    if "bands" in stated and "rows" in stated:
        return dataclasses.replace(default, permutations=stated["bands"] * stated["rows"])
    return default


def command(manifest: Manifest, step: Signature) -> str:
    """The command that makes the version's signatures by `step`."""
    standard = of_recipe(manifest.recipe)
    options = [
        _option(field.name, value)
        for field in dataclasses.fields(step)
        if (value := getattr(step, field.name)) != getattr(standard, field.name)
    ]
    return " ".join(["python -m dedup sign", manifest.id, *options])


def _option(name: str, value: object) -> str:
    name = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    return f"--{name} {value}"


def _why(manifest: Manifest, wanted: dict[str, Any]) -> str:
    if manifest.signatures is None:
        return "keeps no signatures"
    found = manifest.signatures.made_by
    if found["version"] != wanted["version"]:
        return f"keeps signatures of an older kind ({found['version']}, not {wanted['version']})"
    theirs, ours = found["parameters"], wanted["parameters"]
    differing = [name for name in sorted(theirs.keys() | ours.keys()) if theirs.get(name) != ours.get(name)]
    stated = ", ".join(f"{name} {theirs.get(name)} and not {ours.get(name)}" for name in differing)
    return f"keeps signatures of other parameters: {stated}"


def _signed(store: Store, shard: Shard, step: Signature) -> Blob | None:
    record = store.get_json(_path(shard, step))
    if record is None:
        return None
    blob = Blob(**record["signatures"])
    return blob if store.exists(blob.path) else None


def _path(shard: Shard, step: Signature) -> str:
    key = hashlib.sha256(canonical_json(made_by(step)).encode()).hexdigest()[:16]
    return f"signatures/{key}/{shard.blob.digest}.json"
