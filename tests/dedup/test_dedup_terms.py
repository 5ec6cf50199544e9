"""Doses and names: what tells texts of one template apart, and what does not."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_dedup_signature import hashed_words

from dedup.signatures.tokens import HEAD, MONTHS, STEPS, UNITS, doses_of, names_of, word_hashes
from dedup.verification.terms import different, jaccard

FILLER = " ".join(["and so it is with what one reads here and there of all that is"] * 2)  # longer than a head
LEAFLET = "{title} {filler} Take {name} at noon. If {name} makes you ill, stop {name}. Keep {name} dry. {more}"


def terms(text: str, most: int = 512) -> tuple[np.ndarray, np.ndarray]:
    """Doses and names."""
    words, marks = hashed_words(text)
    columns = np.array(words, np.uint64), np.array(marks, np.uint8), len(words)
    return doses_of(*columns, word_hashes(UNITS)), names_of(*columns, word_hashes(MONTHS), most)


def doses_differ(a: str, b: str) -> bool:
    return different(terms(a)[0], terms(b)[0], 3, 0, 1 << 31)


def names_differ(a: str, b: str) -> bool:
    return different(terms(a)[1], terms(b)[1], 4, 1, 512)


def test_doses_are_numbers_with_their_unit() -> None:
    def doses(text: str) -> set[int]:
        return {int(term) >> 5 for term in terms(text)[0]}

    assert doses("take 500 mg or 500mg in 2024") == doses("500 mg")
    assert len(doses("500 mg then 1 g, at 5 %")) == 3
    assert doses("chapter 4 of 12") == set()
    assert doses("500 mg") != doses("250 mg")
    assert len(doses("100 000 UI and 200 000 UI and 100 000 IU and 50 microgrammes")) == 4


def test_a_term_tells_how_often_it_occurs_and_whether_a_title_has_it() -> None:
    dose, names = terms(f"Zocor 5 mg {FILLER} Zocor 5 mg. ZOCOR, zocor, once")
    assert [(int(term) >> 1 & 15, int(term) & 1) for term in dose] == [(1, 1)]
    assert (3, 1) in [(int(term) >> 1 & 15, int(term) & 1) for term in names]  # four times, in the head
    assert len(terms(FILLER + " once")[1]) == len(terms(FILLER)[1])  # a word of the text that occurs once is none


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ({"name": "amoxicilline"}, {"name": "ampicilline"}, True),  # in lower case
        ({"name": "Zocor"}, {"name": "ZOCOR"}, False),
        ({"name": "Zocor"}, {"name": "Zocor", "more": "Merck Merck Merck Merck"}, False),  # an edition that adds
        ({"name": "Zocor"}, {"name": "Tahor", "more": "like Zocor, yes Zocor"}, False),  # told of there, too
        ({"title": "Zocor tablets", "more": "A tablets"}, {"title": "Zocor sachets", "more": "A sachets"}, True),
        ({"title": "Zocor May", "more": "of May"}, {"title": "Zocor June", "more": "of June"}, False),
        ({"title": "Zocor"}, {"title": "Zocor potassium", "more": "potassium, potassium and potassium"}, True),
        ({"title": "Zocor"}, {"title": "Zocor anew", "more": "of anew"}, False),
    ],
)
def test_texts_about_different_things_are_different(a: dict, b: dict, differ: bool) -> None:
    blank = {"title": "", "filler": FILLER, "name": "it", "more": ""}
    one, other = (LEAFLET.format(**blank | fields) for fields in (a, b))
    assert names_differ(one, other) == names_differ(other, one) == differ


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("{f} 5 mg, 5 mg, 5 mg, 20 mg", "{f} 10 mg, 10 mg, 10 mg, 20 mg", True),
        ("{f} 5 mg, 5 mg, 5 mg, 20 mg", "{f} 5 mg, 5 mg, 5 mg, 15 mg", False),  # another posology
        ("Zocor 5 mg {f} 5 mg to 10 mg", "Zocor 10 mg {f} 5 mg to 10 mg", True),  # in the title alone
        ("Zocor {f} 5 mg", "Zocor 10 mmol {f} 5 mg, 10 mmol, 10 mmol", True),
        ("Zocor {f} 5 mg", "Zocor 10 mmol {f} 5 mg", False),
    ],
)
def test_strengths_that_recur_or_stand_in_the_title_are_different(a: str, b: str, differ: bool) -> None:
    one, other = a.format(f=FILLER), b.format(f=FILLER)
    assert doses_differ(one, other) == doses_differ(other, one) == differ


def test_of_a_long_text_nothing_is_said_of_names_that_were_not_kept() -> None:
    long = terms(" ".join([FILLER, *(f"word{n}" for n in range(800))] * 4))[1]
    assert len(long) == 512
    others = {word: terms(f"{word} {word}")[1][0] >> 5 for word in ("amoxicillin", "ampicillin", "codeine", "morphine")}
    last = max(others, key=others.get)
    beyond = int(long[-1] >> 5)
    for word, key in others.items():
        said = different(long, terms(" ".join([FILLER, word] * 4))[1], 4, 1, 512)
        assert said == (key <= beyond), word
    assert others[last] > beyond


texts = st.lists(st.sampled_from(["x", "y", "z", "5 mg", "7 mg", "12"]), min_size=1, max_size=60)


@given(texts, texts)
def test_terms_are_compared_as_their_definition_says(a: list[str], b: list[str]) -> None:
    def counted(pieces: list[str]) -> tuple[Counter, set]:
        words = [word for piece in pieces for word in piece.split()]
        names = [(at, word) for at, word in enumerate(words) if word in "xyz" or word == "mg"]
        head = {word for at, word in names if at < HEAD}
        counts = Counter(word for _, word in names)
        return Counter({word: times for word, times in counts.items() if times > 1 or word in head}), head

    def rounded(times: int) -> int:
        return int(STEPS[np.searchsorted(STEPS, times, side="right") - 1])

    def facts(mine: tuple[Counter, set], other: tuple[Counter, set]) -> list[tuple[bool, bool]]:
        found = []
        for word, times in mine[0].items():
            there = rounded(other[0][word]) if word in other[0] else 1
            own = rounded(times) >= 4 and rounded(times) >= 3 * there
            found.append((own, word in mine[1] - other[1], rounded(times) >= 2 * there))
        return found

    both = facts(counted(a), counted(b)), facts(counted(b), counted(a))
    expected = (
        all(any(own for own, *_ in side) for side in both)
        or all(any(head and twice for _, head, twice in side) for side in both)
        or any(own and head for side in both for own, head, _ in side)
    )
    assert names_differ(" ".join(a), " ".join(b)) == expected


@given(texts, texts)
def test_jaccard_of_doses_does_not_count_how_often(a: list[str], b: list[str]) -> None:
    one, other = ({int(term) >> 5 for term in terms(" ".join(text))[0]} for text in (a, b))
    expected = len(one & other) / len(one | other) if one | other else 1.0
    assert jaccard(terms(" ".join(a))[0], terms(" ".join(b))[0]) == expected
