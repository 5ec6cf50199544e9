"""Documents of an earlier version as members of this build's clusters: they win against everything, and never lose.

An elder takes part by its stored signature alone. Its priority is below that of every source, the oldest version's
the lowest, so that the total order of merit needs no other rule.
"""

import dataclasses

import pyarrow as pa

from dedup.matching.candidates import all_kept, equal_ranks
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
        if verdicts is None:
            candidates = all_kept(signatures["doc_id"], self.language)
        else:
            candidates = verdicts.slice(0, signatures.num_rows)
        return {"candidates": candidates, "ranks": equal_ranks(candidates, self.priority)}
