"""Files of a Hugging Face data set, by patterns, at a pinned revision."""

import dataclasses
import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client


@dataclasses.dataclass(frozen=True)
class HubFiles:
    """Files of `repo` ("owner/name") that match one of `patterns`; `revision`: a commit, so that all get the same.

    HF_TOKEN and HF_ENDPOINT of the environment are honoured.
    """

    interval: ClassVar[float] = 0.0  # the Hub's own client paces itself

    repo: str
    patterns: tuple[str, ...] = ("**/*.parquet", "*.parquet")
    revision: str = "main"

    def probe(self) -> str:
        """The data set's page."""
        return f"https://huggingface.co/datasets/{self.repo}"

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Files that are not there yet, at most `limit`."""
        from huggingface_hub import HfApi, hf_hub_download  # slow to import, and seldom needed
        from huggingface_hub.errors import HfHubHTTPError

        agent = client.session.headers["User-Agent"]
        names = HfApi(user_agent=agent).list_repo_files(self.repo, repo_type="dataset", revision=self.revision)
        brought = 0
        for name in sorted(names):
            if not any(fnmatch.fnmatch(name, pattern) for pattern in self.patterns):
                continue
            url, path = f"{self.probe()}/blob/{self.revision}/{name}", root / name
            if path.exists():
                yield Fetched(name, url, path.stat().st_size, False)
                continue
            if limit is not None and brought >= limit:
                return
            try:
                hf_hub_download(
                    self.repo, name, repo_type="dataset", revision=self.revision, local_dir=root, user_agent=agent
                )
            except (HfHubHTTPError, OSError) as error:
                yield Missed(url, str(error))
                continue
            brought += 1
            yield Fetched(name, url, path.stat().st_size, True)
