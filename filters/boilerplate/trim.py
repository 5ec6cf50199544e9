"""Boilerplate: units that repeat over a site or a source are taken out of its texts, with a cap and a report.

Never taken: headings of sections that keep something, rows of tables, and units with a dose, because in medical text
template and substance look alike. A document that would lose more than `max_removed` of its words is rather a copy than
a template with a text inside: it stays as it is, and deduplication judges it.
"""

import dataclasses
import re
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa

from filters.boilerplate.repeats import By, groups_of, is_among
from shards.schema import scores_schema
from shards.step import Step
from shards.texts import batches, replace_texts
from shards.units import LIST, TEXT, Units, cut, drop_emptied_headings, find_units, keyed

Numbers = Literal["doses", "all"]
EDITS = scores_schema(
    pa.field("units_removed", pa.int32(), nullable=False),  # lines, and lists as one
    pa.field("chars_removed", pa.int32(), nullable=False),
    pa.field("capped", pa.bool_(), nullable=False),  # too much would have gone: nothing did
)
REMOVED = pa.schema(
    [
        pa.field("unit", pa.uint64(), False),
        pa.field("group", pa.string(), False),  # host; empty: the whole source
        pa.field("text", pa.string(), False),  # its beginning
        pa.field("documents", pa.int64(), False),  # that lost it
    ]
)
COUNTED = pa.schema(
    [pa.field(name, pa.int64(), False) for name in ("documents", "changed", "capped", "units", "chars")]
)
EXAMPLES = pa.schema([*list(REMOVED)[1:], pa.field("share", pa.float64(), False)])  # of the group that have the unit
_SAMPLE = 120  # characters of a removed unit that are shown

# What a dose is counted in: units of measure, forms of medicines, times and spans of time.
_MEASURES = "mg|µg|μg|mcg|ng|g|kg|ml|cl|dl|l|ui|iu|u|mmol|µmol|mol|meq|mm|cm|m2|mmhg|kcal|gy|msv|°c|h|min|%|‰"
_FORMS = (
    "(?:micro|milli)?gram(?:me|mi|mo|os?)?s?|tablets?|capsules?|drops?|puffs?|doses?|"
    "comprimés?|gélules?|gouttes?|bouffées?|sachets?|compress[ae]|gocc(?:e|ia)|bustin[ae]|dosi|"
    "comprimidos?|cápsulas?|gotas?|sobres?|dosis"
)
_TIMES = "times?|fois|volt[ae]|vez|veces"
_SPANS = (
    "hours?|days?|weeks?|months?|years?|heures?|jours?|semaines?|mois|ans?|or[ae]|giorn[oi]|settiman[ae]|mes[ei]|"
    "ann[oi]|horas?|días?|semanas?|meses|años?"
)
_SPELT = "one|two|three|four|half|un[ea]?|deux|trois|quatre|demi|uno|due|tre|quattro|mezz[ao]|dos|tres|cuatro|medi[ao]"
_OFTEN = "day|week|jour|semaine|giorno|settimana|día|semana"  # medicines; what comes once a month is a newsletter
_DOSE = re.compile(
    rf"[\d½¼¾][\s\u202f-]{{0,2}}(?:{_MEASURES}|{_FORMS}|{_TIMES}|{_SPANS})(?![^\W_])"
    rf"|\b(?:{_SPELT}) (?:{_FORMS}|(?:{_TIMES}) (?:a|per|par|al|alla|a la|por) (?:{_OFTEN}))\b"
    r"|\b(?:once|twice) (?:a day|daily|weekly)\b",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True)
class Trim(Step):
    """Takes the repeated units out. `numbers`: "doses" protects units with an amount of something, "all" any digit."""

    by: By = "host"
    max_removed: float = 0.8
    numbers: Numbers = "doses"

    name = "trim"
    libraries = ("polars",)

    def run(self, documents: pa.Table, repeated: list[pa.Table]) -> dict[str, pa.Table]:
        """`schema.DOCUMENT` and `REPEATED` tables -> documents (same rows; those not changed are the same bytes), edits
        (`EDITS`), removed (`REMOVED`, sorted by unit) and counted (`COUNTED`, one row).
        """
        groups, names = groups_of(documents, self.by)
        parts, removed, place = [], {}, 0
        for batch in batches(documents["text"]):
            mine = slice(place, place + len(batch))
            parts.append(self._trim(batch, groups[mine], names[mine], repeated, removed))
            place += len(batch)
        counts, texts = zip(*parts, strict=True) if parts else ([], [])
        columns = np.concatenate(counts, axis=1) if counts else np.zeros((2, 0), np.int64)
        changed = np.flatnonzero(columns[0])
        documents, lost = replace_texts(documents, changed, pa.concat_arrays(texts) if texts else pa.array([]))
        edits = [columns[0].astype(np.int32), lost, columns[1].astype(bool)]
        sums = [documents.num_rows, len(changed), columns[1].sum(), columns[0].sum(), lost.sum()]
        return {
            "documents": documents,
            "edits": pa.table([documents["doc_id"], *map(pa.array, edits)], schema=EDITS),
            "removed": pa.Table.from_pylist([removed[unit] for unit in sorted(removed)], schema=REMOVED),
            "counted": pa.table([pa.array([int(value)]) for value in sums], schema=COUNTED),
        }

    def _trim(
        self, texts: pa.LargeStringArray, groups: np.ndarray, names: list[str], repeated: list[pa.Table], removed: dict
    ) -> tuple[np.ndarray, pa.LargeStringArray]:
        """((units removed, capped) of each document, texts of those that lost any); what goes is noted in `removed`."""
        units = find_units(texts)
        owner, rows = units.document, len(texts)
        keys = keyed(units.hash, groups[owner])
        often = is_among(keys, repeated)
        gone = often & ((units.kind == TEXT) | (units.kind == LIST))
        gone[gone] = ~self._protected(units, keys, np.flatnonzero(gone))
        gone = drop_emptied_headings(units, often, gone)
        words = np.bincount(owner, units.words, rows)
        capped = np.bincount(owner, units.words * gone, rows) > self.max_removed * words
        gone &= ~capped[owner]
        counts = np.bincount(owner, gone, rows).astype(np.int64)
        _note(units, keys, np.flatnonzero(gone), names, removed)
        changed = pa.array(np.flatnonzero(counts))
        return np.stack([counts, capped.astype(np.int64)]), cut(units, gone).take(changed)

    def _protected(self, units: Units, keys: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        """Which of the candidates must stay for their numbers. Each distinct unit is looked at once."""
        if self.numbers == "all":
            return units.has_digit[candidates]
        _, first, codes = np.unique(keys[candidates], return_index=True, return_inverse=True)
        doses = [_DOSE.search(units.text(candidates[at])) is not None for at in first]
        return np.array(doses, bool)[codes]


@dataclasses.dataclass(frozen=True)
class TrimReport(Step):
    """What was taken out of a source, in figures, and the `shown` units that most documents lost."""

    shown: int = 20

    name = "trim-report"
    libraries = ("polars",)

    def run(self, removed: list[pa.Table], counted: list[pa.Table], totals: list[pa.Table]) -> dict[str, pa.Table]:
        """Tables of all partitions -> counted (`COUNTED`, one row) and examples (`EXAMPLES`, most documents first)."""
        sums = pl.concat([pl.from_arrow(table) for table in counted]).sum().to_arrow()
        shares = pl.from_arrow(pa.concat_tables(totals))
        share = (pl.col("documents_total") / pl.col("of")).round(4).alias("share")
        lost = pl.concat([pl.from_arrow(table) for table in removed])
        first = pl.col("group").first(), pl.col("text").first(), pl.col("documents").sum()
        lost = lost.group_by("unit", maintain_order=True).agg(*first)
        lost = lost.sort(["documents", "group", "text", "unit"], descending=[True, False, False, False])
        shown = lost.head(self.shown).join(shares, on="unit", suffix="_total", maintain_order="left")
        examples = shown.with_columns(share).select(EXAMPLES.names).to_arrow().cast(EXAMPLES)
        return {"counted": sums.cast(COUNTED), "examples": examples}


def _note(units: Units, keys: np.ndarray, gone: np.ndarray, names: list[str], removed: dict[int, dict]) -> None:
    """Add documents that lost units to `removed`: unit -> row of `REMOVED`."""
    if not len(gone):
        return
    owner = units.document
    _, once = np.unique(keyed(keys[gone], owner[gone].astype(np.uint64)), return_index=True)  # a document counts once
    mine, first, counts = np.unique(keys[gone[once]], return_index=True, return_counts=True)
    for unit, at, count in zip(mine.tolist(), gone[once][first], counts.tolist(), strict=True):
        text = " ".join(units.text(at).split())[:_SAMPLE]
        row = removed.setdefault(unit, {"unit": unit, "group": names[owner[at]], "text": text, "documents": 0})
        row["documents"] += count
