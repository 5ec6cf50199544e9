"""The extract step: a partition's raw inputs become documents, and what gives no text becomes quarantine rows."""

import dataclasses
import hashlib
from typing import ClassVar

import pyarrow as pa

from ingest.extract import names
from ingest.extract.charset import decode
from ingest.extract.clean import clean, clean_line
from ingest.extract.options import Options
from ingest.extract.result import Extracted, ExtractError, RejectedError, Rejection
from ingest.extract.sandbox import DEFAULT_LIMITS, DEFAULT_OPTIONS, Limits, Sandbox, shared
from ingest.pipeline.supersede import REVISIONS, subject_hash
from ingest.sources.base import Partition, Record, Refusal, Source, Withdrawal
from ingest.sources.qrd import mark_sections
from shards import schema
from shards.step import Step

_MESSAGE = 500  # characters of an error's message that are kept


@dataclasses.dataclass(frozen=True)
class Extract(Step):
    """Reads `partition` of `source`; each input ends as one row of `documents` or of `quarantine`, sorted by doc_id.

    Of inputs with the same key, the first in reading order counts; the others are quarantined as `same-key`.
    """

    name: ClassVar[str] = "extract"
    version: ClassVar[int] = 5
    libraries: ClassVar[tuple[str, ...]] = (
        "trafilatura", "pypdfium2", "resiliparse", "lxml", "mwparserfromhell", "fastwarc", "brotli", "idna",
    )  # fmt: skip
    memory: ClassVar[int] = 3 << 30
    timeout: ClassVar[float] = 6 * 3600.0  # a WARC of 1 GB holds 40,000 pages at about 15 a second

    source: Source
    partition: Partition
    limits: Limits = DEFAULT_LIMITS
    options: Options = DEFAULT_OPTIONS

    @property
    def source_bytes(self) -> int:
        """Size of the partition's raw files."""
        return self.partition.bytes

    def run(self) -> dict[str, pa.Table]:
        """{"documents": rows of `schema.DOCUMENT`, "quarantine": rows of `schema.QUARANTINE`, "rejected": the verdicts
        (`schema.VERDICT`) of what was turned away at a glance, "revisions": what `supersede` needs of a source
        whose files overrule each other, "inputs": their count}.

        The inputs are counted as they are read, apart from what becomes of them, so that the accounts can be checked.
        """
        inputs = 0
        documents: dict[str, dict] = {}
        quarantine: list[dict] = []
        rejected: list[dict] = []
        sandbox = shared(self.limits)
        revisions: list[tuple[int, str, str | None]] = []  # subject, revision, doc_id; None: withdrawn
        for item in self.source.read(self.partition):
            if isinstance(item, Withdrawal):
                revisions.append((subject_hash(self.source.name, item.subject), item.revision, None))
                continue
            inputs += 1
            outcome = item if isinstance(item, Refusal) else self._document(item, sandbox)
            if isinstance(outcome, dict) and outcome["doc_id"] in documents:
                first = documents[outcome["doc_id"]]
                where = f"{first['raw_file']}" + ("" if first["raw_offset"] is None else f" at {first['raw_offset']}")
                outcome = refuse(item, "same-key", f"its key was read before, in {where}")
            if isinstance(outcome, Refusal):
                quarantine.append(quarantine_row(outcome, self.source.name))
            elif isinstance(outcome, Rejection):
                rejected.append(rejection_row(outcome, self.source.name, item.key))
            else:
                documents[outcome["doc_id"]] = outcome
                if getattr(self.source, "revised", False):
                    subject = subject_hash(self.source.name, item.subject or item.key)
                    revisions.append((subject, item.revision, outcome["doc_id"]))
        # Rows of one key stay in reading order: the sort is stable.
        quarantine.sort(key=lambda row: row["doc_id"])
        rejected.sort(key=lambda row: row["doc_id"])
        rows = [documents[doc_id] for doc_id in sorted(documents)]
        place = {row["doc_id"]: at for at, row in enumerate(rows)} | {None: -1}
        revised = [{"subject": s, "revision": r, "row": place[doc_id]} for s, r, doc_id in revisions]
        return {
            "documents": pa.Table.from_pylist(rows, schema=schema.DOCUMENT),
            "quarantine": pa.Table.from_pylist(quarantine, schema=schema.QUARANTINE),
            "rejected": pa.Table.from_pylist(rejected, schema=schema.VERDICT),
            "revisions": pa.Table.from_pylist(revised, schema=REVISIONS),
            "inputs": pa.table({"inputs": pa.array([inputs], pa.int64())}),
        }

    def _document(self, record: Record, sandbox: Sandbox) -> dict | Refusal | Rejection:
        try:
            return document(record, self.source.name, sandbox, self.options)
        except RejectedError as error:
            return error.rejection


def document(record: Record, source: str, sandbox: Sandbox, options: Options = DEFAULT_OPTIONS) -> dict | Refusal:
    """A record as a row of `schema.DOCUMENT`, or the refusal of a record that gives no text.

    Raises `RejectedError` for a page that the options turn away.
    """
    try:
        found = _text_of(record, sandbox, options)
    except ExtractError as error:
        return refuse(record, error.reason, str(error), error.attempts)
    text = clean(mark_sections(found.text) if record.refine == "qrd" else found.text)
    if not text:
        return refuse(record, "empty", "no text is left after cleaning")
    key = _utf8(record.key)
    return {
        "doc_id": schema.doc_id(source, key),
        "text": text,
        "title": clean_line(record.title or found.title),
        "author": names.joined([record.author or found.author]),
        "site": names.site(record.site or found.site),
        "language": clean_line(record.language or found.language),
        "source": source,
        "source_id": key,
        "url": _utf8(record.url),
        "canonical_url": _utf8(record.canonical_url),
        "published": record.published or found.published,
        "fetched": record.fetched,
        "mime": record.mime,
        "license": record.license or found.license,
        "license_evidence": clean_line(record.license_evidence or found.license_evidence),
        "opt_out": sorted({*record.opt_out, *found.opt_out}),
        "extractor": found.extractor,
        "content_hash": schema.content_hash(text),
        "words": len(text.split()),
        "chars": len(text),
        "raw_file": _utf8(record.raw_file),
        "raw_offset": record.raw_offset,
    }


def _text_of(record: Record, sandbox: Sandbox, options: Options) -> Extracted:
    if record.text is not None:
        return Extracted(record.text, f"medcorpus.extract/{Extract.version}")
    if record.mime == "text/plain":
        return Extracted(decode(record.payload, record.charset)[0], f"medcorpus.extract/{Extract.version}")
    return sandbox.extract(record.payload, record.mime, record.charset, record.url, options)


def refuse(record: Record, reason: str, message: str, attempts: int = 1) -> Refusal:
    """The refusal of a record by this stage, with the digest of its input."""
    data = record.payload if record.payload is not None else (record.text or "").encode(errors="replace")
    digest = hashlib.sha256(data).hexdigest()
    place = (record.raw_file, record.raw_offset)
    return Refusal(record.key, "extract", reason, message, *place, record.url, digest, attempts)


def rejection_row(rejection: Rejection, source: str, key: str) -> dict:
    """A page turned away at a glance as a row of `schema.VERDICT`."""
    return {
        "doc_id": schema.doc_id(source, _utf8(key)), "verdict": schema.DROP, "stage": "extract",
        "reason": rejection.reason, "value": rejection.value, "threshold": rejection.threshold, "evidence": None,
        "language": rejection.language,
    }  # fmt: skip


def quarantine_row(refusal: Refusal, source: str) -> dict:
    """A refusal as a row of `schema.QUARANTINE`."""
    row = dataclasses.asdict(refusal)
    key = _utf8(row.pop("key"))
    message = clean(row["message"])[:_MESSAGE]
    return row | {
        "doc_id": schema.doc_id(source, key), "source": source, "source_id": key, "message": message,
        "url": _utf8(refusal.url), "raw_file": _utf8(refusal.raw_file),
    }  # fmt: skip


def _utf8(text: str | None) -> str | None:
    """`text` without lone surrogates (a file name that is not UTF-8, say), which Arrow cannot hold."""
    return None if text is None else text.encode("utf-8", "replace").decode()
