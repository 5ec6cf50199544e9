"""Units: lines and lists of a text are found as they stand, and cutting some leaves the rest byte for byte."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shards.units import HEADING, LIST, STRUCTURE, TEXT, cut, drop_emptied_headings, find_units, keyed

LINES = st.sampled_from(
    ["", "", "Take with food.", "Prendre au cours du repas", "- nausea", "- rash", "  - itching", "1. wash", "2. dry",
     "## Side effects", "### Rare", "# Title", "| a | b |", "---", "4.2 Posology", "🎉🎉", "שלום עולם", "  \t ", "•  x"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(LINES, st.text(max_size=12)), max_size=14).map("\n".join)
ODD = [
    "",
    " ",
    "word",
    "\n\n\n",
    "\x00\x01\x1f",
    "🎉😀👩‍⚕️",
    "مرحبا بالعالم",
    "é" * 3,
    "#",
    "# ",
    "- ",
    "-",
    "1.",
    "12.12.",
    "```",
    "•",
]


def units_of(*texts: str):
    return find_units(pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.large_string()))


def kinds(text: str) -> list[tuple[str, int]]:
    units = units_of(text)
    return [(units.text(at), int(units.kind[at])) for at in range(len(units.kind))]


def test_a_list_is_one_unit_and_structure_is_told_from_words() -> None:
    text = "## Menu\n\nHome page\n- nausea\n  - very rare\n- rash\n\n| dose |\n---\n4.2 Posology\n\n6. Contents\n\n```"
    assert kinds(text) == [
        ("## Menu", HEADING), ("Home page", TEXT), ("- nausea\n  - very rare\n- rash", LIST), ("| dose |", STRUCTURE),
        ("---", STRUCTURE), ("4.2 Posology", STRUCTURE), ("6. Contents", STRUCTURE), ("```", STRUCTURE),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("01.23.45.67.89 call us", TEXT), ("12.03.2024 updated", TEXT), ("2024 Riverbank", TEXT), ("#hashtag", TEXT),
        ("####### seven", TEXT), ("1. one\n2. two", LIST), ("* star", LIST), ("*emphasis*", TEXT), ("-5 degrees", TEXT),
        ("🎉🎉", STRUCTURE), ("• point", LIST), ("·\tpoint", LIST), ("— one\n— two", LIST),
        ("4.2.1 Children", STRUCTURE), ("שלום", TEXT), ("“ ”", STRUCTURE),
    ],
)  # fmt: skip
def test_kinds_of_lines(line: str, kind: int) -> None:
    assert kinds(line) == [(line, kind)]


def test_white_space_around_a_line_does_not_make_another_unit_and_other_emoji_do() -> None:
    units = units_of("Home \n\n  Home\t\n\nhome\n\n a🎉\n\na😀")
    assert units.hash[0] == units.hash[1] != units.hash[2]
    assert units.hash[3] != units.hash[4]
    group = np.array([1, 2], np.uint64)
    assert keyed(units.hash[:1], group[:1]) != keyed(units.hash[:1], group[1:])


@given(st.lists(TEXTS, max_size=5))
def test_nothing_cut_is_nothing_changed(texts: list[str]) -> None:
    units = units_of(*texts)
    plain = [text.encode("utf-8", "replace").decode() for text in texts]
    assert cut(units, np.zeros(len(units.kind), bool)).to_pylist() == plain


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_what_stays_after_a_cut_is_the_other_units_in_order(texts: list[str], data: st.DataObject) -> None:
    units = units_of(*texts)
    size = len(units.kind)
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
    for row, (before, after) in enumerate(zip(texts, cut(units, gone).to_pylist(), strict=True)):
        mine = range(units.offsets[row], units.offsets[row + 1])
        kept = [units.data[units.start[at] : units.end[at]].tobytes().decode() for at in mine if not gone[at]]
        place = 0
        for unit in kept:  # each stands, whole and in order, with nothing but blanks between
            found = after.index(unit, place)
            assert not after[place:found].strip(" \t\r\n")
            place = found + len(unit)
        assert not after[place:].strip(" \t\r\n")
        if not any(gone[at] for at in mine):
            assert after == before.encode("utf-8", "replace").decode()
        elif "\n\n\n" not in before:
            assert "\n\n\n" not in after


def test_a_cut_leaves_a_blank_line_only_where_there_was_one() -> None:
    units = units_of("one\nMENU\ntwo", "one\n\nMENU\n\ntwo", "one\n\nMENU\ntwo", "MENU\n\none", "one\n\nMENU", "MENU")
    menu = np.array([units.text(at) == "MENU" for at in range(len(units.kind))])
    assert cut(units, menu).to_pylist() == ["one\ntwo", "one\n\ntwo", "one\n\ntwo", "one", "one", ""]


def test_a_heading_goes_only_with_all_of_its_section() -> None:
    share = "## Share\n\n- mail\n- print"
    text = f"# Site\n\n{share}\n\n### More\n\nlink\n\n## Dose\n\nReal text.\n\n## Empty\n\n{share}"
    units = units_of(text)
    gone = np.array([units.text(at).startswith(("- mail", "link")) for at in range(len(units.kind))])
    everywhere = np.array([kind == HEADING for kind in units.kind])
    dropped = drop_emptied_headings(units, everywhere | gone, gone)
    assert cut(units, dropped).to_pylist() == ["# Site\n\n## Dose\n\nReal text.\n\n## Empty"]
    only_here = drop_emptied_headings(units, gone, gone)  # headings that do not repeat stay
    assert "## Share" in cut(units, only_here)[0].as_py()


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_read(text: str) -> None:
    units = units_of(text, text)
    assert cut(units, np.zeros(len(units.kind), bool)).to_pylist() == [text, text]
    assert set(cut(units, np.ones(len(units.kind), bool)).to_pylist()) <= {"", text}
