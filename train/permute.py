"""Keyed permutations and keys: order as a pure function, so that shuffling needs no state and no memory."""

import hashlib

import numpy as np

ROUNDS = 6
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def key_of(*parts: int | str) -> int:
    """A 64-bit key from a seed and names, the same on every machine: `key_of(seed, "documents", "fr", epoch)`."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "little")


def mix(value: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): uint64 to well-mixed uint64, wrapping."""
    with np.errstate(over="ignore"):
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def permute(index: np.ndarray, size: int, key: np.ndarray | int) -> np.ndarray:
    """Image of each `index` in [0, size) under the permutation of that range which `key` names (int64).

    A balanced Feistel network on the next even number of bits, walked until it falls into the range (Black and Rogaway
    2002, "Ciphers with arbitrary finite domains"): at most about four walks on average. `key` may be one per index.
    """
    half = np.uint64(max(1, ((size - 1).bit_length() + 1) // 2))
    keys = np.broadcast_to(np.asarray(key, dtype=np.uint64), np.shape(index))
    image = _feistel(np.asarray(index, dtype=np.uint64), keys, half)
    while (outside := image >= np.uint64(size)).any():
        image[outside] = _feistel(image[outside], keys[outside], half)
    return image.astype(np.int64)


def _feistel(value: np.ndarray, keys: np.ndarray, half: np.uint64) -> np.ndarray:
    low = (np.uint64(1) << half) - np.uint64(1)
    left, right = value >> half, value & low
    with np.errstate(over="ignore"):
        for number in range(ROUNDS):
            scrambled = mix(right + mix(keys + np.uint64(number + 1) * _GOLDEN))
            left, right = right, left ^ (scrambled & low)
    return left << half | right
