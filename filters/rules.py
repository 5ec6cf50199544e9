"""The recipe's rules: scores become one verdict a document. The first rule that a document breaks decides."""

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.decontaminate.scores import evidence as contamination
from shards import schema
from shards.errors import BuildError
from shards.schema import RANK
from shards.step import Step


@dataclasses.dataclass(frozen=True)
class Bound:
    """A document is dropped when `column` of the sidecar `scores` is below `minimum` or above `maximum`.

    `by_language`: (language, minimum, maximum) that hold in place of the two for documents in that language.
    """

    scores: str  # language, domain, quality, privacy or decontaminate: whose sidecar
    column: str
    minimum: float | None = None
    maximum: float | None = None
    by_language: tuple[tuple[str, float | None, float | None], ...] = ()

    def thresholds(self, spoken: np.ndarray, side: str) -> np.ndarray | None:
        """The threshold of each document (float64, NaN: none) on `side`, minimum or maximum; None: nobody has one."""
        general = getattr(self, side)
        place = 1 if side == "minimum" else 2
        own = {entry[0]: entry[place] for entry in self.by_language}
        if general is None and all(value is None for value in own.values()):
            return None
        values = np.full(len(spoken), np.nan if general is None else float(general))
        for language, value in own.items():
            values[spoken == language] = np.nan if value is None else float(value)
        return values


@dataclasses.dataclass(frozen=True, eq=False)
class Check:
    """What one rule says of the documents of a partition.

    `broken`: bool a document. `values`, `thresholds`: float64 a document, of rules that compare; `side`: minimum or
    maximum. `evidence`: a string or None a document.
    """

    stage: str
    reason: str
    broken: np.ndarray
    values: np.ndarray | None = None
    thresholds: np.ndarray | None = None
    side: str = ""
    evidence: list[str | None] | None = None

    @property
    def name(self) -> str:
        """The rule as a recipe spells it: quality.max_words, domain.min_score; or rights.opt-out."""
        return f"{self.stage}.{self.side[:3]}_{self.reason}" if self.side else f"{self.stage}.{self.reason}"


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
    version = 4

    def run(
        self,
        documents: pa.Table,
        language: pa.Table,
        domain: pa.Table,
        quality: pa.Table,
        privacy: pa.Table | None = None,
        decontaminate: pa.Table | None = None,
        superseded: pa.Table | None = None,
    ) -> dict[str, pa.Table]:
        """documents (doc_id, opt_out, license) and score sidecars -> candidates (schema.VERDICT) and ranks (RANK).

        `superseded`: row, reason and evidence of documents that a later revision overrules; they are dropped first.
        """
        verdicts = _Verdicts(documents.num_rows)
        for check in self.checks(documents, language, domain, quality, privacy, decontaminate, superseded):
            verdicts.apply(check)
        ranks = pa.table(
            [
                pa.array([self.priority] * documents.num_rows, pa.int32()),
                domain["score"].cast(pa.float64()),
                language["language"],
            ],
            schema=RANK,
        )
        return {"candidates": verdicts.table(documents["doc_id"], language["language"]), "ranks": ranks}

    def checks(
        self,
        documents: pa.Table,
        language: pa.Table,
        domain: pa.Table,
        quality: pa.Table,
        privacy: pa.Table | None = None,
        decontaminate: pa.Table | None = None,
        superseded: pa.Table | None = None,
    ) -> Iterator[Check]:
        """Every rule on its own, in order; a document may break several."""
        if superseded is not None:
            yield from _overruled(superseded, documents.num_rows)
        if self.honour_opt_outs:
            signals = documents["opt_out"]
            opted_out = pc.greater(pc.list_value_length(signals), 0).to_numpy(zero_copy_only=False)
            yield Check("rights", "opt-out", opted_out, evidence=[", ".join(row) for row in signals.to_pylist()])
        if self.licenses:
            allowed = pc.is_in(documents["license"], pa.array(self.licenses)).to_numpy(zero_copy_only=False)
            yield Check("rights", "license", ~allowed, evidence=documents["license"].to_pylist())
        spoken = language["language"]
        wanted = pc.is_in(spoken, pa.array(self.languages, pa.string())).to_numpy(zero_copy_only=False)
        yield Check("language", "language", ~wanted, evidence=spoken.to_pylist())
        given = {"privacy": privacy, "decontaminate": decontaminate}
        sidecars = {"language": language, "domain": domain, "quality": quality}
        sidecars |= {name: table for name, table in given.items() if table is not None}
        languages = spoken.to_numpy(zero_copy_only=False)
        for bound in self.bounds:
            yield from _compare(bound, sidecars, documents["doc_id"], languages)


def _overruled(superseded: pa.Table, rows: int) -> Iterator[Check]:
    overruled = superseded.to_pylist()
    for reason in ("withdrawn", "superseded"):
        broken, evidence = np.zeros(rows, bool), [None] * rows
        for lost in overruled:
            if lost["reason"] == reason:
                broken[lost["row"]], evidence[lost["row"]] = True, lost["evidence"]
        yield Check("supersede", reason, broken, evidence=evidence)


def _compare(
    bound: Bound, sidecars: Mapping[str, pa.Table], doc_ids: pa.ChunkedArray, languages: np.ndarray
) -> Iterator[Check]:
    if bound.scores not in sidecars:
        raise BuildError(f"a rule reads {bound.scores}.{bound.column}, but no such scores were made: report this bug")
    sidecar = sidecars[bound.scores]
    values = sidecar[bound.column].cast(pa.float64()).to_numpy()
    if np.isnan(values).any():
        where = doc_ids[int(np.flatnonzero(np.isnan(values))[0])]
        raise BuildError(f"{bound.scores}.{bound.column} of document {where} is not a number: report this bug")
    evidence = _evidence(bound, sidecar)
    for side, beyond in (("minimum", np.less), ("maximum", np.greater)):
        thresholds = bound.thresholds(languages, side)
        if thresholds is not None:
            broken = beyond(values, thresholds)  # false where there is no threshold: NaN compares with nothing
            yield Check(bound.scores, bound.column, broken, values, thresholds, side, evidence)


def _evidence(bound: Bound, sidecar: pa.Table) -> list[str | None] | None:
    """What stands behind a value where there is more than a number: the test item, the other language."""
    if bound.scores == "decontaminate":
        return contamination(sidecar, bound.column)
    return sidecar["other"].to_pylist() if (bound.scores, bound.column) == ("language", "mixed") else None


class _Verdicts:
    """Verdict columns of one partition; a row once dropped stays as it is."""

    def __init__(self, rows: int):
        self.kept = np.ones(rows, bool)
        self.stage, self.reason = [""] * rows, [""] * rows
        self.value: list[float | None] = [None] * rows
        self.threshold: list[float | None] = [None] * rows
        self.evidence: list[str | None] = [None] * rows

    def apply(self, check: Check) -> None:
        """Drop the rows that break the rule and are still kept."""
        for row in np.flatnonzero(check.broken & self.kept):
            self.stage[row], self.reason[row] = check.stage, check.reason
            self.value[row] = None if check.values is None else float(check.values[row])
            self.threshold[row] = None if check.thresholds is None else float(check.thresholds[row])
            self.evidence[row] = None if check.evidence is None else check.evidence[row]
        self.kept &= ~check.broken

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
