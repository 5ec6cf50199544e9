"""The manifest: everything that a version of a corpus is, as one immutable JSON record named by its hash.

It holds no time, host, path or duration, so the same inputs and recipe give the same version id anywhere.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from catalog.records import record_id
from shards.shard import Shard
from shards.store import Blob

FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Funnel:
    """What became of the inputs of one source: `inputs + split = kept + dropped + quarantined`.

    `dropped` and `quarantined` map "stage.reason" to documents. `split`: documents that were added by splitting others.
    """

    source: str
    inputs: int
    kept: int
    dropped: dict[str, int]
    quarantined: dict[str, int]
    split: int = 0

    @property
    def balance(self) -> int:
        """Documents that ended nowhere (positive) or twice (negative); 0 in a sound build."""
        return self.inputs + self.split - self.kept - sum(self.dropped.values()) - sum(self.quarantined.values())


@dataclasses.dataclass(frozen=True)
class Composition:
    """How much of a version comes from one source in one language under one licence (None: not stated)."""

    source: str
    language: str
    license: str | None
    documents: int
    words: int
    chars: int


@dataclasses.dataclass(frozen=True)
class Repeat:
    """A line or list that was taken out of `documents` documents, by its beginning.

    `share` of the documents of its `group` (a host; empty: the source) had it.
    """

    text: str
    group: str
    documents: int
    share: float


@dataclasses.dataclass(frozen=True)
class Boilerplate:
    """What was taken out of the documents of a source because it repeats: of how many of them, how much, what most.

    `capped` documents would have lost too much, and were left as they are.
    """

    source: str
    documents: int
    changed: int
    capped: int
    units: int
    chars: int
    examples: list[Repeat]


@dataclasses.dataclass(frozen=True)
class Identifiers:
    """How many identifiers of persons of one kind the documents held that were kept, in one language.

    `masked`: they gave way to placeholders; else they were let be.
    """

    kind: str
    language: str
    documents: int
    identifiers: int
    masked: bool


@dataclasses.dataclass(frozen=True)
class Decontamination:
    """What was done about one benchmark; counts of items, documents and words.

    `too_short` items are never decided, `touched` ones share an n-gram with an input, `covered` ones are in one. After
    packing, `items_searched` were searched in all `documents_searched`, by another method; `residual` overlaps are 0.
    """

    benchmark: str
    items: int
    too_short: int
    touched: int
    covered: int
    documents_removed: int
    words_removed: int
    items_searched: int
    documents_searched: int
    residual_overlaps: int
    largest_residual_share: float


@dataclasses.dataclass(frozen=True)
class Paragraphs:
    """What became of the paragraphs of a source's kept documents in one language, where others have them, too.

    Of `paragraphs` that were long enough to look at, `removed` went, with `words` and `chars`, from `changed`
    documents; `capped` ones would have lost too much, and stayed whole.
    """

    source: str
    language: str
    documents: int
    changed: int
    capped: int
    paragraphs: int
    removed: int
    words: int
    chars: int


@dataclasses.dataclass(frozen=True)
class Signatures:
    """Signatures of the inputs' texts (`schema.SIGNATURE`), one object for each of the verdicts, rows in their order.

    A later version is deduplicated against this one by them alone. `made_by`: name, version and parameters of the step.
    """

    made_by: dict[str, Any]
    objects: list[Blob]


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A document that was kept in place of `removed` others. `methods` by which, `least_similarity` of them.

    `winner` is its doc_id, followed by @ and a version where it is in that one.
    """

    winner: str
    removed: int
    methods: list[str]
    least_similarity: float


@dataclasses.dataclass(frozen=True)
class CappedBucket:
    """So many documents shared the key (16 hex digits) of one band that none of them was matched by it.

    Other bands, and equal texts or ids, may have matched them all the same.
    """

    band: int
    key: str
    documents: int


@dataclasses.dataclass(frozen=True)
class Manifest:
    """One version. `sources`: name, kind, and the pinned partitions (name, sha256, bytes) that were read.

    `verdicts` and `quarantine` are the sidecar objects that explain every input that is not in `shards`.
    `lengths` maps a language to counts of documents by words in bins [2^i, 2^(i+1)), i = 0, 1, 2 ...
    `boilerplate` has the sources whose repeated text was taken out, `privacy` the identifiers of persons by kind and
    language (None: none were looked for), `decontamination` the benchmarks that were kept out. `paragraphs` has the
    sources and languages whose documents lost paragraphs to others, `removed_paragraphs` the sidecars that name them.
    `parents` are the versions that this one follows, `against` those whose documents were left out of it.
    `signatures`: None in versions from before they were kept. `clusters`: the largest ones of duplicates.
    `capped` has the buckets of near duplicates that were too large to match.
    """

    name: str
    recipe: dict[str, Any]
    sources: list[dict[str, Any]]
    shards: list[Shard]
    verdicts: list[Blob]
    quarantine: list[Blob]
    funnels: list[Funnel]
    composition: list[Composition]
    lengths: dict[str, list[int]]
    software: dict[str, str]
    parents: list[str] = dataclasses.field(default_factory=list)
    boilerplate: list[Boilerplate] = dataclasses.field(default_factory=list)
    privacy: list[Identifiers] | None = None
    decontamination: list[Decontamination] = dataclasses.field(default_factory=list)
    paragraphs: list[Paragraphs] = dataclasses.field(default_factory=list)
    removed_paragraphs: list[Blob] = dataclasses.field(default_factory=list)
    against: list[str] = dataclasses.field(default_factory=list)
    signatures: Signatures | None = None
    clusters: list[Cluster] = dataclasses.field(default_factory=list)
    capped: list[CappedBucket] = dataclasses.field(default_factory=list)

    @property
    def id(self) -> str:
        """Version id: the first 16 hex digits of the SHA-256 of the manifest."""
        return record_id(self.as_json())

    def objects(self) -> Iterator[tuple[str, Blob]]:
        """(kind, object) of everything in the store that the version refers to."""
        yield from (("shard", shard.blob) for shard in self.shards)
        yield from (("verdicts", blob) for blob in self.verdicts)
        yield from (("quarantine", blob) for blob in self.quarantine)
        yield from (("removed paragraphs", blob) for blob in self.removed_paragraphs)
        yield from (("signatures", blob) for blob in (self.signatures.objects if self.signatures else ()))

    def as_json(self) -> dict[str, Any]:
        """Plain data, the content of `manifests/<id>.json`.

        What came later is left out where there is none of it, so that older manifests keep their id.
        """
        plain = dataclasses.asdict(self)
        lists = "boilerplate", "decontamination", "paragraphs", "removed_paragraphs", "against", "clusters", "capped"
        for later in lists:
            if not plain[later]:
                del plain[later]
        for later in ("privacy", "signatures"):
            if plain[later] is None:
                del plain[later]
        for funnel in plain["funnels"]:
            if not funnel["split"]:
                del funnel["split"]
        plain["shards"] = [shard.as_json() for shard in self.shards]
        return {"format": FORMAT} | plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> "Manifest":
        """Inverse of `as_json`."""
        fields = {name: value for name, value in plain.items() if name != "format"}
        fields["shards"] = [Shard.from_json(entry) for entry in plain["shards"]]
        fields["verdicts"] = [Blob(**entry) for entry in plain["verdicts"]]
        fields["quarantine"] = [Blob(**entry) for entry in plain["quarantine"]]
        fields["funnels"] = [Funnel(**entry) for entry in plain["funnels"]]
        fields["composition"] = [Composition(**entry) for entry in plain["composition"]]
        fields["boilerplate"] = [
            Boilerplate(**entry | {"examples": [Repeat(**example) for example in entry["examples"]]})
            for entry in plain.get("boilerplate", ())
        ]
        if "privacy" in plain:
            fields["privacy"] = [Identifiers(**entry) for entry in plain["privacy"]]
        fields["decontamination"] = [Decontamination(**entry) for entry in plain.get("decontamination", ())]
        fields["paragraphs"] = [Paragraphs(**entry) for entry in plain.get("paragraphs", ())]
        fields["removed_paragraphs"] = [Blob(**entry) for entry in plain.get("removed_paragraphs", ())]
        if "signatures" in plain:
            stored = plain["signatures"]
            fields["signatures"] = Signatures(stored["made_by"], [Blob(**entry) for entry in stored["objects"]])
        fields["clusters"] = [Cluster(**entry) for entry in plain.get("clusters", ())]
        fields["capped"] = [CappedBucket(**entry) for entry in plain.get("capped", ())]
        return cls(**fields)
