"""ClinicalTrials.gov: study records of API v2 (pages of JSON, or one JSON a study, also inside the bulk zip).

Format: https://clinicaltrials.gov/data-api/about-api/study-data-structure. Brief summaries, detailed descriptions and
eligibility criteria are Markdown at the source, and stay so.
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from ingest.extract.dates import parse_date
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import READ_ERRORS, find_files
from ingest.sources.stretches import lost, stretches
from ingest.sources.zip_entries import zip_entries
from shards.step import local

_LICENSE, _EVIDENCE = "LicenseRef-ClinicalTrials.gov-terms", "https://clinicaltrials.gov/about-site/terms-conditions"
_LIMIT = 256 << 20  # bytes of one file of pages
_READ = 1 << 20
_STUDY = re.compile(r'\{\s*"protocolSection"\s*:')
_LONE = re.compile("[\ud800-\udfff]")


@dataclasses.dataclass(frozen=True)
class ClinicalTrials:
    """JSON and zip files below `root`, one partition a file; the key is the NCT number."""

    about: ClassVar[About] = About(
        title="ClinicalTrials.gov: registered studies",
        languages=("en",),
        access="API v2, https://clinicaltrials.gov/api/v2/studies, or the bulk zip of JSON",
        license="terms of the registry: United States government data, no licence needed, attribution asked for",
        key="NCT number",
        size="about 550,000 studies (recalled); 127.4 million words in the paper",
        etiquette="about 50 requests a minute (recalled), pages of 1,000",
        format="https://clinicaltrials.gov/data-api/about-api/study-data-structure",
        tested="written: studies of API v2, pages and zip (test_sources_corpora.py, test_sources_damage.py)",
        fetch="clinicaltrials",
    )

    name: str
    root: str = local()
    patterns: tuple[str, ...] = local(default=("**/*.json", "**/*.json.gz", "**/*.zip"))
    limit: int = 16 << 20  # bytes of one study inside a zip

    def partitions(self) -> list[Partition]:
        """One partition a file, by name."""
        return batch_files(Path(self.root), find_files(self.name, self.root, self.patterns), 1)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """Every study once, in the order of the files."""
        for name, path in partition.paths():
            if name.endswith(".zip"):
                yield from self._zip(name, path)
            else:
                yield from _pages(name, path)

    def _zip(self, name: str, path: Path) -> Iterator[Record | Refusal]:
        for number, entry in enumerate(zip_entries(path, ".json", self.limit)):
            if entry.reason:
                yield Refusal(entry.name or f"{name}@end", "read", entry.reason, entry.message, name, number)
            else:
                yield from _studies(entry.data, name, number)


def _pages(name: str, path: Path) -> Iterator[Record | Refusal]:
    """The studies of a file of pages, over damage."""
    number = 0
    for stretch in stretches(path):
        data, problem = bytearray(), None
        try:
            while (piece := stretch.stream.read1(_READ)) and len(data) <= _LIMIT:
                data += piece
        except READ_ERRORS as error:
            problem = lost(name, error, stretch.base + len(data))
        if len(data) > _LIMIT:
            yield Refusal(name, "read", "too-large", f"more than {_LIMIT} bytes", name)
            return
        whole = stretch.first and problem is None
        for item in _studies(bytes(data), name, None) if whole else _found(bytes(data), name, number, cut=True):
            number += 1
            yield item
        if problem is not None:
            yield problem


def _studies(data: bytes, name: str, number: int | None) -> Iterator[Record | Refusal]:
    """The studies of one JSON text; where that is broken, those that are whole in it."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        items = list(_found(data, name, number or 0, cut=False))
        key = name if number is None else f"{name}@{number}"
        digest = hashlib.sha256(data).hexdigest()
        yield from items or [Refusal(key, "read", "malformed", str(error), name, number, sha256=digest)]
        return
    studies = found.get("studies", [found]) if isinstance(found, dict) else found
    for at, study in enumerate(studies if isinstance(studies, list) else [studies]):
        yield _record(study, name, number if number is not None else at)


def _found(data: bytes, name: str, number: int, *, cut: bool) -> Iterator[Record | Refusal]:
    """Each study of a broken JSON text by where it begins; `cut`: one that ends with the text is not told."""
    text, position, decoder = data.decode("utf-8-sig", errors="surrogateescape"), 0, json.JSONDecoder()
    while begin := _STUDY.search(text, position):
        following = _STUDY.search(text, begin.end())
        try:
            study, position = decoder.raw_decode(text, begin.start())
            if _LONE.search(text, begin.start(), position):
                raise ValueError("it has bytes that are not UTF-8")
            yield _record(study, name, number)
        except (ValueError, RecursionError) as error:
            position = begin.end()
            if not cut or following is not None:
                part = text[begin.start() : following.start() if following else None].encode(errors="surrogateescape")
                digest = hashlib.sha256(part).hexdigest()
                yield Refusal(f"{name}@{number}", "read", "malformed", str(error), name, number, sha256=digest)
        number += 1


def _record(study: Any, name: str, number: int) -> Record | Refusal:
    try:
        protocol = study["protocolSection"]
        key = protocol["identificationModule"]["nctId"]
        text, title = _text(protocol), _title(protocol)
        dates = protocol.get("statusModule", {})
        published = parse_date(dates.get("studyFirstPostDateStruct", {}).get("date"))
    except (KeyError, TypeError, AttributeError) as error:
        digest = hashlib.sha256(json.dumps(study, sort_keys=True).encode()).hexdigest()
        message = f"not a study of API v2: {error!r}"
        return Refusal(f"{name}@{number}", "read", "malformed", message, name, number, sha256=digest)
    url = f"https://clinicaltrials.gov/study/{key}"
    return Record(
        key, "application/json", name, number, text=text, title=title, language="en", url=url, canonical_url=url,
        published=published, license=_LICENSE, license_evidence=_EVIDENCE,
    )  # fmt: skip


def _title(protocol: dict) -> str:
    module = protocol["identificationModule"]
    return module.get("officialTitle") or module.get("briefTitle") or ""


def _text(protocol: dict) -> str:
    names, described = protocol["identificationModule"], protocol.get("descriptionModule", {})
    arms, outcomes = protocol.get("armsInterventionsModule", {}), protocol.get("outcomesModule", {})
    brief = names.get("briefTitle", "")
    sections = [
        (None, f"# {_title(protocol)}"),
        (None, brief if brief != _title(protocol) else ""),
        ("Brief summary", described.get("briefSummary", "")),
        ("Detailed description", described.get("detailedDescription", "")),
        ("Conditions", _list(protocol.get("conditionsModule", {}).get("conditions", []))),
        ("Arms", _list(_named(arm, "label") for arm in arms.get("armGroups", []))),
        ("Interventions", _list(_named(item, "name") for item in arms.get("interventions", []))),
        ("Primary outcomes", _list(_outcome(item) for item in outcomes.get("primaryOutcomes", []))),
        ("Secondary outcomes", _list(_outcome(item) for item in outcomes.get("secondaryOutcomes", []))),
        ("Eligibility", protocol.get("eligibilityModule", {}).get("eligibilityCriteria", "")),
    ]
    return "\n\n".join(f"## {head}\n\n{body}" if head else body for head, body in sections if body and body.strip())


def _named(item: dict, name: str) -> str:
    described = item.get("description")
    return f"{item.get(name, '')}: {described}" if described else item.get(name, "")


def _outcome(item: dict) -> str:
    parts = [item.get("measure", ""), item.get("description", ""), item.get("timeFrame", "")]
    return ". ".join(part.strip().rstrip(".") for part in parts if part)


def _list(items) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items if item)
