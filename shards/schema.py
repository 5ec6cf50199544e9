"""Every Arrow schema of the platform. No schema is inferred from data anywhere.

A *document* row is one text with its identity, provenance and rights. *Sidecars* lie beside a documents shard: same
partition, same row order, joined by position and checked by `doc_id`.
"""

import hashlib
from collections.abc import Sequence

import pyarrow as pa

from shards.errors import InputError

_TIME = pa.timestamp("s", tz="UTC")


def _field(name: str, kind: pa.DataType, doc: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"doc": doc})


DOCUMENT = pa.schema(
    [
        _field("doc_id", pa.string(), "32 hex digits: hash of source and canonical key (see `doc_id`)"),
        _field("text", pa.string(), "the extracted text, NFC, light Markdown"),
        _field("title", pa.string(), "title given by the source", null=True),
        _field("author", pa.string(), "authors named by the source, joined by '; '", null=True),
        _field("site", pa.string(), "name of the site, journal or publisher", null=True),
        _field(
            "language",
            pa.string(),
            "language declared by the source (ISO 639-1); detected language is a score",
            null=True,
        ),
        _field("source", pa.string(), "name of the recipe's source"),
        _field("source_id", pa.string(), "canonical key inside the source: PMID, canonical URL, relative path ..."),
        _field("url", pa.string(), "URL as fetched, or the landing page of the record", null=True),
        _field("canonical_url", pa.string(), "URL after normalisation", null=True),
        _field("published", _TIME, "publication time stated by the source, UTC", null=True),
        _field("fetched", _TIME, "time of the capture, UTC", null=True),
        _field("mime", pa.string(), "media type of the raw input"),
        _field("license", pa.string(), "SPDX identifier or LicenseRef-*", null=True),
        _field("license_evidence", pa.string(), "where the licence was read", null=True),
        _field("opt_out", pa.list_(pa.string()), "machine-readable opt-outs found, e.g. meta:noai"),
        _field("extractor", pa.string(), "extractor and version, e.g. trafilatura/2.3.1"),
        _field("content_hash", pa.string(), "32 hex digits of the normalised text (see `content_hash`)"),
        _field("words", pa.int32(), "white-space separated words"),
        _field("chars", pa.int32(), "Unicode code points"),
        _field("raw_file", pa.string(), "name of the raw file, relative to the source's root"),
        _field("raw_offset", pa.int64(), "byte offset (WARC) or record number in raw_file", null=True),
    ]
)

# Columns that earlier versions of a corpus lack. They are nullable: such a shard is read as one without values there.
LATER = frozenset({"author", "site"})

QUARANTINE = pa.schema(
    [
        _field("doc_id", pa.string(), "identity the document would have had"),
        _field("source", pa.string(), "name of the recipe's source"),
        _field("source_id", pa.string(), "canonical key inside the source"),
        _field("url", pa.string(), "URL as fetched", null=True),
        _field("stage", pa.string(), "stage that refused it: fetch, read, extract"),
        _field("reason", pa.string(), "error class in the project's words: encrypted, timeout, oom, malformed ..."),
        _field("message", pa.string(), "the error's message, at most 500 characters"),
        _field("attempts", pa.int16(), "how often it was tried"),
        _field("sha256", pa.string(), "digest of the input bytes", null=True),
        _field("raw_file", pa.string(), "name of the raw file, relative to the source's root"),
        _field("raw_offset", pa.int64(), "byte offset or record number in raw_file", null=True),
    ]
)

SIGNATURE = pa.schema(
    [
        _field("doc_id", pa.string(), "the document"),
        _field("content_hash", pa.string(), "for exact duplicates"),
        _field("shingles", pa.int32(), "number of distinct word shingles; 0: too short, exact matching only"),
        _field("minhash", pa.list_(pa.uint32()), "one minimum per permutation; empty when too short"),
        _field("sketch", pa.list_(pa.uint32()), "the smallest shingle hashes, ascending (bottom-k)"),
        _field("doses", pa.list_(pa.uint32()), "hashes of the distinct number-and-unit tokens, ascending"),
        _field("names", pa.list_(pa.uint32()), "hashes of the distinct capitalised words, ascending; odd: it recurs"),
        _field("url", pa.uint64(), "hash of the page that the document's address names; 0: none"),
        _field("page", pa.uint64(), "hash of source and page of what was fetched from there; 0: none"),
    ]
)

VERDICT = pa.schema(
    [
        _field("doc_id", pa.string(), "the document"),
        _field("verdict", pa.string(), "keep, drop or quarantine"),
        _field("stage", pa.string(), "stage that decided; empty for keep"),
        _field("reason", pa.string(), "rule that decided; empty for keep"),
        _field("value", pa.float64(), "the measured value", null=True),
        _field("threshold", pa.float64(), "the rule's threshold", null=True),
        _field("evidence", pa.string(), "what shows it: the doc_id that won, the opt-out signal ...", null=True),
        _field("language", pa.string(), "detected language (ISO 639-1)", null=True),
    ]
)

REMOVED_PARAGRAPH = pa.schema(
    [
        _field("doc_id", pa.string(), "the kept document that the paragraph was taken from"),
        _field("number", pa.int32(), "of the paragraph's first line or list in the text before, from 0"),
        _field("hash", pa.uint64(), "of its text with case and white space folded"),
        _field("words", pa.int32(), "white-space separated words"),
        _field("keeper", pa.string(), "first 16 hex digits of the doc_id that keeps it; its own: it stood there twice"),
    ]
)

RANK = pa.schema(
    [
        _field("priority", pa.int32(), "of the source: 0 wins against 1; below 0: of an earlier version"),
        _field("quality", pa.float64(), "the domain score"),
        _field("language", pa.string(), "detected language (ISO 639-1)", null=True),
    ]
)

KEEP, DROP, QUARANTINED = "keep", "drop", "quarantine"


def scores_schema(*fields: pa.Field) -> pa.Schema:
    """Schema of a score sidecar: `doc_id`, then one column a score."""
    return pa.schema([_field("doc_id", pa.string(), "the document"), *fields])


def doc_id(source: str, key: str) -> str:
    """Identity of a document: 128 bits of BLAKE2b over source and canonical key, as 32 hex digits."""
    return hashlib.blake2b(f"{source}\x00{key}".encode(errors="surrogatepass"), digest_size=16).hexdigest()


def content_hash(text: str) -> str:
    """Hash of the text with case and white space folded: equal for exact duplicates, 32 hex digits."""
    return _digest(" ".join(text.casefold().split()))


def _digest(normalised: str) -> str:
    return hashlib.blake2b(normalised.encode(), digest_size=16).hexdigest()


def measure(texts: Sequence[str]) -> dict[str, list]:
    """The columns of `DOCUMENT` that follow from its text: content_hash, words and chars of each."""
    words = [text.casefold().split() for text in texts]  # folding case makes no white space and takes none
    return {
        "content_hash": [_digest(" ".join(found)) for found in words],
        "words": [len(found) for found in words],
        "chars": [len(text) for text in texts],
    }


def check_documents(table: pa.Table, where: str) -> pa.Table:
    """`table` with all columns of `DOCUMENT`, null where a version from before the `LATER` columns lacks them.

    Raises `InputError` where it differs in anything else.
    """
    for place, field in enumerate(DOCUMENT):
        if field.name in LATER and field.name not in table.schema.names and place <= table.num_columns:
            table = table.add_column(place, field, pa.nulls(table.num_rows, field.type))
    return check(table, DOCUMENT, where)


def check(table: pa.Table, schema: pa.Schema, where: str) -> pa.Table:
    """Return `table` as it is, or raise `InputError` naming the first field in which it differs from `schema`."""
    if table.schema.names != schema.names:
        raise InputError(f"{where}: columns {table.schema.names} are not {schema.names}")
    for ours, theirs in zip(schema, table.schema, strict=True):
        if ours.type != theirs.type:
            raise InputError(f"{where}: column {ours.name} is {theirs.type}, must be {ours.type}")
        if not ours.nullable and table[ours.name].null_count:
            raise InputError(f"{where}: column {ours.name} has {table[ours.name].null_count} nulls, must have none")
    return table
