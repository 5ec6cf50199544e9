"""Data sets of the Hugging Face Hub that can seed a medical corpus: their columns, and which of their rows to take."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal
from ingest.sources.tables import Columns, Tables
from shards.errors import InputError
from shards.step import local

# Columns as the data sets' cards give them; FineMed's are recalled.
PRESETS = {
    "fineweb-2": (Columns(key="id", url="url", language="language", published="date"), "ODC-By-1.0"),
    "finepdfs": (Columns(key="id", url="url", language="language", published="date"), "ODC-By-1.0"),
    "finewiki": (Columns(key="id", title="title", url="url", language="in_language"), "CC-BY-SA-4.0"),
    "finemed": (Columns(key="id", url="url", published="date"), "ODC-By-1.0"),
    "medical-mt5": (Columns(), None),  # sentences without source: a comparison, no corpus
}


@dataclasses.dataclass(frozen=True)
class HuggingFace(Tables):
    """Parquet or JSON lines files of a data set below `root`, with the columns of a `preset`.

    `at_least`: column -> least value of the rows that are inputs (a score of the data set's own); others are not.
    """

    about: ClassVar[About] = About(
        title="Hugging Face data sets: FineWeb-2, FinePDFs, FineWiki, FineMed and any other, by columns",
        languages=("en", "es", "fr", "it"),
        access="https://huggingface.co/datasets, files of a pinned revision",
        license="of the data set (ODC-By-1.0, FineWiki CC-BY-SA-4.0); the pages keep their authors' rights",
        key="the data set's id, else the URL, else a hash of the text",
        size="FineMed-fr 21.1 million documents, 19.2 billion words (card)",
        etiquette="the Hub's client; HF_TOKEN raises its limits",
        format="https://huggingface.co/docs/hub/datasets-cards; FineMed's columns are recalled",
        tested="written: rows with the cards' columns (test_sources_corpora.py)",
        fetch="huggingface",
    )

    patterns: tuple[str, ...] = local(default=("**/*.parquet", "**/*.jsonl", "**/*.jsonl.gz", "**/*.jsonl.zst"))
    preset: Literal["", "fineweb-2", "finepdfs", "finewiki", "finemed", "medical-mt5"] = ""
    at_least: dict[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.preset and self.columns != Columns():
            raise InputError(f"source {self.name}: give `preset` or `columns`, not both")

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """One record or refusal a row that is an input."""
        if self.preset:
            columns, license_ = PRESETS[self.preset]
            evidence = self.license_evidence or f"data set card ({self.preset})"
            plain = dataclasses.replace(
                self, preset="", columns=columns, license=self.license or license_, license_evidence=evidence
            )
            yield from plain.read(partition)
        else:
            yield from super().read(partition)

    def _named(self) -> list[str]:
        return [*super()._named(), *self.at_least]

    def _rows(self, path: Path, name: str, rows: tuple[int, int] | None) -> Iterator[tuple[int, dict, str] | Refusal]:
        # Rows whose scores reach `at_least`; a row without the score is told.
        for item in super()._rows(path, name, rows):
            if isinstance(item, Refusal):
                yield item
                continue
            number, row, problem = item
            missing = [name for name in self.at_least if not isinstance(row.get(name), int | float)]
            if not problem and missing:
                yield number, row, f"column {missing[0]!r} is not a number; columns: {sorted(row)[:20]}"
            elif problem or all(row[name] >= least for name, least in self.at_least.items()):
                yield number, row, problem
