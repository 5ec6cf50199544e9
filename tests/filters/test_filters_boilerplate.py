"""Boilerplate: what repeats over a site goes, and only that; headings, tables, doses and copies of documents stay."""

import itertools
import random

import pyarrow as pa
import pytest
from document_rows import documents
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.boilerplate.repeats import CountUnits, Repeated, groups_of, hosts_of
from filters.boilerplate.trim import Trim, TrimReport, replace_texts
from shards import schema

MENU = "- Conditions\n- Medicines\n- Contact"
SUBJECTS = ["fever", "cough", "asthma", "gout", "rash", "anaemia", "sepsis", "stroke", "angina", "eczema"]
FOOTER = "Riverbank Health Library gives general information and does not replace a consultation."
ODD = ["", "word", "x" * 10_000_000, "\x00\x01 \x1f\n\x7f", "مرحبا\n\nبالعالم", "🎉😀\n\n👩‍⚕️", "\n\n\n", "a\r\nb\r\n"]


def table(texts: list[str], host: str | None = "health.example") -> pa.Table:
    keys = [f"{host}/{at}" for at in range(len(texts))]
    return documents(texts, columns={"source_id": keys, "url": [host and f"https://{key}" for key in keys]})


def trim(*partitions: pa.Table, least: int = 5, share: float = 0.1, tasks: int = 1, **rules) -> list[dict]:
    """The outputs of `Trim` for each partition, with those of the report under "report" of the first."""
    by = rules.get("by", "host")
    counts = [CountUnits(by, tasks).run(partition) for partition in partitions]
    groups = [count["groups"] for count in counts]
    often = [
        Repeated(least, share).run([pa.Table.from_batches([count["counts"][task]]) for count in counts], groups)
        for task in range(tasks)
    ]
    repeated = [found["repeated"] for found in often]
    outputs = [Trim(**rules).run(partition, repeated) for partition in partitions]
    outputs[0]["report"] = TrimReport().run(
        [output["removed"] for output in outputs], [output["counted"] for output in outputs],
        [found["totals"] for found in often],
    )  # fmt: skip
    return outputs


def page(number: int, template: str = "{0}") -> str:
    words = random.Random(number).sample(SUBJECTS, 6)
    body = f"Page {number} is about {' and '.join(words)}, and how its treatment number {number} works in practice."
    return template.format(body)


def texts_of(output: dict) -> list[str]:
    return output["documents"]["text"].to_pylist()


def test_menus_and_footers_go_and_the_text_stays_as_it_was() -> None:
    pages = [page(at, MENU + "\n\n# Title\n\n{0}\n\n" + FOOTER) for at in range(12)]
    [output] = trim(table(pages))
    assert texts_of(output) == [page(at, "# Title\n\n{0}") for at in range(12)]
    assert output["edits"]["units_removed"].to_pylist() == [2] * 12
    for row in output["documents"].to_pylist():
        assert row["content_hash"] == schema.content_hash(row["text"])
        assert (row["words"], row["chars"]) == (len(row["text"].split()), len(row["text"]))
    lost = sum(map(len, pages)) - sum(output["documents"]["chars"].to_pylist())
    assert output["report"]["counted"].to_pylist() == [
        {"documents": 12, "changed": 12, "capped": 0, "units": 24, "chars": lost}
    ]
    examples = output["report"]["examples"].to_pylist()
    assert {row["text"] for row in examples} == {" ".join(MENU.split()), FOOTER}
    assert all((row["documents"], row["share"], row["group"]) == (12, 1.0, "health.example") for row in examples)


@pytest.mark.parametrize(
    "line",
    [
        "Take 500 mg every day.", "Prendre 2 comprimés matin et soir.", "Un comprimé le soir, deux gouttes le matin.",
        "Conservare a 25 °C.", "Tomar 3 veces al día.", "Once every 12 hours.", "Twice daily with water",
        "Due volte al giorno", "½ tablet", "| Age | Dose |", "4.2 Posology",
        "- rest\n- 5 ml of syrup", "# The library", "6. Further information", "0,5 à 1 mg/kg", "---",
    ],
)  # fmt: skip
def test_doses_rows_of_tables_and_headings_stay_on_however_many_pages(line: str) -> None:
    pages = [page(at, line + "\n\n{0}") for at in range(12)]
    [output] = trim(table(pages))
    assert texts_of(output) == pages


@pytest.mark.parametrize(
    "line",
    [
        "© 2024 Riverbank Hospital",
        "Call 01 23 45 67 89",
        "5 sites, une lettre une fois par mois",
        "Revised 12.03.2024",
        "12 High Street, OX1 2JD",
    ],
)
def test_years_telephones_and_addresses_are_no_doses_unless_every_digit_counts(line: str) -> None:
    pages = table([page(at, "{0}\n\n" + line) for at in range(12)])
    assert texts_of(trim(pages)[0]) == [page(at) for at in range(12)]
    assert texts_of(trim(pages, numbers="all")[0]) == pages["text"].to_pylist()


def test_frequent_items_of_lists_that_differ_stay() -> None:
    effects = ["nausea", "headache", "rash", "vomiting", "fatigue"]
    pages = [
        page(
            at, "{0}\n\n" + "\n".join(f"- {effect}" for effect in [*random.Random(at).sample(effects, 3), f"rare {at}"])
        )
        for at in range(40)
    ]
    [output] = trim(table(pages))
    assert texts_of(output) == pages


def test_copies_of_one_text_are_left_to_deduplication() -> None:
    copy = "\n\n".join(page(at) for at in range(5))
    pages = [copy] * 6 + [page(at) for at in range(100, 110)]
    [output] = trim(table(pages))
    assert texts_of(output) == pages
    assert output["edits"]["capped"].to_pylist() == [True] * 6 + [False] * 10
    assert output["report"]["counted"].to_pylist()[0]["capped"] == 6


def test_a_line_must_repeat_in_enough_documents_and_in_enough_of_its_site() -> None:
    pages = [page(at, "{0}\n\n" + (FOOTER if at < 6 else "")) for at in range(100)]
    assert texts_of(trim(table(pages))[0]) == pages  # six per cent
    assert texts_of(trim(table(pages), share=0.05)[0])[0] == page(0)
    few = table(pages[:4])
    assert texts_of(trim(few)[0]) == pages[:4]


def test_a_line_in_one_document_many_times_counts_once() -> None:
    pages = [page(0, "{0}" + f"\n\n{FOOTER}" * 50), *[page(at) for at in range(1, 9)]]
    assert texts_of(trim(table(pages), max_removed=0.99)[0]) == pages


def test_sites_are_apart_unless_the_source_is_one_group() -> None:
    partitions = [table([page(10 * at + n, "{0}\n\n" + FOOTER) for n in range(3)], f"h{at}.example") for at in range(4)]
    assert [texts_of(output) for output in trim(*partitions)] == [p["text"].to_pylist() for p in partitions]
    outputs = trim(*partitions, by="source")
    assert [texts_of(output) for output in outputs] == [[page(10 * at + n) for n in range(3)] for at in range(4)]
    assert outputs[0]["report"]["examples"].to_pylist()[0]["documents"] == 12


def test_counts_are_summed_over_partitions_whatever_their_cut_and_the_number_of_tasks() -> None:
    pages = [page(at, MENU + "\n\n{0}\n\n" + FOOTER) for at in range(20)]
    whole = table(pages)
    [expected] = trim(whole, tasks=1)
    for cuts, tasks in (([0, 3, 3, 20], 3), ([0, 1, 12, 20], 16)):
        parts = [whole.slice(a, b - a) for a, b in itertools.pairwise(cuts)]
        outputs = trim(*parts, tasks=tasks)
        assert pa.concat_tables(o["documents"] for o in outputs).equals(expected["documents"])
        assert pa.concat_tables(o["edits"] for o in outputs).equals(expected["edits"])
        assert outputs[0]["report"]["examples"].equals(expected["report"]["examples"])


def test_where_nothing_repeats_the_table_is_the_same_object() -> None:
    pages = table([page(at) for at in range(12)])
    [output] = trim(pages)
    assert output["documents"] is pages
    assert output["removed"].num_rows == 0
    assert output["report"]["examples"].num_rows == 0


@pytest.mark.parametrize("repeats", [1, 12])
def test_odd_documents_pass_and_keep_their_rows(repeats: int) -> None:
    pages = table([*ODD * repeats, page(1)])
    [output] = trim(pages, least=2)
    assert output["documents"]["doc_id"].equals(pages["doc_id"])
    edits, rows = output["edits"].to_pylist(), output["documents"].to_pylist()
    for before, after, edit in zip(pages.to_pylist(), rows, edits, strict=True):
        assert (before == after) == (edit["units_removed"] == 0)
    [empty] = trim(table([]))
    assert empty["documents"].num_rows == empty["edits"].num_rows == 0


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.sampled_from(["Home", FOOTER, "- a\n- b", "## More", "| x |", "10 mg", "Fever", "Rash is rare"]),
                 max_size=8),
        min_size=1, max_size=16,
    ),
    st.floats(0.05, 0.95),
)  # fmt: skip
def test_no_document_changes_that_is_not_said_to_and_none_loses_more_than_the_cap(
    pages: list[list[str]], cap: float
) -> None:
    before = table(["\n\n".join(page) for page in pages])
    [output] = trim(before, least=2, max_removed=cap)
    again = trim(before, least=2, max_removed=cap)[0]
    assert again["documents"].equals(output["documents"])
    rows = zip(before.to_pylist(), output["documents"].to_pylist(), output["edits"].to_pylist(), strict=True)
    for old, new, edit in rows:
        assert (old == new) == (edit["units_removed"] == 0)
        assert edit["chars_removed"] == len(old["text"]) - len(new["text"])
        assert new["words"] >= (1 - cap) * old["words"] - 1e-6
        assert not (edit["capped"] and edit["units_removed"])
        for protected in ("| x |", "10 mg"):
            assert new["text"].count(protected) == old["text"].count(protected)


def test_hosts_are_what_a_site_is_called() -> None:
    urls = {
        "https://WWW.Health.example:8080/a?b": "health.example", "http://[::1]:80/": "[::1]", "http://[bad": "",
        None: "",
        "leaflet.pdf": "", "https://me:x@b.example": "b.example", "https://c.example#d": "c.example",
        "https://été.example/": "été.example", "mailto:a@b.example": "", "http:///path": "",
    }  # fmt: skip
    both = pa.table(
        {"canonical_url": [None] * len(urls), "url": list(urls)},
        schema=pa.schema([("canonical_url", pa.string()), ("url", pa.string())]),
    )
    assert hosts_of(both) == list(urls.values())
    hashes, names = groups_of(table(["a", "b"], None), "host")
    assert names == ["", ""]
    assert hashes[0] == hashes[1]


def test_replacing_texts_touches_only_their_rows() -> None:
    pages = pa.concat_tables([table(["one two", "three"]), table(["four", "five six"], "other.example")])
    changed, lost = replace_texts(pages, [1, 3], pa.array(["th", "five"]))
    assert changed["text"].to_pylist() == ["one two", "th", "four", "five"]
    assert lost.tolist() == [0, 3, 0, 4]
    assert changed.schema.equals(schema.DOCUMENT, check_metadata=True)
    same = [name for name in changed.column_names if name not in ("text", "content_hash", "words", "chars")]
    assert changed.select(same).equals(pages.select(same).combine_chunks())
