"""What a crawl pinned: its WARC files, and the URLs it could not fetch (each one a quarantined input)."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from ingest.digests import digest_file
from ingest.sources.archives.policies import Policies, read_policies
from ingest.sources.archives.warc import read_archive
from ingest.sources.base import Partition, Record, Refusal
from shards.errors import CorruptionError, InputError
from shards.step import local


@dataclasses.dataclass(frozen=True)
class Crawled:
    """The captures of a finished crawl in folder `root`: `pin.json`, its WARCs, `hosts.json` and `failures.jsonl`.

    A capture carries the opt-outs of its host, too: those of robots.txt and tdmrep.json, as the crawl found them.
    """

    name: str
    root: str = local()
    limit: int = 64 << 20

    def partitions(self) -> list[Partition]:
        """The pinned WARCs, each with `hosts.json`, then the failures; all must have the digests of the pin."""
        pin_path = Path(self.root) / "pin.json"
        try:
            pin = json.loads(pin_path.read_bytes())
        except FileNotFoundError:
            raise InputError(f"source {self.name}: {pin_path} does not exist; let the crawl finish first") from None
        except ValueError as error:
            raise CorruptionError(f"{pin_path}: not JSON ({error}); crawl again") from error
        try:
            entries = sorted(pin["warcs"], key=lambda entry: entry["name"])
            failures, hosts = pin["failures"], pin["hosts"]
        except (KeyError, TypeError) as error:
            raise CorruptionError(f"{pin_path}: not a crawl's pin ({error!r}); crawl again") from error
        for entry in (*entries, failures, hosts):
            self._check(entry)
        return [*(self._captures(entry, hosts) for entry in entries), self._alone(failures)]

    def _check(self, entry: dict) -> None:
        path = Path(self.root) / entry["name"]
        found = digest_file(path) if path.is_file() else "missing"
        if found != entry["sha256"]:
            raise CorruptionError(f"{path}: digest is {found}, the crawl pinned {entry['sha256']}; crawl again")

    def _alone(self, entry: dict) -> Partition:
        return Partition((entry["name"],), entry["sha256"], entry["bytes"], self.root)

    def _captures(self, warc: dict, hosts: dict) -> Partition:
        """A WARC under the digest of both files: another answer of a host is another partition."""
        lines = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in (warc, hosts))
        digest = hashlib.sha256(lines.encode()).hexdigest()
        return Partition((warc["name"], hosts["name"]), digest, warc["bytes"], self.root)

    def read(self, partition: Partition) -> Iterator[Record | Refusal]:
        """The captures of a WARC, or one refusal (stage fetch) for each URL that could not be fetched."""
        (name, path), *others = partition.paths()
        if not others:
            yield from _failures(path, name)
            return
        policies = read_policies(others[0][1])
        for item in read_archive(path, name, self.limit):
            yield _with_policies(item, policies) if isinstance(item, Record) else item


def _with_policies(record: Record, policies: Policies) -> Record:
    stated = policies.opt_outs(record.canonical_url or record.key)
    return dataclasses.replace(record, opt_out=tuple(sorted({*record.opt_out, *stated}))) if stated else record


def _failures(path: Path, name: str) -> Iterator[Refusal]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            try:
                entry = json.loads(line)
                url, attempts = entry["url"], int(entry.get("attempts", 1))
                yield Refusal(url, "fetch", entry["reason"], entry["message"], name, number, url, attempts=attempts)
            except (ValueError, KeyError, TypeError) as error:
                raise CorruptionError(f"{path}, line {number + 1}: not a failure of a crawl ({error!r})") from error
