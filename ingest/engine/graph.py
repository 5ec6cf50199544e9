"""The plan of a build: nodes (a step over one partition) joined by ports (an output of another node).

An input may also be an object that lies in the store already, such as what an earlier version keeps: a `Selection`.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from shards.step import Step, key
from shards.store import Blob, Store

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Port:
    """One output of a node: the whole table, some `columns` of it, or its record batch number `batch` alone."""

    node: "Node"
    output: str
    columns: tuple[str, ...] | None = None
    batch: int | None = None


@dataclasses.dataclass(frozen=True)
class Selection:
    """An object of the store, some `columns` of it, or its record batch number `batch` alone."""

    blob: Blob
    columns: tuple[str, ...] | None = None
    batch: int | None = None

    @property
    def name(self) -> str:
        """What of which object is read; part of the key."""
        return f"{self.blob.digest}[{','.join(self.columns or ())}][{'' if self.batch is None else self.batch}]"


Input = Port | Selection


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """A step over one partition. An input gives one table; a tuple of inputs gives the step a list of tables."""

    step: Step
    label: str
    inputs: Mapping[str, Input | tuple[Input, ...]] = dataclasses.field(default_factory=dict)

    def port(self, output: str, columns: Sequence[str] | None = None, batch: int | None = None) -> Port:
        """The port of one of this node's outputs."""
        return Port(self, output, tuple(columns) if columns else None, batch)

    def parents(self) -> Iterable["Node"]:
        """The nodes this one waits for, each once."""
        every = (given for inputs in self.inputs.values() for given in as_tuple(inputs))
        return dict.fromkeys(given.node for given in every if isinstance(given, Port))


@dataclasses.dataclass(frozen=True)
class Receipt:
    """Proof that a node's work is done: the objects it made, and what it cost.

    `rows` are those of the largest output. `bytes_in` is what the step read: raw files, and input tables as they lie in
    memory. `seconds` is wall time, `cpu_seconds` process CPU time with child processes; none of them shapes anything.
    """

    key: str
    step: str
    version: int
    label: str
    outputs: dict[str, Blob]
    rows: int
    bytes_in: int
    seconds: float
    cpu_seconds: float
    attempts: int

    def as_json(self) -> dict:
        """Plain data for the store."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: dict) -> "Receipt":
        """Inverse of `as_json`."""
        return cls(**plain | {"outputs": {name: Blob(**blob) for name, blob in plain["outputs"].items()}})


@dataclasses.dataclass(frozen=True)
class Work:
    """One task as it travels to a worker: no table, only names of objects."""

    step: Step
    key: str
    label: str
    inputs: dict[str, Selection | tuple[Selection, ...]]


def as_tuple(inputs: T | tuple[T, ...]) -> tuple[T, ...]:
    """A fan-in's members, or a single input as a tuple of one."""
    return inputs if isinstance(inputs, tuple) else (inputs,)


def receipt_path(step: str, name: str) -> str:
    """Where the receipt of that key lies in the store."""
    return f"receipts/{step}/{name}.json"


def resolve(node: Node, receipts: Mapping[Node, Receipt]) -> Work:
    """The node's work, once all its parents have receipts; its key follows from their objects."""

    def select(given: Input) -> Selection:
        if isinstance(given, Selection):
            return given
        return Selection(receipts[given.node].outputs[given.output], given.columns, given.batch)

    inputs = {
        name: tuple(select(one) for one in given) if isinstance(given, tuple) else select(given)
        for name, given in node.inputs.items()
    }
    names = {name: [selection.name for selection in as_tuple(selections)] for name, selections in inputs.items()}
    return Work(node.step, key(node.step, names), node.label, inputs)


def find_receipt(store: Store, work: Work) -> Receipt | None:
    """The receipt of work that is done already: one whose objects are all there."""
    plain = store.get_json(receipt_path(work.step.name, work.key))
    if plain is None:
        return None
    receipt = Receipt.from_json(plain)
    return receipt if all(store.exists(blob.path) for blob in receipt.outputs.values()) else None


def topological(nodes: Iterable[Node]) -> list[Node]:
    """The nodes and all their ancestors, parents first, in a stable order."""
    ordered: dict[Node, None] = {}
    stack = [(node, False) for node in reversed(list(nodes))]
    while stack:
        node, expanded = stack.pop()
        if node in ordered:
            continue
        if expanded:
            ordered[node] = None
        else:
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(list(node.parents())) if parent not in ordered)
    return list(ordered)
