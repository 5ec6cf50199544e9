"""Texts of a batch as bytes, without a Python string a text; and documents whose text a step has changed."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from shards import schema
from shards.kernels import njit

_BATCH_BYTES = 8 << 20  # bounds the arrays at about 100 MB


def batches(texts: pa.ChunkedArray) -> Iterator[pa.LargeStringArray]:
    """The texts, in order, in batches of a few megabytes."""
    for chunk in texts.cast(pa.large_string()).chunks:
        offsets = np.frombuffer(chunk.buffers()[1], np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        start = 0
        while start < len(chunk):
            end = int(np.searchsorted(offsets, offsets[start] + _BATCH_BYTES, side="right")) - 1
            end = min(max(end, start + 1), len(chunk))
            yield chunk.slice(start, end - start)
            start = end


def utf8(texts: pa.LargeStringArray) -> tuple[np.ndarray, np.ndarray]:
    """(bytes, offsets) of the texts: document d is `bytes[offsets[d] : offsets[d + 1]]`; no copy."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8), ends


@njit(cache=True)
def decode(data: np.ndarray, at: int) -> tuple[int, int]:
    """(code point, bytes) of the UTF-8 character at `at`; the text is valid UTF-8, as Arrow strings are."""
    lead = data[at]
    if lead < 0x80:
        return np.int64(lead), 1
    if lead < 0xE0:
        return np.int64(lead & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F), 2
    if lead < 0xF0:
        return np.int64(lead & 0x0F) << 12 | np.int64(data[at + 1] & 0x3F) << 6 | np.int64(data[at + 2] & 0x3F), 3
    return 0x10000, 4  # beyond the plane: never part of a word


def replace_texts(documents: pa.Table, rows: np.ndarray, texts: pa.Array) -> tuple[pa.Table, np.ndarray]:
    """(documents with other texts in `rows` (ascending), characters that each document lost, int32).

    Words, characters and content hash follow the text. No row: the same table, so that it is the same object.
    """
    lost = np.zeros(documents.num_rows, np.int32)
    if not len(rows):
        return documents, lost
    new = texts.to_pylist()
    values = {"text": new} | schema.measure(new)
    lost[rows] = documents["chars"].to_numpy()[rows] - np.array(values["chars"], np.int32)
    # Rows of the old column, then the new values: each row takes its own from one or the other.
    source = np.arange(documents.num_rows)
    source[rows] = documents.num_rows + np.arange(len(rows))
    for name, column in values.items():
        place = documents.schema.get_field_index(name)
        field = documents.schema.field(place)
        both = pa.chunked_array([*documents[name].chunks, pa.array(column, field.type)], field.type)
        documents = documents.set_column(place, field, both.take(pa.array(source)))
    return documents.combine_chunks(), lost
