"""From bands to verified duplicates: recall as banding promises, templates survive, order changes nothing."""

import itertools
import random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.matching.components import Components
from dedup.matching.lsh import EDGES, Bands, Match, batches
from dedup.signatures.signature import Signature
from dedup.verification.verify import Verify
from shards import schema

VOCABULARY = [f"term{n}" for n in range(5000)]


def partition(texts: list[str], start: int = 0, keys: list[str] | None = None) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Signatures, candidates and ranks of a partition whose documents are all kept so far."""
    keys = keys or [str(start + at) for at in range(len(texts))]
    ids = [schema.doc_id("test", key) for key in keys]
    documents = pa.table({"doc_id": ids, "text": texts, "content_hash": [schema.content_hash(t) for t in texts]})
    rows = [{"doc_id": doc, "verdict": schema.KEEP, "stage": "", "reason": "", "language": "en"} for doc in ids]
    candidates = pa.Table.from_pylist(rows, schema=schema.VERDICT)
    ranks = pa.table([[0] * len(ids), [0.5] * len(ids), [None] * len(ids)], schema=schema.RANK)
    return Signature().run(documents)["signatures"], candidates, ranks


def duplicates(partitions: list[tuple[pa.Table, pa.Table, pa.Table]], **verify: float) -> list[tuple]:
    """(partition, row, winner, similarity, method) of everything dropped."""
    banded = [Bands(prefixes=3).run(signatures, candidates)["bands"] for signatures, candidates, _ in partitions]
    edges = [
        Match().run([pa.Table.from_batches([bands[at]]) for bands in banded])["edges"] for at in range(batches(14, 3))
    ]
    found = []
    for part in Components(parts=3).run(edges)["clusters"]:
        output = Verify(**verify).run(
            pa.Table.from_batches([part]), [p[0] for p in partitions], [p[2] for p in partitions]
        )
        for at, batch in enumerate(output["duplicates"]):
            found += [(at, *row.values()) for row in batch.to_pylist()]
    return sorted(found)


def edited(words: list[str], changes: int, seed: int) -> list[str]:
    random_, copy = random.Random(seed), list(words)
    for place in random_.sample(range(len(words)), changes):
        copy[place] = f"edit{random_.random()}"
    return copy


def test_near_and_exact_copies_are_dropped_with_winner_and_similarity() -> None:
    words = [random.Random(at).choices(VOCABULARY, k=300) for at in range(30)]
    texts = [" ".join(w) for w in words]
    texts += [" ".join(edited(words[0], 2, 1)), texts[1].upper(), " ".join(edited(words[2], 40, 2))]
    found = duplicates([partition(texts)])
    ids = [schema.doc_id("test", str(at)) for at in range(len(texts))]
    pairs = {frozenset((ids[row], winner)): (similarity, method) for _, row, winner, similarity, method in found}
    assert pairs.keys() == {frozenset((ids[0], ids[30])), frozenset((ids[1], ids[31]))}
    similarity, method = pairs[frozenset((ids[0], ids[30]))]
    assert method == "near-duplicate"
    assert 0.9 < similarity < 1
    assert pairs[frozenset((ids[1], ids[31]))] == (1.0, "exact-duplicate")


def test_leaflets_of_one_template_with_other_doses_survive() -> None:
    template = random.Random(5).choices(VOCABULARY, k=400)
    leaflets = [" ".join([*template, f"take {dose} mg at most {4 * dose} mg a day"]) for dose in (100, 250, 500)]
    edition = leaflets[0] + " revised in june 2024"
    found = duplicates([partition([*leaflets, edition])])
    assert len(found) == 1
    _, row, winner, similarity, _ = found[0]
    assert {schema.doc_id("test", str(row)), winner} == {schema.doc_id("test", "0"), schema.doc_id("test", "3")}
    assert similarity > 0.95


def test_the_same_key_read_twice_is_one_document_and_short_texts_match_only_exactly() -> None:
    text = " ".join(random.Random(9).choices(VOCABULARY, k=100))
    found = duplicates(
        [partition([text, "short text"], keys=["a", "b"]), partition([text + " new", "Short  text"], keys=["a", "c"])]
    )
    assert sorted(method for *_, method in found) == ["exact-duplicate", "same-key"]


def test_recall_is_what_the_banding_formula_says() -> None:
    pairs, texts = 400, []
    for at in range(pairs):
        words = random.Random(at).choices(VOCABULARY, k=200)
        texts += [" ".join(words), " ".join(edited(words, 4, at))]  # Jaccard about 0.82
    signatures = Signature().run(partition_documents(texts))["signatures"]
    sketches = [np.array(row, np.uint32) for row in signatures["sketch"].to_pylist()]
    measured = [
        len(np.intersect1d(a, b)) / len(np.union1d(a, b)) for a, b in zip(sketches[::2], sketches[1::2], strict=True)
    ]
    expected = np.mean([1 - (1 - s**8) ** 14 for s in measured])
    found = duplicates([partition(texts)], threshold=0.5, dose_threshold=0.0, names=False)
    assert abs(len(found) / pairs - expected) < 0.03


def partition_documents(texts: list[str]) -> pa.Table:
    ids = [schema.doc_id("test", str(at)) for at in range(len(texts))]
    return pa.table({"doc_id": ids, "text": texts, "content_hash": [schema.content_hash(t) for t in texts]})


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_survivors_do_not_depend_on_order_or_partitions(random_: random.Random, cuts: int) -> None:
    base = [random.Random(at).choices(VOCABULARY, k=80) for at in range(6)]
    texts = [" ".join(edited(words, changes, changes)) for words in base for changes in (0, 1, 2, 3)]
    numbered = list(enumerate(texts))

    def dropped(order: list[tuple[int, str]], size: int) -> set[tuple]:
        groups = [order[at : at + size] for at in range(0, len(order), size)]
        partitions = [partition([t for _, t in group], keys=[str(n) for n, _ in group]) for group in groups]
        return {(groups[at][row][0], *rest) for at, row, *rest in duplicates(partitions, threshold=0.7)}

    reference = dropped(numbered, len(numbered))
    shuffled = list(numbered)
    random_.shuffle(shuffled)
    assert reference
    assert dropped(shuffled, len(shuffled) // cuts) == reference


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
    keys = [str(dose) for dose in range(100)]
    found = duplicates([partition(leaflets, keys=keys), partition(leaflets, keys=keys)])
    assert len(found) == 100
    assert {method for *_, method in found} == {"same-key"}
