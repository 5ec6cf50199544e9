"""Leaflets that are made: labels are true, templates shared, and nothing depends on chance."""

import itertools

from bench.tools.leaflets import EDITIONS, LANGUAGES, Leaflet, leaflets
from bench.tools.pairs import Score, closure, score
from bench.tools.planted import shingles


def jaccard(a: Leaflet, b: Leaflet) -> float:
    one, other = shingles(a.text.lower().split()), shingles(b.text.lower().split())
    return len(one & other) / len(one | other)


def test_each_product_has_each_edition_once_and_says_its_strength_and_name() -> None:
    made = leaflets(4)
    assert {leaflet.language for leaflet in made} == set(LANGUAGES)
    by_product: dict[tuple, list[Leaflet]] = {}
    for leaflet in made:
        by_product.setdefault(leaflet.product, []).append(leaflet)
        assert "{" not in leaflet.text
    for product, editions in by_product.items():
        assert sorted(leaflet.edition for leaflet in editions) == sorted(EDITIONS)
        assert len({leaflet.text for leaflet in editions}) == len(EDITIONS), product
        assert all(leaflet.text.count(leaflet.substance) >= 2 for leaflet in editions)


def test_what_is_another_product_is_as_near_as_what_is_another_edition() -> None:
    made = [leaflet for leaflet in leaflets(2) if leaflet.language == "fr"]
    first = [leaflet for leaflet in made if leaflet.edition == "first"]
    strengths = [
        jaccard(a, b) for a, b in itertools.combinations(first, 2) if a.substance == b.substance and a.form == b.form
    ]
    editions = [
        jaccard(a, b) for a in first for b in made if a.product == b.product and b.edition in ("wording", "revision")
    ]
    assert min(strengths) > 0.9
    assert max(editions) < max(strengths)


def test_the_same_leaflets_come_again() -> None:
    assert leaflets(2) == leaflets(2)


def test_pairs_are_closed_and_scored() -> None:
    assert closure([(1, 2), (5, 4), (2, 3)]) == {(1, 2), (1, 3), (2, 3), (4, 5)}
    assert score({(1, 2), (1, 3)}, {(1, 2), (4, 5), (6, 7), (8, 9)}) == Score(0.5, 0.25)
    assert Score(0.5, 0.25).f1 == 1 / 3
    assert score(set(), {(1, 2)}).f1 == 0
