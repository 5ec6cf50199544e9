"""Candidates and ranks of documents that nothing has judged yet: all kept so far, all of one merit."""

import numpy as np
import pyarrow as pa

from shards import schema


def all_kept(doc_ids: pa.Array | pa.ChunkedArray, language: str | None = None) -> pa.Table:
    """`schema.VERDICT`: each document is kept; `language`: of all of them, where it is known."""
    rows = len(doc_ids)
    columns = {
        "doc_id": doc_ids,
        "verdict": pa.array([schema.KEEP] * rows, pa.string()),
        "stage": pa.array([""] * rows, pa.string()),
        "reason": pa.array([""] * rows, pa.string()),
        "language": pa.array([language] * rows, pa.string()),
    }
    return pa.table([columns.get(f.name, pa.nulls(rows, f.type)) for f in schema.VERDICT], schema=schema.VERDICT)


def equal_ranks(candidates: pa.Table, priority: int = 0) -> pa.Table:
    """`schema.RANK` of these candidates (`schema.VERDICT`): of one priority, no quality."""
    rows = candidates.num_rows
    columns = [pa.array(np.full(rows, priority, np.int32)), pa.array(np.zeros(rows)), candidates["language"]]
    return pa.table(columns, schema=schema.RANK)
