"""Every filter meets documents as nobody wants them: no error, a row a document in order, and no change but its own."""

from collections.abc import Callable

import pyarrow as pa
import pytest
from document_rows import documents

from filters.boilerplate.repeats import CountUnits, Repeated
from filters.boilerplate.trim import Trim
from filters.decontaminate.index import BenchmarkIndex
from filters.decontaminate.scores import Decontaminate
from filters.domain.step import domain_filter
from filters.language.split import language_split
from filters.language.step import language_filter
from filters.models import find_language_model
from filters.privacy import KINDS, Mask, Privacy
from filters.quality.step import Quality
from shards.errors import InputError

PLAIN = "The patient was given 500 mg of amoxicillin twice a day and recovered within a week without further treatment."
ODD = {
    "empty": "",
    "one word": "aspirin",
    "blank": " \n\t\n ",
    "control characters": "a\x00b\x01c \x1b[31mred\x1b[0m \x7f\x85 dose\x0b5 mg",
    "right to left": "المريض مصاب بداء السكري من النوع الثاني. \u202eمرحبا\u202c המטופל נוטל אינסולין",
    "emoji": "🙂🙃👩‍⚕️🏥💊" * 40,
    "combining": "e\u0301" * 300 + "\u0300" * 50,
    "one long line": "x" * 100_000,
    "lines": "\n" * 5_000,
    "digits": "1234567890 " * 3_000,
    "surrogate pairs": "𝒜𝓈𝓅𝒾𝓇𝒾𝓃 𠜎𠜱𠝹 " * 100,
    "plain": PLAIN,
}
HUGE = (PLAIN + "\n") * 90_000  # 10 MB


def web_pages(texts: list[str]) -> pa.Table:
    return documents(texts, columns={"url": [f"https://a.example/{row}" for row in range(len(texts))]})


@pytest.fixture(scope="module", autouse=True)
def language_model() -> None:
    try:
        find_language_model(None)
    except InputError:
        pytest.skip("no lid.176 model: run `make setup`, or set MEDCORPUS_LID_MODEL")


def contamination(table: pa.Table) -> dict[str, pa.Table]:
    return Decontaminate().run(table.select(["doc_id", "text"]), **BenchmarkIndex(()).run())


SCORES: dict[str, Callable[[pa.Table], dict[str, pa.Table]]] = {
    "language": lambda table: language_filter().run(table.select(["doc_id", "text"])),
    "domain": lambda table: domain_filter().run(table.select(["doc_id", "text"])),
    "quality": lambda table: Quality().run(table.select(["doc_id", "text"])),
    "privacy": lambda table: Privacy().run(table.select(["doc_id", "text", "source"])),
    "decontaminate": contamination,
}


def trim(table: pa.Table) -> pa.Table:
    counted = CountUnits().run(table.select(["text", "url", "canonical_url"]))
    counts = pa.Table.from_batches(counted["counts"]) if isinstance(counted["counts"], list) else counted["counts"]
    often = Repeated(10, 0.5).run([counts], [counted["groups"]])
    return Trim().run(table, [often["repeated"]])["documents"]


CHANGES: dict[str, Callable[[pa.Table], pa.Table]] = {
    "trim": trim,
    "mask": lambda table: Mask(KINDS).run(table, SCORES["privacy"](table)["scores"])["documents"],
    "split": lambda table: language_split().run(table)["documents"],
}


@pytest.mark.parametrize("name", SCORES)
def test_odd_documents_are_scored_row_by_row(name: str) -> None:
    table = web_pages(list(ODD.values()))
    found = SCORES[name](table)["scores"]
    assert found["doc_id"].to_pylist() == table["doc_id"].to_pylist()
    for row, what in enumerate(ODD):  # alone as among others
        alone = SCORES[name](table.slice(row, 1))["scores"].to_pylist()
        assert alone == found.slice(row, 1).to_pylist(), what
    assert SCORES[name](table.slice(0, 0))["scores"].num_rows == 0


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_texts_leaves_odd_documents_as_they_are(name: str) -> None:
    table = web_pages(list(ODD.values()))
    assert CHANGES[name](table).equals(table)
    assert CHANGES[name](table.slice(0, 0)).num_rows == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SCORES, *CHANGES])
def test_a_document_of_ten_megabytes_is_one_document(name: str) -> None:
    table = web_pages([PLAIN, HUGE, ""])
    if name in SCORES:
        assert SCORES[name](table)["scores"]["doc_id"].to_pylist() == table["doc_id"].to_pylist()
    else:
        assert CHANGES[name](table)["doc_id"].to_pylist() == table["doc_id"].to_pylist()
