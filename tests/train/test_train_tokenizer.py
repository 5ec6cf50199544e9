"""Tokenizers have mT5's layout, give the same ids in transformers, and load from folders and files."""

import io
import shutil

import numpy as np
import pytest
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto
from train_corpus import ntrex
from transformers import AutoTokenizer, T5Tokenizer

from shards.errors import InputError
from train.data import spm, tokenizer
from train.data.corpus import held_out_mask, held_out_points, open_version

PROBES = [
    "Paracétamol 500 mg/kg — «contre-indiqué» ½ µg\xa0β₂ 10⁻³ ™ …",
    "  two  spaces\n\nnew line\ttab ",
    "日本語 🙂 مرحبا",
    "e\u0301 combining, ﬁ ligature, x\u200by",
    "",
    "# Title\n\n- a\n  - b",
    "\n leading and trailing \t\n",
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


def test_prefixes_are_those_that_the_tokenizer_has(loaded, model, tmp_path):
    assert loaded.prefixes == {}
    more = proto.ModelProto.FromString(model)
    more.pieces.append(spm.PIECE(piece="[S]", score=0.0, type=spm.PIECE.USER_DEFINED))
    spm.to_hugging_face(more.SerializeToString(), tmp_path)
    assert tokenizer.describe(tmp_path).prefixes == {"[S]": 2000}


def test_training_is_deterministic(root, model):
    again = spm.train(open_version(root, "test@latest"), ["en", "es", "fr"], spm.Training(2000))
    assert again == model


def test_auto_tokenizer_gives_equal_ids(loaded, root):
    texts = PROBES + ntrex("fr", 300, 3) + ntrex("es", 300, 3)
    found = AutoTokenizer.from_pretrained(loaded.folder)
    for text, ids in zip(texts, loaded.encode(texts), strict=True):
        assert found(text)["input_ids"] == [*ids.tolist(), 1], text


def test_t5_tokenizer_gives_equal_ids_for_characters_of_the_corpus(loaded):
    texts = ntrex("en", 300, 1) + ntrex("fr", 200, 1)  # one line each: that class has no bytes for line ends
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


@pytest.mark.parametrize("text", ["10⁹/L", "CO₂ ½ µg ™", "10⁻³\n\n| a | b |\nx", "5 mg\n"])
def test_what_extraction_keeps_comes_back_from_ids(loaded, text):
    (ids,) = loaded.encode([text])
    assert loaded.model.decode(ids.tolist()) == text
    assert loaded.decode(ids) == text
    assert AutoTokenizer.from_pretrained(loaded.folder)(text)["input_ids"] == [*ids.tolist(), 1]


def test_every_blank_is_a_space_and_ends_a_word(loaded):
    (expected,) = loaded.encode(["« 5 mg » : 1 000"])
    for blank in spm.BLANKS:
        (ids,) = loaded.encode([f"«{blank}5{blank} mg »{blank}:{blank}1{blank}000"])
        assert np.array_equal(ids, expected)


def test_held_out_documents_shape_no_piece(root):
    corpus = open_version(root, "test@latest")
    texts, names = {}, {}
    for language in corpus.languages:
        found = [batch for entry in corpus.shards(language) for batch in corpus.documents(entry)]
        names[language] = [name for doc_ids, _ in found for name in doc_ids]
        texts[language] = [text for _, part in found for text in part]
    lines = set(spm.sample(corpus, corpus.languages, spm.Training(chars=10**9, held_out=0.1)))
    for language in corpus.languages:
        held_out = held_out_mask(held_out_points(names[language]), 0.1)
        assert held_out.any()
        for text, hidden in zip(texts[language], held_out, strict=True):
            assert (set(filter(str.strip, text.splitlines())) <= lines) != hidden


def test_a_model_that_normalises_as_mt5_s_gives_equal_ids(root, tmp_path):
    sink = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(ntrex("fr", 600, 1)), model_writer=sink, vocab_size=900, byte_fallback=True, pad_id=0,
        eos_id=1, unk_id=2, bos_id=-1, pad_piece="<pad>", normalization_rule_name="nmt_nfkc", minloglevel=2,
        user_defined_symbols=[f"<extra_id_{index}>" for index in range(100)],
    )  # fmt: skip
    (tmp_path / "mt5.model").write_bytes(sink.getvalue())
    found = tokenizer.load(tmp_path / "mt5.model", tmp_path)
    for text, ids in zip(PROBES, found.encode(PROBES), strict=True):
        assert found.hugging_face(text)["input_ids"] == [*ids.tolist(), 1], text


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
