"""The engine: what exists is skipped, failures are retried, counted and named, order changes nothing."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from ingest.engine.executors import InProcess
from ingest.engine.graph import Node, topological
from ingest.engine.scheduler import MAX_ATTEMPTS, Event, Run, forecast, run
from ingest.views.progress import BuildProgress
from shards.errors import BuildError, InputError
from shards.step import Step, local
from shards.store import Store


@dataclasses.dataclass(frozen=True)
class Numbers(Step):
    start: int

    name = "numbers"

    def run(self) -> dict[str, list[pa.RecordBatch]]:
        batches = [pa.record_batch({"n": [self.start + at, self.start + at + 1]}) for at in (0, 10)]
        return {"numbers": batches}


@dataclasses.dataclass(frozen=True)
class Sum(Step):
    scale: int = 1

    name = "sum"

    def run(self, numbers: list[pa.Table]) -> dict[str, pa.Table]:
        return {"sum": pa.table({"s": [self.scale * sum(sum(table["n"].to_pylist()) for table in numbers)]})}


@dataclasses.dataclass(frozen=True)
class Flaky(Step):
    """Fails until the file at `counter` has `failures` lines."""

    failures: int
    counter: str = local()

    name = "flaky"

    def run(self) -> dict[str, pa.Table]:
        path = Path(self.counter)
        tries = len(path.read_text().splitlines()) if path.exists() else 0
        path.write_text("x\n" * (tries + 1))
        if tries < self.failures:
            raise OSError(f"attempt {tries + 1}")
        return {"numbers": pa.table({"n": [1]})}


@dataclasses.dataclass(frozen=True)
class Endless(Step):
    name = "endless"
    timeout = 0.3

    def run(self) -> dict[str, pa.Table]:
        while True:
            pass


def silent(event: Event) -> None:
    """Nobody watches."""


def go(nodes: list[Node], root: Path) -> Run:
    return run(nodes, Store(root), InProcess(str(root)), silent)


def diamond() -> tuple[Node, Node]:
    sources = [Node(Numbers(start), f"p{start}") for start in (0, 100)]
    first = Node(Sum(), "all", {"numbers": tuple(node.port("numbers") for node in sources)})
    second = Node(Sum(2), "half", {"numbers": tuple(node.port("numbers", batch=1) for node in sources)})
    return first, second


def value(root: Path, result: Run, node: Node) -> int:
    return Store(root).get_table(result.receipts[node].outputs["sum"])["s"][0].as_py()


def test_a_graph_runs_once_and_is_then_found_done(tmp_path: Path) -> None:
    first, second = diamond()
    states = [item.state for item in forecast([first, second], Store(tmp_path))]
    assert states == ["ready", "ready", "waits", "waits"]
    result = go([first, second], tmp_path)
    assert (value(tmp_path, result, first), value(tmp_path, result, second)) == (444, 2 * 242)
    assert dict(result.executed) == {"numbers": 2, "sum": 2}
    again = diamond()
    assert {item.state for item in forecast(again, Store(tmp_path))} == {"cached"}
    repeated = go(list(reversed(again)), tmp_path)
    assert dict(repeated.cached) == {"numbers": 2, "sum": 2}
    assert not repeated.executed


def test_a_changed_parameter_runs_only_what_depends_on_it(tmp_path: Path) -> None:
    go(list(diamond()), tmp_path)
    sources = [Node(Numbers(start), f"p{start}") for start in (0, 100)]
    other = Node(Sum(3), "all", {"numbers": tuple(node.port("numbers") for node in sources)})
    result = go([other], tmp_path)
    assert dict(result.executed) == {"sum": 1}
    assert dict(result.cached) == {"numbers": 2}


def test_a_passing_failure_is_retried(tmp_path: Path) -> None:
    result = go([Node(Flaky(MAX_ATTEMPTS - 1, str(tmp_path / "counter")), "p")], tmp_path / "store")
    assert not result.failures
    assert next(iter(result.receipts.values())).attempts == MAX_ATTEMPTS


def test_a_lasting_failure_is_named_and_the_rest_is_finished(tmp_path: Path) -> None:
    bad = Node(Flaky(99, str(tmp_path / "counter")), "articles-7.xml")
    child = Node(Sum(), "child", {"numbers": (bad.port("numbers"),)})
    first, _ = diamond()
    result = go([child, first], tmp_path / "store")
    assert value(tmp_path / "store", result, first) == 444
    assert child not in result.receipts
    assert len((tmp_path / "counter").read_text().splitlines()) == MAX_ATTEMPTS
    with pytest.raises(BuildError, match=r"flaky of articles-7\.xml: OSError: attempt 3"):
        result.raise_failures()


def test_a_partition_over_its_time_limit_fails(tmp_path: Path) -> None:
    result = go([Node(Endless(), "slow.warc")], tmp_path)
    with pytest.raises(BuildError, match=r"slow\.warc.*time limit"):
        result.raise_failures()


@dataclasses.dataclass(frozen=True)
class Refusing(Step):
    counter: str = local()

    name = "refusing"

    def run(self) -> dict[str, pa.Table]:
        path = Path(self.counter)
        path.write_text((path.read_text() if path.exists() else "") + "x")
        raise InputError("no column text")


def test_an_input_error_is_not_retried(tmp_path: Path) -> None:
    result = go([Node(Refusing(str(tmp_path / "counter")), "p")], tmp_path / "store")
    assert len(result.failures) == 1
    assert (tmp_path / "counter").read_text() == "x"


def test_parents_come_first_whatever_is_asked_for() -> None:
    first, second = diamond()
    order = topological([second, first])
    assert all(order.index(parent) < order.index(node) for node in order for parent in node.parents())
    assert len(order) == 4


@dataclasses.dataclass(frozen=True)
class LazySum(Step):
    name = "lazy-sum"
    lazy = ("numbers",)

    def run(self, numbers: Sequence[pa.Table]) -> dict[str, pa.Table]:
        assert not isinstance(numbers, list)
        first = numbers[0]["n"].to_pylist()  # read again below
        return {"sum": pa.table({"s": [sum(first) - sum(first) + sum(sum(t["n"].to_pylist()) for t in numbers)]})}


def test_a_lazy_port_gives_the_same_tables_and_counts_each_once(tmp_path: Path) -> None:
    sources = [Node(Numbers(start), f"p{start}") for start in (0, 100)]
    lazy, eager = (
        Node(step, "all", {"numbers": tuple(node.port("numbers") for node in sources)}) for step in (LazySum(), Sum())
    )
    result = go([lazy, eager], tmp_path)
    assert value(tmp_path, result, lazy) == value(tmp_path, result, eager) == 444
    assert result.receipts[lazy].bytes_in == result.receipts[eager].bytes_in > 0


def test_work_whose_objects_are_lost_is_done_again(tmp_path: Path) -> None:
    first, _ = diamond()
    blob = go([first], tmp_path).receipts[first].outputs["sum"]
    (tmp_path / blob.path).unlink()
    again, _ = diamond()
    assert [item.state for item in forecast([again], Store(tmp_path))] == ["cached", "cached", "ready"]
    result = go([again], tmp_path)
    assert dict(result.executed) == {"sum": 1}
    assert value(tmp_path, result, again) == 444
    assert not go(list(diamond())[:1], tmp_path).executed


def test_the_twin_of_failed_work_fails_without_being_run(tmp_path: Path) -> None:
    counter = str(tmp_path / "counter")
    result = go([Node(Flaky(99, counter), "a"), Node(Flaky(99, counter), "b")], tmp_path / "store")
    assert [node.label for node, _, _ in result.failures] == ["a", "b"]
    assert len(Path(counter).read_text().splitlines()) == MAX_ATTEMPTS


def test_progress_shows_errors_with_brackets_as_they_are() -> None:
    console = Console(file=io.StringIO(), width=200)
    with BuildProgress(console) as progress:
        node = Node(Numbers(1), "old/[2024]/x.warc")
        progress(Event("planned", node))
        progress(Event("retried", node, error=OSError("bad tag [/tmp/x]")))
    assert "retried numbers of old/[2024]/x.warc: bad tag [/tmp/x]" in console.file.getvalue()
