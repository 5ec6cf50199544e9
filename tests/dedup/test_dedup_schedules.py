"""Tasks that end in any order, die and are retried, drivers that are killed: the same survivors, the same bytes."""

import dataclasses
import random
from collections import Counter
from functools import cache

import fsspec
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.matching.candidates import all_kept, equal_ranks
from dedup.matching.components import Components
from dedup.matching.lsh import Bands, Match, batches
from dedup.signatures.signature import Signature
from dedup.verification.members import COMPARED
from dedup.verification.verify import Verify
from ingest.engine.executors import InProcess, Outcome
from ingest.engine.graph import Node, Receipt, Work, receipt_path
from ingest.engine.scheduler import MAX_ATTEMPTS, Event, run
from ingest.engine.worker import execute, load_inputs
from shards import schema
from shards.errors import BuildError
from shards.step import Step
from shards.store import Store

BANDS, ROWS, PREFIXES, PARTS = 4, 4, 2, 3
PARTITIONS, DOCUMENTS = 4, 10
VOCABULARY = [f"term{n}" for n in range(400)]


@dataclasses.dataclass(frozen=True)
class Written(Step):
    """Ten documents: copies, exact and with words exchanged, of twelve that all partitions share."""

    partition: int

    name = "written"

    def run(self) -> dict[str, pa.Table]:
        random_ = random.Random(self.partition)
        texts = []
        for _ in range(DOCUMENTS):
            words = random.Random(f"base {random_.randrange(12)}").choices(VOCABULARY, k=60)
            for place in random_.sample(range(60), random_.choice((0, 0, 1, 2))):
                words[place] = f"edit{random_.random()}"
            texts.append(" ".join(words))
        ids = [schema.doc_id("written", f"{self.partition}/{at}") for at in range(DOCUMENTS)]
        hashes = [schema.content_hash(text) for text in texts]
        candidates = all_kept(pa.array(ids))
        return {
            "documents": pa.table({"doc_id": ids, "text": texts, "content_hash": hashes}),
            "candidates": candidates,
            "ranks": equal_ranks(candidates),
        }


def graph() -> list[Node]:
    """The verifying nodes of a build's deduplication."""
    written = [Node(Written(at), f"p{at}") for at in range(PARTITIONS)]
    signed = [
        Node(Signature(permutations=BANDS * ROWS), node.label, {"documents": node.port("documents")})
        for node in written
    ]
    banded = [
        Node(Bands(BANDS, ROWS, PREFIXES), node.label, {
            "signatures": node.port("signatures"), "candidates": given_.port("candidates"),
        })
        for node, given_ in zip(signed, written, strict=True)
    ]  # fmt: skip
    matches = [
        Node(Match(at // PREFIXES), str(at), {"bands": tuple(node.port("bands", batch=at) for node in banded)})
        for at in range(batches(BANDS, PREFIXES))
    ]
    components = Node(Components(PARTS), "all", {"edges": tuple(node.port("edges") for node in matches)})
    everything = {
        "signatures": tuple(node.port("signatures", COMPARED) for node in signed),
        "ranks": tuple(node.port("ranks") for node in written),
    }  # fmt: skip
    return [
        Node(Verify(0.7), str(part), {"clusters": components.port("clusters", batch=part)} | everything)
        for part in range(PARTS)
    ]


class Killed(BaseException):
    """The driver, by whoever."""


class Chaos:
    """An executor whose tasks end in random order and die at random, each but its last time."""

    def __init__(self, root: str, chances: random.Random, patience: int):
        self.window = chances.randint(1, 9)
        self._root, self._chances, self._patience = root, chances, patience
        self._pending: list[tuple[Work, int]] = []
        self.finished: Counter[str] = Counter()

    def submit(self, work: Work, attempt: int) -> None:
        self._pending.append((work, attempt))

    def wait(self) -> list[Outcome]:
        self._patience -= 1
        if self._patience == 0:
            raise Killed
        count = self._chances.randint(1, len(self._pending))
        self._chances.shuffle(self._pending)
        ended, self._pending = self._pending[:count], self._pending[count:]
        return [self._end(work, attempt) for work, attempt in ended]

    def _end(self, work: Work, attempt: int) -> Outcome:
        died = Outcome(work, error=BuildError("the worker died"))
        moment = self._chances.choice(("lives", "before", "objects", "receipt"))
        if moment == "lives" or attempt == MAX_ATTEMPTS:
            self.finished[work.key] += 1
            return Outcome(work, receipt=execute(work, self._root, attempt))
        if moment == "objects":
            store = Store(self._root)
            for output in work.step.run(**load_inputs(store, work)).values():
                if self._chances.random() < 0.5:
                    store.put_table(output, work.step.compression)
        if moment == "receipt":
            execute(work, self._root, attempt)
        return died


def silent(event: Event) -> None:
    """Nobody watches."""


def outputs(receipts: dict[Node, Receipt]) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (node.step.name, node.label): {name: blob.digest for name, blob in receipt.outputs.items()}
        for node, receipt in receipts.items()
    }


@cache
def reference() -> dict[tuple[str, str], dict[str, str]]:
    root = "memory://schedules/reference"
    return outputs(run(graph(), Store(root), InProcess(root), silent).receipts)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 12), max_size=3))
def test_whatever_the_schedule_and_whoever_is_killed_nothing_is_lost_and_every_byte_is_the_same(
    seed: int, kills: list[int]
) -> None:
    chances = random.Random(seed)
    root = f"memory://schedules/{seed}"
    fsspec.filesystem("memory").store.clear()
    store = Store(root)
    for patience in kills:  # drivers that are killed after so many looks at what has ended
        nodes = graph()
        chances.shuffle(nodes)
        try:
            run(nodes, store, Chaos(root, chances, patience), silent)
        except Killed:
            continue
    before = {path: store.get_json(path) for path in store.list("receipts")}
    last, nodes = Chaos(root, chances, -1), graph()
    chances.shuffle(nodes)
    result = run(nodes, store, last, silent)
    assert not result.failures
    assert outputs(result.receipts) == reference()
    assert {path: store.get_json(path) for path in before} == before, "finished work was done again"
    done = set(store.list("receipts"))
    assert all(receipt_path(node.step.name, receipt.key) in done for node, receipt in result.receipts.items())
    assert all(count == 1 for count in last.finished.values())
    lost = [
        row
        for node in nodes
        for at in range(PARTITIONS)
        for row in store.get_table(result.receipts[node].outputs["duplicates"], ("row",), at)["row"].to_pylist()
    ]
    assert len(lost) > PARTITIONS  # there is something to lose
