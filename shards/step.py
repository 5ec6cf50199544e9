"""A step: a frozen dataclass of parameters and one pure method from tables to tables.

The output of a step is named by what made it: its name, version, parameters, the versions of the libraries that shape
its output, and the digests of its inputs. The engine owns I/O, retries, counting, timing and progress.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import Any, ClassVar

import pyarrow as pa

from shards.errors import InputError

Output = pa.Table | list[pa.RecordBatch]


@dataclasses.dataclass(frozen=True)
class Step:
    """Base of all steps. A field marked `local()` (a path on this machine, say) does not shape the key."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ()  # distributions whose version shapes the output
    num_cpus: ClassVar[float] = 1.0
    memory: ClassVar[int] = 1 << 30  # bytes a worker needs
    timeout: ClassVar[float] = 3600.0  # seconds for one partition
    lazy: ClassVar[tuple[str, ...]] = ()  # fan-in ports whose tables are read when the step asks for them
    compression: ClassVar[str | None] = "zstd"  # of the output; None where it is read row by row from memory maps

    @property
    def source_bytes(self) -> int:
        """Bytes of raw input that the step reads by itself (a reader), besides its input tables."""
        return 0

    def run(self, **tables: Any) -> dict[str, Output]:
        """Turn input tables (one argument a port; a fan-in port gets a sequence) into named output tables."""
        raise TypeError(f"{type(self).__name__} has no run method")


def local(**options: Any) -> Any:
    """A dataclass field that says where something lies, not what it is: it is left out of the key."""
    return dataclasses.field(metadata={"local": True}, **options)


def key(step: Step, inputs: Mapping[str, list[str]]) -> str:
    """Name of the step's output: 40 hex digits over everything that shapes it.

    `inputs` maps a port to the digests (plus selectors) of the tables it reads, in order.
    """
    made_by = {
        "step": step.name,
        "version": step.version,
        "parameters": parameters(step),
        "libraries": {name: library_version(name) for name in ("pyarrow", *step.libraries)},  # pyarrow writes them all
        "inputs": inputs,
    }
    return hashlib.sha256(canonical_json(made_by).encode()).hexdigest()[:40]


def parameters(value: Any) -> Any:
    """`value` as JSON-ready data, without the fields that are only local."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shaping = [field for field in dataclasses.fields(value) if not field.metadata.get("local")]
        return {"": type(value).__name__} | {field.name: parameters(getattr(value, field.name)) for field in shaping}
    if isinstance(value, Mapping):
        return {str(name): parameters(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [parameters(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"a step's parameter must be plain data, not {type(value).__name__}: {value!r}")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal data, equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@cache
def library_version(distribution: str) -> str:
    """Installed version of a distribution; part of a key when the library shapes an output."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        raise InputError(f"{distribution} is not installed; run `pip install {distribution}`") from None
