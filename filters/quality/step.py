"""Quality of a document's text: every quantity of Gopher's, C4's and FineWeb's rules, as scores without thresholds.

Sources: Gopher, Rae et al. 2021 (arXiv 2112.11446), appendix A.1.1 and table A1; C4, Raffel et al. 2020
(arXiv 1910.10683), section 2.2; FineWeb, Penedo et al. 2024 (arXiv 2406.17557). `filters.quality.measure` says what
each column is, `filters.quality.presets` has the published bounds and ours.
"""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.quality.measure import COLUMNS, COUNTS, measure
from shards.errors import InputError
from shards.schema import scores_schema
from shards.step import Step
from shards.texts import batches

# Shares are doubles, as the peers' are: a share of exactly 0.3 must not be above a bound of 0.3.
SCHEMA = scores_schema(
    *(pa.field(name, pa.int32() if name in COUNTS else pa.float64(), nullable=False) for name in COLUMNS)
)


@dataclasses.dataclass(frozen=True)
class Quality(Step):
    """Counts what the rules need. Texts are read, never changed; a document without text scores 0 everywhere."""

    name: ClassVar[str] = "quality"
    version: ClassVar[int] = 3

    short_line: int = 30

    def __post_init__(self) -> None:
        if self.short_line < 1:
            raise InputError(f"quality: short_line is {self.short_line}, must be at least 1 character")

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """One row a document, in order."""
        parts = [measure(batch, self.short_line) for batch in batches(documents["text"])]
        values = np.concatenate(parts) if parts else np.zeros((0, len(COLUMNS)))
        columns = [pa.array(np.ascontiguousarray(column)).cast(SCHEMA.field(name).type)
                   for name, column in zip(COLUMNS, values.T, strict=True)]  # fmt: skip
        return {"scores": pa.table([documents["doc_id"], *columns], schema=SCHEMA)}
