"""Windows on texts: what is cleaned away, how they are spread, and that any text is read without error."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.language.windows import Windows, sample_windows


def windows(text: str, most: int = 5, chars: int = 300) -> list[str]:
    found = sample_windows(pa.array([text], pa.large_string()), most, chars)
    return [found.text(at) for at in range(len(found))]


@given(st.lists(st.text(max_size=900), max_size=5), st.integers(1, 6), st.integers(20, 120))
def test_windows_are_bounded_clean_and_owned_in_order(texts, most, chars):
    found = sample_windows(pa.array(texts, pa.large_string()), most, chars)
    assert list(found.owners) == sorted(found.owners)
    for text in range(len(texts)):
        assert sum(found.owners == text) <= most
    for at in range(len(found)):
        window = found.text(at)
        assert 0 < len(window) <= chars + 1
        assert window == window.strip() and "  " not in window and "\n" not in window
        assert any(map(str.isalpha, window)) and found.letters[at] > 0
        assert not any(char.isdecimal() for char in window)


@given(st.text(max_size=900), st.text(max_size=900))
def test_a_texts_windows_do_not_depend_on_its_neighbours(first, second):
    both = sample_windows(pa.array([first, second], pa.large_string()), 3, 50)
    of_second = [both.text(at) for at in range(len(both)) if both.owners[at] == 1]
    assert of_second == windows(second, 3, 50)


def test_a_slice_of_an_array_is_read_at_its_place():
    texts = pa.array(["primo testo", "secondo", "terzo"], pa.large_string())
    found = sample_windows(texts.slice(1, 1), 2, 100)
    assert [found.text(at) for at in range(len(found))] == ["secondo"]


def test_windows_reach_from_the_first_to_the_last_part_of_a_long_text():
    text = "".join(f"word{chr(97 + part)} " * 400 for part in range(5))
    assert [window.split()[0] for window in windows(text)] == ["worda", "wordb", "wordc", "wordd", "worde"]


def test_a_text_that_fits_is_read_whole():
    text = " ".join(f"mot{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(240))
    assert " ".join(windows(text, 5, 300)).split() == text.split()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Voir [la notice](https://example.org/the-english-page) ici", "voir la notice ici"),
        ("<b>ici</b> &nbsp; <br/> 3 < 4 a&b", "ici a b"),
        ("ou www.example.com/the-page, a@b.org http://x.org/of.", "ou"),
        ("L’EAU d'hiver 'oui' qu'", "l'eau d'hiver oui qu"),
        ("COL·LEGI covid-19 a-t-il - non", "col·legi covid a-t-il non"),
        ("500 mg/12 h; x2", "mg h x"),
        ("e\u0301te\u0301 👩\u200d⚕\ufe0f ok", "e\u0301te\u0301 ok"),
        ("שלום עולם", "שלום עולם"),
        ("a\x00b\x07c", "a b c"),
    ],
)  # fmt: skip
def test_what_carries_no_language_is_left_out(text, clean):
    assert windows(text) == [clean]


def test_letters_far_behind_tables_of_numbers_are_found():
    assert windows("1 " * 30_000 + "palabra") == ["palabra"]


@pytest.mark.parametrize("text", ["](" * 200_000, "<" * 400_000, "&a" * 200_000, "a@" * 200_000, "://" * 150_000])
def test_broken_markup_takes_no_more_than_linear_time(text):
    sample_windows(pa.array([text], pa.large_string()), 16, 300)  # quadratic time would not end


def test_no_texts_give_no_windows():
    found = sample_windows(pa.array([], pa.large_string()), 5, 300)
    assert isinstance(found, Windows) and len(found) == 0
