"""What happens in a worker process: load the inputs, run the step, store its outputs, leave a receipt."""

import resource
import time
from collections.abc import Sequence

import psutil
import pyarrow as pa

from ingest.engine.graph import Receipt, Selection, Work, find_receipt, receipt_path
from shards.store import Store


def execute(work: Work, root: str, attempt: int) -> Receipt:
    """Run one step over one partition. The receipt is written last: without it, the work is not done."""
    store = Store(root)
    done = find_receipt(store, work)  # another driver may have been faster
    if done:
        return done
    started, cpu = time.monotonic(), cpu_seconds()
    inputs = load_inputs(store, work)
    outputs = work.step.run(**inputs)
    blobs = {name: store.put_table(output, work.step.compression) for name, output in outputs.items()}
    receipt = Receipt(
        key=work.key,
        step=work.step.name,
        version=work.step.version,
        label=work.label,
        outputs=blobs,
        rows=max((blob.rows or 0 for blob in blobs.values()), default=0),
        bytes_in=work.step.source_bytes + sum(map(_size, inputs.values())),
        seconds=round(time.monotonic() - started, 4),
        cpu_seconds=round(cpu_seconds() - cpu, 4),
        attempts=attempt,
    )
    path = receipt_path(work.step.name, work.key)
    if store.exists(path):  # of objects that were lost: records are never rewritten, so it makes room
        store.delete(path)
    store.put_json(path, receipt.as_json())
    return receipt


class LazyTables(Sequence[pa.Table]):
    """A fan-in port's tables, each read when it is asked for and kept by nobody here; asking twice reads twice."""

    def __init__(self, store: Store, selections: Sequence[Selection]):
        self._store, self._selections = store, selections
        self._sizes: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._selections)

    def __getitem__(self, place: int) -> pa.Table:
        table = _read(self._store, self._selections[place])
        self._sizes[place] = table.nbytes
        return table

    @property
    def nbytes(self) -> int:
        """Bytes of those that were read, as they lie in memory."""
        return sum(self._sizes.values())


Input = pa.Table | Sequence[pa.Table]


def load_inputs(store: Store, work: Work) -> dict[str, Input]:
    """The work's input tables, by port; of a lazy port they are read later."""
    return {name: _load(store, selections, name in work.step.lazy) for name, selections in work.inputs.items()}


def _load(store: Store, selections: Selection | tuple[Selection, ...], lazy: bool) -> Input:
    if not isinstance(selections, tuple):
        return _read(store, selections)
    return LazyTables(store, selections) if lazy else [_read(store, selection) for selection in selections]


def _read(store: Store, selection: Selection) -> pa.Table:
    return store.get_table(selection.blob, selection.columns, selection.batch)


def _size(tables: Input) -> int:
    return sum(table.nbytes for table in tables) if isinstance(tables, list) else tables.nbytes


def cpu_seconds() -> float:
    """CPU time of this process and its children, living (extraction sandboxes) and dead."""
    total = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total
