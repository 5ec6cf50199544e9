"""Which shard of a crawl a host belongs to."""

import dataclasses
import hashlib
from collections.abc import Iterable

from ingest.crawl.frontier import Link
from ingest.urls import domain_of


def shard_of(host: str, shards: int) -> int:
    """The shard of a host: by its registrable domain, so that one process asks www.example.org and example.org."""
    digest = hashlib.blake2b(domain_of(host).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % shards


@dataclasses.dataclass(frozen=True)
class Shares:
    """One shard's view of the division."""

    shard: int
    shards: int

    def divide(self, links: Iterable[Link]) -> tuple[list[Link], list[Link]]:
        """(own links, those of other shards)."""
        mine: list[Link] = []
        foreign: list[Link] = []
        for link in links:
            (mine if shard_of(link.host, self.shards) == self.shard else foreign).append(link)
        return mine, foreign

    def of(self, total: int) -> int:
        """This shard's part of a number that all shards share."""
        return total // self.shards + (self.shard < total % self.shards)
