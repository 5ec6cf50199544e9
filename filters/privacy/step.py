"""The step: how many identifiers of each kind a document holds, and where."""

import dataclasses
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.privacy.find import ANCHORS, Span, find_spans
from filters.privacy.kinds import KINDS, SCHEMA, SPAN
from filters.privacy.scan import find_marks
from shards.step import Step
from shards.texts import batches


@dataclasses.dataclass(frozen=True)
class Privacy(Step):
    """Finds identifiers of persons. It changes no text: the recipe masks kinds or drops documents.

    `article_sources`: names of the sources whose documents are scientific articles; there, e-mail addresses and
    telephone numbers among affiliations are `author_email` and `author_phone`. "Corresponding author" and the like
    make them so in any source.
    """

    name: ClassVar[str] = "privacy"
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("phonenumbers",)  # numbering plans change with its releases

    article_sources: tuple[str, ...] = ()

    def run(self, documents: pa.Table) -> dict[str, pa.Table]:
        """documents (doc_id, text and, if there, source) -> one row a document, as in `kinds.SCHEMA`."""
        articles = self._articles(documents)
        spans: list[list[Span]] = []
        for batch in batches(documents["text"]):
            marks = find_marks(batch, ANCHORS)
            busy = np.diff(marks.offsets)
            found: list[list[Span]] = [[] for _ in range(len(batch))]
            for row in np.flatnonzero(busy).tolist():
                text = marks.data[marks.limits[row] : marks.limits[row + 1]]
                own = marks.rows[marks.offsets[row] : marks.offsets[row + 1]].copy()
                own[:, :2] -= marks.limits[row]
                found[row] = find_spans(text, own, bool(articles[len(spans) + row]))
            spans += found
        return {"scores": scores(documents["doc_id"], spans)}

    def _articles(self, documents: pa.Table) -> np.ndarray:
        if not self.article_sources or "source" not in documents.schema.names:
            return np.zeros(documents.num_rows, np.bool_)
        return np.isin(documents["source"].to_numpy(), self.article_sources)


def scores(doc_ids: pa.ChunkedArray, spans: list[list[Span]]) -> pa.Table:
    """The sidecar of documents with those spans."""
    sizes = np.fromiter(map(len, spans), np.int32, len(spans))
    flat = [span for own in spans for span in own]
    owner = np.repeat(np.arange(len(spans)), sizes)
    codes = np.array([KINDS.index(kind) for _, _, kind in flat], np.int64)
    counts = np.zeros((len(spans), len(KINDS)), np.int32)
    np.add.at(counts, (owner, codes), 1)
    structs = pa.StructArray.from_arrays(
        [pa.array([span[0] for span in flat], pa.int32()), pa.array([span[1] for span in flat], pa.int32()),
         pa.array([span[2] for span in flat], pa.string())],
        fields=list(SPAN),
    )  # fmt: skip
    offsets = pa.array(np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)]))
    lists = pa.ListArray.from_arrays(offsets, structs, type=SCHEMA.field("spans").type)
    columns = [pa.array(counts[:, place]) for place in range(len(KINDS))]
    return pa.table([doc_ids, *columns, pa.array(sizes), lists], schema=SCHEMA)
