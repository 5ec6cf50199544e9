"""Documents of an earlier version as members of this build's clusters: they win against everything, and never lose.

An elder takes part by its stored signature alone. Its priority is below that of every source, the oldest version's
the lowest, so that the total order of merit needs no other rule.
"""

import dataclasses

import numpy as np
import pyarrow as pa

from shards import schema
from shards.step import Step


@dataclasses.dataclass(frozen=True)
class Elders(Step):
    """`priority`: below 0, the lower the older. `language`: of a shard, whose documents were all kept; else None."""

    priority: int
    language: str | None = None

    name = "elders"

    def run(self, signatures: pa.Table, verdicts: pa.Table | None = None) -> dict[str, pa.Table]:
        """Signatures (doc_id) and the version's verdicts on the same rows -> candidates (`schema.VERDICT`) and ranks.

        Without verdicts all documents were kept. Inputs that gave no text follow the documents in verdicts.
        """
        rows = signatures.num_rows
        if verdicts is None:
            candidates = _all_kept(signatures["doc_id"], self.language)
        else:
            candidates = verdicts.slice(0, rows)
        priority = pa.array(np.full(rows, self.priority, np.int32))
        ranks = pa.table([priority, pa.array(np.zeros(rows)), candidates["language"]], schema=schema.RANK)
        return {"candidates": candidates, "ranks": ranks}


def _all_kept(doc_ids: pa.ChunkedArray, language: str | None) -> pa.Table:
    rows = len(doc_ids)
    columns = {
        "doc_id": doc_ids,
        "verdict": pa.array([schema.KEEP] * rows, pa.string()),
        "stage": pa.array([""] * rows, pa.string()),
        "reason": pa.array([""] * rows, pa.string()),
        "language": pa.array([language] * rows, pa.string()),
    }
    return pa.table([columns.get(f.name, pa.nulls(rows, f.type)) for f in schema.VERDICT], schema=schema.VERDICT)
