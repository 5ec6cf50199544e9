"""Documents in several languages become one a language; all others are the same bytes, and rows keep their order."""

import os
from pathlib import Path

import pyarrow as pa
import pytest
from document_rows import documents
from hypothesis import given
from hypothesis import strategies as st

from filters.language import split
from filters.language.split import Split, language_split, parts_by_language
from shards import schema
from shards.errors import InputError

MODEL = Path(__file__).resolve().parents[3] / "shared" / "data" / "models" / "lid.176.ftz"
EN = (
    "Asthma is a chronic inflammation of the airways. Treatment with inhaled corticosteroids reduces the number of "
    "attacks in most patients, and a written plan tells them what to do when their breathing becomes worse. Children "
    "should be seen again after four weeks, and the technique of inhalation should be checked at every visit."
)
FR = (
    "L'asthme est une inflammation chronique des voies respiratoires. Le traitement par corticoïdes inhalés réduit le "
    "nombre de crises chez la plupart des patients, et un plan écrit leur dit que faire lorsque la respiration devient "
    "difficile. Les enfants doivent être revus au bout de quatre semaines, et la technique vérifiée à chaque visite."
)
ODD = ["", "word", "x " * 5_000_000, "\x00\x01 \x1f", "مرحبا\n\nبالعالم", "🎉😀\n\n👩‍⚕️", "\n\n\n"]


@pytest.fixture(scope="module")
def step() -> Split:
    try:
        return language_split(os.environ.get("MEDCORPUS_LID_MODEL") or (str(MODEL) if MODEL.exists() else None))
    except InputError:
        pytest.skip("no lid.176 model: run `make setup`, or set MEDCORPUS_LID_MODEL")


def table(texts: list[str]) -> pa.Table:
    return documents(texts, "s", {"title": [f"Title {at}" for at in range(len(texts))]})


def test_a_document_in_two_languages_becomes_two_and_its_neighbours_stay(step: Split) -> None:
    mixed = f"{FR}\n\n{EN}\n\n{EN} Again, this is English."
    before = table([EN, mixed, FR])
    output = step.run(before)
    rows = output["documents"].to_pylist()
    assert [row["source_id"] for row in rows] == ["0", "1", "1#fr", "2"]
    assert [row["language"] for row in rows] == [None, "en", "fr", None]
    assert rows[2]["text"] == FR
    assert rows[1]["doc_id"] == schema.doc_id("s", "1")
    assert rows[2]["doc_id"] == schema.doc_id("s", "1#fr")
    for row in rows:
        assert row["content_hash"] == schema.content_hash(row["text"])
        assert (row["words"], row["chars"]) == (len(row["text"].split()), len(row["text"]))
    assert [rows[0], rows[3]] == [before.to_pylist()[0], before.to_pylist()[2]]
    assert output["origin"].select(["origin", "parts"]).to_pylist() == [
        {"origin": 0, "parts": 1}, {"origin": 1, "parts": 2}, {"origin": 1, "parts": 2}, {"origin": 2, "parts": 1},
    ]  # fmt: skip
    assert output["added"].to_pylist() == [{"added": 1}]
    assert output["documents"].schema.equals(schema.DOCUMENT, check_metadata=True)


def test_documents_in_one_language_are_the_same_table(step: Split) -> None:
    before = table([EN, FR])
    output = step.run(before)
    assert output["documents"] is before
    assert output["added"].to_pylist() == [{"added": 0}]
    assert step.run(table([]))["documents"].num_rows == 0


def test_odd_documents_pass_unchanged(step: Split) -> None:
    before = table(ODD)
    output = step.run(before)
    assert output["documents"].equals(before)


@given(st.lists(st.tuples(st.sampled_from(["en", "fr", "it"]), st.text("ab \n", min_size=1, max_size=20)), min_size=1))
def test_parts_hold_every_word_once_with_the_largest_first(runs: list[tuple[str, str]]) -> None:
    parts = parts_by_language(runs)
    assert len({language for language, _ in parts}) == len(parts)
    for language, text in parts:
        assert text.split() == [word for name, run in runs if name == language for word in run.split()]
    sizes = [len(text.split()) for _, text in parts]
    assert sizes[0] == max(sizes)
    if len(runs) == 1:
        assert parts == runs


def test_three_parts_of_two_languages_are_two_documents(step: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        split, "language_parts", lambda text, model: [("en", "one two three"), ("fr", "un"), ("en", "four")]
    )
    output = step.run(table(["one two three\n\nun\n\nfour"]))
    assert output["documents"]["text"].to_pylist() == ["one two three\n\nfour", "un"]
