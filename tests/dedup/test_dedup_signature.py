"""Signatures: words and shingles as the definition says, estimates as datasketch's, similarity as exact sets."""

import random
import re

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.signatures.minhash import band_keys, minhash, one_permutation_minhash, permutations
from dedup.signatures.shingles import shingles_of, sorted_distinct
from dedup.signatures.signature import Signature
from dedup.signatures.words import words_of
from dedup.verification.rule import sketch_jaccard
from shards import schema

WORDS = [f"word{n}" for n in range(400)]
DEFINITION = r"\d+(?:[.,]\d+)*|%|[A-Za-z_éÉßΩωд字⁹😀][A-Za-z_éÉßΩωд字⁹😀0-9]*"


def documents(texts: list[str]) -> pa.Table:
    ids = [schema.doc_id("test", str(number)) for number in range(len(texts))]
    return pa.table({"doc_id": ids, "text": texts, "content_hash": [schema.content_hash(text) for text in texts]})


def hashed_words(text: str) -> tuple[list[int], list[int]]:
    data = np.frombuffer(text.encode(), np.uint8)
    hashes, marks = np.empty(len(data) + 1, np.uint64), np.empty(len(data) + 1, np.uint8)
    count = words_of(data, 0, len(data), hashes, marks)
    return hashes[:count].tolist(), marks[:count].tolist()


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("500mg twice", "500 mg, twice"),
        ("2,5 mg", "2.5 mg"),
        ("l’eau", "l'eau"),
        ("«aspirine» – oui", "aspirine oui"),
        ("5%", "5 %"),
        ("ÉTÉ Größe ÇA Ñandú", "été größe ça ñandú"),
        ("ΑΣΠΙΡΙΝ АСПИРИН", "ασπιριν аспирин"),
    ],
)
def test_words_do_not_depend_on_punctuation(text: str, same_as: str) -> None:
    assert hashed_words(text)[0] == hashed_words(same_as)[0]


PIECES = [*"aZ_7% .’«éÉßΩωд字⁹😀", "2,5", "abcdefg", "LONGERWORDS"]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join), st.integers(0, 9))
def test_words_are_those_of_the_definition_wherever_they_lie(text: str, before: int) -> None:
    """Equal words have equal hashes, alone, in capitals or in the midst of others, and no two share one."""
    words = [found.replace(",", ".").lower() for found in re.findall(DEFINITION, text)]
    data = np.frombuffer((" " * before + text + " and more words behind").encode(), np.uint8)
    hashes, marks = np.empty(len(data), np.uint64), np.empty(len(data), np.uint8)
    count = words_of(data, before, before + len(text.encode()), hashes, marks)
    assert hashes[:count].tolist() == [hashed_words(word)[0][0] for word in words]
    assert len(set(hashes[:count].tolist())) == len(set(words))


@settings(max_examples=200)
@given(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 40), max_size=300))
def test_hashes_are_sorted_and_distinct_however_they_are_spread(values: list[int]) -> None:
    assert sorted_distinct(np.array(values, np.uint32)).tolist() == sorted(set(values))


def test_accents_and_superscripts_are_part_of_words() -> None:
    assert hashed_words("età")[0] != hashed_words("eta")[0]
    assert hashed_words("10⁹")[0] != hashed_words("10")[0]
    assert hashed_words("vitamin b12")[1] == [0, 0]


@given(st.lists(st.sampled_from(WORDS), max_size=60), st.integers(1, 6))
def test_shingles_are_the_distinct_windows(words: list[str], ngram: int) -> None:
    hashes = np.array(hashed_words(" ".join(words))[0], np.uint64)
    windows = {tuple(words[at : at + ngram]) for at in range(len(words) - ngram + 1)}
    shingles = shingles_of(hashes, len(hashes), ngram)
    assert len(shingles) == len(windows)
    assert (np.diff(shingles.astype(object)) > 0).all()


@pytest.mark.parametrize("one_permutation", [False, True])
def test_minhash_estimates_jaccard_as_well_as_datasketch(one_permutation: bool) -> None:
    random_ = random.Random(1)
    multipliers, offsets = permutations(112, 1)

    def signature(values: set[int]) -> np.ndarray:
        minima, shingles = np.empty(112, np.uint32), np.array(sorted(values), np.uint32)
        if one_permutation:
            one_permutation_minhash(shingles, minima)
        else:
            minhash(shingles, multipliers, offsets, minima)
        return minima

    ours, theirs, exact = [], [], []
    for _ in range(150):
        shared = [random_.getrandbits(32) for _ in range(random_.randint(20, 180))]
        a, b = (set(shared) | {random_.getrandbits(32) for _ in range(60)} for _ in range(2))
        exact.append(len(a & b) / len(a | b))
        signatures = [signature(values) for values in (a, b)]
        ours.append((signatures[0] == signatures[1]).mean())
        references = [MinHash(112), MinHash(112)]
        for reference, values in zip(references, (a, b), strict=True):
            reference.update_batch([value.to_bytes(8, "little") for value in values])
        theirs.append(references[0].jaccard(references[1]))
    our_error = np.sqrt(np.mean(np.subtract(ours, exact) ** 2))
    their_error = np.sqrt(np.mean(np.subtract(theirs, exact) ** 2))
    assert our_error < 0.06  # sqrt(J(1-J)/112) is at most 0.047; of one permutation a little more, for borrowed bins
    assert our_error < 1.3 * their_error
    assert abs(np.mean(np.subtract(ours, exact))) < 0.01  # no bias


@pytest.mark.parametrize("one_permutation", [False, True])
@pytest.mark.parametrize("size", [16, 40, 112, 300])
def test_banding_finds_what_its_formula_promises_however_short_the_documents(one_permutation: bool, size: int) -> None:
    random_ = np.random.default_rng(size)
    multipliers, offsets = permutations(112, 1)
    shared = round(size * 8 / 9)  # Jaccard 0.8
    found = []
    for _ in range(600):
        values = random_.integers(0, 1 << 32, 2 * size - shared, dtype=np.uint32)
        minima = np.empty((2, 112), np.uint32)
        for row, own in zip(minima, (values[shared:size], values[size:]), strict=True):
            shingles = sorted_distinct(np.concatenate([values[:shared], own]))
            if one_permutation:
                one_permutation_minhash(shingles, row)
            else:
                minhash(shingles, multipliers, offsets, row)
        keys = band_keys(minima, 14, 8)
        found.append((keys[0] == keys[1]).any())
    formula = 1 - (1 - (shared / (2 * size - shared)) ** 8) ** 14
    assert np.mean(found) > formula - 0.02 - 3 * np.sqrt(formula * (1 - formula) / len(found))


@settings(max_examples=50)
@given(st.sets(st.integers(0, 300), max_size=120), st.sets(st.integers(0, 300), max_size=120))
def test_a_sketch_of_a_small_set_measures_exactly(a: set[int], b: set[int]) -> None:
    left, right = (np.array(sorted(values), np.uint32) for values in (a, b))
    exact = len(a & b) / len(a | b) if a | b else 0.0
    assert sketch_jaccard(left, right, 512) == pytest.approx(exact)


def test_short_documents_have_no_signature_and_rows_stay_in_order() -> None:
    long_text = " ".join(WORDS[:100])
    table = Signature().run(documents(["too short", long_text, "", long_text + " 500 mg"]))["signatures"]
    schema.check(table, schema.SIGNATURE, "test")
    assert table["shingles"].to_pylist() == [0, 96, 0, 98]
    assert [len(row) for row in table["minhash"].to_pylist()] == [0, 112, 0, 112]
    assert [len(row) for row in table["doses"].to_pylist()] == [0, 0, 0, 1]


def test_a_signature_does_not_depend_on_the_partition_it_is_made_in() -> None:
    texts = [" ".join(random.Random(n).choices(WORDS, k=60 + n)) for n in range(20)]
    together = Signature().run(documents(texts))["signatures"].to_pylist()
    alone = [Signature().run(documents(texts).slice(n, 1))["signatures"].to_pylist()[0] for n in range(20)]
    assert together == alone
