"""Keyed permutations and keys: order as a pure function, so that shuffling needs no state and no memory."""

import hashlib

import numpy as np

from shards.hashing import mix
from shards.kernels import njit

ROUNDS = 6
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def key_of(*parts: int | str) -> int:
    """A 64-bit key from a seed and names, the same on every machine: `key_of(seed, "documents", "fr")`."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "little")


def permute(index: np.ndarray, size: int, key: int, salt: np.ndarray | int = 0) -> np.ndarray:
    """Image of each `index` in [0, size) under the permutation of that range which `key` and `salt` name (int64).

    A balanced Feistel network on the next even number of bits, walked until it falls into the range (Black and Rogaway
    2002, "Ciphers with arbitrary finite domains"): at most about four walks on average. `salt`: one, or one per index.
    """
    index = np.asarray(index, dtype=np.int64)
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    salts = np.broadcast_to(np.asarray(salt, dtype=np.int64), index.shape)
    return _permute(index, np.uint64(size), np.uint64(key), salts, np.uint64(half))


@njit(cache=True, nogil=True)
def _permute(index, size, key, salts, half):
    images = np.empty(len(index), np.int64)
    keys = np.empty(ROUNDS, np.uint64)
    for place in range(len(index)):
        if place == 0 or salts[place] != salts[place - 1]:
            for number in range(ROUNDS):
                keys[number] = mix((key ^ mix(np.uint64(salts[place]))) + np.uint64(number + 1) * _GOLDEN)
        image = _feistel(np.uint64(index[place]), keys, half)
        while image >= size:
            image = _feistel(image, keys, half)
        images[place] = np.int64(image)
    return images


@njit(cache=True, nogil=True)
def _feistel(value, keys, half):
    low = (np.uint64(1) << half) - np.uint64(1)
    left, right = value >> half, value & low
    for number in range(ROUNDS):
        left, right = right, left ^ (mix(right + keys[number]) & low)
    return left << half | right
