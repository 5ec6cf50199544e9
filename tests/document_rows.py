"""Rows of `schema.DOCUMENT` for tests that state texts and, of the other columns, those that they are about."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from shards import schema


def documents(
    texts: Sequence[str], source: str = "web", columns: Mapping[str, Sequence[Any]] | None = None
) -> pa.Table:
    """A document a text, with keys 0, 1, 2 ... unless `columns` has others; null is what may be and is not given."""
    rows, stated = len(texts), dict(columns or {})
    keys = stated.get("source_id", [str(row) for row in range(rows)])
    usual = {"source": source, "mime": "text/plain", "opt_out": [], "extractor": "test/1", "raw_file": "test"}
    known = {name: [value] * rows for name, value in usual.items()}
    known |= {"doc_id": [schema.doc_id(source, key) for key in keys], "source_id": keys, "text": texts}
    known |= schema.measure(texts) | stated
    arrays = [pa.array(known.get(field.name, [None] * rows), field.type) for field in schema.DOCUMENT]
    return pa.table(arrays, schema=schema.DOCUMENT)
