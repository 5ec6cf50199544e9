"""Held-out documents are new to the model: no near-duplicate of them is trained on."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.data.corpus import held_out_points
from train.data.sketch import HASHES, SAME, near, sketches
from train.data.split import split
from train.data.tokens import TokenShard


def shard(texts: list[list[int]], names: list[str]) -> TokenShard:
    values = np.array([token for text in texts for token in text], np.int32)
    offsets = np.cumsum([0, *map(len, texts)])
    source = np.zeros(len(texts), np.int32)
    return TokenShard(values, offsets, held_out_points(names), sketches(values, offsets), source, ["test"])


def jaccard(one: list[int], other: list[int]) -> float:
    grams = [{tuple(text[at : at + 5]) for at in range(len(text) - 4)} for text in (one, other)]
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1])


def planted(families: int, siblings: int, edits: int) -> list[list[int]]:
    """Families of texts of 400 tokens, each sibling a copy with so many tokens replaced."""
    random, texts = np.random.default_rng(families), []
    for _ in range(families):
        template = random.integers(3, 30_000, 400)
        for _ in range(siblings):
            copy = template.copy()
            copy[random.choice(400, edits, replace=False)] = random.integers(3, 30_000, edits)
            texts.append(copy.tolist())
    return texts


def test_no_planted_near_duplicate_is_on_the_other_side():
    families, siblings = 300, 4
    texts = planted(families, siblings, edits=4) + planted(1500, 1, edits=0)
    assert 0.75 < np.mean([jaccard(texts[k], texts[k + 1]) for k in range(0, 400, 4)]) < 0.9
    names = [f"{number:032x}" for number in range(len(texts))]
    half = len(texts) // 2
    pieces = [shard(texts[:half], names[:half]), shard(texts[half:], names[half:])]
    parts = split(pieces, 0.1)
    by_text = {tuple(text): number for number, text in enumerate(texts)}

    def numbers(documents) -> set[int]:
        columns = zip(documents.shard, documents.start, documents.length, strict=True)
        return {by_text[tuple(pieces[s].values[b : b + n].tolist())] for s, b, n in columns}

    train, held_out = numbers(parts.train), numbers(parts.held_out)
    below = {number for number in range(len(texts)) if held_out_points([names[number]])[0] < 0.1}
    assert train == set(range(len(texts))) - below  # no document below the line is ever trained on
    assert held_out < below
    assert parts.left_out == len(below) - len(held_out)
    of_families = {number for number in below if number < families * siblings}
    alone = {n for n in of_families if {n // siblings * siblings + k for k in range(siblings)} <= below}
    assert held_out & of_families == alone  # only families that are held out as a whole
    assert len(of_families) > 80
    assert below - of_families <= held_out  # and every text that is like no other


def test_documents_that_dedup_kept_apart_are_found_to_the_promised_share():
    found = []
    for edits in (4, 12, 20):
        texts = planted(400, 2, edits)
        few, many = (sketches(*flat(texts[side::2])) for side in (0, 1))
        found.append((np.mean([jaccard(texts[k], texts[k + 1]) for k in range(0, 200, 2)]), near(few, many).mean()))
    for similarity, share in found:
        law = sum(
            float(np.prod([(HASHES - j) / (j + 1) for j in range(k)]))
            * similarity**k
            * (1 - similarity) ** (HASHES - k)
            for k in range(SAME, HASHES + 1)
        )
        assert share == pytest.approx(law, abs=0.08)
    assert found[0][1] == 1.0


def test_leaflets_that_are_held_out_have_no_partner_in_training():
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "neardup" / "fr_leaflets"
    if not folder.exists():
        pytest.skip(f"needs the shared data {folder.name}")
    rows = [json.loads(line) for line in (folder / "docs.jsonl").read_text().splitlines()]
    number = {row["id"]: place for place, row in enumerate(rows)}
    words = {word: place for place, word in enumerate({word for row in rows for word in row["text"].split()})}
    found = sketches(*flat([[words[word] for word in row["text"].split()] for row in rows]))
    partners = np.zeros((len(rows), len(rows)), bool)
    for line in (folder / "pairs_exact_jaccard.tsv").read_text().splitlines()[1:]:
        one, other, *_, similarity, _ = line.split("\t")
        if float(similarity) >= 0.7:
            partners[number[one], number[other]] = partners[number[other], number[one]] = True
    by_hash = 0
    for turn in range(50):
        held_out = held_out_points([f"{turn}-{row['id']}" for row in rows]) < 0.1
        clean = held_out & ~np.isin(
            np.arange(len(rows)), np.flatnonzero(held_out)[near(found[held_out], found[~held_out])]
        )
        assert not partners[clean][:, ~held_out].any()
        by_hash += partners[held_out][:, ~held_out].any(axis=1).sum()
    assert by_hash > 500  # of about 900: what the hash of the id alone puts on both sides


def flat(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([token for text in texts for token in text], np.int32), np.cumsum([0, *map(len, texts)])


@given(st.lists(st.lists(st.integers(0, 3), min_size=HASHES, max_size=HASHES), max_size=12), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_near_equals_comparing_all_pairs(rows, border):
    table = np.array(rows, np.uint32).reshape(-1, HASHES)
    few, many = table[:border], table[border:]
    expected = []
    for one in few:
        equal = many == one
        candidates = (equal & np.roll(equal, -1, axis=1)).any(axis=1)
        expected.append(bool(((equal.sum(axis=1) >= SAME) & candidates).any()))
    assert near(few, many).tolist() == expected


def test_minima_are_equal_with_the_probability_of_the_similarity():
    texts = planted(300, 2, 20)
    few, many = (sketches(*flat(texts[side::2])) for side in (0, 1))
    similarity = np.mean([jaccard(texts[k], texts[k + 1]) for k in range(0, 600, 2)])
    assert (few == many).mean() == pytest.approx(similarity, abs=0.03)


def test_short_and_empty_documents_have_sketches():
    values, offsets = flat([[], [5], [5], [5, 6, 7, 8], [5, 6, 7, 8, 9], []])
    found = sketches(values, offsets)
    assert np.array_equal(found[1], found[2])
    assert len({row.tobytes() for row in found}) == 4
