"""Tokenizers of the T5 family: ids by raw SentencePiece where there is a model file (about 8 times faster), else by
Hugging Face's tokenizers; sentinels are looked up by token, never computed.
"""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import sentencepiece
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from shards.errors import InputError
from train.data.spm import SENTINELS, to_hugging_face

MODEL_FILES = ("spiece.model", "sentencepiece.bpe.model", "tokenizer.model")
FILES = (*MODEL_FILES, "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")


@dataclasses.dataclass(frozen=True)
class Tokenizer:
    """Text to ids. `folder` holds its files; `digest` (64 hex digits) names exactly what it does.

    `size` is one above the highest id; `sentinels[k]` is the id of <extra_id_k>.
    """

    folder: Path
    digest: str
    size: int
    pad_id: int
    eos_id: int
    sentinels: tuple[int, ...]

    @cached_property
    def model(self) -> sentencepiece.SentencePieceProcessor | None:
        """The raw SentencePiece model, or None when the folder has no model file."""
        file = model_file(self.folder)
        return sentencepiece.SentencePieceProcessor(model_file=str(file)) if file else None

    @cached_property
    def hugging_face(self) -> PreTrainedTokenizerBase:
        """The same tokenizer in transformers."""
        return AutoTokenizer.from_pretrained(self.folder)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids (int32) of each text, without end of sequence.

        A document that quotes a sentinel ("<extra_id_0>") loses it: in training data the id must mean a hidden span.
        """
        if self.model is None:
            return self.encode_slowly(texts)
        return self._arrays(self.model.encode(list(texts), num_threads=-1))

    def encode_slowly(self, texts: Sequence[str]) -> list[np.ndarray]:
        """The same by Hugging Face's tokenizer."""
        return self._arrays(self.hugging_face(list(texts), add_special_tokens=False)["input_ids"] if texts else [])

    def _arrays(self, encoded: list[list[int]]) -> list[np.ndarray]:
        arrays = [np.asarray(ids, dtype=np.int32) for ids in encoded]
        return [ids[~np.isin(ids, self.sentinels)] for ids in arrays]

    @cached_property
    def prefixes(self) -> dict[str, int]:
        """Ids of UL2's "[R]", "[S]" and "[X]", those that the tokenizer has."""
        known = self.hugging_face.get_vocab()
        return {piece: known[piece] for piece in ("[R]", "[S]", "[X]") if known.get(piece, self.size) < self.size}

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids, sentinels and end of sequence shown."""
        return self.hugging_face.decode(list(ids), skip_special_tokens=False)

    def save(self, folder: Path) -> None:
        """Copy the tokenizer's files into `folder`, where `AutoTokenizer` finds them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, folder / name)


def model_file(folder: Path) -> Path | None:
    """The folder's SentencePiece model, if it has one."""
    return next((folder / name for name in MODEL_FILES if (folder / name).exists()), None)


def load(name: str | Path, cache: Path) -> Tokenizer:
    """Load a tokenizer of the T5 family from a folder, a bare SentencePiece file or a name on the Hub.

    Files that must be made (Hugging Face's form of a bare model) or fetched are put below `cache`.
    """
    path = Path(name)
    if path.is_file():
        data = path.read_bytes()
        folder = cache / hashlib.sha256(data).hexdigest()[:16]
        if not (folder / "tokenizer.json").exists():
            to_hugging_face(data, folder)
        return describe(folder)
    if path.is_dir():
        return describe(path)
    if str(name).startswith((".", "/", "~")):
        raise InputError(f"no tokenizer at {name}: give a folder, a SentencePiece .model file or a name on the Hub")
    return describe(fetch(str(name), cache))


def fetch(name: str, cache: Path) -> Path:
    """Folder with the files of a tokenizer on the Hub, for example google/mt5-base."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES), cache_dir=cache / "hub"))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"cannot get tokenizer {name!r}: {reason}; give a local folder or check the name") from error


def describe(folder: Path) -> Tokenizer:
    """The tokenizer in `folder`, checked to be of the T5 family: pad, end of sequence and 100 sentinels."""
    file = model_file(folder)
    source = file or folder / "tokenizer.json"
    if not source.exists():
        raise InputError(f"{folder} has neither a SentencePiece model ({', '.join(MODEL_FILES)}) nor tokenizer.json")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if file is not None:
        model = sentencepiece.SentencePieceProcessor(model_file=str(file))
        sentinels = find_sentinels(model.piece_to_id, model.unk_id())
        if sentinels is not None:
            return Tokenizer(folder, digest, model.vocab_size(), model.pad_id(), model.eos_id(), sentinels)
    # T5's own model file has no sentinels: transformers adds them behind its pieces.
    tokens = AutoTokenizer.from_pretrained(folder)
    sentinels = find_sentinels(tokens.convert_tokens_to_ids, tokens.unk_token_id)
    if sentinels is None or tokens.pad_token_id is None or tokens.eos_token_id is None:
        raise InputError(f"{folder}: no pad, </s> or <extra_id_0> ... <extra_id_99>; take a tokenizer of the T5 family")
    digest = hashlib.sha256(json.dumps([digest, sentinels]).encode()).hexdigest()
    size = max(len(tokens), max(sentinels) + 1)
    return Tokenizer(folder, digest, size, tokens.pad_token_id, tokens.eos_token_id, sentinels)


def find_sentinels(to_id, unknown: int | None) -> tuple[int, ...] | None:
    """Ids of <extra_id_0> ... <extra_id_99>; mT5's own model spells them with a leading "▁". None if any is missing."""
    for mark in ("", "▁"):
        ids = tuple(to_id(f"{mark}<extra_id_{index}>") for index in range(SENTINELS))
        if all(found is not None and found != unknown for found in ids) and len(set(ids)) == SENTINELS:
            return ids
    return None
