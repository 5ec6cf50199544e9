"""Paragraphs: the best document keeps each, nothing is lost from the corpus, and no order of anything matters."""

import random
import re

import pyarrow as pa
import pytest
from document_rows import documents
from hypothesis import given
from hypothesis import strategies as st

from dedup.paragraphs.blocks import find_blocks
from dedup.paragraphs.hashes import PARAGRAPHS, HashParagraphs
from dedup.paragraphs.match import REMOVALS, MatchParagraphs
from dedup.paragraphs.trim import TrimParagraphs
from shards import schema
from shards.step import Step

WORDS = ["asthma", "Dose", "5", "50", "mg", "été", "ÉTÉ", "straße", "rénale", "𝒜𝓈", "patient", "—", "x\u00a0y"]
PARAGRAPH = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
BLOCK = st.one_of(
    PARAGRAPH,
    PARAGRAPH.map(lambda text: f"## {text}"),
    st.lists(PARAGRAPH, min_size=2, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(PARAGRAPH, min_size=2, max_size=3).map(lambda rows: "\n".join(f"| {row} | 1 |" for row in rows)),
)
TEXT = st.lists(BLOCK, max_size=6).map("\n\n".join)
LONG = "Paragraph {} is about a patient who has asthma and was given inhaled corticosteroids for {} weeks in our ward."


def verdicts(kept: list[bool]) -> pa.Table:
    words = [schema.KEEP if keep else schema.DROP for keep in kept]
    return pa.table({"verdict": pa.array(words, pa.string()), "language": pa.array(["en"] * len(kept), pa.string())})


def ranks(qualities: list[float], priority: int = 0) -> pa.Table:
    rows = len(qualities)
    given = {"priority": pa.array([priority] * rows, pa.int32()), "quality": pa.array(qualities, pa.float64())}
    return pa.table(given)


def run(
    tables: list[pa.Table], sources: list[str], kept=None, quality=None, tasks: int = 1, losing=None, **limits: float
) -> list[dict[str, pa.Table]]:
    """All steps over partitions of the named sources, best source first; what each partition's trim gives."""
    cap = {"max_removed": limits.pop("max_removed", 0.5)}
    kept = kept or [[True] * table.num_rows for table in tables]
    quality = quality or [[0.5] * table.num_rows for table in tables]
    names = list(dict.fromkeys(sources))
    places = [names.index(source) for source in sources]
    hashes = [
        HashParagraphs(tasks=tasks, **limits).run(table, verdicts(keep), ranks(values, place))
        for table, keep, values, place in zip(tables, kept, quality, places, strict=True)
    ]
    losing = losing or [True] * len(names)
    match = MatchParagraphs(tuple((1, losing[place]) for place in places))
    removals = [
        match.run([pa.Table.from_batches([parts["paragraphs"][task]]) for parts in hashes])["removals"]
        for task in range(tasks)
    ]
    return [
        TrimParagraphs(**limits, **cap).run(
            table, verdicts(kept[at]), hashes[at]["seen"], [pa.Table.from_batches([found[at]]) for found in removals]
        )
        for at, table in enumerate(tables)
    ]


def folded(text: str) -> list[str]:
    """The blocks of a text as the steps compare them, by a second, slow way: no hash, Python strings."""
    blocks = find_blocks(pa.array([text], pa.large_string()))
    return [" ".join(blocks.text(at).split()).casefold() for at in range(len(blocks.key))]


def texts_of(outputs: list[dict[str, pa.Table]]) -> list[str]:
    return [text for output in outputs for text in output["documents"]["text"].to_pylist()]


def test_a_paragraph_stays_in_the_best_document_alone_whatever_its_case_and_blanks() -> None:
    shared, variant = LONG.format(1, 5), LONG.format(1, 5).upper().replace(" ", "  ").replace("  FOR", "\u00a0FOR")
    own = [f"{LONG.format(number, number)} {LONG.format(number, 0)}" for number in (7, 8, 9)]
    tables = [documents([f"{own[0]}\n\n{shared}"], "a"), documents([f"{variant}\n\n{own[1]}", f"{own[2]}\n\n{shared}"])]
    outputs = run(tables, ["a", "web"])
    assert texts_of(outputs) == [f"{own[0]}\n\n{shared}", own[1], own[2]]
    removed = outputs[1]["removed"].to_pylist()
    assert [row["keeper"] for row in removed] == [schema.doc_id("a", "0")[:16]] * 2
    assert [row["number"] for row in removed] == [0, 1]
    [counted] = outputs[1]["counted"].to_pylist()
    lost = len(shared.split())
    assert counted == {
        "language": "en", "documents": 2, "changed": 2, "capped": 0, "paragraphs": 4, "removed": 2, "words": 2 * lost,
        "chars": sum(len(table) for table in tables[1]["text"].to_pylist()) - len(own[1]) - len(own[2]),
    }  # fmt: skip
    after = outputs[1]["documents"]
    assert {name: after[name].to_pylist() for name in ("content_hash", "words", "chars")} == schema.measure(own[1:])


def test_other_numbers_are_another_paragraph() -> None:
    texts = [f"{LONG.format(1, dose)}\n\n{LONG.format(dose, 1)}" for dose in (5, 50)]
    assert texts_of(run([documents(texts)], ["web"])) == texts


def test_the_order_is_source_then_quality_then_id() -> None:
    shared = LONG.format(1, 1)
    texts = [f"{LONG.format(number, 2)} {LONG.format(number, 3)}\n\n{shared}" for number in range(3)]
    table = documents(texts)
    outputs = run([table], ["web"], quality=[[0.5, 0.9, 0.9]])
    best = min(table["doc_id"].to_pylist()[1:])
    assert [shared in text for text in texts_of(outputs)] == [name == best for name in table["doc_id"].to_pylist()]
    worse = documents([texts[0]], "a")
    assert shared in texts_of(run([worse, table], ["a", "web"], quality=[[0.1], [0.9] * 3]))[0]


def test_dropped_documents_keep_nothing_and_lose_nothing() -> None:
    text = f"{LONG.format(1, 1)}\n\n{LONG.format(2, 2)}\n\n{LONG.format(3, 3)}"
    table = documents([text, f"{LONG.format(1, 1)}\n\n{LONG.format(5, 5)}\n\n{LONG.format(6, 6)}"])
    for kept in ([False, True], [True, False]):
        [output] = run([table], ["web"], kept=[kept])
        assert output["documents"] is table
        assert output["counted"]["documents"].to_pylist() == [1]


def test_a_source_that_does_not_ask_keeps_its_text_and_others_give_way_to_it() -> None:
    texts = [f"{LONG.format(number, 2)} {LONG.format(number, 3)}\n\n{LONG.format(1, 1)}" for number in range(2)]
    tables = [documents(texts[:1], "leaflets"), documents(texts[1:])]
    assert LONG.format(1, 1) not in texts_of(run(tables, ["leaflets", "web"], losing=[False, True]))[1]
    assert texts_of(run(tables, ["leaflets", "web"], losing=[True, False])) == texts


def test_a_document_that_would_lose_too_much_stays_whole_and_is_counted() -> None:
    shared = "\n\n".join(LONG.format(number, 0) for number in range(3))
    texts = [shared, f"{shared}\n\n{LONG.format(7, 7)}"]
    quality = [[0.9, 0.1]]
    [output] = run([documents(texts)], ["web"], quality=quality)
    assert texts_of([output]) == texts
    assert output["counted"]["capped"].to_pylist() == [1] and not output["removed"].num_rows
    [output] = run([documents(texts)], ["web"], quality=quality, max_removed=0.8)
    assert texts_of([output]) == [shared, LONG.format(7, 7)]


def test_inside_one_document_the_first_of_equal_paragraphs_stays() -> None:
    once, other = LONG.format(1, 1), LONG.format(2, 2)
    [output] = run([documents([f"{once}\n\n{other}\n\n{once.lower()}\n\nEnd of {other}"])], ["web"])
    assert texts_of([output]) == [f"{once}\n\n{other}\n\nEnd of {other}"]
    assert output["removed"]["keeper"].to_pylist() == [schema.doc_id("web", "0")[:16]]


def test_headings_and_short_paragraphs_stay_lists_and_tables_go_as_one() -> None:
    item = LONG.format(1, 1)
    shared = f"- {item}\n- and a rash\n\n| drug | {item} |\n| --- | --- |\n| a | 5 mg |"
    heading = f"## {LONG.format(4, 4)}"
    texts = [f"{heading}\n\nShort.\n\n{LONG.format(n, n)} {LONG.format(n, 0)} {LONG.format(n, 1)} {LONG.format(n, 2)}"
             f"\n\n{shared}" for n in (8, 9)]  # fmt: skip
    other = texts[1].replace("and a rash", "and a fever").replace("5 mg |", "6 mg |")
    assert texts_of(run([documents([texts[0], other])], ["web"])) == [texts[0], other]
    first, second = sorted(texts_of(run([documents(texts)], ["web"])), key=len)
    assert shared in second and first.endswith(LONG.format(8 if "Paragraph 8 " in first else 9, 2))
    assert first.startswith(f"{heading}\n\nShort.")
    kinds = run([documents(texts)], ["web"], blocks=("list",))
    assert sum("| drug |" in text for text in texts_of(kinds)) == 2
    assert sum("a rash" in text for text in texts_of(kinds)) == 1


@given(
    st.lists(st.tuples(TEXT, st.sampled_from([0.1, 0.5]), st.booleans()), max_size=8), st.integers(1, 4),
    st.integers(1, 3), st.sampled_from([0.3, 0.9]),
)  # fmt: skip
def test_every_paragraph_of_the_corpus_stays_somewhere_and_no_document_loses_more_than_the_cap(
    rows: list[tuple[str, float, bool]], partitions: int, tasks: int, cap: float
) -> None:
    table = documents([text for text, _, _ in rows])
    cuts = [table.take(pa.array(range(at, len(rows), partitions), pa.int64())) for at in range(partitions)]
    mine = [rows[at::partitions] for at in range(partitions)]
    quality, kept = ([[row[place] for row in part] for part in mine] for place in (1, 2))
    limits = {"min_words": 1, "min_chars": 1, "max_removed": cap}
    outputs = run(cuts, ["web"] * partitions, kept, quality, tasks, **limits)
    before, after = {}, {}
    for found, tables in ((before, cuts), (after, [output["documents"] for output in outputs])):
        for part, keep in zip(tables, kept, strict=True):
            found |= {row["doc_id"]: row["text"] for row, ok in zip(part.to_pylist(), keep, strict=True) if ok}
    assert {block for text in before.values() for block in folded(text)} == {
        block for text in after.values() for block in folded(text)
    }
    changed = {row["doc_id"] for output in outputs for row in output["removed"].to_pylist()}
    for doc_id, text in before.items():
        words, left = len(text.split()), len(after[doc_id].split())
        assert words - left <= cap * words + 1e-9
        assert (text != after[doc_id]) == (doc_id in changed)
        assert re.findall("^## .*", text, re.MULTILINE) == re.findall("^## .*", after[doc_id], re.MULTILINE)
        places = iter(folded(text))
        assert all(block in places for block in folded(after[doc_id]))  # what stays is in order


@given(st.lists(TEXT, max_size=9), st.integers(0, 10**6))
def test_partitions_tasks_and_their_order_change_no_text(texts: list[str], seed: int) -> None:
    table, limits = documents(texts), {"min_words": 1, "min_chars": 1}
    rows = list(range(len(texts)))
    reference = dict(zip(table["doc_id"].to_pylist(), texts_of(run([table], ["web"], **limits)), strict=True))
    draw = random.Random(seed)
    draw.shuffle(rows)
    parts = draw.randint(1, 4)
    cuts = [table.take(pa.array(rows[at::parts], pa.int64())) for at in range(parts)]
    outputs = run(cuts, ["web"] * parts, tasks=draw.randint(1, 5), **limits)
    found = {row["doc_id"]: row["text"] for output in outputs for row in output["documents"].to_pylist()}
    assert found == reference


def test_the_hash_folds_what_python_folds() -> None:
    chars = [char for char in map(chr, range(0x20, 0x10000)) if char.isprintable()]
    blocks = find_blocks(pa.array([f"a{char}b" for char in chars], pa.large_string()))
    assert len(blocks.key) == len(chars)
    by_fold: dict[str, tuple] = {}
    for char, *found in zip(chars, blocks.key, blocks.check, strict=True):
        assert by_fold.setdefault(" ".join(f"a{char}b".casefold().split()), tuple(found)) == tuple(found)
    assert len({key for key, _ in by_fold.values()}) == len(by_fold)
    same = find_blocks(pa.array(["Maß ﬁx", "MASS  FIX"], pa.large_string()))
    assert same.key[0] == same.key[1] and same.check[0] == same.check[1]


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00\x01", "x" * 100_000, "\n" * 5_000, "🙂" * 400, "e\u0301" * 300, "| |\n" * 9]
)
def test_odd_texts_stop_nothing_and_stay_as_they_are(text: str) -> None:
    table = documents([text, LONG.format(1, 1)])
    [output] = run([table], ["web"], min_words=1, min_chars=1)
    assert output["documents"] is table


def test_no_partitions_rows_or_removals_are_no_trouble() -> None:
    steps: list[Step] = [HashParagraphs(tasks=3), MatchParagraphs(()), TrimParagraphs()]
    nothing = documents([])
    hashed = steps[0].run(nothing, verdicts([]), ranks([]))
    assert [len(batch) for batch in hashed["paragraphs"]] == [0, 0, 0]
    [batch] = MatchParagraphs(((1, True),)).run([PARAGRAPHS.empty_table()])["removals"]
    assert batch.schema.equals(REMOVALS) and not len(batch)
    outputs = steps[2].run(nothing, verdicts([]), hashed["seen"], [])
    assert outputs["documents"] is nothing
    assert outputs["removed"].schema.equals(schema.REMOVED_PARAGRAPH) and outputs["counted"].num_rows == 0
