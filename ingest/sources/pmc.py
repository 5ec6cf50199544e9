"""PubMed Central open access articles as the article datasets of 2026 hold them: a folder an article and version.

Layout: https://pmc.ncbi.nlm.nih.gov/tools/pmcaws/ (per-article files `PMC<id>.<version>/PMC<id>.<version>.xml` with a
`.json` of metadata beside: `pmcid`, `version`, `license_code` such as "CC BY", `is_retracted`, `is_pmc_openaccess` ...;
the older FTP packages ended in August 2026). The licence is that of the metadata, else what
the article itself states. Of several versions of an article in one batch the newest counts.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingest.extract.licenses import spdx
from ingest.sources.about import About
from ingest.sources.base import Partition, Record, Refusal, batch_files
from ingest.sources.files import find_files
from ingest.sources.jats.article import Jats
from shards.step import local

_NAME = re.compile(r"(PMC\d+)\.(\d+)\.xml(?:\.gz)?$")


@dataclasses.dataclass(frozen=True)
class Pmc(Jats):
    """Article files below `root`, `batch` of them a partition; the key is the PMC id. Retracted ones are refused."""

    about: ClassVar[About] = About(
        title="PubMed Central open access articles (JATS), tables kept, references dropped",
        languages=(),
        access="https://pmc-oa-opendata.s3.amazonaws.com, a prefix an article and version, no login",
        license="per article: `license_code` of the metadata, else the article's own licence element",
        key="PMC id",
        size="9.3 million article versions (inventory of September 2026)",
        etiquette="no limit is stated for the bucket; one request at a time",
        format="https://jats.nlm.nih.gov, https://pmc.ncbi.nlm.nih.gov/tools/pmcaws/",
        tested="real: its articles as `jats` (test_sources_readers.py); written: folders and metadata "
        "(test_sources_corpora.py)",
        fetch="pmc",
    )

    patterns: tuple[str, ...] = local(default=("**/PMC*.xml", "**/PMC*.xml.gz"))

    def partitions(self) -> list[Partition]:
        """Batches of articles in sorted order, of each article its newest version, with their metadata files."""
        newest: dict[str, tuple[int, str]] = {}
        for file in find_files(self.name, self.root, self.patterns):
            if match := _NAME.search(file):
                newest[match[1]] = max(newest.get(match[1], (0, "")), (int(match[2]), file))
        files = [file for _, file in newest.values()]
        beside = [_metadata(file) for file in files if (Path(self.root) / _metadata(file)).is_file()]
        return batch_files(Path(self.root), files + beside, 2 * self.batch)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """One record or refusal an article."""
        articles = dataclasses.replace(partition, files=tuple(f for f in partition.files if _NAME.search(f)))
        for item in super().read(articles):
            if isinstance(item, Refusal):
                yield item
                continue
            facts = self._facts(item.raw_file)
            if facts.get("is_retracted") in (True, "yes", "true"):
                yield Refusal(item.key, "read", "retracted", "the metadata says so", item.raw_file, url=item.url)
                continue
            stated = facts.get("license_code") or facts.get("license")
            if stated and (found := spdx(str(stated))):
                item = dataclasses.replace(item, license=found, license_evidence=f"metadata: {stated}")
            yield item

    def _facts(self, file: str) -> dict:
        try:
            found = json.loads((Path(self.root) / _metadata(file)).read_bytes())
        except (OSError, ValueError):
            return {}  # the article's own statement is used
        return found if isinstance(found, dict) else {}


def _metadata(file: str) -> str:
    return re.sub(r"\.xml(?:\.gz)?$", ".json", file)
