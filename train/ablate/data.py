"""What the arms of an ablation are trained on, equal amounts of text, and measured on, texts that no arm has seen."""

import dataclasses

import numpy as np

from shards.errors import InputError
from train.data.documents import Documents
from train.data.sketch import near
from train.data.split import Split, gather
from train.data.tokenizer import Tokenizer
from train.data.tokens import TokenShard


def divide(arms: dict[str, list[TokenShard]], tests: dict[str, list[TokenShard]], fraction: float) -> dict[str, Split]:
    """Training and held-out documents of one language for each arm, and for each test, which trains nothing.

    Held out are documents whose place, a hash of their id, is below `fraction`: in every arm the same ones. Of the
    others each arm trains on as many tokens as the smallest has, from the highest place down, so that documents which
    all arms have are the same sample. Of a test all documents are held out. What is much like a text that any arm
    trains on (`data.sketch`) is left out everywhere and counted.
    """
    found = {name: gather(shards) for name, shards in (arms | tests).items()}
    places = {name: points if name in arms else points * 0 for name, (_, points, _) in found.items()}
    pools = {name: _rows(places[name], places[name] >= fraction, found[name][0])[::-1] for name in arms}
    least = min(int(found[name][0].length[rows].sum()) for name, rows in pools.items())
    train = {name: first(found[name][0], rows, least) for name, rows in pools.items()}
    seen = np.concatenate([found[name][2][pools[name][: len(own.length)]] for name, own in train.items()])
    parts = {}
    for name, (documents, points, sketch) in found.items():
        test = _rows(points, places[name] < fraction, documents)
        clean = test[~near(sketch[test], seen)]
        own = train[name] if name in arms else documents.take(test[:0])
        parts[name] = Split(own, documents.take(clean), len(test) - len(clean))
    return parts


def first(documents: Documents, rows: np.ndarray, tokens: int) -> Documents:
    """As many of the documents `rows` as have `tokens` tokens together; the last of them is cut to fit."""
    ends = np.cumsum(documents.length[rows])
    taken = documents.take(rows[: int(np.searchsorted(ends, tokens)) + 1])
    length = taken.length.copy()
    length[-1:] -= max(0, int(length.sum()) - tokens)
    return dataclasses.replace(taken, length=length)


def _rows(points: np.ndarray, mask: np.ndarray, documents: Documents) -> np.ndarray:
    rows = np.flatnonzero(mask & (documents.length > 0))
    return rows[np.argsort(points[rows], kind="stable")]


def byte_lengths(tokens: Tokenizer) -> np.ndarray:
    """UTF-8 bytes of each id; 0 for sentinels, padding and end of sequence."""
    if tokens.model is None:
        raise InputError(f"{tokens.folder} has no SentencePiece model, by which bytes are counted")
    lengths = np.zeros(tokens.size, np.int64)
    special = {*tokens.sentinels, tokens.pad_id, tokens.eos_id}
    for number in range(tokens.model.vocab_size()):
        if number not in special and not tokens.model.is_control(number):
            piece = tokens.model.id_to_piece(number).replace("▁", " ")
            lengths[number] = 1 if tokens.model.is_byte(number) else len(piece.encode())
    return lengths
