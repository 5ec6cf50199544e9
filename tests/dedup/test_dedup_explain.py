"""Evidence of a removal: both texts, what differs between them, and which documents removed most."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from catalog.versions import Catalog
from dedup import evidence, views
from dedup.__main__ import app
from filters.models import find_language_model
from ingest import job
from ingest.engine.executors import InProcess
from ingest.recipe import load
from shards.errors import InputError

ADVICE = """The patient should take the tablet of {dose} in the morning with a glass of water, before the first meal.
If blood pressure stays above the target after four weeks, the physician may double the dose of the diuretic.
Side effects such as dizziness, cough or swelling of the ankles should be reported to the nurse or the pharmacist.
Renal function and serum potassium are measured two weeks after the beginning of the treatment and then every year.
Pregnant women must not take this medicine, and breast feeding is not recommended during the treatment either.
The {word} clinic answers questions about hypertension, heart failure and the risk of stroke on working days.
Appointments are made by e-mail to desk@clinic.example, and prescriptions are renewed at the desk of the ward.
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        find_language_model(None)
    except InputError:
        pytest.skip("no lid.176 model: run `make setup`, or set MEDCORPUS_LID_MODEL")
    root = tmp_path_factory.mktemp("explain")
    (root / "texts").mkdir()
    for name, word, dose in (("a", "hospital", "5 mg"), ("b", "university", "5 mg"), ("c", "hospital", "10 mg")):
        (root / "texts" / f"{name}.txt").write_text(ADVICE.format(word=word, dose=dose))
    (root / "short.toml").write_text("""name = "advice"
[[sources]]
kind = "folder"
name = "texts"
root = "texts"
patterns = ["*.txt"]
""")
    job.make(load(root / "short.toml"), str(root / "store"), InProcess(str(root / "store")), lambda event: None)
    return root / "store"


def lost(store: Path) -> evidence.Removal:
    catalog = Catalog(store)
    manifest = catalog.resolve("advice")
    [doc_id] = evidence.removals(catalog.store, manifest.verdicts)["doc_id"]
    return evidence.find_removal(catalog.store, manifest, doc_id[:8])


def test_a_removal_names_winner_method_and_similarity(store: Path) -> None:
    removal = lost(store)  # another dose is another medicine: c stays
    catalog = Catalog(store)
    documents = evidence.find_documents(catalog.store, catalog.resolve("advice"), [removal.doc_id, removal.winner])
    assert {documents[removal.doc_id].source_id, documents[removal.winner].source_id} == {"a.txt", "b.txt"}
    assert removal.method == "near-duplicate" and 0.8 <= removal.similarity < 1


def test_the_command_shows_both_texts_and_marks_what_differs(store: Path) -> None:
    done = CliRunner().invoke(app, ["explain", lost(store).doc_id, "advice", "--root", str(store)])
    assert done.exit_code == 0, done.output
    assert "near-duplicate" in done.output and "hospital" in done.output and "university" in done.output
    assert (
        sum(mark in done.output for mark in ("[-hospital-]", "{+hospital+}", "[-university-]", "{+university+}")) == 2
    )
    assert "{EMAIL}" in done.output and "desk@" not in done.output  # as compared: masked
    listed = CliRunner().invoke(app, ["clusters", "advice", "--root", str(store)])
    assert listed.exit_code == 0 and lost(store).winner in listed.output


def test_a_document_that_is_no_duplicate_is_refused_with_its_fate(store: Path) -> None:
    catalog = Catalog(store)
    manifest = catalog.resolve("advice")
    with pytest.raises(InputError, match="it was kept"):
        evidence.find_removal(catalog.store, manifest, lost(store).winner)
    with pytest.raises(InputError, match="never saw it"):
        evidence.find_removal(catalog.store, manifest, "f" * 32)


def test_a_title_in_brackets_is_shown_as_it_is() -> None:
    documents = [evidence.Document(name, "pubmed", name, "[Asthma in [children].]", None, "text") for name in "ab"]
    console = Console(record=True, width=120)
    console.print(views.heads(evidence.Removal("a", "b", "near-duplicate", 0.9, 0.8), *documents))
    assert console.export_text().count("[Asthma in [children].]") == 2


@given(st.lists(st.sampled_from(["dose", "5", "mg", ".", " ", "10"])), st.lists(st.sampled_from(["dose", "5", " "])))
def test_marking_changes_no_character(left: list[str], right: list[str]) -> None:
    texts = "".join(left), "".join(right)
    assert tuple(text.plain for text in views.marked(*texts)) == texts


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_pairing_loses_no_line(left: list[str], right: list[str]) -> None:
    pairs = list(views.paired(left, right))
    assert [a for a, _ in pairs if a is not None] == left and [b for _, b in pairs if b is not None] == right
