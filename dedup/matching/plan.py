"""How to cut deduplication for a corpus of some size, and what each stage then reads, writes, holds and takes.

Bytes follow from the formats. Memory and CPU time a document are those that `bench.tools.dedup_stages` measured at 1 to
30 million documents (docs/dedup-scale.md), with a fifth to spare for memory; `tests/dedup/test_dedup_plan.py` holds the
skew of the tasks against a simulation. Bytes are as stored: band keys and edges compressed as measured there. What
verification reads is what it looks at of files that it maps; from an object store each of its tasks reads the compared
columns of all partitions, so there few tasks with much memory are the better plan.
"""

import dataclasses
import math

from dedup.matching.lsh import IDENTITY_BANDS
from dedup.verification.verify import GATHERED
from shards.errors import InputError

_PROCESS = 300e6  # bytes of an interpreter with its libraries
_SPARE = 1.2
_BAND_ROW = 1_100  # bytes of memory a document of the partition that is banded
_KEY = 50  # bytes of memory a key that is matched
_MEMBER = 150  # bytes of memory a document that is verified, besides what is gathered of it
_STORED_KEY, _STORED_EDGE = 10.0, 4.8  # bytes, compressed, of 12 and 16
_ID_BYTES = 2 * 36  # document id and content hash, as text with their offsets
_SECONDS = {"bands": 2.1e-6, "match": 0.13e-6, "components": 0.32e-6, "verify": 15.2e-6}  # a document; match: a key
_MEET = 3  # buckets of the largest size that may meet in one task


@dataclasses.dataclass(frozen=True)
class Corpus:
    """What is to be deduplicated: `documents` in partitions of `partition`, of which the share `clustered` has an edge.

    `values`: of 4 bytes, in a document's sketch, doses and names; `edges`: a document, over all bands; `largest`: share
    of all documents in the largest bucket of a band.
    """

    documents: int
    partition: int = 1_000_000
    bands: int = 14
    rows: int = 8
    clustered: float = 0.4
    values: int = 400
    edges: float = 3.7
    largest: float = 0.001


@dataclasses.dataclass(frozen=True)
class Stage:
    """`memory`: bytes of its largest task; `read` and `written`: bytes of all of them; `seconds`: CPU time of all."""

    name: str
    tasks: int
    memory: float
    read: float
    written: float
    seconds: float


@dataclasses.dataclass(frozen=True)
class Plan:
    """`prefixes` and `verify_tasks` are for the recipe; `files` are objects of all stages."""

    prefixes: int
    verify_tasks: int
    partitions: int
    files: int
    stages: tuple[Stage, ...]


def plan(corpus: Corpus, memory: float = 4e9) -> Plan:
    """Cut it so that no task of banding, matching and verification needs more than `memory` bytes.

    Components is one task, whose memory follows from the corpus alone. `InputError` where a partition, a bucket or the
    values that are compared at a time need more than that for themselves.
    """
    documents, keys = corpus.documents, corpus.bands + IDENTITY_BANDS
    partitions = math.ceil(documents / corpus.partition)
    banding = _SPARE * (_PROCESS + _BAND_ROW * min(corpus.partition, documents))
    partition_bytes = min(corpus.partition, documents) * (4 * corpus.values + _ID_BYTES)
    gathered = 4 * GATHERED + partition_bytes * corpus.clustered
    room = memory / _SPARE - _PROCESS
    heavy = _MEET * corpus.largest * documents
    spread, members = room / _KEY - heavy, (room - gathered) / _MEMBER - heavy
    if banding > memory or spread <= 0 or members <= 0:
        raise InputError(
            f"{memory / 1e9:.1f} GB a task are too few for {documents:,} documents in partitions of "
            f"{corpus.partition:,}: make partitions smaller, or give tasks more"
        )
    prefixes, parts = math.ceil(documents / spread), math.ceil(corpus.clustered * documents / members)
    clustered = corpus.clustered * documents
    matched = _PROCESS + _KEY * (documents / prefixes + heavy)
    joined = _PROCESS + (4 if documents < 1 << 31 else 8) * documents + 24 * clustered
    verified = _PROCESS + gathered + _MEMBER * (clustered / parts + heavy)
    minima = 4 * corpus.bands * corpus.rows
    shuffled, edges = _STORED_KEY * keys * documents, _STORED_EDGE * corpus.edges * documents
    compared = (4 * corpus.values + _ID_BYTES) * clustered
    stages = (
        Stage("bands", partitions, banding, (minima + _ID_BYTES) * documents, shuffled, _SECONDS["bands"] * documents),
        Stage("match", keys * prefixes, _SPARE * matched, shuffled, edges, _SECONDS["match"] * keys * documents),
        Stage("components", 1, _SPARE * joined, 2 * edges, 16 * clustered, _SECONDS["components"] * documents),
        Stage("verify", parts, _SPARE * verified, compared, 50 * clustered, _SECONDS["verify"] * documents),
    )
    files = 2 * partitions + 2 * keys * prefixes + 1 + parts
    return Plan(prefixes, parts, partitions, files, stages)


def table(sizes: list[Corpus], memory: float = 4e9) -> str:
    """The plans as a Markdown table."""
    lines = [
        "| documents | prefixes | verify_tasks | stage | tasks | GB a task | GB read | GB written | core-minutes |",
        "|---:|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    for corpus in sizes:
        made = plan(corpus, memory)
        head = f"{corpus.documents:,} | {made.prefixes} | {made.verify_tasks}"
        for stage in made.stages:
            figures = (stage.memory / 1e9, stage.read / 1e9, stage.written / 1e9, stage.seconds / 60)
            cells = " | ".join(f"{figure:,.1f}" for figure in figures)
            lines.append(f"| {head} | {stage.name} | {stage.tasks:,} | {cells} |")
            head = " | | "
    return "\n".join(lines)
