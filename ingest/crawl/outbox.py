"""Links that one shard found and another must fetch change hands."""

from contextlib import ExitStack, closing
from pathlib import Path

from ingest.crawl.frontier import Frontier
from ingest.crawl.pin import load_pin
from ingest.crawl.shares import shard_of


def exchange(directory: Path, shards: int) -> int:
    """Hand every shard's outbox to the shards it is for; returns how many URLs were new there.

    Run between rounds of `crawl`, when no shard is being crawled; at 0 the crawl is complete. Safe to kill: a link is
    taken in before it is marked as sent, and taking it in twice changes nothing.
    """
    if shards == 1 or load_pin(directory) is not None:
        return 0
    with ExitStack() as stack:
        frontiers = [stack.enter_context(closing(Frontier(directory, shard))) for shard in range(shards)]
        moved = 0
        for frontier in frontiers:
            links = frontier.unsent()
            for shard, receiver in enumerate(frontiers):
                moved += receiver.add(link for link in links if shard_of(link.host, shards) == shard)
            frontier.mark_sent()
        return moved
