"""Near duplicates found right: labelled records, real leaflets, and leaflets whose products and editions are known.

The figure is F1 on 2,707 short bibliographic records whose duplicates people labelled (pairs inside the groups that
are found), ours at the settings that serve them (single words, 20 bands of 5, threshold 0.6; docs/dedup.md) beside
datasketch at its best of 6 kinds of shingles x 11 thresholds x with and without verification, on the same texts.
Both are chosen on these very records.
`records_*`: the same at our defaults for documents (5-grams, 0.8), and of equal texts alone.

`real_*`: 178 real leaflets against the exact Jaccard of all their pairs, at 0.8, each pair alone: the machinery (by
Jaccard alone), and datasketch with the same threshold. `real_merged_*`: share of these pairs of which one goes, by
whether both leaflets are about one product (name and strength of their first lines), under each part of the rule, which
keeps other products apart on purpose. `real_edited_*`: share of editions that go beside their leaflet; these have a
share of the sentences replaced by some of other leaflets.

`made_*`: leaflets of products and editions that are known, in four languages (`bench/tools/leaflets.py`), under each
part of the rule: `survived`: products of which one document stays; `removed`: share of the later editions that go for
one of their product; `wrong`: documents removed for one of another product. `made_edition_*`: share of the editions of
a kind that go beside their first leaflet alone.
"""

import random

from bench.frame import Benchmark, run
from bench.peers.datasketch_pairs import character_shingles, matches, signed, word_shingles
from bench.tools.leaflets import EDITIONS, Leaflet, leaflets
from bench.tools.pairs import Score, closure, score
from bench.tools.real_leaflets import RealLeaflet, edited, real_leaflets
from bench.tools.records import labelled_records
from dedup.in_memory import deduplicate
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify

JACCARD = {"dose_threshold": 0.0, "names": False, "residual_threshold": 0.0}
PARTS = {
    "jaccard": Verify(**JACCARD),
    "doses": Verify(**JACCARD | {"dose_threshold": 0.4}),
    "names": Verify(**JACCARD | {"names": True}),
    "template": Verify(**JACCARD | {"residual_threshold": 0.5}),
    "rule": Verify(),
}
EDITED = (0.03, 0.06)
_SHINGLES = {f"{n} words": word_shingles(n) for n in (1, 2, 3)} | {
    f"{n} letters": character_shingles(n) for n in (3, 4, 5)
}
_THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


def measure(quick: bool) -> Benchmark:
    """Ours and datasketch in one process; nothing is timed."""
    checks: dict[str, float | bool] = {}
    ours, peer = _records(checks, quick)
    _real(checks)
    _made(checks, leaflets(6 if quick else 24))
    return Benchmark("neardup", "F1 on labelled records", ours.f1, {"datasketch, at its best": peer.f1}, checks)


def _records(checks: dict[str, float | bool], quick: bool) -> tuple[Score, Score]:
    texts, true = labelled_records()
    settings = {
        "records": (Signature(ngram=1, permutations=100, min_shingles=4), Bands(20, 5, 1), Verify(0.6, **JACCARD)),
        "records_defaults": (Signature(), Bands(), Verify()),
        "records_exact": (Signature(), Bands(), Verify(1.0, **JACCARD)),
    }
    scores = {}
    for name, steps in settings.items():
        scores[name] = score(closure((winner, row) for row, winner, *_ in deduplicate(texts, *steps)), true)
    best = Score(0.0, 0.0)
    for shingles in list(_SHINGLES.values())[::3] if quick else _SHINGLES.values():
        signatures = signed(texts, shingles)
        for threshold in _THRESHOLDS:
            for verify in (False, True):
                found = matches(signatures, threshold, verify)
                if len(found) < 20 * len(true):  # what joins everything is no candidate for the best
                    best = max(best, score(closure(found), true), key=lambda one: one.f1)
    scores["records_datasketch"] = best
    for name, one in scores.items():
        checks |= _rates(name, one) | {f"{name}_f1": one.f1}
    return scores["records"], best


def _real(checks: dict[str, float | bool]) -> None:
    found, exact = real_leaflets()
    texts = [leaflet.text for leaflet in found]
    true = {pair for pair, similarity in exact.items() if similarity >= 0.8}
    checks["real_pairs"] = len(true)
    for name, verify in PARTS.items():
        merged = {pair for pair in exact if _one(texts[pair[0]], texts[pair[1]], verify)}
        if name == "jaccard":
            checks |= _rates("real", score(merged, true))
        for kind in ("same_product", "other_strength", "other_name"):
            pairs = {pair for pair in true if _kind(found[pair[0]], found[pair[1]]) == kind}
            checks[f"real_merged_{kind}_{name}"] = len(pairs & merged) / len(pairs)
    for verify in (False, True):
        hits = matches(signed(texts, word_shingles(5)), 0.8, verify)
        checks |= _rates(f"real_datasketch{'_verified' if verify else ''}", score(set(hits), true))
    distinct = sorted(set(texts))
    for share in EDITED:
        draw = random.Random(f"editions {share}")
        editions = [edited(text, distinct, share, draw) for text in distinct]
        for name, verify in PARTS.items():
            merged = [_one(text, edition, verify) for text, edition in zip(distinct, editions, strict=True)]
            checks[f"real_edited_{share:g}_removed_{name}"] = sum(merged) / len(merged)


def _one(a: str, b: str, verify: Verify) -> bool:
    """Whether one of two texts, alone in the world, is removed."""
    return bool(deduplicate([a, b], Signature(), Bands(prefixes=1), verify))


def _rates(name: str, one: Score) -> dict[str, float]:
    return {f"{name}_precision": one.precision, f"{name}_recall": one.recall}


def _kind(a: RealLeaflet, b: RealLeaflet) -> str:
    if a.name != b.name:
        return "other_name"
    return "same_product" if a.strength == b.strength else "other_strength"


def _made(checks: dict[str, float | bool], documents: list[Leaflet]) -> None:
    texts = [leaflet.text for leaflet in documents]
    products = {leaflet.product for leaflet in documents}
    checks |= {"made_documents": len(documents), "made_products": len(products)}
    for name, verify in PARTS.items():
        lost = {row: winner for row, winner, *_ in deduplicate(texts, Signature(), Bands(), verify)}
        kept = [leaflet for row, leaflet in enumerate(documents) if row not in lost]
        checks[f"made_survived_{name}"] = len({leaflet.product for leaflet in kept}) / len(products)
        right = sum(documents[row].product == documents[winner].product for row, winner in lost.items())
        checks[f"made_removed_{name}"] = right / (len(documents) - len(products))
        checks[f"made_wrong_{name}"] = len(lost) - right
    first = {leaflet.product: leaflet.text for leaflet in documents if leaflet.edition == EDITIONS[0]}
    for edition in EDITIONS[1:]:
        later = [leaflet for leaflet in documents if leaflet.edition == edition]
        merged = [_one(first[leaflet.product], leaflet.text, Verify()) for leaflet in later]
        checks[f"made_edition_{edition}"] = sum(merged) / len(merged)


if __name__ == "__main__":
    run(measure, __doc__)
