"""The stream is a pure function of the global index, whatever it is made of."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.data.corpus import held_out_points
from train.data.corrupt import Noise, counts
from train.data.denoisers import T5, UL2
from train.data.documents import Documents
from train.data.sketch import sketches
from train.data.split import split
from train.data.stream import Batch, ExampleStream, Special, held_out_examples
from train.data.tokens import TokenShard

SPECIAL = Special(tuple(range(60_099, 59_999, -1)), 1)
KINDS = [(T5, "reference"), (T5, "document"), (UL2, "reference"), (UL2, "document")]


def shards(prefix: str, lengths: list[int], first_token: int = 3) -> list[TokenShard]:
    """Documents of those lengths in two shards; every token of the language is different."""
    pieces, token = [], first_token
    for part, own in enumerate((lengths[: len(lengths) // 2], lengths[len(lengths) // 2 :])):
        values = np.arange(token, token + sum(own))
        token += sum(own)
        points = held_out_points([f"{prefix}-{part}-{number}" for number in range(len(own))])
        pieces.append(token_shard(values.astype(np.uint16), np.cumsum([0, *own]), points))
    return pieces


def token_shard(values: np.ndarray, offsets: np.ndarray, points: np.ndarray) -> TokenShard:
    """A shard of one source."""
    source = np.zeros(len(points), np.int32)
    return TokenShard(values, offsets, points, sketches(values, offsets), source, ["test"])


def documents(prefix: str, lengths: list[int], first_token: int = 3) -> Documents:
    return split(shards(prefix, lengths, first_token), 0.0).train


TEXTS = {
    "en": documents("en", [300, 10, 0, 55, 700, 41] * 4),
    "fr/a": documents("fr", [120, 80, 1, 90] * 3, first_token=30_000),
    "fr/b": documents("fr", [150, 70], first_token=40_000),
}
WEIGHTS = {"en": 2.0, "fr/a": 1.0, "fr/b": 0.2}


def stream(denoisers=T5, mode="reference", seed: int = 0) -> ExampleStream:
    return ExampleStream(TEXTS, WEIGHTS, SPECIAL, 64, seed, denoisers, mode)


def fields(batch: Batch) -> list[np.ndarray]:
    found = [batch.inputs, batch.targets, batch.languages, batch.input_segments, batch.target_segments]
    return [field for field in found if field is not None]


STREAMS = {kind: stream(*kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@given(
    begin=st.integers(0, 10**9),
    steps=st.integers(1, 3),
    world=st.sampled_from([1, 2, 3, 4, 6]),
    micro=st.integers(1, 12),
)
@settings(max_examples=25, deadline=None)
def test_world_size_and_micro_batches_and_the_point_of_resuming_change_nothing(kind, begin, steps, world, micro):
    found, batch = STREAMS[kind], 12
    whole = found.batch(begin, begin + steps * batch)
    parts, scored = [], 0
    for step in range(steps):
        first = begin + step * batch
        scored += found.target_tokens(first, first + batch)
        for rank in range(world):
            start, stop = first + rank * batch // world, first + (rank + 1) * batch // world
            parts += [found.batch(at, min(at + micro, stop)) for at in range(start, stop, micro)]
    for expected, pieces in zip(fields(whole), zip(*map(fields, parts), strict=True), strict=True):
        assert np.array_equal(np.concatenate(pieces), expected)
    segments = whole.target_segments
    assert scored == (whole.targets.size if segments is None else np.count_nonzero(segments))


@pytest.mark.parametrize("kind", KINDS)
def test_a_fresh_stream_gives_the_same_examples_and_another_seed_others(kind):
    again, other = stream(*kind).batch(10**9, 10**9 + 20), stream(*kind, seed=1).batch(10**9, 10**9 + 20)
    first = STREAMS[kind].batch(10**9, 10**9 + 20)
    assert all(np.array_equal(a, b) for a, b in zip(fields(again), fields(first), strict=True))
    assert not np.array_equal(first.inputs, other.inputs)


def test_golden_examples():
    digests = []
    for kind in KINDS:
        found = fields(STREAMS[kind].batch(10**9, 10**9 + 8))
        digests.append(hashlib.sha256(b"".join(field.astype("<i8").tobytes() for field in found)).hexdigest()[:12])
    assert digests == ["9797d267b557", "6685cc87657f", "4a8d5cb2beda", "51a7a677e99f"]


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_are_constant_and_languages_are_kept_apart(kind):
    found = STREAMS[kind]
    batch = found.batch(0, 200)
    assert batch.inputs.shape == (200, found.input_length)
    assert batch.targets.shape == (200, found.target_length)
    assert found.languages == ("en", "fr")
    french = (batch.inputs >= 30_000) & (batch.inputs < 59_999)
    assert np.array_equal(french.any(axis=1), batch.languages == 1)
    assert found.input_length == 64


def test_reference_rows_are_full_and_need_no_segments():
    batch = stream().batch(0, 50)
    assert batch.input_segments is None
    assert (batch.inputs > 0).all()
    assert (batch.targets > 0).all()


@pytest.mark.parametrize("denoisers", [T5, UL2])
def test_a_segment_is_one_document_corrupted_on_its_own(denoisers):
    owner = {}
    for name, text in TEXTS.items():
        for row in range(len(text.length)):
            ids = text.values[text.shard[row]][text.start[row] : text.start[row] + text.length[row]]
            owner |= {int(token): (name, row) for token in ids}
    batch = stream(denoisers, "document").batch(0, 300)
    for row in range(300):
        last = batch.input_segments[row].max()
        assert last == batch.target_segments[row].max() >= 1
        for segment in range(1, last + 1):
            inputs = batch.inputs[row][batch.input_segments[row] == segment]
            targets = batch.targets[row][batch.target_segments[row] == segment]
            assert inputs[-1] == targets[-1] == 1
            text = [token for token in [*inputs[:-1].tolist(), *targets[:-1].tolist()] if token < 59_999]
            assert len({owner[token] for token in text}) == 1
            assert sorted(text) == list(range(min(text), max(text) + 1))  # a piece of it, whole
            assert inputs[inputs > 59_999].tolist() == targets[targets > 59_999].tolist()
        assert not batch.inputs[row][batch.input_segments[row] == 0].any()


def test_document_mode_shows_every_token_once_an_epoch():
    text = documents("en", [300, 10, 1, 55, 700, 41, 2, 93] * 6)
    found = ExampleStream({"en": text}, {"en": 1.0}, SPECIAL, 64, 0, mode="document")
    rows = found.texts[0][0].count
    for epoch in range(2):
        ids, _, _ = found.texts[0][0].sequences(np.arange(epoch * rows, (epoch + 1) * rows))
        assert len(set(ids.tolist())) == len(ids) == text.tokens - 6  # documents of one token are left out
    assert found.texts[0][0].padding < 0.15


def test_ul2_has_its_shares_and_hides_the_end_in_a_third():
    found = STREAMS[UL2, "reference"]
    batch = found.batch(0, 4000)
    spans = ((batch.inputs >= 60_000) & (batch.inputs < 60_100)).sum(axis=1)
    suffix = (spans == 1) & (
        np.count_nonzero(batch.targets, axis=1) == counts(found._corruptions[2].longest, Noise(0.25, np.inf))[0] + 2
    )
    assert suffix.mean() == pytest.approx(0.34, abs=0.03)
    assert spans.max() <= 100


def test_ul2_puts_the_prefixes_that_the_tokenizer_has_before_the_inputs():
    special = Special(SPECIAL.sentinels, 1, {"[S]": 59_990, "[X]": 59_991})
    batch = ExampleStream(TEXTS, WEIGHTS, special, 64, 0, UL2).batch(0, 2000)
    assert (batch.inputs[:, 0] == 59_990).mean() == pytest.approx(0.34, abs=0.04)
    assert (batch.inputs[:, 0] == 59_991).mean() == pytest.approx(0.33, abs=0.04)
    assert not np.isin(batch.targets, [59_990, 59_991]).any()


def test_ul2_never_needs_more_sentinels_than_there_are():
    found = ExampleStream({"en": documents("en", [50_000])}, {"en": 1.0}, SPECIAL, 512, 0, UL2)
    longest = [one.longest for one in found._corruptions]
    assert longest[3] == 602 < longest[4]  # half hidden in spans of 3 would need 128
    assert [counts(one.longest, one.noise)[1] for one in found._corruptions][3] == 100


def test_held_out_examples_do_not_depend_on_how_documents_lie_in_shards():
    pieces = shards("en", [40] * 200)
    turned = [
        token_shard(one.values.reshape(-1, 40)[::-1].ravel(), one.offsets, one.points[::-1]) for one in reversed(pieces)
    ]
    one, other = (held_out_examples("en", split(p, 0.1).held_out, SPECIAL, 64, 4) for p in (pieces, turned))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_held_out_examples_come_from_all_held_out_documents_not_from_the_first():
    _, held_out, _ = split(shards("en", [600] * 90), 0.5)  # a document is more than eight chunks of 71
    inputs, _ = held_out_examples("en", held_out, SPECIAL, 64, 8)
    found = {(int(row[0]) - 3) // 600 for row in inputs}
    assert len(found) == 8
    places = [document / 90 for document in found]
    assert min(places) < 0.3 < 0.7 < max(places)


def test_held_out_examples_may_be_short_or_none():
    _, held_out, _ = split(shards("en", [40] * 200), 0.1)
    assert [side.shape for side in held_out_examples("en", held_out, SPECIAL, 64, 5)] == [(5, 64), (5, 14)]
    inputs, targets = held_out_examples("en", split(shards("en", [9, 9]), 1e-9).held_out, SPECIAL, 64, 5)
    assert [len(inputs), inputs.shape[1] < 64, len(targets)] == [1, True, 1]
    assert len(held_out_examples("en", split(shards("en", [9, 9]), 0.0).held_out, SPECIAL, 64, 5)[0]) == 0
