"""From bands to verified duplicates: recall as banding promises, templates survive, order changes nothing."""

import itertools
import random

import numpy as np
import pyarrow as pa
from dedup_run import Doc, Removal, removed, sign
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.matching.components import Components
from dedup.matching.lsh import EDGES
from dedup.verification.verify import Verify

VOCABULARY = [f"term{n}" for n in range(5000)]


def numbered(texts: list[str]) -> list[Doc]:
    return [Doc(str(at), text) for at, text in enumerate(texts)]


def edited(words: list[str], changes: int, seed: int) -> list[str]:
    random_, copy = random.Random(seed), list(words)
    for place in random_.sample(range(len(words)), changes):
        copy[place] = f"edit{random_.random()}"
    return copy


def test_near_and_exact_copies_are_dropped_with_winner_and_similarity() -> None:
    words = [random.Random(at).choices(VOCABULARY, k=300) for at in range(30)]
    texts = [" ".join(w) for w in words]
    texts += [" ".join(edited(words[0], 2, 1)), texts[1].upper(), " ".join(edited(words[2], 40, 2))]
    docs = numbered(texts)
    pairs = {frozenset((docs[int(key)].doc_id, winner)): rest for key, winner, *rest in removed([docs])}
    near, exact = (frozenset((docs[at].doc_id, docs[at + 30].doc_id)) for at in (0, 1))
    assert pairs.keys() == {near, exact}
    method, similarity = pairs[near]
    assert method == "near-duplicate"
    assert 0.9 < similarity < 1
    assert pairs[exact] == ["exact-duplicate", 1.0]


def test_leaflets_of_one_template_with_other_doses_survive() -> None:
    template = random.Random(5).choices(VOCABULARY, k=400)
    leaflets = [" ".join([*template, f"take {dose} mg at most {4 * dose} mg a day"]) for dose in (100, 250, 500)]
    docs = numbered([*leaflets, leaflets[0] + " revised in june 2024"])
    [(key, winner, _, similarity)] = removed([docs])
    assert {docs[int(key)].doc_id, winner} == {docs[0].doc_id, docs[3].doc_id}
    assert similarity > 0.95


def test_the_same_key_read_twice_is_one_document_and_short_texts_match_only_exactly() -> None:
    text = " ".join(random.Random(9).choices(VOCABULARY, k=100))
    found = removed([[Doc("a", text), Doc("b", "short text")], [Doc("a", text + " new"), Doc("c", "Short  text")]])
    assert sorted(method for *_, method, _ in found) == ["exact-duplicate", "same-key"]


def test_recall_is_what_the_banding_formula_says() -> None:
    pairs, texts = 400, []
    for at in range(pairs):
        words = random.Random(at).choices(VOCABULARY, k=200)
        texts += [" ".join(words), " ".join(edited(words, 4, at))]  # Jaccard about 0.82
    sketches = [np.array(row, np.uint32) for row in sign(numbered(texts))["sketch"].to_pylist()]
    measured = [
        len(np.intersect1d(a, b)) / len(np.union1d(a, b)) for a, b in zip(sketches[::2], sketches[1::2], strict=True)
    ]
    expected = np.mean([1 - (1 - s**8) ** 14 for s in measured])
    found = removed([numbered(texts)], verify=Verify(threshold=0.5, dose_threshold=0.0, names=False))
    assert abs(len(found) / pairs - expected) < 0.03


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_survivors_do_not_depend_on_order_or_partitions(random_: random.Random, cuts: int) -> None:
    base = [random.Random(at).choices(VOCABULARY, k=80) for at in range(6)]
    docs = numbered([" ".join(edited(words, changes, changes)) for words in base for changes in (0, 1, 2, 3)])

    def lost(order: list[Doc], size: int) -> set[Removal]:
        groups = [order[at : at + size] for at in range(0, len(order), size)]
        return removed(groups, verify=Verify(threshold=0.7))

    reference = lost(docs, len(docs))
    shuffled = list(docs)
    random_.shuffle(shuffled)
    assert reference
    assert lost(shuffled, len(shuffled) // cuts) == reference


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40), st.integers(1, 4))
def test_components_are_those_of_a_plain_union_find(pairs: list[tuple[int, int]], parts: int) -> None:
    parent = {node: node for node in itertools.chain.from_iterable(pairs)}

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    hubs, nodes = zip(*pairs, strict=True) if pairs else ((), ())
    edges = pa.table([pa.array(hubs, pa.uint64()), pa.array(nodes, pa.uint64())], schema=EDGES)
    found = {}
    for batch in Components(parts).run([edges])["clusters"]:
        found |= dict(zip(batch["node"].to_pylist(), batch["cluster"].to_pylist(), strict=True))
    assert found == {node: root(node) for node in parent}


def test_a_cluster_of_more_winners_than_are_compared_still_keeps_no_copy_twice() -> None:
    template = random.Random(5).choices(VOCABULARY, k=200)
    leaflets = [" ".join([*template, f"take {dose} mg of it"]) for dose in range(1, 101)]
    found = removed([numbered(leaflets), numbered(leaflets)])
    assert len(found) == 100
    assert {method for *_, method, _ in found} == {"same-key"}
