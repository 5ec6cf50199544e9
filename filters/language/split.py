"""Documents in several languages become one document a language, so that each is filtered, deduplicated and counted as
what it is."""

import dataclasses

import numpy as np
import pyarrow as pa

from filters.language.parts import language_parts
from filters.language.step import language_filter, load_model
from shards import schema
from shards.schema import scores_schema
from shards.step import Step, local

ORIGIN = scores_schema(
    pa.field("origin", pa.uint32(), nullable=False),  # row of the table that was split
    pa.field("parts", pa.int32(), nullable=False),  # documents that this row became
)
ADDED = pa.schema([pa.field("added", pa.int64(), False)])  # documents more than there were


@dataclasses.dataclass(frozen=True)
class Split(Step):
    """The language with most words keeps the document's identity; each other gets `#` and its code after the key.

    A part declares the language found in it. Documents in one language are not touched. The parameters are the digests
    of the model and of the word lists.
    """

    model_sha256: str
    lexicon_sha256: str
    model_path: str = local(default="")

    name = "split"

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """`schema.DOCUMENT` -> documents (parts follow each other in place), origin (`ORIGIN`), added (`ADDED`).

        The added documents are counted as they are found, apart from the rows written, so that the accounts can check.
        """
        model = load_model(self.model_path, self.model_sha256)
        origin, parts = [], []
        rows: dict[int, list[dict]] = {}
        added = 0
        for row, text in enumerate(documents["text"]):
            found = parts_by_language(language_parts(text.as_py(), model))
            if len(found) > 1:
                rows[row] = _documents(documents.slice(row, 1).to_pylist()[0], found)
                added += len(found) - 1
            origin += [row] * len(found)
            parts += [len(found)] * len(found)
        split = _with(documents, rows)
        columns = [split["doc_id"], pa.array(origin, pa.uint32()), pa.array(parts, pa.int32())]
        return {
            "documents": split,
            "origin": pa.table(columns, schema=ORIGIN),
            "added": pa.table({"added": [added]}, schema=ADDED),
        }


def language_split(model_path: str | None = None) -> Split:
    """The step with the model and the word lists that the language step uses."""
    language = language_filter(model_path)
    return Split(language.model_sha256, language.lexicon_sha256, language.model_path)


def parts_by_language(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs of one language (code, text) joined to one part a language, that with most words first, then as they come.

    A single part is returned as it is.
    """
    if len(parts) < 2:
        return parts
    runs: dict[str, list[str]] = {}
    for language, text in parts:
        runs.setdefault(language, []).append(text)
    joined = [(language, "\n\n".join(texts)) for language, texts in runs.items()]
    most = max(range(len(joined)), key=lambda at: (len(joined[at][1].split()), -at))
    return [joined[most], *joined[:most], *joined[most + 1 :]]


def _documents(document: dict, parts: list[tuple[str, str]]) -> list[dict]:
    """The document's parts as rows; the first keeps its identity."""
    facts = schema.measure([text for _, text in parts])
    rows = []
    for number, (language, text) in enumerate(parts):
        key = document["source_id"] + (f"#{language}" if number else "")
        identity = {"source_id": key, "doc_id": schema.doc_id(document["source"], key)} if number else {}
        own = {name: values[number] for name, values in facts.items()}
        rows.append(document | identity | {"language": language, "text": text} | own)
    return rows


def _with(documents: pa.Table, rows: dict[int, list[dict]]) -> pa.Table:
    """The table with some rows replaced by several; the same table when there are none."""
    if not rows:
        return documents
    new = pa.Table.from_pylist([part for parts in rows.values() for part in parts], schema=documents.schema)
    order, taken = [], documents.num_rows
    for row in range(documents.num_rows):
        parts = len(rows.get(row, ()))
        order.append(np.arange(taken, taken + parts) if parts else np.array([row]))
        taken += parts
    return pa.concat_tables([documents, new]).take(pa.array(np.concatenate(order))).combine_chunks()
