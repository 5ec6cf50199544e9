"""The paragraphs of a partition as numbers: 26 bytes each, sorted, cut by hash prefix. No text goes further."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.paragraphs.blocks import KINDS, Blocks, Kind, find_blocks
from dedup.signatures.digests import digests
from shards import schema
from shards.cuts import cut_by_prefix
from shards.step import Output, Step
from shards.texts import batches

PARAGRAPHS = pa.schema(
    [
        pa.field("key", pa.uint64(), False),
        pa.field("check", pa.uint32(), False),  # the block's identity, with `key`
        pa.field("priority", pa.int16(), False),  # of its document: the lowest wins
        pa.field("quality", pa.float32(), False),  # of its document: then the highest
        pa.field("document", pa.uint64(), False),  # the first 64 bits of its doc_id
    ]
)

SEEN = pa.schema(
    [
        pa.field("paragraphs", pa.int32(), False),  # blocks of a kept document
        pa.field("repeats", pa.bool_(), False),  # whether one of them stands in it twice
    ]
)


@dataclasses.dataclass(frozen=True)
class BlockStep(Step):
    """A step that looks at blocks of these kinds and sizes; all steps of a build must look at the same."""

    blocks: tuple[Kind, ...] = KINDS
    min_words: int = 20
    min_chars: int = 100

    def find(self, texts: pa.LargeStringArray) -> Blocks:
        """The blocks of a batch of texts."""
        return find_blocks(texts, self.blocks, self.min_words, self.min_chars)


@dataclasses.dataclass(frozen=True)
class HashParagraphs(BlockStep):
    """Hashes the blocks of the documents that are kept. `tasks`: record batches, by prefix of the key."""

    tasks: int = 1

    name = "paragraph-hashes"
    version = 3

    def run(self, documents: pa.Table, verdicts: pa.Table, ranks: pa.Table) -> dict[str, Output]:
        """documents (doc_id, text), verdicts (verdict), ranks (priority, quality) -> paragraphs (PARAGRAPHS, each block
        once a document) and seen (SEEN, one row a kept document).
        """
        kept = kept_rows(verdicts, documents.num_rows)
        names = digests(documents["doc_id"].filter(pa.array(kept)))[:, 0]
        priority = ranks["priority"].to_numpy()[kept].astype(np.int16)
        quality = ranks["quality"].to_numpy()[kept].astype(np.float32)
        found, place = [(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.int64))], 0
        for batch in batches(documents["text"].filter(pa.array(kept))):
            blocks = self.find(batch)
            found.append((blocks.key, blocks.check, place + blocks.document))
            place += len(batch)
        keys, checks, rows = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.argsort(keys, kind="stable")  # so the repeats within a document stand together
        keys, checks, rows = keys[order], checks[order], rows[order]
        once = np.ones(len(keys), bool)
        once[1:] = (keys[1:] != keys[:-1]) | (checks[1:] != checks[:-1]) | (rows[1:] != rows[:-1])
        repeats = np.zeros(len(names), bool)
        repeats[rows[~once]] = True
        seen = np.bincount(rows, minlength=len(names)).astype(np.int32)
        of = rows[once]
        columns = keys[once], checks[once], priority[of], quality[of], names[of]
        return {
            "paragraphs": cut_by_prefix(columns[0], columns, self.tasks, PARAGRAPHS),
            "seen": pa.table([seen, repeats], schema=SEEN),
        }


def kept_rows(verdicts: pa.Table, rows: int) -> np.ndarray:
    """Which of the first `rows` inputs, the documents, are kept (bool); what follows them gave no text."""
    return pc.equal(verdicts["verdict"].slice(0, rows), schema.KEEP).combine_chunks().to_numpy(zero_copy_only=False)
