"""What happens in a worker process: load the inputs, run the step, store its outputs, leave a receipt."""

import resource
import time

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
    size = work.step.source_bytes + sum(table.nbytes for tables in inputs.values() for table in _as_list(tables))
    outputs = work.step.run(**inputs)
    blobs = {name: store.put_table(output, work.step.compression) for name, output in outputs.items()}
    receipt = Receipt(
        key=work.key,
        step=work.step.name,
        version=work.step.version,
        label=work.label,
        outputs=blobs,
        rows=max((blob.rows or 0 for blob in blobs.values()), default=0),
        bytes_in=size,
        seconds=round(time.monotonic() - started, 4),
        cpu_seconds=round(cpu_seconds() - cpu, 4),
        attempts=attempt,
    )
    path = receipt_path(work.step.name, work.key)
    if store.exists(path):  # of objects that were lost: records are never rewritten, so it makes room
        store.delete(path)
    store.put_json(path, receipt.as_json())
    return receipt


def load_inputs(store: Store, work: Work) -> dict[str, pa.Table | list[pa.Table]]:
    """The work's input tables, by port."""
    return {name: _load(store, selections) for name, selections in work.inputs.items()}


def _load(store: Store, selections: Selection | tuple[Selection, ...]) -> pa.Table | list[pa.Table]:
    if isinstance(selections, tuple):
        return [store.get_table(s.blob, s.columns, s.batch) for s in selections]
    return store.get_table(selections.blob, selections.columns, selections.batch)


def _as_list(tables: pa.Table | list[pa.Table]) -> list[pa.Table]:
    return tables if isinstance(tables, list) else [tables]


def cpu_seconds() -> float:
    """CPU time of this process and its children, living (extraction sandboxes) and dead."""
    total = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total
