"""Walks the graph: skips what exists, keeps a bounded window of work under way, retries, and names what failed."""

import dataclasses
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable

from ingest.engine.executors import Executor
from ingest.engine.graph import Node, Receipt, Work, find_receipt, resolve, topological
from shards.errors import BuildError, InputError
from shards.store import Store

MAX_ATTEMPTS = 3


@dataclasses.dataclass(frozen=True)
class Event:
    """Something happened to a node: planned, cached, started, done, retried or failed."""

    kind: str
    node: Node
    receipt: Receipt | None = None
    error: Exception | None = None


@dataclasses.dataclass
class Run:
    """What a run has done: receipts of all finished nodes, how many of them were executed now, and the failures."""

    receipts: dict[Node, Receipt] = dataclasses.field(default_factory=dict)
    executed: dict[str, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    cached: dict[str, int] = dataclasses.field(default_factory=lambda: defaultdict(int))
    failures: list[tuple[Node, Exception, int]] = dataclasses.field(default_factory=list)  # with attempts

    def raise_failures(self) -> None:
        """`BuildError` naming each failed partition, its step and its error; nothing when all went well."""
        if self.failures:
            lines = [
                f"  {node.step.name} of {node.label}: {type(error).__name__}: {error} (attempts: {attempts})"
                for node, error, attempts in self.failures
            ]
            raise BuildError(
                f"{len(lines)} partition(s) failed; finished work is kept, "
                "run the same command again once the cause is gone:\n" + "\n".join(lines)
            )


def run(
    targets: Iterable[Node],
    store: Store,
    executor: Executor,
    on_event: Callable[[Event], None],
    before: Run | None = None,
) -> Run:
    """Bring all targets into being. A failed node stops only its descendants; everything else is finished.

    `before`: an earlier run of the same build, which is carried on. The order of execution is parents first, then
    the order of the list: it cannot change a byte of the result.
    """
    result = before or Run()
    nodes = [node for node in topological(targets) if node not in result.receipts]
    rank = {node: position for position, node in enumerate(nodes)}
    waits_for = dict.fromkeys(nodes, 0)
    children = defaultdict(list)
    for node in nodes:
        on_event(Event("planned", node))
        for parent in node.parents():
            if parent not in result.receipts:
                waits_for[node] += 1
                children[parent].append(node)
    ready = [(rank[node], node) for node in nodes if not waits_for[node]]
    heapq.heapify(ready)
    active: dict[str, tuple[Node, int]] = {}  # key -> node, attempt
    twins: dict[str, list[Node]] = defaultdict(list)  # nodes that ask for work already under way
    failed: dict[str, tuple[Exception, int]] = {}  # key -> error, attempts

    def finish(node: Node, receipt: Receipt, kind: str) -> None:
        result.receipts[node] = receipt
        getattr(result, "executed" if kind == "done" else "cached")[node.step.name] += 1
        on_event(Event(kind, node, receipt))
        for child in children[node]:
            waits_for[child] -= 1
            if not waits_for[child]:
                heapq.heappush(ready, (rank[child], child))

    def fail(node: Node, error: Exception, attempts: int) -> None:
        result.failures.append((node, error, attempts))
        on_event(Event("failed", node, error=error))

    def start(node: Node, work: Work) -> None:
        if work.key in active:
            twins[work.key].append(node)
            return
        if work.key in failed:
            fail(node, *failed[work.key])
            return
        receipt = find_receipt(store, work)
        if receipt:
            finish(node, receipt, "cached")
            return
        active[work.key] = (node, 1)
        on_event(Event("started", node))
        executor.submit(work, 1)

    while ready or active:
        while ready and len(active) < executor.window:
            _, node = heapq.heappop(ready)
            start(node, resolve(node, result.receipts))
        if not active:
            continue
        for outcome in executor.wait():
            node, attempt = active.pop(outcome.work.key)
            if outcome.receipt:
                finish(node, outcome.receipt, "done")
                for twin in twins.pop(outcome.work.key, []):
                    finish(twin, outcome.receipt, "cached")
            elif attempt < MAX_ATTEMPTS and not isinstance(outcome.error, InputError):
                on_event(Event("retried", node, error=outcome.error))
                active[outcome.work.key] = (node, attempt + 1)
                executor.submit(outcome.work, attempt + 1)
            else:
                failed[outcome.work.key] = outcome.error, attempt
                for loser in (node, *twins.pop(outcome.work.key, [])):
                    fail(loser, outcome.error, attempt)
    return result


@dataclasses.dataclass(frozen=True)
class Forecast:
    """Of one node: `cached`, `ready` (would run now) or `waits` (would run once its inputs exist)."""

    node: Node
    state: str
    receipt: Receipt | None = None


def forecast(targets: Iterable[Node], store: Store) -> list[Forecast]:
    """What `run` would do, without doing it."""
    receipts: dict[Node, Receipt] = {}
    forecasts = []
    for node in topological(targets):
        if any(parent not in receipts for parent in node.parents()):
            forecasts.append(Forecast(node, "waits"))
            continue
        receipt = find_receipt(store, resolve(node, receipts))
        if receipt:
            receipts[node] = receipt
        forecasts.append(Forecast(node, "cached" if receipt else "ready", receipt))
    return forecasts
