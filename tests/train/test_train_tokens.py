"""Token shards: made once, shared by versions, and equal to the text."""

import dataclasses
import shutil

import numpy as np
import pyarrow as pa
import pytest
from train_corpus import commit, ntrex
from typer.testing import CliRunner

from shards.errors import CorruptionError
from shards.store import Store
from train import prepare
from train.data import spm, tokens
from train.data.corpus import held_out_points, open_version
from train.data.sketch import sketches
from train.watch.progress import progress_bar


@pytest.fixture(scope="module")
def made(root, tmp_path_factory):
    corpus = open_version(root, "test@latest")
    cache = tmp_path_factory.mktemp("cache")
    with progress_bar(disable=True) as bar:
        found = tokens.obtain_tokenizer(corpus, "train", corpus.languages, spm.Training(2000), cache, bar)
        return corpus, found, tokens.tokenise(corpus, found, corpus.languages, bar)


def test_documents_lie_one_behind_the_other_with_their_borders(made):
    corpus, tokenizer, blobs = made
    for language in corpus.languages:
        for entry, blob in zip(corpus.shards(language), blobs[language], strict=True):
            shard = tokens.read(corpus.store, blob)
            names, texts = zip(*corpus.documents(entry), strict=True)
            assert np.array_equal(shard.points, held_out_points([name for part in names for name in part]))
            assert [shard.sources, set(shard.source.tolist())] == [["test"], {0}]
            assert np.array_equal(shard.sketches, sketches(shard.values, shard.offsets))
            expected = tokenizer.encode([text for part in texts for text in part])
            assert shard.values.dtype == np.uint16
            assert np.array_equal(shard.values, np.concatenate(expected))
            assert np.array_equal(shard.offsets, np.cumsum([0, *map(len, expected)]))


def test_what_exists_is_not_made_again(made, monkeypatch):
    corpus, tokenizer, blobs = made
    monkeypatch.setattr(tokens, "tokenise_shard", lambda *_: pytest.fail("tokenised twice"))
    monkeypatch.setattr(tokens.spm, "train", lambda *_: pytest.fail("trained twice"))
    with progress_bar(disable=True) as bar:
        assert tokens.tokenise(corpus, tokenizer, corpus.languages, bar) == blobs
        cache = tokenizer.folder.parent
        again = tokens.obtain_tokenizer(corpus, "train", corpus.languages, spm.Training(2000), cache, bar)
    assert again.digest == tokenizer.digest


def test_ids_are_compared_with_those_of_transformers_once_and_differences_counted(made, monkeypatch):
    corpus, tokenizer, _ = made
    assert tokens.compare(corpus, tokenizer, corpus.languages) == (70, 0)
    monkeypatch.setattr(type(tokenizer), "encode_slowly", lambda self, texts: [np.array([7])] * len(texts))
    assert tokens.compare(corpus, tokenizer, corpus.languages) == (70, 0)  # not done again
    assert tokens.compare(corpus, tokenizer, ["fr"]) == (20, 20)


def test_the_name_changes_with_text_and_tokenizer(made):
    corpus, tokenizer, _ = made
    first, second = corpus.shards("en")

    other = dataclasses.replace(tokenizer, digest="0" * 64)
    assert len({tokens.key(first, tokenizer), tokens.key(second, tokenizer), tokens.key(first, other)}) == 3


def test_reading_maps_the_file_and_copies_nothing(made):
    corpus, _, blobs = made
    shard = tokens.read(corpus.store, blobs["en"][0])
    assert not shard.values.flags.owndata
    assert not shard.values.flags.writeable


def test_shards_of_a_store_that_is_not_local_are_copied_once_and_mapped(made, tmp_path):
    corpus, _, blobs = made
    assert tokens.localise(corpus.store, blobs, tmp_path) is corpus.store
    remote = Store("memory://train-tokens")
    for blob in blobs["en"]:
        remote.put_bytes(corpus.store.get_bytes(blob), rows=blob.rows)
    local = tokens.localise(remote, {"en": blobs["en"]}, tmp_path)
    for blob in blobs["en"]:
        remote.delete(blob.path)  # not needed any more
    assert tokens.localise(remote, {"en": blobs["en"]}, tmp_path).root == local.root
    shard, expected = tokens.read(local, blobs["en"][0]), tokens.read(corpus.store, blobs["en"][0])
    assert not shard.values.flags.owndata
    assert np.array_equal(shard.values, expected.values)
    assert [path.name for path in tmp_path.rglob(".tmp-*")] == []


def test_a_copy_with_other_bytes_is_refused(made, tmp_path):
    blob = made[2]["en"][0]
    remote = Store("memory://train-tokens-damaged")
    remote.fs.pipe_file(remote.path(blob.path), b"other bytes")
    with pytest.raises(CorruptionError, match=blob.digest):
        tokens.localise(remote, {"en": [blob]}, tmp_path)


def test_large_vocabularies_take_int32(made):

    corpus, tokenizer, _ = made
    table = tokens.tokenise_shard(corpus, corpus.shards("fr")[0], dataclasses.replace(tokenizer, size=250_100))
    assert table["tokens"].type.value_type == pa.int32()


def test_the_command_makes_what_a_run_needs_and_claims_no_folder(tmp_path):
    commit(tmp_path / "store", {"en": ntrex("en", 100, 10), "fr": ntrex("fr", 100, 10)})
    runner = CliRunner()
    arguments = ["--root", str(tmp_path / "store"), "--version", "test@latest", "--vocab-size", "1200"]
    arguments += ["--out", str(tmp_path / "run")]
    result = runner.invoke(prepare.app, arguments)
    assert result.exit_code == 0, result.output
    assert "en: 10 documents" in result.output
    assert "0 of 20 documents have other ids in transformers" in result.output
    assert not (tmp_path / "run" / "config.json").exists()  # the run that comes has its own device and precision
    refused = runner.invoke(prepare.app, [*arguments, "--languages", "de"])
    assert "no de in the version" in str(refused.exception)
    shutil.rmtree(tmp_path / "store")
