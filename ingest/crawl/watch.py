"""How far a crawl is, read from its frontiers while other processes crawl."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

EVERY = 0.5  # seconds between two looks


def page_counts(directory: Path) -> Counter[str]:
    """Pages by state (queued, leased, captured, redirected, robots, failed), over all shards that exist."""
    counts: Counter[str] = Counter()
    for path in sorted(directory.glob("shard-*.sqlite")):
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as frontier:
                query = "SELECT state, count(*) FROM page WHERE kind = 'page' GROUP BY state"
                counts.update(dict(frontier.execute(query)))
        except sqlite3.OperationalError:  # not there yet, or being written: the next look will see it
            continue
    return counts


@contextmanager
def watching(directory: Path, on_counts: Callable[[Mapping[str, int]], None]) -> Iterator[None]:
    """Call `on_counts` from a thread, twice a second and once more at the end."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            on_counts(page_counts(directory))

    thread = threading.Thread(target=look, name="crawl-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        on_counts(page_counts(directory))
