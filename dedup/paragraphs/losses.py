"""What each document of a partition loses: the paragraphs that others keep, and its own repeats."""

import numpy as np
import pyarrow as pa

from dedup.paragraphs.blocks import Blocks
from dedup.paragraphs.match import REMOVALS
from shards.kernels import njit


class Losses:
    """The removals of a partition, by document, then key."""

    def __init__(self, removals: list[pa.Table]):
        tables = pa.concat_tables(removals) if removals else REMOVALS.empty_table()
        columns = [tables[name].to_numpy() for name in REMOVALS.names]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        self.document, self.key, self.check, self.keeper = (column[order] for column in columns)

    def of(self, names: np.ndarray) -> np.ndarray:
        """Which documents (by the first 64 bits of their ids) have any."""
        first, last = (np.searchsorted(self.document, names, side) for side in ("left", "right"))
        return first < last

    def find(self, blocks: Blocks, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(first 64 bits of the doc_id that keeps it, whether it goes) of each block; `names`: those of the documents.

        Of blocks that repeat inside a document all but the first go, too.
        """
        start, stop = (np.searchsorted(self.document, names, side) for side in ("left", "right"))
        return _find(blocks.document, blocks.key, blocks.check, names, start, stop, self.key, self.check, self.keeper)


@njit(cache=True)
def _find(document, key, check, names, start, stop, lost_key, lost_check, lost_keeper):
    """(document that keeps it, whether it goes) of each block; blocks are in the order of their documents."""
    keeper, gone = np.zeros(len(key), np.uint64), np.zeros(len(key), np.bool_)
    first = 0
    while first < len(key):
        row = document[first]
        last = first + 1
        while last < len(key) and document[last] == row:
            last += 1
        order = first + np.argsort(key[first:last], kind="mergesort")  # stable: the first of equal ones stays
        for at in range(len(order)):
            block = order[at]
            keeper[block] = names[row]
            place = start[row] + np.searchsorted(lost_key[start[row] : stop[row]], key[block])
            while place < stop[row] and lost_key[place] == key[block]:
                if lost_check[place] == check[block]:
                    keeper[block], gone[block] = lost_keeper[place], True
                place += 1
            before = at - 1
            while not gone[block] and before >= 0 and key[order[before]] == key[block]:
                gone[block] = check[order[before]] == check[block]
                before -= 1
        first = last
    return keeper, gone
