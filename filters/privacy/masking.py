"""Masking: identifiers give way to typed placeholders, `{EMAIL}`, `{FR_NIR}`.

Braces mean nothing in Markdown or HTML: `[EMAIL]` before a parenthesis would be a link, `<EMAIL>` a tag. A placeholder
is no identifier itself, so that masked text can be scanned and masked again.
"""

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from filters.privacy.kinds import KINDS
from shards import schema
from shards.errors import InputError

PLACEHOLDERS = {kind: f"{{{kind.upper()}}}" for kind in KINDS}
_AUTHORS = {"author_email": "{EMAIL}", "author_phone": "{PHONE}"}  # a reader of the text need not know why
PLACEHOLDERS |= _AUTHORS


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
    if documents["doc_id"].to_pylist() != scores["doc_id"].to_pylist():
        raise InputError("masking needs the privacy scores of the same documents in the same order")
    chosen = frozenset(kinds)
    changed: dict[int, str] = {}
    for row, spans in enumerate(scores["spans"].to_pylist()):
        wanted = [(span["start"], span["end"], span["kind"]) for span in spans if span["kind"] in chosen]
        if wanted:
            changed[row] = mask(documents["text"][row].as_py(), wanted)
    if not changed:
        return documents
    for name, measure in _MADE_FROM_TEXT.items():
        documents = _replace(documents, name, {row: measure(text) for row, text in changed.items()})
    return documents


_MADE_FROM_TEXT = {
    "text": lambda text: text,
    "words": lambda text: len(text.split()),
    "chars": len,
    "content_hash": schema.content_hash,
}


def _replace(table: pa.Table, name: str, values: dict[int, str | int]) -> pa.Table:
    place = table.schema.get_field_index(name)
    column: Sequence[str | int] = table[name].to_pylist()
    renewed = [values.get(row, value) for row, value in enumerate(column)]
    return table.set_column(place, table.schema.field(place), pa.array(renewed, table.schema.field(place).type))
