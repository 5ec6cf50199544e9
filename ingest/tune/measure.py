"""What each threshold of a recipe would keep, from the scores that lie in the store: nothing is run again.

A threshold is looked at with all other rules of the recipe in force, so a curve says what moving this one alone would
change; duplicates are not taken off, for they depend on what is kept. Curves hold counts by value, not documents:
memory follows the number of distinct values, a few thousand a source and language.
"""

import dataclasses
import heapq
from collections.abc import Sequence

import numpy as np
import polars as pl

from filters.rules import Check
from ingest.engine.graph import Receipt, resolve
from ingest.engine.scheduler import forecast
from ingest.engine.worker import load_inputs
from ingest.pipeline.graph import Chain, Graph
from shards.errors import InputError
from shards.store import Store

GRID = 10_000  # shares are counted in steps of a ten-thousandth, towards the side that keeps comparisons exact
SHOWN_CHARS = 300
_FACTORS = (0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2, 4)


@dataclasses.dataclass(frozen=True, order=True)
class Sample:
    """A document near the threshold that only this rule decides. `distance` is 0 at the threshold."""

    distance: float
    chain: int
    row: int
    value: float
    threshold: float
    kept: bool
    language: str
    source: str


@dataclasses.dataclass
class Curve:
    """One rule: its threshold by language, how many documents break it, and the counts that other thresholds need.

    `counts`: source, language, value, documents, words of the documents that meet every other rule. `broken` documents
    break the rule, `alone` of them break no other.
    """

    rule: str
    side: str
    thresholds: dict[str, float]
    counts: pl.DataFrame
    broken: int = 0
    alone: int = 0
    alone_words: int = 0
    samples: list[Sample] = dataclasses.field(default_factory=list)

    def kept(self, thresholds: Sequence[float], by: Sequence[str]) -> pl.DataFrame:
        """Documents and words that each threshold would keep, by source, language or both.

        Columns threshold, *by, documents, words; zeros where nothing is kept.
        """
        frames = []
        for threshold in thresholds:
            meets = pl.col("value") <= threshold if self.side == "maximum" else pl.col("value") >= threshold
            sums = [pl.col(name).filter(meets).sum() for name in ("documents", "words")]
            frame = self.counts.group_by(by).agg(sums) if by else self.counts.select(sums)
            frames.append(frame.with_columns(pl.lit(float(threshold)).alias("threshold")))
        return pl.concat(frames).select("threshold", *by, "documents", "words").sort(*by, "threshold")

    def suggestions(self) -> list[float]:
        """Thresholds worth a look, ascending: today's, parts and multiples of it, and where a tenth of the documents
        and a hundredth lie beyond. Those that keep as much as their neighbour are left out.
        """
        today = set(self.thresholds.values())
        if self.counts.is_empty():
            return sorted(today)
        found = {threshold * factor for threshold in today for factor in _FACTORS}
        beyond = [0.01, 0.1] if self.side == "minimum" else [0.9, 0.99]
        found |= {float(value) for value in np.quantile(self.counts["value"].to_numpy(), beyond, method="lower")}
        low, high = self.counts["value"].min(), self.counts["value"].max()
        rounded = {float(f"{value:.2g}") for value in found if low <= value <= high}
        ordered = sorted(rounded | today)
        kept = dict(zip(ordered, self.kept(ordered, [])["documents"].to_list(), strict=True))
        distinct = {kept[value]: value for value in ordered}
        return sorted(set(distinct.values()) | today)


@dataclasses.dataclass(frozen=True)
class Tuning:
    """All curves of a recipe, and how much of it has been scored. `fixed`: rules without a threshold, documents each
    breaks alone."""

    documents: int
    words: int
    passing: int
    curves: list[Curve]
    fixed: dict[str, int]
    unscored: list[str]

    def curve(self, rule: str) -> Curve:
        """The curve of a rule as a recipe spells it, e.g. domain.min_score; `InputError` when there is none."""
        for curve in self.curves:
            if curve.rule == rule:
                return curve
        raise InputError(f"no threshold is called {rule!r}; there are: {', '.join(c.rule for c in self.curves)}")


def measure(graph: Graph, store: Store, samples: int = 5) -> Tuning:
    """Curves of all thresholds from the scored partitions; `InputError` when none is scored yet."""
    receipts: dict = {}
    for item in forecast([chain.candidates for chain in graph.chains], store):
        if item.receipt:
            receipts[item.node] = item.receipt
    gathered = _Gathered(samples)
    unscored = []
    for number, chain in enumerate(graph.chains):
        if any(parent not in receipts for parent in chain.candidates.parents()):
            unscored.append(chain.extract.label)
            continue
        gathered.add(number, chain, load_inputs(store, resolve(chain.candidates, receipts)))
    if len(unscored) == len(graph.chains):
        raise InputError("nothing has been scored yet: `python -m ingest run` the recipe first, then tune it")
    return gathered.result(unscored)


def texts(graph: Graph, store: Store, samples: Sequence[Sample]) -> dict[tuple[int, int], tuple[str, str]]:
    """(doc_id, first characters of the text as it was scored) of the samples, by (chain, row)."""
    found = {}
    receipts: dict[object, Receipt] = {}
    for number in sorted({sample.chain for sample in samples}):
        port = graph.chains[number].candidates.inputs["domain"].node.inputs["documents"]
        for item in forecast([port.node], store):
            if item.receipt:
                receipts[item.node] = item.receipt
        table = store.get_table(receipts[port.node].outputs[port.output], ("doc_id", "text"))
        for row in {sample.row for sample in samples if sample.chain == number}:
            text = table["text"][row].as_py()[: SHOWN_CHARS * 2]
            found[number, row] = table["doc_id"][row].as_py(), " ".join(text.split())[:SHOWN_CHARS]
    return found


class _Gathered:
    """Counts of all partitions seen so far."""

    def __init__(self, samples: int):
        self.most = samples
        self.documents = self.words = self.passing = 0
        self.curves: dict[str, Curve] = {}
        self.parts: dict[str, list[pl.DataFrame]] = {}
        self.fixed: dict[str, int] = {}

    def add(self, number: int, chain: Chain, tables: dict) -> None:
        checks = list(chain.candidates.step.checks(**tables))
        languages = tables["language"]["language"].to_numpy(zero_copy_only=False)
        words = tables["quality"]["words"].to_numpy().astype(np.int64)
        broken = np.sum([check.broken for check in checks], axis=0, dtype=np.int32)
        self.documents += len(words)
        self.words += int(words.sum())
        self.passing += int((broken == 0).sum())
        for check in checks:
            alone = check.broken & (broken == 1)
            if not check.side:
                self.fixed[check.name] = self.fixed.get(check.name, 0) + int(alone.sum())
                continue
            free = broken - check.broken == 0
            curve = self._curve(check)
            curve.broken += int(check.broken.sum())
            curve.alone += int(alone.sum())
            curve.alone_words += int(words[alone].sum())
            for language in np.unique(languages[free]):
                curve.thresholds[str(language)] = float(check.thresholds[free & (languages == language)][0])
            self.parts[check.name].append(_counts(check, free, chain.source.name, languages, words))
            self._sample(curve, check, free, number, languages, chain.source.name)

    def _curve(self, check: Check) -> Curve:
        if check.name not in self.curves:
            self.curves[check.name] = Curve(check.name, check.side, {}, pl.DataFrame())
            self.parts[check.name] = []
        return self.curves[check.name]

    def _sample(self, curve: Curve, check: Check, free: np.ndarray, chain: int, languages, source: str) -> None:
        for kept in (True, False):
            rows = np.flatnonzero(free & (check.broken != kept) & np.isfinite(check.thresholds))
            distance = np.abs(check.values[rows] - check.thresholds[rows])
            near = np.argsort(distance, kind="stable")[: self.most]
            fresh = [
                Sample(float(distance[at]), chain, row, float(check.values[row]), float(check.thresholds[row]), kept,
                       str(languages[row]), source)
                for at, row in zip(near.tolist(), rows[near].tolist(), strict=True)
            ]  # fmt: skip
            same, other = ([one for one in curve.samples if (one.kept == kept) is wanted] for wanted in (True, False))
            curve.samples = other + heapq.nsmallest(self.most, same + fresh)

    def result(self, unscored: list[str]) -> Tuning:
        keys = ["source", "language", "value"]
        for name, curve in self.curves.items():
            sums = [pl.col("documents").sum(), pl.col("words").sum()]
            curve.counts = pl.concat(self.parts[name]).group_by(keys).agg(sums).sort(keys)
            curve.samples.sort(key=lambda one: (not one.kept, one))
        return Tuning(self.documents, self.words, self.passing, list(self.curves.values()), self.fixed, unscored)


def _counts(check: Check, free: np.ndarray, source: str, languages: np.ndarray, words: np.ndarray) -> pl.DataFrame:
    values = check.values[free]
    if np.any(values % 1):  # up for a maximum, down for a minimum: then value and threshold compare as before
        steps = np.ceil(values * GRID) if check.side == "maximum" else np.floor(values * GRID)
        values = steps / GRID
    frame = pl.DataFrame({"language": languages[free].astype(str), "value": values, "words": words[free]},
                         schema={"language": pl.String, "value": pl.Float64, "words": pl.Int64})  # fmt: skip
    sums = [pl.len().cast(pl.Int64).alias("documents"), pl.col("words").sum()]
    grouped = frame.group_by("language", "value").agg(sums)
    return grouped.select(pl.lit(source).alias("source"), "language", "value", "documents", "words")
