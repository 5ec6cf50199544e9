"""Verification in bounded memory is the plain walk: the best stays, others are measured against what was kept."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.signatures.digests import digests, hex_digits
from dedup.verification import verify
from dedup.verification.members import COMPARED
from dedup.verification.verify import Verify
from shards import schema
from shards.errors import InputError

ELDERS = 2  # the partition that may be of an earlier version
Document = dict[str, Any]


def numbers(most: int, size: int) -> st.SearchStrategy[list[int]]:
    return st.sets(st.integers(0, most), max_size=size).map(sorted)


documents = st.fixed_dictionaries(
    {
        "partition": st.integers(0, 2),
        "cluster": st.integers(0, 3),
        "doc_id": st.integers(0, 40).map(lambda n: f"{n:032x}"),
        "content_hash": st.integers(0, 60).map(lambda n: f"{n << 64:032x}"),
        "sketch": numbers(9, 9),
        "doses": numbers(3, 3).map(lambda found: [number << 5 for number in found]),  # terms that occur once
        "names": numbers(7, 4),
        "page": st.integers(0, 2),
        "language": st.sampled_from([None, "en", "it"]),
        "priority": st.integers(0, 1),
        "quality": st.sampled_from([0.0, 0.5]),
    }
)


def is_elder(document: Document, step: Verify) -> bool:
    return bool(step.elders) and document["partition"] == ELDERS


def plain_walk(cluster: list[Document], step: Verify) -> dict[int, tuple]:
    """Of one cluster the losers by node: winner, similarity and method."""
    ranked = sorted(cluster, key=lambda d: (d["priority"], -d["quality"], d["doc_id"], d["content_hash"], d["node"]))
    winners, rest, lost = [], [], {}
    for document in ranked:
        measured = next((found for winner in winners if (found := plain_rule(winner, document, step))), None)
        if measured:
            lost[document["node"]] = measured
        else:
            (winners if len(winners) < step.max_winners else rest).append(document)
    kept: list[Document] = []
    for document in rest:
        for method, column in (("same-key", "doc_id"), ("exact-duplicate", "content_hash")):
            twin = next((other for other in kept if other[column] == document[column]), None)
            if twin:
                lost[document["node"]] = named(twin, step), 1.0, method
                break
        else:
            kept.append(document)
    return {document["node"]: lost[document["node"]] for document in cluster
            if document["node"] in lost and not is_elder(document, step)}  # fmt: skip


def named(winner: Document, step: Verify) -> str:
    return winner["doc_id"] + ("@old" if is_elder(winner, step) else "")


def plain_rule(winner: Document, other: Document, step: Verify) -> tuple | None:
    if winner["doc_id"] == other["doc_id"]:
        return named(winner, step), 1.0, "same-key"
    if winner["content_hash"] == other["content_hash"]:
        return named(winner, step), 1.0, "exact-duplicate"
    languages = {winner["language"], other["language"]} - {None}
    if len(languages) > 1 or is_elder(other, step):
        return None
    sketches = set(winner["sketch"]), set(other["sketch"])
    alike = jaccard(*sketches) if all(sketches) else 0.0
    doses = jaccard(set(winner["doses"]), set(other["doses"]))
    if winner["page"] == other["page"] != 0 and all(sketches) and alike >= step.page_threshold:
        return named(winner, step), round(alike, 4), "same-url"
    if alike < step.threshold or doses < step.dose_threshold:
        return None
    return named(winner, step), round(alike, 4), "near-duplicate"


def jaccard(a: set, b: set) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0


@settings(deadline=None)
@given(
    st.lists(documents, max_size=60),
    st.sampled_from([1, 2, 64]),
    st.sampled_from([1, 30, verify.GATHERED]),
    st.sampled_from([(), ("old",)]),
)
def test_what_fits_in_memory_at_a_time_changes_nothing(
    found: list[Document], most: int, gathered: int, elders: tuple[str, ...]
) -> None:
    step = Verify(0.5, 0.5, max_winners=most, names=False, elders=elders)
    partitions: list[list[Document]] = [[], [], []]
    for document in found:
        document["priority"] = -1 if is_elder(document, step) else document["priority"]
        mine = partitions[document["partition"]]
        document["node"] = document["partition"] << 32 | len(mine)
        mine.append(document)
    kinds = pa.schema([schema.SIGNATURE.field(name) for name in COMPARED])
    signatures = [pa.Table.from_pylist([{n: d[n] for n in COMPARED} for d in mine], kinds) for mine in partitions]
    ranks = [
        pa.Table.from_pylist([{n: d[n] for n in schema.RANK.names} for d in mine], schema.RANK) for mine in partitions
    ]
    clusters: dict[int, list[Document]] = {}
    for document in found:
        clusters.setdefault(document["cluster"], []).append(document)
    named = sorted((min(d["node"] for d in mine), d["node"]) for mine in clusters.values() for d in mine)
    names, nodes = zip(*named, strict=True) if named else ((), ())
    table = pa.table({"cluster": pa.array(names, pa.uint64()), "node": pa.array(nodes, pa.uint64())})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "GATHERED", gathered)
        batches = step.run(table, signatures, ranks)["duplicates"]
    dropped = {
        at << 32 | row["row"]: (row["winner"], row["similarity"], row["method"])
        for at, batch in enumerate(batches)
        for row in batch.to_pylist()
    }
    expected: dict[int, tuple] = {}
    for mine in clusters.values():
        expected |= plain_walk(mine, step)
    assert dropped == expected
    assert all(batch["row"].to_pylist() == sorted(batch["row"].to_pylist()) for batch in batches)


@given(st.lists(st.integers(0, (1 << 128) - 1)))
def test_digests_order_as_their_digits_and_come_back(values: list[int]) -> None:
    column = pa.array([f"{value:032x}" for value in values], pa.string())
    pairs = digests(pa.chunked_array([column[:1], column[1:]]))
    assert [int(high) << 64 | int(low) for high, low in pairs] == values
    assert hex_digits(pairs).equals(column)
    assert pairs.dtype == np.uint64


@pytest.mark.parametrize("wrong", ["", "abc", "g" * 32, "A" * 32, "0" * 33])
def test_what_is_no_digest_is_refused_by_its_value(wrong: str) -> None:
    with pytest.raises(InputError, match=r"row 1"):
        digests(pa.array(["0" * 32, wrong]))
