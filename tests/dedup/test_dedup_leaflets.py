"""Real drug leaflets against the exact Jaccard of all their pairs, and made ones in four languages: the rule."""

import csv
import json
from pathlib import Path

import pytest
from dedup_run import Doc, removed

from bench.tools.leaflets import leaflets as made_leaflets
from dedup.in_memory import deduplicate
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify

LEAFLETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "neardup" / "fr_leaflets"
needs_leaflets = pytest.mark.skipif(not LEAFLETS.exists(), reason="needs the leaflets in ../shared/data/neardup")


@pytest.fixture(scope="module")
def leaflets() -> tuple[list[str], list[str], dict[frozenset, float]]:
    rows = [json.loads(line) for line in (LEAFLETS / "docs.jsonl").read_text().splitlines()]
    with (LEAFLETS / "pairs_exact_jaccard.tsv").open() as lines:
        pairs = {
            frozenset((row["id_a"], row["id_b"])): float(row["jaccard5"])
            for row in csv.DictReader(lines, delimiter="\t")
        }
    return [str(row["id"]) for row in rows], [row["text"] for row in rows], pairs


def found(ids: list[str], texts: list[str], dose_threshold: float) -> set[frozenset]:
    docs = [Doc(key, text) for key, text in zip(ids, texts, strict=True)]
    names = {doc.doc_id: doc.key for doc in docs}
    lost = removed([docs], verify=Verify(dose_threshold=dose_threshold))
    return {frozenset((key, names[winner])) for key, winner, *_ in lost}


@needs_leaflets
def test_measured_similarity_agrees_with_the_exact_one(leaflets) -> None:
    ids, texts, exact = leaflets
    pairs = found(ids, texts, dose_threshold=0.0)
    assert len(pairs) > 20
    wrong = {pair: exact.get(pair, 0.0) for pair in pairs if exact.get(pair, 0.0) < 0.76}
    assert not wrong
    losers = {key for pair in pairs for key in pair}
    near = [pair for pair, similarity in exact.items() if similarity >= 0.85]
    missed = [pair for pair in near if not pair & losers]
    assert len(missed) <= 0.03 * len(near), missed  # banding finds 0.85 with probability 0.994, 0.9 with 0.9999


@needs_leaflets
def test_the_guard_of_doses_only_ever_keeps_more(leaflets) -> None:
    ids, texts, _ = leaflets
    guarded = {key for pair in found(ids, texts, dose_threshold=0.8) for key in pair}
    assert guarded <= {key for pair in found(ids, texts, dose_threshold=0.0) for key in pair}


@needs_leaflets
def test_leaflets_that_say_another_strength_or_name_survive_and_copies_do_not(leaflets) -> None:
    _, texts, exact = leaflets
    assert sum(0.8 <= similarity < 1 for similarity in exact.values()) == 60  # all of other strengths, names or makers
    assert deduplicate(sorted(set(texts)), Signature(), Bands(), Verify()) == []
    assert len(deduplicate(texts, Signature(), Bands(), Verify())) == len(texts) - len(set(texts))


def test_of_each_product_in_each_language_one_leaflet_survives_and_its_editions_go() -> None:
    documents = made_leaflets(6)  # a brand, a substance in lower case, a substance with its company, each twice
    lost = deduplicate([leaflet.text for leaflet in documents], Signature(), Bands(), Verify())
    assert all(documents[row].product == documents[winner].product for row, winner, *_ in lost)
    assert len(lost) >= 0.99 * (len(documents) - len({leaflet.product for leaflet in documents}))
