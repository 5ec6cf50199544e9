"""Masking: identifiers give way to typed placeholders, `{EMAIL}`, `{FR_NIR}`.

Braces mean nothing in Markdown or HTML: `[EMAIL]` before a parenthesis would be a link, `<EMAIL>` a tag. A placeholder
is no identifier itself, so that masked text can be scanned and masked again.
"""

import dataclasses
from collections.abc import Collection, Iterable
from typing import ClassVar

import numpy as np
import pyarrow as pa

from filters.privacy.kinds import KINDS
from filters.privacy.step import Privacy
from shards.errors import InputError
from shards.step import Step
from shards.texts import replace_texts

# Of an author's contacts a reader need not know why they are masked.
PLACEHOLDERS = {kind: f"{{{kind.removeprefix('author_').upper()}}}" for kind in KINDS}


def mask(text: str, spans: Iterable[tuple[int, int, str]], placeholders: dict[str, str] = PLACEHOLDERS) -> str:
    """`text` with each span (start, end, kind; bytes of its UTF-8, ascending, disjoint) as its kind's placeholder.

    Raises `InputError` for spans that are not ascending, overlap, or end beyond the text or inside a character.
    """
    data = text.encode()
    pieces, at = [], 0
    for start, end, kind in spans:
        if not at <= start < end <= len(data):
            raise InputError(f"span {start}-{end} ({kind}) does not follow byte {at} of a text of {len(data)} bytes")
        pieces += [data[at:start], placeholders[kind].encode()]
        at = end
    try:
        return b"".join([*pieces, data[at:]]).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"a span cuts a character in two: {error}; do the spans belong to this text?") from None


def mask_table(documents: pa.Table, scores: pa.Table, kinds: Collection[str]) -> pa.Table:
    """Documents (schema.DOCUMENT) with the given kinds masked; `scores` is the privacy step's sidecar of the same rows.

    Of a row that changes, `words`, `chars` and `content_hash` are made anew; every other row stays as it is, byte for
    byte. `doc_id` says where a document comes from and does not change.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise InputError(f"no kinds of identifiers: {', '.join(unknown)}; known are {', '.join(KINDS)}")
    if not documents["doc_id"].equals(scores["doc_id"]):
        raise InputError("masking needs the privacy scores of the same documents in the same order")
    changed = np.zeros(documents.num_rows, np.bool_)
    for kind in set(kinds):
        changed |= scores[kind].to_numpy() > 0
    rows = np.flatnonzero(changed)
    masked = [
        mask(text, [(span["start"], span["end"], span["kind"]) for span in spans if span["kind"] in kinds])
        for text, spans in zip(
            documents["text"].take(rows).to_pylist(), scores["spans"].take(rows).to_pylist(), strict=True
        )
    ]
    return replace_texts(documents, rows, pa.array(masked, pa.string()))[0]


def mask_quotations(texts: list[str], kinds: Collection[str]) -> list[str]:
    """Short quotations of documents with the given kinds masked: for reports, which are published, too."""
    ids = [str(number) for number in range(len(texts))]
    found = Privacy().run(pa.table({"doc_id": ids, "text": pa.array(texts, pa.string())}))["scores"]
    return [
        mask(text, [(span["start"], span["end"], span["kind"]) for span in spans if span["kind"] in kinds])
        for text, spans in zip(texts, found["spans"].to_pylist(), strict=True)
    ]


@dataclasses.dataclass(frozen=True)
class Mask(Step):
    """Masks `kinds` of identifiers in the texts themselves, before anything else looks at them."""

    name: ClassVar[str] = "mask"

    kinds: tuple[str, ...]

    def run(self, documents: pa.Table, scores: pa.Table) -> dict[str, pa.Table]:
        """`schema.DOCUMENT` and the privacy step's scores -> documents; where nothing is masked, the same bytes."""
        return {"documents": mask_table(documents, scores, self.kinds)}
