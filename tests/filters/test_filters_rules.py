"""Rules: the first broken one decides, thresholds may differ by language, evidence is quoted."""

import pyarrow as pa
import pytest

from filters.rules import Bound, Rules
from shards.errors import BuildError


def tables(languages: list[str], **columns: list[float]) -> dict[str, pa.Table]:
    """Inputs of the rules; `columns` become the quality sidecar."""
    rows = len(languages)
    return {
        "documents": pa.table(
            {
                "doc_id": [f"d{row}" for row in range(rows)],
                "opt_out": pa.array([[]] * rows, pa.list_(pa.string())),
                "license": ["CC0-1.0"] * rows,
            }
        ),
        "language": pa.table({"language": languages, "confidence": [0.9] * rows}),
        "domain": pa.table({"score": pa.array([0.8] * rows, pa.float32())}),
        "quality": pa.table({"words": [100] * rows} | columns),
    }


def judge(rules: Rules, inputs: dict[str, pa.Table]) -> list[tuple[str, str, float | None, float | None, str | None]]:
    rows = rules.run(**inputs)["candidates"].to_pylist()
    return [(row["verdict"], row["reason"], row["value"], row["threshold"], row["evidence"]) for row in rows]


def test_the_first_broken_rule_decides_and_says_value_and_threshold() -> None:
    bounds = (Bound("quality", "lines", minimum=3), Bound("quality", "words", maximum=50))
    found = judge(Rules(("en",), bounds), tables(["en", "en", "de"], lines=[2, 3, 2]))
    assert found == [
        ("drop", "lines", 2.0, 3.0, None),
        ("drop", "words", 100.0, 50.0, None),
        ("drop", "language", None, None, "de"),
    ]


def test_a_language_may_have_thresholds_of_its_own_or_none() -> None:
    bound = Bound("quality", "lines", 5, None, by_language=(("fr", 2, None), ("it", None, 9)))
    inputs = tables(["en", "fr", "it", "it"], lines=[3, 3, 3, 10])
    found = judge(Rules(("en", "fr", "it"), (bound,)), inputs)
    assert found == [
        ("drop", "lines", 3.0, 5.0, None),
        ("keep", "", None, None, None),
        ("keep", "", None, None, None),
        ("drop", "lines", 10.0, 9.0, None),
    ]


def test_what_overlaps_with_a_benchmark_says_with_which_item() -> None:
    bound = Bound("decontaminate", "item_share", maximum=0.5)
    columns = {
        "item_share": [0.9, 0.1], "item_words": [45, 20], "item_benchmark": ["casimedicos", None],
        "item": ["test#4", None],
    }  # fmt: skip
    found = judge(Rules(("en",), (bound,)), tables(["en", "en"]) | {"decontaminate": pa.table(columns)})
    assert found == [
        ("drop", "item_share", 0.9, 0.5, "casimedicos:test#4 (90 % of the item, 45 words)"),
        ("keep", "", None, None, None),
    ]


def test_a_document_may_break_several_rules_and_checks_tell_each() -> None:
    bounds = (Bound("quality", "lines", minimum=3), Bound("quality", "words", 1, 50))
    checks = {check.name: check for check in Rules(("en",), bounds).checks(**tables(["en"], lines=[1]))}
    assert [name for name, check in checks.items() if check.broken[0]] == ["quality.min_lines", "quality.max_words"]


def test_later_revisions_come_before_every_other_rule() -> None:
    lost = pa.table({"row": [0, 1], "reason": ["withdrawn", "superseded"], "evidence": ["r2", "r3"]})
    found = judge(Rules(("fr",), ()), tables(["en", "fr"]) | {"superseded": lost})
    assert [row[1] for row in found] == ["withdrawn", "superseded"] and found[0][4] == "r2"


def test_scores_that_are_missing_or_no_numbers_are_faults_of_the_build() -> None:
    with pytest.raises(BuildError, match=r"privacy\.identifiers"):
        judge(Rules(("en",), (Bound("privacy", "identifiers", maximum=0),)), tables(["en"]))
    with pytest.raises(BuildError, match="not a number"):
        judge(Rules(("en",), (Bound("quality", "lines", maximum=0),)), tables(["en"], lines=[float("nan")]))
