"""What a cluster's documents share counts for nothing, and a part of a longer text goes only where a recipe asks."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.in_memory import deduplicate
from dedup.matching.lsh import Bands
from dedup.signatures.signature import Signature
from dedup.verification import verify
from dedup.verification.rule import inside
from dedup.verification.template import FEWEST, residual, template
from dedup.verification.verify import Verify

VOCABULARY = [f"term{n}" for n in range(5000)]
STEPS = Signature(permutations=128), Bands(32, 4, 1)


def words(seed: object, count: int) -> list[str]:
    return random.Random(str(seed)).choices(VOCABULARY, k=count)


def pages(count: int, template: str = "template") -> list[str]:
    """Of one template with 30 words of their own, none of which recurs, and after each an edition of it."""
    shared, found = words(template, 300), []
    for number in range(count):
        page = [*shared[:100], *words(f"{template} {number}", 30), *shared[100:]]
        found += [" ".join(page), " ".join([*page[:250], f"anew{number}", *page[251:]])]
    return found


def distinct(template: str) -> list[str]:
    """FEWEST documents that hold much of a template, then pages of it."""
    far = (f"far {template} {number}" for number in range(FEWEST))
    return [*(" ".join([*words(template, 300)[:240], *words(one, 90)]) for one in far), *pages(FEWEST + 2, template)]


def lost(texts: list[str], **verify: float) -> set[tuple[int, int]]:
    return {(row, winner) for row, winner, *_ in deduplicate(texts, *STEPS, Verify(**verify))}


def test_pages_of_one_template_stay_and_editions_go() -> None:
    texts = distinct("template")  # by Jaccard alone each page is a near duplicate of the next
    assert lost(texts) == {(at + 1, at) for at in range(FEWEST, len(texts), 2)}
    merged = lost(texts, residual_threshold=0.0)
    assert {row for row, _ in merged} >= set(range(FEWEST + 2, len(texts), 2))


@pytest.mark.parametrize("gathered", [1, 2_000, 12_000])
def test_templates_of_many_clusters_are_told_as_those_of_one(gathered: int, monkeypatch: pytest.MonkeyPatch) -> None:
    together, expected = [], set()
    for name in ("template", "other", "third"):
        alone = distinct(name)
        expected |= {(row + len(together), winner + len(together)) for row, winner in lost(alone)}
        together += alone
    monkeypatch.setattr(verify, "GATHERED", gathered)
    assert lost(together) == expected
    assert len(expected) == 3 * (FEWEST + 2)


def test_of_few_documents_no_template_is_told() -> None:
    texts = pages(3)
    assert {row for row, _ in lost(texts)} >= {1, 2, 4}


def test_a_template_is_what_half_hold_of_those_that_were_asked() -> None:
    full = [np.array([1, 2, 3, number + 10], np.uint32) for number in range(FEWEST)]
    assert template(full, 100).tolist() == [1, 2, 3]
    cut = [np.array([1, 2], np.uint32)] * FEWEST + [np.array([1, 2, 3], np.uint32)] * 2
    assert template(cut, 2).tolist() == [1, 2]  # two documents alone reach as far as 3


values = st.sets(st.integers(0, 60), max_size=50).map(lambda found: np.array(sorted(found), np.uint32))


@given(values, values, values)
def test_what_is_left_without_a_template_is_compared_as_sets(a: np.ndarray, b: np.ndarray, shared: np.ndarray) -> None:
    left, right = set(a.tolist()) - set(shared.tolist()), set(b.tolist()) - set(shared.tolist())
    union = left | right
    expected = len(left & right) / len(union) if len(union) >= 16 else 1.0
    assert residual(a, b, shared, 512) == expected


@given(values, values)
def test_containment_is_the_share_of_the_second_in_the_first(a: np.ndarray, b: np.ndarray) -> None:
    one, other = set(a.tolist()), set(b.tolist())
    assert inside(a, b, 512) == (len(one & other) / len(other) if len(other) >= 16 else 0.0)


def test_a_part_of_a_longer_text_goes_where_a_recipe_asks_for_it_and_the_longer_never() -> None:
    whole = words("whole", 400)
    part = whole[60:330]
    both = [" ".join(whole), " ".join(part)]
    assert deduplicate(both, *STEPS, Verify()) == []
    assert deduplicate(both, *STEPS, Verify(containment=0.95)) == [(1, 0, 1.0, "contained")]
    assert deduplicate(both[::-1], *STEPS, Verify(containment=0.95)) == []
    changed = [*part[:40], *words("else", 60), *part[100:]]
    assert deduplicate([both[0], " ".join(changed)], *STEPS, Verify(containment=0.95)) == []
