"""A second chance for the pages of a finished crawl that could not be fetched."""

from collections.abc import Set
from contextlib import closing
from pathlib import Path

from ingest.crawl.frontier import Frontier
from ingest.crawl.pin import PIN, load_pin


def reopen(directory: Path, reasons: Set[str]) -> int:
    """Queue again what failed for one of `reasons`, and take the pin away so that the crawl goes on; how many pages.

    Captures stay as they are. A crawl that is not finished goes on by itself and is left alone.
    """
    pin = load_pin(directory)
    if pin is None or not any(pin.counts["failed"].get(reason) for reason in reasons):
        return 0
    # First: a kill after this leaves a crawl that goes on, with fewer second chances. The old pin stays as a witness:
    # the files it names are never written to again.
    (directory / PIN).replace(directory / f"pin-{len(list(directory.glob('pin-*.json'))):03d}.json")
    pages = 0
    for shard in range(pin.config["shards"]):
        with closing(Frontier(directory, shard)) as frontier:
            pages += frontier.requeue(reasons)
    return pages
