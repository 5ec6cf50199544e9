"""The stream is a pure function of the global index and loses no text."""

import numpy as np
import pytest

from shards.errors import InputError
from train import data
from train.corpus import held_out_mask, held_out_points
from train.corrupt import Noise
from train.data import Chunks, ExampleStream, held_out_examples, split
from train.mixture import BLOCK, Mixture
from train.permute import permute
from train.tokens import TokenShard

SENTINELS = tuple(range(60_099, 59_999, -1))
NOISE = Noise()


def shards(prefix: str, lengths: list[int], first_token: int = 3) -> list[TokenShard]:
    """Documents of those lengths in two shards; every token of the language is different."""
    pieces, token = [], first_token
    for part, own in enumerate((lengths[: len(lengths) // 2], lengths[len(lengths) // 2 :])):
        values = np.arange(token, token + sum(own))
        token += sum(own)
        names = [f"{prefix}-{part}-{number}" for number in range(len(own))]
        pieces.append(TokenShard(names, values.astype(np.uint16), np.cumsum([0, *own])))
    return pieces


def stream(seed: int = 0) -> ExampleStream:
    documents = {
        "en": split(shards("en", [300, 10, 0, 55, 700, 41] * 4), 0.0)[0],
        "fr": split(shards("fr", [120, 80, 90] * 3, first_token=30_000), 0.0)[0],
    }
    return ExampleStream(documents, {"en": 2.0, "fr": 1.0}, 64, SENTINELS, 1, seed, NOISE)


def test_world_size_and_batch_size_change_nothing():
    whole = stream().batch(100, 148)
    for world in (1, 2, 4):
        parts = []
        for step in range(48 // 16):
            for rank in range(world):
                share = 16 // world
                begin = 100 + step * 16 + rank * share
                parts.append(stream().batch(begin, begin + share))
        assert np.array_equal(np.concatenate([part.inputs for part in parts]), whole.inputs)
        assert np.array_equal(np.concatenate([part.targets for part in parts]), whole.targets)
        assert np.array_equal(np.concatenate([part.languages for part in parts]), whole.languages)


def test_jumping_to_an_index_equals_reading_up_to_it():
    read = stream()
    for start in range(0, 600, 20):
        last = read.batch(start, start + 20)
    jumped = stream().batch(580, 600)
    assert np.array_equal(jumped.inputs, last.inputs)
    assert np.array_equal(jumped.targets, last.targets)


def test_shapes_are_constant_and_languages_are_kept_apart():
    found = stream()
    batch = found.batch(0, 200)
    assert batch.inputs.shape == (200, found.input_length) == (200, 64)
    assert batch.targets.shape == (200, found.target_length)
    french = (batch.inputs >= 30_000) & (batch.inputs < 59_999)
    assert np.array_equal(french.any(axis=1), batch.languages == found.languages.index("fr"))


def test_an_epoch_shows_every_token_at_most_once_and_misses_less_than_a_chunk():
    documents = split(shards("en", [300, 10, 55, 700, 41] * 4), 0.0)[0]
    chunks = Chunks("en", documents, 71, seed=4)
    for epoch in range(3):
        seen = np.concatenate([chunks[epoch * chunks.count + number] for number in range(chunks.count)])
        assert len(set(seen.tolist())) == len(seen)
        assert documents.tokens - len(seen) < 71
    first, second = ([tuple(chunks[at + n]) for n in range(chunks.count)] for at in (0, chunks.count))
    assert first != second


def test_documents_are_concatenated_whole_and_without_separator():
    documents = split(shards("en", [50] * 20), 0.0)[0]
    chunks = Chunks("en", documents, 25, seed=1)  # two chunks a document: borders of documents are borders of chunks
    seen = sorted(tuple(chunks[number].tolist()) for number in range(chunks.count))
    assert seen == [tuple(range(at, at + 25)) for at in range(3, 1003, 25)]


def test_text_shorter_than_a_chunk_is_refused_by_name():
    documents = split(shards("it", [10, 10]), 0.0)[0]
    with pytest.raises(InputError, match=r"it: 20 training tokens .* smaller input length"):
        Chunks("it", documents, 71, seed=0)


def test_held_out_documents_are_not_trained_on():
    pieces = shards("en", [40] * 200)
    train, held_out = split(pieces, 0.1)
    assert len(train.length) + len(held_out.length) == 200
    assert 5 <= len(held_out.length) <= 40
    training = {int(t) for n in range(len(train.length)) for t in [train.values[train.shard[n]][train.start[n]]]}
    hidden = {int(held_out.values[held_out.shard[n]][held_out.start[n]]) for n in range(len(held_out.length))}
    assert not training & hidden


def test_a_document_is_held_out_in_every_version_that_has_it():
    names = [f"{number:032x}" for number in range(2000)]
    small, large = (held_out_mask(held_out_points(part), 0.05) for part in (names[:500], names))
    assert np.array_equal(small, large[:500])
    assert large.mean() == pytest.approx(0.05, abs=0.02)


def test_small_languages_have_one_held_out_document_and_keep_a_single_one():
    assert held_out_mask(held_out_points(["a", "b", "c"]), 1e-9).sum() == 1
    assert held_out_mask(held_out_points(["a"]), 1e-9).sum() == 0
    assert held_out_mask(held_out_points(["a", "b"]), 0.0).sum() == 0
    assert held_out_mask(held_out_points([]), 0.5).sum() == 0


def test_held_out_examples_do_not_depend_on_how_documents_lie_in_shards():
    pieces = shards("en", [40] * 200)
    turned = [TokenShard(one.doc_ids[::-1], one.values[::-1], one.offsets) for one in reversed(pieces)]
    turned = [TokenShard(one.doc_ids, one.values.reshape(-1, 40)[:, ::-1].ravel(), one.offsets) for one in turned]
    one, other = (held_out_examples("en", split(p, 0.1)[1], 71, 4, SENTINELS, 1, NOISE) for p in (pieces, turned))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True) for a, b in zip(a, b, strict=True))


def test_held_out_examples_come_from_all_held_out_documents_not_from_the_first():
    _, held_out = split(shards("en", [600] * 90), 0.5)  # a document is more than eight chunks of 71
    examples = held_out_examples("en", held_out, 71, 8, SENTINELS, 1, NOISE)
    documents = {(int(inputs[0]) - 3) // 600 for inputs, _ in examples}
    assert len(documents) == 8
    places = [document / 90 for document in documents]
    assert min(places) < 0.3 < 0.7 < max(places)


@pytest.mark.parametrize("lengths", [[900] * 60, [300, 200]])
def test_every_epoch_is_shuffled_once_however_the_mixture_mixes_them(monkeypatch, lengths):
    chunks = Chunks("en", split(shards("en", lengths), 0.0)[0], 71, seed=0)
    built = []
    monkeypatch.setattr(data, "permute", lambda *given: built.append(given) or permute(*given))
    _, places = Mixture.of({"en": 1.0, "fr": 1.0}, seed=0).place(np.arange(2 * BLOCK))
    for place in places:
        chunks[int(place)]
    epochs = {int(place) // chunks.count for place in places}
    assert len(epochs) > 1
    assert len(built) == 2 * len(epochs)  # one order of documents and one of chunks


def test_held_out_examples_are_the_same_for_every_seed_and_may_be_short():
    _, held_out = split(shards("en", [40] * 200), 0.1)
    examples = held_out_examples("en", held_out, 71, 5, SENTINELS, 1, NOISE)
    assert len(examples) == 5
    short = held_out_examples("en", split(shards("en", [9, 9]), 1e-9)[1], 71, 5, SENTINELS, 1, NOISE)
    assert [len(short), len(short[0][0]) < 71] == [1, True]
