"""A small but complete version: real tables in a real store, and the manifest that a build would make of them."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa

from catalog.manifest import Composition, Funnel, Manifest
from shards import schema, shard
from shards.store import Blob, Store

RECIPE = {
    "name": "demo",
    "description": "Leaflets, articles and abstracts for tests.",
    "contact": "corpus@example.org",
    "sources": [
        {"name": "pubmed", "kind": "pubmed"}, {"name": "wiki", "kind": "mediawiki"}, {"name": "web", "kind": "crawl"},
    ],
    "language": {"keep": ["en", "fr", "it", "es"], "min_confidence": 0.65},
    "domain": {"min_density": 0.02},
    "quality": {"min_words": 20, "max_symbol_ratio": 0.1},
    "dedup": {"minhash": {"bands": 14, "rows": 8}, "min_similarity": 0.8},
}  # fmt: skip
LICENSES = {"pubmed": "LicenseRef-NLM", "wiki": "CC-BY-SA-4.0", "web": None}
LANGUAGES = {"pubmed": ["en"], "wiki": ["fr", "it", "es"], "web": ["en", "fr", "it", "es"]}
SENTENCES = {
    "en": "The patient was given 500 mg of amoxicillin for pneumonia.",
    "fr": "Le patient a reçu 500 mg d'amoxicilline pour une pneumonie.",
    "it": "Il paziente ha ricevuto 500 mg di amoxicillina per la polmonite.",
    "es": "El paciente recibió 500 mg de amoxicilina para la neumonía.",
}
DROPPED = {
    "pubmed": {"dedup.exact": 2},
    "wiki": {"domain.min_density": 5, "language.not_kept": 3},
    "web": {"dedup.near": 4, "rights.opt-out": 2, "quality.min_words": 6},
}
QUARANTINED = {"pubmed": {}, "wiki": {"read.malformed": 1}, "web": {"extract.encrypted": 1, "fetch.timeout": 2}}


def document(source: str, language: str, number: int) -> dict:
    """One row; text length depends on the number."""
    key = f"{language}/{number}"
    text = " ".join([SENTENCES[language]] * (1 + number**2 % 40)) + f" Case {number}."
    url = f"https://{source}.example.org/{key}" if source != "pubmed" else None
    return {
        "doc_id": schema.doc_id(source, key), "text": text, "title": f"Case {number}" if number % 3 else None,
        "language": language, "source": source, "source_id": key, "url": url, "canonical_url": url,
        "published": datetime(2020, 1, 1 + number % 28, tzinfo=UTC), "fetched": None,
        "mime": "text/html", "license": LICENSES[source], "license_evidence": None,
        "opt_out": ["meta:noai"] if number == 1 else [], "extractor": "trafilatura/2.3.1",
        "content_hash": schema.content_hash(text), "words": len(text.split()), "chars": len(text),
        "raw_file": f"{source}.warc.gz", "raw_offset": number,
    }  # fmt: skip


def build(store: Store, name: str = "demo", documents: int = 12, parents: tuple[str, ...] = ()) -> Manifest:
    """Write shards, verdicts and quarantine of `documents` rows per source and language; return their manifest."""
    rows = [
        document(source, language, number)
        for source, languages in LANGUAGES.items()
        for language in languages
        for number in range(1, documents + 1)
    ]
    shards, lengths = [], {}
    for language in ["en", "es", "fr", "it"]:
        of_language = [row for row in rows if row["language"] == language]
        bins = Counter(row["words"].bit_length() - 1 for row in of_language)
        lengths[language] = [bins[i] for i in range(max(bins) + 1)]
        table = pa.Table.from_pylist(of_language, schema=schema.DOCUMENT)
        for piece in shard.split_rows(table, max_bytes=12_000):
            blob = store.put_table(shard.rebatch(piece))
            shards.append(shard.describe(language, blob, piece))
    composition = []
    for source, languages in LANGUAGES.items():
        for language in languages:
            part = [row for row in rows if (row["source"], row["language"]) == (source, language)]
            words, chars = (sum(row[measure] for row in part) for measure in ("words", "chars"))
            composition.append(Composition(source, language, LICENSES[source], len(part), words, chars))
    funnels = []
    for source, languages in LANGUAGES.items():
        kept = documents * len(languages)
        ended = sum(DROPPED[source].values()) + sum(QUARANTINED[source].values())
        funnels.append(Funnel(source, kept + ended, kept, DROPPED[source], QUARANTINED[source]))
    return Manifest(
        name=name,
        recipe=RECIPE | {"name": name},
        sources=[
            {"name": entry["name"], "kind": entry["kind"],
             "partitions": [{"name": f"{entry['name']}.warc.gz", "sha256": "ab" * 32, "bytes": 123_456}]}
            for entry in RECIPE["sources"]
        ],
        shards=shards,
        verdicts=[_verdicts(store, rows)],
        quarantine=[_quarantine(store)],
        funnels=funnels,
        composition=composition,
        lengths=lengths,
        software={"medcorpus": "0.1.0", "pyarrow": "26.0.1", "trafilatura": "2.3.1"},
        parents=list(parents),
    )  # fmt: skip


def with_a_document_twice(store: Store, manifest: Manifest) -> Manifest:
    """The manifest, but the first document of its second shard has the id of the first shard's: all sums still hold."""
    first = store.get_table(manifest.shards[0].blob, ["doc_id"])["doc_id"][0].as_py()
    return with_an_id(store, manifest, first)


def with_an_id(store: Store, manifest: Manifest, doc_id: str) -> Manifest:
    """The manifest, but the first document of its second shard has that id."""
    first, second = manifest.shards[:2]
    table = store.get_table(second.blob)
    ids = [doc_id, *table["doc_id"].to_pylist()[1:]]
    table = table.set_column(0, schema.DOCUMENT.field("doc_id"), pa.array(ids, pa.string()))
    changed = shard.describe(second.language, store.put_table(shard.rebatch(table)), table)
    return dataclasses.replace(manifest, shards=[first, changed, *manifest.shards[2:]])


def _verdicts(store: Store, rows: list[dict]) -> Blob:
    verdicts = [
        {"doc_id": row["doc_id"], "verdict": "keep", "stage": "", "reason": "", "language": row["language"]}
        for row in rows
    ]
    for verdict, ended in (("drop", DROPPED), ("quarantine", QUARANTINED)):
        for source, rule, number in _ends(ended):
            stage, reason = rule.split(".")
            doc_id = schema.doc_id(source, f"{rule}/{number}")
            verdicts.append({"doc_id": doc_id, "verdict": verdict, "stage": stage, "reason": reason})
    return store.put_table(pa.Table.from_pylist(verdicts, schema=schema.VERDICT))


def _quarantine(store: Store) -> Blob:
    refused = []
    for source, rule, number in _ends(QUARANTINED):
        stage, reason = rule.split(".")
        key = f"{rule}/{number}"
        refused.append(
            {"doc_id": schema.doc_id(source, key), "source": source, "source_id": key, "stage": stage, "reason": reason,
             "message": "refused", "attempts": 1, "raw_file": f"{source}.warc.gz"}
        )  # fmt: skip
    return store.put_table(pa.Table.from_pylist(refused, schema=schema.QUARANTINE))


def _ends(by_source: dict[str, dict[str, int]]) -> Iterator[tuple[str, str, int]]:
    for source, reasons in by_source.items():
        for rule, count in reasons.items():
            yield from ((source, rule, number) for number in range(count))
