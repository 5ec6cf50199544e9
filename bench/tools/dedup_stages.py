"""The deduplication of planted signatures, stage by stage through the build's own steps, store and receipts.

    python -m bench.tools.dedup_stages DOCUMENTS FOLDER OUT    # measures end as JSON in OUT

Each task runs in a process of its own, forked from one in which every kernel is loaded: its CPU time and the peak of
its resident memory, the interpreter with its libraries and mapped files among it, are what the kernel counted. Objects
of the signatures' minima are deleted once they are banded, as only banding reads them.
"""

import dataclasses
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.tools.clock import Clock
from bench.tools.planted_signatures import EXACT, NEAR, Planted
from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match, batches
from dedup.verification.members import COMPARED
from dedup.verification.verify import Verify
from ingest.engine.graph import Node, Receipt, Work, resolve
from ingest.engine.worker import execute
from shards.store import Store

BANDS, ROWS = 14, 8
PARTITION = 300_000  # documents
THRESHOLD = 0.8
_KEYS_A_MATCH = 16_000_000
_MEMBERS_A_PART = 1_000_000
_AT_ONCE = 8  # partitions whose minima lie on the disk together


@dataclasses.dataclass
class Stage:
    """What the tasks of one stage took together; `peak_bytes`: the largest of them; `share`: of CPU time, by what."""

    tasks: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_bytes: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    spent: dict[str, float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Size:
    """How a corpus of so many documents is cut."""

    documents: int
    partition: int = PARTITION

    @property
    def prefixes(self) -> int:
        """Match tasks a band."""
        return -(-self.documents // _KEYS_A_MATCH)

    @property
    def parts(self) -> int:
        """Verify tasks."""
        return -(-self.documents * 4 // (10 * _MEMBERS_A_PART))


class Run:
    """Stages of one corpus in the store at `root`, with `workers` tasks at a time."""

    def __init__(self, size: Size, root: Path, workers: int):
        self.size, self.root, self.workers = size, str(root), workers
        self.store, self.stages = Store(root), {}
        self._receipts: dict[Node, Receipt] = {}

    def go(self) -> dict[int, np.ndarray]:
        """Run all stages; rows that are removed, by partition."""
        size, bounds = self.size, range(0, self.size.documents, self.size.partition)
        planted = [
            Node(Planted(size.documents, start, min(start + size.partition, size.documents)), str(start))
            for start in bounds
        ]
        bands = [
            Node(Bands(BANDS, ROWS, size.prefixes), node.label, {
                "signatures": node.port("signatures"), "candidates": node.port("candidates"),
            })
            for node in planted
        ]  # fmt: skip
        for at in range(0, len(planted), _AT_ONCE):
            self._stage("plant", planted[at : at + _AT_ONCE])
            self._stage("bands", bands[at : at + _AT_ONCE])
            for node in planted[at : at + _AT_ONCE]:
                for output in ("signatures", "candidates"):
                    self.store.delete(self._receipts[node].outputs[output].path)
        matches = [
            Node(
                Match(batch // size.prefixes), str(batch), {"bands": tuple(n.port("bands", batch=batch) for n in bands)}
            )
            for batch in range(batches(BANDS, size.prefixes))
        ]
        self._stage("match", matches)
        for node in bands:
            self.store.delete(self._receipts[node].outputs["bands"].path)
        components = Node(Components(size.parts), "all", {"edges": tuple(node.port("edges") for node in matches)})
        self._stage("components", [components])
        everything = {
            "signatures": tuple(node.port("compared", COMPARED) for node in planted),
            "ranks": tuple(node.port("ranks") for node in planted),
        }
        parts = [
            Node(Verify(THRESHOLD), str(part), {"clusters": components.port("clusters", batch=part)} | everything)
            for part in range(size.parts)
        ]
        self._stage("verify", parts)
        self._planted = planted
        return {at: np.concatenate([self._removed(part, at) for part in parts]) for at in range(len(planted))}

    def found(self, removed: Mapping[int, np.ndarray]) -> dict[str, float]:
        """Recall of what must go, by kind, beside what banding promises, and precision of what went."""
        counts = dict.fromkeys(("removed", "right", "exact", "exact_found", "near", "near_found"), 0)
        promised = 0.0
        for at, node in enumerate(self._planted):
            truth = self.store.get_table(self._receipts[node].outputs["truth"])
            kinds, similarity = truth["kind"].to_numpy(), truth["similarity"].to_numpy().astype(float)
            gone = np.zeros(len(kinds), bool)
            gone[removed[at]] = True
            counts["removed"] += int(gone.sum())
            counts["right"] += int(gone[(kinds == EXACT) | (kinds == NEAR)].sum())
            for name, kind in (("exact", EXACT), ("near", NEAR)):
                counts[name] += int((kinds == kind).sum())
                counts[f"{name}_found"] += int(gone[kinds == kind].sum())
            promised += float((1 - (1 - similarity[kinds == NEAR] ** ROWS) ** BANDS).sum())
        return {
            "removed": counts["removed"],
            "precision": counts["right"] / counts["removed"],
            "recall_exact": counts["exact_found"] / counts["exact"],
            "recall_near": counts["near_found"] / counts["near"],
            "formula_near": promised / counts["near"],
        }

    def _removed(self, part: Node, partition: int) -> np.ndarray:
        blob = self._receipts[part].outputs["duplicates"]
        return self.store.get_table(blob, ("row",), partition)["row"].to_numpy()

    def _stage(self, name: str, nodes: Sequence[Node]) -> None:
        stage = self.stages.setdefault(name, Stage())
        works = [resolve(node, self._receipts) for node in nodes]
        started = time.monotonic()
        for node, (receipt, peak, spent) in zip(nodes, self._tasks(works), strict=True):
            self._receipts[node] = receipt
            stage.tasks += 1
            stage.cpu_seconds += receipt.cpu_seconds
            stage.peak_bytes = max(stage.peak_bytes, peak)
            stage.bytes_in += receipt.bytes_in
            stage.bytes_out += sum(blob.bytes for blob in receipt.outputs.values())
            for kind, seconds in spent.items():
                stage.spent[kind] = stage.spent.get(kind, 0.0) + seconds
        stage.wall_seconds += time.monotonic() - started
        print(f"{self.size.documents:,} {name}: {dataclasses.asdict(stage)}", file=sys.stderr, flush=True)

    def _tasks(self, works: Sequence[Work]) -> Iterator[tuple[Receipt, int, dict[str, float]]]:
        context = multiprocessing.get_context("fork")
        with context.Pool(min(self.workers, len(works)), maxtasksperchild=1) as pool:
            yield from pool.imap(_task, [(work, self.root) for work in works], chunksize=1)


def _task(task: tuple[Work, str]) -> tuple[Receipt, int, dict[str, float]]:
    clock = Clock()
    with clock.watching():
        receipt = execute(*task, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return receipt, peak, clock.spent


def warm() -> None:
    """Load every kernel into this process, whose children then need not."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Size(2_000, 1_000), Path(folder), 1)
        run._tasks = lambda works: (_task((work, run.root)) for work in works)
        run.found(run.go())


def measure_size(documents: int, folder: Path, workers: int, partition: int = PARTITION) -> dict:
    """Figures of one corpus; `folder` is made and removed."""
    run = Run(Size(documents, partition), folder, workers)
    try:
        removed = run.go()
        found = run.found(removed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "documents": documents,
        "partitions": len(run._planted),
        "prefixes": run.size.prefixes,
        "parts": run.size.parts,
        "workers": workers,
        "stages": {name: dataclasses.asdict(stage) for name, stage in run.stages.items()},
        **found,
    }


if __name__ == "__main__":
    count, place, target = sys.argv[1:]
    warm()
    measured = measure_size(int(count), Path(place), len(os.sched_getaffinity(0)))
    Path(target).write_text(json.dumps(measured, indent=1))
