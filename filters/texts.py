"""Documents whose text a step has changed: what follows from the text follows it."""

import numpy as np
import pyarrow as pa

from shards import schema


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
