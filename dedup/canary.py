"""Known duplicates and known distinct templates that go through every build's deduplication, to see that it works.

Leaflets in four languages, of two medicines in two strengths and of one in another form, each as it is, as a later
edition and as a copy in other type: fifteen documents of one template, of which five must stay. What must happen
follows from the recipe's own thresholds and from Python's sets and counts of words: a second, slow way to the same
answer. Where both differ, something is wrong with the machinery, and the build stops before a version shows it.
"""

import dataclasses
import itertools
import re
from collections import Counter
from functools import cache
from importlib import resources
from typing import ClassVar

import pyarrow as pa

from dedup.in_memory import deduplicate
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.signatures.tokens import HEAD, MONTHS, UNITS
from dedup.verification.verify import Verify
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
_FORMS = {
    "en": ("tablet", "sachet"),
    "fr": ("comprimé", "sachet"),
    "it": ("compress", "capsul"),
    "es": ("comprimid", "sobr"),
}


@dataclasses.dataclass(frozen=True)
class Canary(Step):
    """`signature`, `bands` and `verify` as the build has them."""

    name: ClassVar[str] = "canary"
    version: ClassVar[int] = 3

    signature: Signature
    bands: Bands
    verify: Verify

    def run(self) -> dict[str, pa.Table]:
        """One row a canary: what must become of it, and what did (RESULT)."""
        texts = canaries()
        names = sorted(texts)
        found = deduplicate([texts[name] for name in names], self.signature, self.bands, self.verify)
        removed = {row for row, *_ in found}
        expected = self._expected(texts)
        rows = [(name, expected[name], "removed" if at in removed else "kept") for at, name in enumerate(names)]
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, RESULT, strict=True)]
        return {"canary": pa.table(arrays, schema=RESULT)}

    def _expected(self, texts: dict[str, str]) -> dict[str, str | None]:
        """What must become of each, by sets of words: the walk of verification, without its machinery."""
        names = sorted(texts)
        read = {name: _read(texts[name], self.signature.ngram) for name in names}
        fates: dict[str, str | None] = {}
        for at, name in enumerate(names):
            alike = {other: self._alike(read[name], read[other]) for other in names[:at]}
            sure = any(alike[other] for other in alike if fates[other] == "kept")
            open_ = any(alike[other] is not False for other in alike if fates[other] != "removed")
            fates[name] = "removed" if sure else None if open_ else "kept"
        return fates

    def _alike(self, a: "_Read", b: "_Read") -> bool | None:
        if a.content == b.content:
            return True
        fewer = min(len(a.shingles), len(b.shingles))
        if fewer < self.signature.min_shingles:
            return False
        different = [_different(a.names, b.names)] if self.verify.names else []
        if self.verify.dose_threshold > 0:
            different.append(_different(a.doses, b.doses))
        if True in different:
            return False
        alike = _jaccard(a.shingles, b.shingles), _jaccard(set(a.doses[0]), set(b.doses[0]))
        limits = self.verify.threshold, self.verify.dose_threshold
        part = len(a.shingles & b.shingles) / fewer
        if self.verify.containment > 0 and alike[0] < limits[0] and part >= self.verify.containment - _MARGIN:
            return None
        if any(measured < limit - _MARGIN for measured, limit in zip(alike, limits, strict=True)):
            return False
        found = 1 - (1 - alike[0] ** self.bands.rows) ** self.bands.bands
        sure = all(measured >= limit + _MARGIN or measured == 1 for measured, limit in zip(alike, limits, strict=True))
        return True if sure and found > 0.999 and None not in different else None


@dataclasses.dataclass(frozen=True)
class _Read:
    """What a text is compared by: its content's hash, its shingles, and the terms of `_names` and `_doses`."""

    content: str
    shingles: set[tuple[str, ...]]
    names: tuple[Counter, set]
    doses: tuple[Counter, set]


def _read(text: str, ngram: int) -> _Read:
    words = _TOKEN.findall(text.lower())
    shingles = set(zip(*(words[at:] for at in range(ngram)), strict=False))
    return _Read(schema.content_hash(text), shingles, _names(words), _doses(words))


@cache
def canaries() -> dict[str, str]:
    """The documents by name, of which the first in alphabetical order of equals is kept."""
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        template = resources.files("dedup").joinpath("canaries", f"{language}.txt").read_text(encoding="utf-8").strip()
        products = {
            f"{language} {medicine} {dose}": template.format(medicine=medicine, dose=dose, twice=twice)
            for medicine, (dose, twice) in itertools.product(_MEDICINES, _STRENGTHS)
        }
        first = next(iter(products))
        products[f"{first}: {_FORMS[language][1]}"] = products[first].replace(*_FORMS[language])
        for name, leaflet in products.items():
            *paragraphs, effects, storage = leaflet.split("\n\n")
            texts[f"{name}: 1 leaflet"] = leaflet
            texts[f"{name}: 2 copy"] = leaflet.upper().replace("\n", "\n\n")
            texts[f"{name}: 3 edition"] = "\n\n".join([*paragraphs, storage, effects, "2026-03"])
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


def _doses(words: list[str]) -> tuple[Counter, set]:
    """How often each dose occurs, and which stand in the head."""
    found = [
        (at, pair) for at, pair in enumerate(itertools.pairwise(words)) if pair[0][0].isdigit() and pair[1] in UNITS
    ]
    return Counter(pair for _, pair in found), {pair for at, pair in found if at < HEAD}


def _names(words: list[str]) -> tuple[Counter, set]:
    """The same of words that are no numbers and no dates."""
    found = [(at, word) for at, word in enumerate(words) if not word[0].isdigit() and word not in MONTHS]
    return Counter(word for _, word in found), {word for at, word in found if at < HEAD}


def _different(a: tuple[Counter, set], b: tuple[Counter, set]) -> bool | None:
    """Whether texts with these are about different things; None: too near to say, as terms are counted in steps."""
    sides = (a, b), (b, a)

    def own(times: float, least: int) -> bool:
        return all(
            any(count >= least and count >= times * other[0][term] for term, count in mine[0].items())
            for mine, other in sides
        )

    def titled(times: float) -> bool:
        return all(
            any(mine[0][term] >= max(2, times * other[0][term]) for term in mine[1] - other[1]) for mine, other in sides
        )

    def added(times: float) -> bool:
        return any(
            any(mine[0][term] >= max(3, times * other[0][term]) for term in mine[1] - other[1]) for mine, other in sides
        )

    if own(4, 5) or titled(3):
        return True
    return None if own(2, 3) or titled(1) or added(2) else False


def _jaccard(a: set, b: set) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0
