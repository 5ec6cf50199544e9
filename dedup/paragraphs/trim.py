"""Documents without the paragraphs that better ones keep, and the count of what went.

A document that would lose more than `max_removed` of its words stays whole: what is left of it would be neither page
nor text. A paragraph that stands twice in one document stays where it stands first.
"""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.paragraphs.blocks import Blocks
from dedup.paragraphs.hashes import BlockStep, kept_rows
from dedup.paragraphs.losses import Losses
from dedup.signatures.digests import digests, hex_digits
from shards import schema
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
class TrimParagraphs(BlockStep):
    """Takes out of each document what it loses. `max_removed`: of its words, 0 to 1."""

    max_removed: float = 0.5

    name = "paragraph-trim"
    version = 2

    def run(
        self, documents: pa.Table, verdicts: pa.Table, seen: pa.Table, removals: list[pa.Table]
    ) -> dict[str, pa.Table]:
        """`schema.DOCUMENT`, verdicts (verdict, language), SEEN and REMOVALS -> documents (same rows; with nothing to
        remove the same bytes), removed (`schema.REMOVED_PARAGRAPH`) and counted (`COUNTED`, of those that are kept).
        """
        kept = np.flatnonzero(kept_rows(verdicts, documents.num_rows))
        names = digests(documents["doc_id"].take(pa.array(kept)))[:, 0]
        losses = Losses(removals)
        looked_at = losses.of(names) | seen["repeats"].to_numpy()  # texts of the others are not read again
        rows, names = kept[looked_at], names[looked_at]
        before = documents["words"].to_numpy()
        parts, place = [], 0
        for batch in batches(documents["text"].take(pa.array(rows))):
            mine = slice(place, place + len(batch))
            parts.append(self._trim(batch, names[mine], before[rows[mine]], losses, place))
            place += len(batch)
        changed = np.concatenate([part.changed for part in parts]) if parts else np.zeros(0, np.int64)
        texts = pa.concat_arrays([part.texts for part in parts]) if parts else pa.array([])
        documents, chars = replace_texts(documents, rows[changed], texts)
        capped = np.concatenate([part.capped for part in parts]) if parts else np.zeros(0, bool)
        words = before - documents["words"].to_numpy()
        facts = {
            "documents": np.ones(len(kept), bool),
            "changed": np.isin(kept, rows[changed]),
            "capped": np.isin(kept, rows[capped]),
            "paragraphs": seen["paragraphs"].to_numpy(),
            "removed": np.bincount(_rows_of(parts, rows), minlength=documents.num_rows)[kept],
            "words": words[kept],
            "chars": chars[kept],
        }
        return {
            "documents": documents,
            "removed": _removed(documents["doc_id"], rows, parts),
            "counted": _counted(verdicts["language"].take(pa.array(kept)), facts),
        }

    def _trim(
        self, texts: pa.LargeStringArray, names: np.ndarray, words: np.ndarray, losses: Losses, place: int
    ) -> "_Part":
        blocks = self.find(texts)
        keeper, gone = losses.find(blocks, names)
        size = len(texts)
        lost = np.bincount(blocks.document, blocks.words * gone, size)
        capped = lost > self.max_removed * words
        gone &= ~capped[blocks.document]
        changed = np.unique(blocks.document[gone])
        trimmed = cut(blocks.units, blocks.unit_mask(gone)).take(pa.array(changed))
        return _Part(place, blocks, np.flatnonzero(gone), keeper, capped, place + changed, trimmed)


@dataclasses.dataclass(frozen=True)
class _Part:
    """What became of a batch: `gone` blocks and the `keeper` of each block; whether each document was capped; those
    that changed, by number, and their texts. `place`: number of its first document.
    """

    place: int
    blocks: Blocks
    gone: np.ndarray
    keeper: np.ndarray
    capped: np.ndarray
    changed: np.ndarray
    texts: pa.LargeStringArray


def _counted(languages: pa.ChunkedArray, facts: dict[str, np.ndarray]) -> pa.Table:
    """`COUNTED`: sums of the facts of documents, by language."""
    spoken = languages.to_pylist()
    names = sorted(set(spoken))
    of = np.searchsorted(names, spoken) if names else np.zeros(0, np.int64)
    sums = [np.bincount(of, facts[name], len(names)).astype(np.int64) for name in COUNTED.names[1:]]
    return pa.table([pa.array(names, pa.string()), *map(pa.array, sums)], schema=COUNTED)


def _rows_of(parts: list[_Part], rows: np.ndarray) -> np.ndarray:
    """The row of the document of each block that went."""
    found = [rows[part.place + part.blocks.document[part.gone]] for part in parts]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _removed(doc_ids: pa.ChunkedArray, rows: np.ndarray, parts: list[_Part]) -> pa.Table:
    columns = [[np.zeros(0, kind)] for kind in (np.int64, np.uint64, np.int64, np.uint64)]
    for part in parts:
        blocks, gone = part.blocks, part.gone
        number = blocks.first[gone] - blocks.units.offsets[blocks.document[gone]]
        for column, more in zip(
            columns, (number, blocks.key[gone], blocks.words[gone], part.keeper[gone]), strict=True
        ):
            column.append(more)
    number, key, words, keeper = map(np.concatenate, columns)
    ids = doc_ids.take(pa.array(_rows_of(parts, rows)))
    arrays = [ids, number.astype(np.int32), key, words.astype(np.int32), _beginnings(keeper)]
    return pa.table(arrays, schema=schema.REMOVED_PARAGRAPH).combine_chunks()


def _beginnings(ids: np.ndarray) -> pa.Array:
    """The first 16 digits of ids of which the first 64 bits are known."""
    return pc.utf8_slice_codeunits(hex_digits(np.stack([ids, ids], axis=1)), 0, 16)
