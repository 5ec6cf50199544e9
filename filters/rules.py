"""The recipe's rules: scores become one verdict a document. The first rule that a document breaks decides."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shards import schema
from shards.errors import BuildError
from shards.step import Step

RANK = pa.schema(
    [
        pa.field("priority", pa.int32(), False),  # of the source: 0 wins against 1
        pa.field("quality", pa.float64(), False),  # the domain score
    ]
)


@dataclasses.dataclass(frozen=True)
class Bound:
    """A document is dropped with `reason` when `column` of `scores` is below `minimum` or above `maximum`."""

    scores: str  # language, domain or quality: whose sidecar
    column: str
    minimum: float | None = None
    maximum: float | None = None

    @property
    def reason(self) -> str:
        """The rule in words, e.g. "words" or "top_3gram"."""
        return self.column


@dataclasses.dataclass(frozen=True)
class Rules(Step):
    """In this order: later revisions, opt-outs and licences, wanted languages, then `bounds` as they come.

    `licenses` empty: every licence, and none stated, is accepted. `priority` is the rank of the partition's source.
    """

    languages: tuple[str, ...]
    bounds: tuple[Bound, ...]
    honour_opt_outs: bool = True
    licenses: tuple[str, ...] = ()
    priority: int = 0

    name = "rules"
    version = 2

    def run(
        self,
        documents: pa.Table,
        language: pa.Table,
        domain: pa.Table,
        quality: pa.Table,
        superseded: pa.Table | None = None,
    ) -> dict[str, pa.Table]:
        """documents (doc_id, opt_out, license) and score sidecars -> candidates (schema.VERDICT) and ranks (RANK).

        `superseded`: row, reason and evidence of documents that a later revision overrules; they are dropped first.
        """
        verdicts = _Verdicts(documents.num_rows)
        for lost in superseded.to_pylist() if superseded is not None else []:
            verdicts.drop_one(lost["row"], "supersede", lost["reason"], lost["evidence"])
        if self.honour_opt_outs:
            signals = documents["opt_out"]
            opted_out = pc.greater(pc.list_value_length(signals), 0).to_numpy(zero_copy_only=False)
            verdicts.drop(opted_out, "rights", "opt-out", evidence=[", ".join(row) for row in signals.to_pylist()])
        if self.licenses:
            allowed = pc.is_in(documents["license"], pa.array(self.licenses)).to_numpy(zero_copy_only=False)
            verdicts.drop(~allowed, "rights", "license", evidence=documents["license"].to_pylist())
        spoken = language["language"]
        wanted = pc.is_in(spoken, pa.array(self.languages, pa.string())).to_numpy(zero_copy_only=False)
        verdicts.drop(~wanted, "language", "language", evidence=spoken.to_pylist())
        sidecars = {"language": language, "domain": domain, "quality": quality}
        for bound in self.bounds:
            values = sidecars[bound.scores][bound.column].cast(pa.float64()).to_numpy()
            if np.isnan(values).any():
                where = documents["doc_id"][int(np.flatnonzero(np.isnan(values))[0])]
                raise BuildError(f"{bound.scores}.{bound.column} of document {where} is not a number: report this bug")
            for threshold, broken in ((bound.minimum, np.less), (bound.maximum, np.greater)):
                if threshold is not None:
                    mask = broken(values, threshold)
                    verdicts.drop(mask, bound.scores, bound.reason, values=values, threshold=threshold)
        ranks = pa.table(
            [pa.array([self.priority] * documents.num_rows, pa.int32()), domain["score"].cast(pa.float64())],
            schema=RANK,
        )
        return {"candidates": verdicts.table(documents["doc_id"], spoken), "ranks": ranks}


class _Verdicts:
    """Verdict columns of one partition; a row once dropped stays as it is."""

    def __init__(self, rows: int):
        self.kept = np.ones(rows, bool)
        self.stage, self.reason = [""] * rows, [""] * rows
        self.value: list[float | None] = [None] * rows
        self.threshold: list[float | None] = [None] * rows
        self.evidence: list[str | None] = [None] * rows

    def drop(self, mask, stage, reason, values=None, threshold=None, evidence=None) -> None:
        """Drop the rows of `mask` (bool, rows) that are still kept."""
        for row in np.flatnonzero(mask & self.kept):
            self.stage[row], self.reason[row] = stage, reason
            self.value[row] = None if values is None else float(values[row])
            self.threshold[row] = threshold
            self.evidence[row] = None if evidence is None else evidence[row]
        self.kept &= ~mask

    def drop_one(self, row: int, stage: str, reason: str, evidence: str) -> None:
        """Drop one row that is still kept."""
        if self.kept[row]:
            self.stage[row], self.reason[row], self.evidence[row] = stage, reason, evidence
            self.kept[row] = False

    def table(self, doc_ids: pa.ChunkedArray, languages: pa.ChunkedArray) -> pa.Table:
        verdict = np.where(self.kept, schema.KEEP, schema.DROP)
        columns = [doc_ids, verdict, self.stage, self.reason, self.value, self.threshold, self.evidence, languages]
        return pa.table(
            [
                c if isinstance(c, pa.ChunkedArray) else pa.array(c, f.type)
                for c, f in zip(columns, schema.VERDICT, strict=True)
            ],
            schema=schema.VERDICT,
        )
