"""N-grams that a benchmark repeats: its templates, and the passages that many of its items are about."""

import numpy as np


def in_many_items(hashes: np.ndarray, owners: np.ndarray, common: int) -> np.ndarray:
    """Whether the n-gram of each hash occurs in more than `common` items; `owners`: item of each hash, ascending."""
    order = np.argsort(hashes, kind="stable")
    ordered, owner = hashes[order], owners[order]
    new = np.ones(len(order), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    new_item = new.copy()
    new_item[1:] |= owner[1:] != owner[:-1]
    starts = np.flatnonzero(new)
    items = np.add.reduceat(new_item, starts, dtype=np.int32) if len(starts) else np.zeros(0, np.int32)
    found = np.empty(len(order), bool)
    found[order] = np.repeat(items > common, np.diff(np.append(starts, len(order))))
    return found


def in_long_runs(marked: np.ndarray, places: np.ndarray, owners: np.ndarray, length: int) -> np.ndarray:
    """Which marked n-grams stand in a run of `length` marked ones of one item, each a word after the one before."""
    at = np.flatnonzero(marked)
    begins = np.ones(len(at), bool)
    begins[1:] = (np.diff(places[at]) != 1) | (np.diff(owners[at]) != 0)
    run = np.cumsum(begins) - 1
    found = np.zeros(len(marked), bool)
    found[at] = np.bincount(run)[run] >= length
    return found
