"""Known duplicates and known distinct templates that go through every build's deduplication, to see that it works.

Leaflets in four languages, of two medicines in two strengths, each as it is, as a later edition and as a copy in other
type: twelve documents of one template, of which four must stay. What must happen follows from the recipe's own
thresholds and from Python sets of word tuples: a second, slow way to the same answer. Where both differ, something is
wrong with the machinery, and the build stops before a version shows it.
"""

import dataclasses
import itertools
import re
from functools import cache
from importlib import resources
from typing import ClassVar

import pyarrow as pa

from dedup.in_memory import removals
from dedup.lsh import Bands
from dedup.signature import Signature
from dedup.tokens import UNITS
from dedup.verify import Verify
from shards import schema
from shards.errors import BuildError
from shards.step import Step

RESULT = pa.schema(
    [
        pa.field("document", pa.string(), False),
        pa.field("expected", pa.string()),  # removed, kept; null: too near to a threshold to say
        pa.field("found", pa.string(), False),
    ]
)
LANGUAGES = ("en", "fr", "it", "es")
_MARGIN = 0.1  # of similarity around a threshold, in which banding may miss and tokens may be counted otherwise
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d]+|%")
_MEDICINES = ("Cardiolol", "Nefrozide")
_STRENGTHS = (("50 mg", "100 mg"), ("20 mg", "40 mg"))


@dataclasses.dataclass(frozen=True)
class Canary(Step):
    """`signature`, `bands` and `verify` as the build has them."""

    name: ClassVar[str] = "canary"
    version: ClassVar[int] = 1

    signature: Signature
    bands: Bands
    verify: Verify

    def run(self) -> dict[str, pa.Table]:
        """One row a canary: what must become of it, and what did (RESULT)."""
        texts = canaries()
        names = sorted(texts)
        found = removals([texts[name] for name in names], self.signature, self.bands, self.verify)
        removed = {row for row, *_ in found}
        expected = self._expected(texts)
        rows = [(name, expected[name], "removed" if at in removed else "kept") for at, name in enumerate(names)]
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, RESULT, strict=True)]
        return {"canary": pa.table(arrays, schema=RESULT)}

    def _expected(self, texts: dict[str, str]) -> dict[str, str | None]:
        """What must become of each, by sets of words: the walk of verification, without its machinery."""
        names = sorted(texts)
        fates: dict[str, str | None] = {}
        for at, name in enumerate(names):
            alike = {other: self._alike(texts[name], texts[other]) for other in names[:at]}
            sure = any(alike[other] for other in alike if fates[other] == "kept")
            open_ = any(alike[other] is not False for other in alike if fates[other] != "removed")
            fates[name] = "removed" if sure else None if open_ else "kept"
        return fates

    def _alike(self, a: str, b: str) -> bool | None:
        if schema.content_hash(a) == schema.content_hash(b):
            return True
        words = _TOKEN.findall(a.lower()), _TOKEN.findall(b.lower())
        shingles = [set(zip(*(one[at:] for at in range(self.signature.ngram)), strict=False)) for one in words]
        if min(map(len, shingles)) < self.signature.min_shingles:
            return False
        if self.verify.names and any(name in a and name not in b for name in _MEDICINES):
            return False
        alike = _jaccard(*shingles), _jaccard(*map(_doses, words))
        limits = self.verify.threshold, self.verify.dose_threshold
        if any(measured < limit - _MARGIN for measured, limit in zip(alike, limits, strict=True)):
            return False
        found = 1 - (1 - alike[0] ** self.bands.rows) ** self.bands.bands
        sure = all(measured >= limit + _MARGIN or measured == 1 for measured, limit in zip(alike, limits, strict=True))
        return True if sure and found > 0.999 else None


@cache
def canaries() -> dict[str, str]:
    """The documents by name, of which the first in alphabetical order of equals is kept."""
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        template = resources.files("dedup").joinpath("canaries", f"{language}.txt").read_text(encoding="utf-8").strip()
        for medicine, (dose, twice) in itertools.product(_MEDICINES, _STRENGTHS):
            leaflet = template.format(medicine=medicine, dose=dose, twice=twice)
            name = f"{language} {medicine} {dose}"
            texts[f"{name}: 1 leaflet"] = leaflet
            texts[f"{name}: 2 copy"] = leaflet.upper().replace("\n", "\n\n")
            texts[f"{name}: 3 edition"] = f"{leaflet}\n2026-03"
    return texts


def check_canaries(result: pa.Table) -> None:
    """Raise `BuildError` naming the documents that met another fate than they must."""
    wrong = [row for row in result.to_pylist() if row["expected"] not in (None, row["found"])]
    if wrong:
        shown = "\n".join(f"  {row['document']}: {row['found']}, must be {row['expected']}" for row in wrong[:8])
        raise BuildError(
            f"deduplication treated {len(wrong)} of {result.num_rows} known documents wrongly, so nothing is "
            f"committed; this is a fault of the build: report it\n{shown}"
        )


def _doses(words: list[str]) -> set[tuple[str, str]]:
    return {(a, b) for a, b in itertools.pairwise(words) if a[0].isdigit() and b in UNITS}


def _jaccard(a: set, b: set) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0
