"""The guard rail: too much lost in one source and language stops the build, with the largest clusters named."""

import dataclasses
from pathlib import Path

import pyarrow as pa
import pytest

from dedup.canary import RESULT, check_canaries
from dedup.guard import check_removals
from shards import schema
from shards.errors import BuildError
from shards.store import Store


def tally(kept: int, removed: int, early: int = 0, language: str = "fr", again: int = 0) -> pa.Table:
    rows = [("keep", "", kept), ("drop", "dedup.near-duplicate", removed), ("drop", "quality.words", early),
            ("drop", "dedup.same-key", again)]  # fmt: skip
    return pa.table(
        {
            "source": ["leaflets"] * len(rows),
            "language": [language] * len(rows),
            "verdict": [verdict for verdict, _, _ in rows],
            "why": [why for _, why, _ in rows],
            "documents": [documents for *_, documents in rows],
        }
    )


def verdicts(store: Store, winners: list[str]) -> list:
    rows = len(winners)
    columns = {
        "doc_id": [f"{row:032x}" for row in range(rows)], "verdict": ["drop"] * rows, "stage": ["dedup"] * rows,
        "reason": ["near-duplicate"] * rows, "value": [0.85] * rows, "threshold": [0.8] * rows, "evidence": winners,
        "language": ["fr"] * rows,
    }  # fmt: skip
    return [store.put_table(pa.table(columns, schema=schema.VERDICT))]


def test_more_than_allowed_stops_the_build_and_shows_the_largest_clusters(tmp_path: Path) -> None:
    store = Store(tmp_path)
    blobs = verdicts(store, ["a" * 32] * 70 + ["b" * 32] * 20)
    with pytest.raises(BuildError, match=r"90 of 120 documents(.|\n)*a{32}: removed 70(.|\n)*b{32}: removed 20"):
        check_removals([tally(30, 60), tally(0, 30)], blobs, store, 0.5)


def test_the_largest_clusters_are_named_where_the_store_has_their_documents(tmp_path: Path) -> None:
    store, winner = Store(tmp_path), "a" * 32
    given = {"doc_id": [winner], "source": ["leaflets"], "source_id": ["7.pdf"], "title": ["Ibuprofen"], "url": [None],
             "text": ["text"], "content_hash": [""]}  # fmt: skip
    table = pa.table({name: pa.array(values, pa.string()) for name, values in given.items()})
    outputs = {"documents": dataclasses.asdict(store.put_table(table))}
    store.put_json("receipts/extract/one.json", {"outputs": outputs})
    with pytest.raises(BuildError, match=r"a{32}: removed 90 .*\n    leaflets/7.pdf Ibuprofen\nlook at them"):
        check_removals([tally(30, 90)], verdicts(store, [winner] * 90), store, 0.5)


@pytest.mark.parametrize(
    "tallies",
    [
        [tally(60, 60)],  # as much as allowed
        [tally(1, 98)],  # too few to say
        [tally(60, 10, again=5000)],  # the version that it is an addition to has them already
        [tally(40, 30, early=500), tally(30, 20, language="it")],  # what fell before is not dedup's
    ],
)
def test_what_is_allowed_or_too_little_passes(tmp_path: Path, tallies: list[pa.Table]) -> None:
    check_removals(tallies, verdicts(Store(tmp_path), []), Store(tmp_path), 0.5)


def test_a_canary_that_met_the_wrong_fate_stops_the_build() -> None:
    rows = [("a", "kept", "kept"), ("b", None, "removed"), ("c", "removed", "kept")]
    result = pa.table([list(column) for column in zip(*rows, strict=True)], schema=RESULT)
    with pytest.raises(BuildError, match="c: kept, must be removed"):
        check_canaries(result)
    check_canaries(result.slice(0, 2))
