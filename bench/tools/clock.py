"""Where the CPU time of a task goes: parts of the code are timed by what they do, each second counted once."""

import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

# Functions by what they do; they are called with positional arguments alone.
PARTS = {
    "hashing": ["dedup.matching.lsh.band_keys", "dedup.matching.lsh.hex_keys", "dedup.verification.members.digests"],
    "sorting": ["dedup.matching.lsh.sorted_pairs", "dedup.matching.lsh.merged_order",
                "dedup.verification.members.Merits.order"],
    "union-find": ["dedup.matching.components.widen", "dedup.matching.components.join",
                   "dedup.matching.components.number", "dedup.matching.components.arrange"],
    "gathering": ["dedup.verification.verify.gather_merits", "dedup.verification.verify.gather_members"],
    "comparing": ["dedup.verification.verify.walk", "dedup.verification.verify.identical"],
    "I/O": ["shards.store.Store.get_table", "shards.store.Store.put_table"],
}  # fmt: skip


class Clock:
    """`spent`: CPU seconds by kind. What one kind calls of another counts for the other."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._running = ["other"]
        self._since = time.process_time()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside it, the functions of PARTS are timed."""
        with ExitStack() as stack:
            for kind, names in PARTS.items():
                for name in names:
                    stack.enter_context(mock.patch(name, self._timed(kind, pkgutil.resolve_name(name))))
            yield
        self._charge()

    def _charge(self) -> None:
        now = time.process_time()
        self.spent[self._running[-1]] += now - self._since
        self._since = now

    @contextmanager
    def _during(self, kind: str) -> Iterator[None]:
        self._charge()
        self._running.append(kind)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def _timed(self, kind: str, function: Callable) -> Callable:
        def timed(*arguments: Any) -> Any:
            with self._during(kind):
                return function(*arguments)

        return timed


def shares(spent: dict[str, float], kinds: Sequence[str]) -> list[float]:
    """Share of all CPU time of each kind."""
    total = sum(spent.values()) or 1.0
    return [spent.get(kind, 0.0) / total for kind in kinds]
