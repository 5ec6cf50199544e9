"""Earlier versions among the members: they never go, the oldest wins, and no order or partition changes that."""

import random

import numpy as np
import pyarrow as pa
from dedup_run import Doc, removed
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.earlier.seniority import KeptKeys, Promote, Seniors
from dedup.matching.lsh import BANDED, banded
from shards import schema

BASE = [" ".join(random.Random(at).choices([f"term{n}" for n in range(5000)], k=80)) for at in range(5)]


def edition(subject: int, number: int) -> str:
    return f"{BASE[subject]} edition{number} of the page"


def test_the_oldest_version_wins_against_sources_and_quality_and_never_goes() -> None:
    best = Doc("best", edition(0, 0), "journal", priority=0, quality=0.9)
    first, second = Doc("first", edition(0, 1), quality=0.1), Doc("second", edition(0, 2), quality=0.8)
    lost = removed([[best]], {"v1": [[first]], "v2": [[second], [Doc("other", edition(1, 0))]]})
    [(key, winner, method, _)] = lost
    assert (key, winner, method) == ("best", f"{first.doc_id}@v1", "near-duplicate")


def test_the_same_document_read_again_is_in_the_version_already() -> None:
    again, old = Doc("a", edition(0, 0)), Doc("a", edition(0, 1))
    assert {(key, winner, method) for key, winner, method, _ in removed([[again]], {"v1": [[old]]})} == {
        ("a", f"{old.doc_id}@v1", "same-key")
    }


def test_two_near_documents_of_one_version_both_stay_and_both_win() -> None:
    """What a version kept is never measured against itself: a copy of its second document goes, too."""
    first, second = Doc("first", edition(0, 1)), Doc("second", edition(0, 2))
    copies = [Doc("c1", first.text + "x"), Doc("c2", second.text.upper())]
    lost = {key: (winner, method) for key, winner, method, _ in removed([copies], {"v1": [[first, second]]})}
    assert lost.keys() == {"c1", "c2"} and all(winner.endswith("@v1") for winner, _ in lost.values())


documents = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 1)), max_size=14, unique=True)


@settings(max_examples=20, deadline=None)
@given(documents, documents, st.randoms(use_true_random=False), st.integers(1, 4))
def test_what_is_left_does_not_depend_on_partitions_and_shares_nothing_with_the_version(
    new: list[tuple[int, int, int]], old: list[tuple[int, int, int]], random_: random.Random, size: int
) -> None:
    mine = [Doc(f"new{s}-{n}-{p}", edition(s, n), "web", priority=p, quality=n / 4) for s, n, p in new]
    theirs = [Doc(f"old{s}-{n}", edition(s, n)) for s, n, _ in old]
    reference = removed([mine], {"v1": [theirs]})
    shuffled, older = list(mine), list(theirs)
    random_.shuffle(shuffled)
    random_.shuffle(older)

    def cut(docs: list[Doc]) -> list[list[Doc]]:
        return [docs[at : at + size] for at in range(0, len(docs), size)] or [[]]

    assert removed(cut(shuffled), {"v1": cut(older)}) == reference
    left = {doc.key for doc in mine} - {key for key, *_ in reference}
    taken = {s for s, *_ in old}
    assert {key.removeprefix("new").split("-")[0] for key in left} == {str(s) for s, *_ in new if s not in taken}


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), unique_by=lambda pair: pair[0]),
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.booleans()), unique_by=lambda pair: pair[0]), max_size=3),
    st.integers(1, 4),
)
def test_seniority_is_that_of_the_oldest_version_that_kept_the_document(
    own: list[tuple[int, int]], versions: list[list[tuple[int, bool]]], prefixes: int
) -> None:
    ids = [schema.doc_id("web", str(number)) for number, _ in own]
    rows = [{"priority": priority, "quality": 0.5, "language": "en"} for _, priority in own]
    ranks = pa.Table.from_pylist(rows, schema=schema.RANK)
    keys = np.array([int(doc_id[:16], 16) for doc_id in ids], np.uint64)
    own_keys = banded(keys, np.arange(len(ids)), prefixes)
    kept = [
        KeptKeys(prefixes).run(pa.table({
            "doc_id": pa.array([schema.doc_id("web", str(number)) for number, _ in version], pa.string()),
            "verdict": pa.array([schema.KEEP if keep else schema.DROP for _, keep in version], pa.string()),
        }))["keys"]
        for version in versions
    ]  # fmt: skip
    step = Seniors(tuple(range(-len(versions), 0)))
    found = [
        step.run([pa.Table.from_batches([own_keys[at]])], [pa.Table.from_batches([keys[at]]) for keys in kept])[
            "seniors"
        ]
        for at in range(prefixes)
    ]
    promoted = Promote().run(ranks, [pa.Table.from_batches(batches) for batches in found])["ranks"]
    expected = []
    for number, priority in own:
        ages = [age - len(versions) for age, version in enumerate(versions) if (number, True) in version]
        expected.append(min(ages, default=priority))
    assert promoted["priority"].to_pylist() == expected
    assert promoted.schema == schema.RANK and own_keys[0].schema == BANDED
