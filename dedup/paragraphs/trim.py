"""Documents without the paragraphs that better ones keep, and the count of what went.

A document that would lose more than `max_removed` of its words stays whole: what is left of it would be neither page
nor text. A paragraph that stands twice in one document stays where it stands first.
"""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.digests import digests, hex_digits
from dedup.paragraphs.blocks import KINDS, Blocks, Kind, find_blocks
from dedup.paragraphs.hashes import kept_rows
from dedup.paragraphs.losses import Losses
from shards import schema
from shards.step import Step
from shards.texts import batches, replace_texts
from shards.units import cut

COUNTED = pa.schema(
    [
        pa.field("language", pa.string(), False),
        *(
            pa.field(name, pa.int64(), False)
            for name in ("documents", "changed", "capped", "paragraphs", "removed", "words", "chars")
        ),
    ]
)


@dataclasses.dataclass(frozen=True)
class TrimParagraphs(Step):
    """`blocks`, `min_words`, `min_chars`: as they were hashed; `max_removed`: of a document's words, 0 to 1."""

    blocks: tuple[Kind, ...] = KINDS
    min_words: int = 20
    min_chars: int = 100
    max_removed: float = 0.5

    name = "paragraph-trim"
    version = 1

    def run(self, documents: pa.Table, verdicts: pa.Table, removals: list[pa.Table]) -> dict[str, pa.Table]:
        """`schema.DOCUMENT`, verdicts (verdict, language) and REMOVALS -> documents (same rows; with nothing to remove
        the same bytes), removed (`schema.REMOVED_PARAGRAPH`) and counted (`COUNTED`, kept documents by language).
        """
        rows = np.flatnonzero(kept_rows(verdicts, documents.num_rows))
        names = digests(documents["doc_id"].take(pa.array(rows)))[:, 0]
        losses = Losses(removals)
        before = documents["words"].to_numpy()
        parts, place = [], 0
        for batch in batches(documents["text"].take(pa.array(rows))):
            mine = slice(place, place + len(batch))
            parts.append(self._trim(batch, names[mine], before[rows[mine]], losses, place))
            place += len(batch)
        changed = np.concatenate([part.changed for part in parts]) if parts else np.zeros(0, np.int64)
        texts = pa.concat_arrays([part.texts for part in parts]) if parts else pa.array([])
        documents, chars = replace_texts(documents, rows[changed], texts)
        sums = _Sums(rows, chars, before - documents["words"].to_numpy(), changed)
        return {
            "documents": documents,
            "removed": _removed(documents["doc_id"], rows, parts),
            "counted": sums.table(parts, verdicts["language"].slice(0, documents.num_rows)),
        }

    def _trim(
        self, texts: pa.LargeStringArray, names: np.ndarray, words: np.ndarray, losses: Losses, place: int
    ) -> "_Part":
        blocks = find_blocks(texts, self.blocks, self.min_words, self.min_chars)
        keeper, gone = losses.find(blocks, names)
        size = len(texts)
        lost = np.bincount(blocks.document, blocks.words * gone, size)
        capped = lost > self.max_removed * words
        gone &= ~capped[blocks.document]
        seen, removed = (np.bincount(blocks.document, weights, size) for weights in (None, gone))
        changed = np.flatnonzero(removed)
        trimmed = cut(blocks.units, blocks.unit_mask(gone)).take(pa.array(changed))
        return _Part(place, blocks, np.flatnonzero(gone), keeper, seen, removed, capped, place + changed, trimmed)


@dataclasses.dataclass(frozen=True)
class _Part:
    """What became of a batch: `gone` blocks and the `keeper` of each block; a document: blocks seen and removed, and
    whether it was capped; the kept documents that changed, by number, and their texts. `place`: number of its first.
    """

    place: int
    blocks: Blocks
    gone: np.ndarray
    keeper: np.ndarray
    seen: np.ndarray
    removed: np.ndarray
    capped: np.ndarray
    changed: np.ndarray
    texts: pa.LargeStringArray


class _Sums:
    """Counts of the kept documents `rows`, each with what it lost."""

    def __init__(self, rows: np.ndarray, chars: np.ndarray, words: np.ndarray, changed: np.ndarray):
        self.rows, self.chars, self.words = rows, chars[rows], words[rows]
        self.changed = np.isin(np.arange(len(rows)), changed)

    def table(self, parts: list[_Part], languages: pa.ChunkedArray) -> pa.Table:
        """`COUNTED`, by language."""
        seen, removed, capped = (
            np.concatenate([getattr(part, name) for part in parts]) if parts else np.zeros(0)
            for name in ("seen", "removed", "capped")
        )
        spoken = languages.take(pa.array(self.rows)).to_pylist()
        names = sorted(set(spoken))
        of = np.searchsorted(names, spoken) if names else np.zeros(0, np.int64)
        columns = [None, self.changed, capped, seen, removed, self.words, self.chars]
        sums = [np.bincount(of, column, len(names)).astype(np.int64) for column in columns]
        return pa.table([pa.array(names, pa.string()), *map(pa.array, sums)], schema=COUNTED)


def _removed(doc_ids: pa.ChunkedArray, rows: np.ndarray, parts: list[_Part]) -> pa.Table:
    columns = [[np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)],
               [np.zeros(0, np.uint64)]]  # fmt: skip
    for part in parts:
        blocks, gone = part.blocks, part.gone
        mine = blocks.document[gone]
        number = blocks.first[gone] - blocks.units.offsets[mine]
        values = rows[part.place + mine], number, blocks.key[gone], blocks.words[gone], part.keeper[gone]
        for column, more in zip(columns, values, strict=True):
            column.append(more)
    of, number, key, words, keeper = map(np.concatenate, columns)
    arrays = [
        doc_ids.take(pa.array(of)), number.astype(np.int32), key, words.astype(np.int32), _beginnings(keeper)
    ]  # fmt: skip
    return pa.table(arrays, schema=schema.REMOVED_PARAGRAPH).combine_chunks()


def _beginnings(ids: np.ndarray) -> pa.Array:
    """The first 16 digits of ids of which the first 64 bits are known."""
    return pc.utf8_slice_codeunits(hex_digits(np.stack([ids, ids], axis=1)), 0, 16)
