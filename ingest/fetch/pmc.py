"""PubMed Central's article datasets: articles one by one from the public bucket, XML and metadata.

Source: https://pmc.ncbi.nlm.nih.gov/tools/pmcaws/ (bucket `pmc-oa-opendata`, since 2026 a prefix an article and
version); listing by S3 ListObjectsV2 over HTTPS (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lxml import etree

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client, recall, remember
from ingest.fetch.files import bring_file

_STATE = ".listing.json"


@dataclasses.dataclass(frozen=True)
class PmcArticles:
    """Objects of the bucket at `base` below `prefix` that end as `suffixes` say, in the order of their names."""

    interval: ClassVar[float] = 0.1

    base: str = "https://pmc-oa-opendata.s3.amazonaws.com"
    prefix: str = "PMC"
    suffixes: tuple[str, ...] = (".xml", ".json")

    def probe(self) -> str:
        """A listing of one object."""
        return f"{self.base}/?list-type=2&max-keys=1&prefix={self.prefix}"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Objects from the page of the listing on which the last run ended, at most `limit` new ones."""
        token, brought = (recall(root / _STATE) or {}).get("token", ""), 0
        while True:
            asked = {"list-type": "2", "prefix": self.prefix}
            answer = client.get(f"{self.base}/", asked | ({"continuation-token": token} if token else {}))
            page = etree.fromstring(answer.body, etree.XMLParser(resolve_entities=False, no_network=True))
            for key in (item.text or "" for item in page.iterfind("{*}Contents/{*}Key")):
                if not key.endswith(self.suffixes):
                    continue
                if limit is not None and brought >= limit:
                    return
                outcome = bring_file(client, f"{self.base}/{key}", root, key)
                brought += isinstance(outcome, Fetched) and outcome.new
                yield outcome
            token = page.findtext("{*}NextContinuationToken") or ""
            if not token:
                return
            remember(root / _STATE, {"token": token})
