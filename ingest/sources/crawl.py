"""What a crawl pinned: its WARC files, and the URLs it could not fetch (each one a quarantined input)."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from ingest.sources.base import Partition, Record, Refusal, digest_file
from ingest.sources.warc import read_archive
from shards.errors import CorruptionError, InputError
from shards.step import local


@dataclasses.dataclass(frozen=True)
class Crawled:
    """The captures of a finished crawl in folder `root`, which holds `pin.json`, its WARCs and `failures.jsonl`."""

    name: str
    root: str = local()
    limit: int = 64 << 20

    def partitions(self) -> list[Partition]:
        """The pinned WARCs, then the failures; the files must still have the digests of the pin."""
        pin_path = Path(self.root) / "pin.json"
        try:
            pin = json.loads(pin_path.read_bytes())
        except FileNotFoundError:
            raise InputError(f"source {self.name}: {pin_path} does not exist; let the crawl finish first") from None
        except ValueError as error:
            raise CorruptionError(f"{pin_path}: not JSON ({error}); crawl again") from error
        entries = [*sorted(pin["warcs"], key=lambda entry: entry["name"]), pin["failures"]]
        return [self._pinned(entry) for entry in entries]

    def _pinned(self, entry: dict) -> Partition:
        path = Path(self.root) / entry["name"]
        found = digest_file(path) if path.is_file() else "missing"
        if found != entry["sha256"]:
            raise CorruptionError(f"{path}: digest is {found}, the crawl pinned {entry['sha256']}; crawl again")
        return Partition((entry["name"],), entry["sha256"], entry["bytes"], self.root)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """The captures of a WARC, or one refusal (stage fetch) for each URL that could not be fetched."""
        for name, path in partition.paths():
            if name.endswith(".jsonl"):
                yield from _failures(path, name)
            else:
                yield from read_archive(path, name, self.limit)


def _failures(path: Path, name: str) -> Iterator[Refusal]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            try:
                entry = json.loads(line)
                url, attempts = entry["url"], int(entry.get("attempts", 1))
                yield Refusal(url, "fetch", entry["reason"], entry["message"], name, number, url, attempts=attempts)
            except (ValueError, KeyError, TypeError) as error:
                raise CorruptionError(f"{path}, line {number + 1}: not a failure of a crawl ({error!r})") from error
