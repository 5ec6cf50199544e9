"""Tokenizers have mT5's layout, give the same ids in transformers, and load from folders and files."""

import shutil

import numpy as np
import pytest
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto
from train_corpus import ntrex
from transformers import AutoTokenizer, T5Tokenizer

from shards.errors import InputError
from train import spm, tokenizer
from train.commands import open_version

PROBES = [
    "Paracétamol 500 mg/kg — «contre-indiqué» ½ µg\xa0β₂ 10⁻³ ™ …",
    "  two  spaces\n\nnew line\ttab ",
    "日本語 🙂 مرحبا",
    "e\u0301 combining, ﬁ ligature, x\u200by",
    "",
    "# Title\n\n- a\n  - b",
]


@pytest.fixture(scope="module")
def model(root):
    return spm.train(open_version(root, "test@latest"), ["en", "es", "fr"], spm.Training(2000))


@pytest.fixture(scope="module")
def loaded(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer") / "one"
    spm.to_hugging_face(model, folder)
    return tokenizer.describe(folder)


def test_layout_is_mt5_s(loaded):
    pieces = loaded.model
    assert [pieces.id_to_piece(number) for number in range(4)] == ["<pad>", "</s>", "<unk>", "<0x00>"]
    assert pieces.id_to_piece(258) == "<0xFF>"
    assert (loaded.pad_id, loaded.eos_id, pieces.bos_id()) == (0, 1, -1)
    assert loaded.sentinels == tuple(range(loaded.size - 1, loaded.size - 101, -1))
    assert pieces.id_to_piece(loaded.size - 1) == "<extra_id_0>"
    assert pieces.id_to_piece(loaded.size - 100) == "<extra_id_99>"
    assert loaded.size == 2000


def test_training_is_deterministic(root, model):
    again = spm.train(open_version(root, "test@latest"), ["en", "es", "fr"], spm.Training(2000))
    assert again == model


def test_auto_tokenizer_gives_equal_ids(loaded, root):
    texts = PROBES + ntrex("fr", 300, 3) + ntrex("es", 300, 3)
    found = AutoTokenizer.from_pretrained(loaded.folder)
    for text, ids in zip(texts, loaded.encode(texts), strict=True):
        assert found(text)["input_ids"] == [*ids.tolist(), 1], text


def test_t5_tokenizer_gives_equal_ids_for_characters_of_the_corpus(loaded):
    texts = ntrex("en", 300, 3) + ntrex("fr", 200, 10)
    found = T5Tokenizer.from_pretrained(loaded.folder)
    covered = [(text, ids) for text, ids in zip(texts, loaded.encode(texts), strict=True) if not np.any(ids < 259)]
    assert len(covered) > 0.9 * len(texts)
    for text, ids in covered:
        assert found(text)["input_ids"] == [*ids.tolist(), 1]


def test_unseen_characters_are_bytes_and_come_back(loaded):
    (ids,) = loaded.encode(["日本 🙂"])
    assert 2 not in ids
    assert loaded.model.decode(ids.tolist()) == "日本 🙂"
    assert loaded.decode(ids) == "日本 🙂"


def test_a_quoted_sentinel_never_becomes_one(loaded):
    (ids,) = loaded.encode(["the token <extra_id_0> of T5"])
    assert not set(ids.tolist()) & set(loaded.sentinels)


def test_a_hugging_face_folder_without_model_file_gives_the_same_ids(loaded, tmp_path):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(loaded.folder / name, tmp_path / name)
    other = tokenizer.load(tmp_path, tmp_path / "cache")
    assert other.model is None
    assert (other.sentinels, other.size, other.eos_id) == (loaded.sentinels, loaded.size, loaded.eos_id)
    texts = PROBES + ntrex("fr", 20, 2)
    assert [ids.tolist() for ids in other.encode(texts)] == [ids.tolist() for ids in loaded.encode(texts)]


def test_a_bare_model_file_is_enough(model, loaded, tmp_path):
    path = tmp_path / "any.model"
    path.write_bytes(model)
    other = tokenizer.load(path, tmp_path / "cache")
    assert other.digest == loaded.digest
    assert other.sentinels == loaded.sentinels


def test_sentinels_spelt_as_in_mt5_are_found(model, tmp_path):
    spelt = proto.ModelProto.FromString(model)
    for piece in spelt.pieces:
        if piece.piece.startswith("<extra_id_"):
            piece.piece = "▁" + piece.piece
    (tmp_path / "spiece.model").write_bytes(spelt.SerializeToString())
    assert tokenizer.describe(tmp_path).sentinels[0] == len(spelt.pieces) - 1


def test_t5_s_sentinels_behind_the_model_file_are_found(model, tmp_path):
    plain = proto.ModelProto.FromString(model)
    del plain.pieces[-100:]  # T5's spiece.model has none; transformers adds them
    (tmp_path / "spiece.model").write_bytes(plain.SerializeToString())
    T5Tokenizer.from_pretrained(tmp_path).save_pretrained(tmp_path)
    found = tokenizer.describe(tmp_path)
    assert found.size == 2000
    assert found.sentinels == tuple(range(1999, 1899, -1))
    assert found.model.vocab_size() == 1900


def test_saved_files_load_again(loaded, tmp_path):
    loaded.save(tmp_path)
    assert tokenizer.describe(tmp_path).digest == loaded.digest


def test_tokenizers_of_other_families_are_refused(model, tmp_path):
    with pytest.raises(InputError, match="neither"):
        tokenizer.load(tmp_path, tmp_path)
    with pytest.raises(InputError, match="no tokenizer at"):
        tokenizer.load("./nowhere", tmp_path)
    with pytest.raises(InputError, match="612"):
        spm.train(None, [], spm.Training(300))


def test_sentencepiece_reads_the_stored_model(model):
    assert sentencepiece.SentencePieceProcessor(model_proto=model).vocab_size() == 2000


def test_the_sample_is_shared_by_the_temperature(root):
    corpus = open_version(root, "test@latest")
    everything = spm.sample(corpus, ["en", "fr"], spm.Training(chars=10**9))
    some = spm.sample(corpus, ["en", "fr"], spm.Training(chars=40_000))
    assert sum(map(len, some)) < 0.8 * sum(map(len, everything))
    assert some == spm.sample(corpus, ["en", "fr"], spm.Training(chars=40_000))
