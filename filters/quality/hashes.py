"""Hashes of byte strings that can be joined without reading the bytes again, and sets of them for compiled code.

The hash of a string is a polynomial of its bytes modulo 2^64, so that the hash of "ab" + "c" follows from those of its
parts: what datatrove compares as "".join(words[i : i + n]) is one subtraction and one multiplication here (Rabin and
Karp 1987). Sets are open-addressed tables of keys, as large as the document at hand needs.
"""

import numpy as np

from shards.kernels import njit

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
_INVERSE = pow(BASE, -1, 1 << 64)
_MIXER = np.uint64(0xD6E8FEB86659FD93)
_ONE, _BASE = np.uint64(1), np.uint64(BASE)
_POWERS = np.array([[pow(base, k, 1 << 64) for k in range(64)] for base in (BASE, _INVERSE)], np.uint64)


@njit(cache=True)
def extend(value: np.uint64, byte: int) -> np.uint64:
    """Hash of a string with one byte more; the empty string's is 0."""
    return value * _BASE + np.uint64(byte) + _ONE


@njit(cache=True)
def powers(length: int) -> tuple[np.uint64, np.uint64]:
    """(power, inverse power) of the base for `length` bytes."""
    power, inverse = _ONE, _ONE
    while length >= 64:
        step = min(length, 126) // 2  # two factors of at most 63 bytes
        power *= _POWERS[0, step]
        inverse *= _POWERS[1, step]
        length -= step
    return power * _POWERS[0, length], inverse * _POWERS[1, length]


@njit(cache=True)
def room(members: int) -> int:
    """Slots of a table for that many members: a power of two, at most three quarters full."""
    size = 16
    while size * 3 < members * 4:
        size *= 2
    return size


@njit(cache=True)
def slot_of(keys: np.ndarray, mask: np.uint64, key: np.uint64) -> int:
    """Where `key` (not 0) is in the table, or the empty slot (0) where it belongs."""
    mixed = key * _MIXER
    slot = (mixed ^ mixed >> np.uint64(32)) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + _ONE) & mask
    return np.int64(slot)


@njit(cache=True)
def add(keys: np.ndarray, mask: np.uint64, key: np.uint64) -> bool:
    """Add `key` to the set; whether it was there before. Key 0 stands for an empty slot and is taken for 1."""
    if key == 0:
        key = _ONE
    slot = slot_of(keys, mask, key)
    if keys[slot] == key:
        return True
    keys[slot] = key
    return False


def hash_text(text: str) -> int:
    """The hash of a text's UTF-8, in Python: for tables that are built once."""
    value = 0
    for byte in text.encode():
        value = (value * BASE + byte + 1) & 0xFFFFFFFFFFFFFFFF
    return value
