"""CPU time of several ways of doing a thing, in turns, so that a slow minute of a shared machine strikes them all."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

Item = TypeVar("Item")
LEAST = 0.5  # CPU seconds of a side's turn: a shorter one tells more of the machine than of the code


def cpu_seconds(action: Callable[[], object], least: float = 0.0) -> float:
    """Seconds of CPU time of a call, of all threads of this process; called again until `least` seconds have passed."""
    begun, calls, spent = time.process_time(), 0, 0.0
    while not calls or spent < least:
        action()
        calls, spent = calls + 1, time.process_time() - begun
    return spent / calls


def in_turns(sides: Mapping[str, Callable[[], object]], turns: int, least: float = LEAST) -> dict[str, float]:
    """Median CPU seconds of a call of each side over so many turns. Whoever asks warms the sides up."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        for name, side in sides.items():
            spent[name].append(cpu_seconds(side, least))
    return {name: statistics.median(seconds) for name, seconds in spent.items()}


def in_short_turns(
    sides: Mapping[str, Callable[[Sequence[Item]], object]], items: Sequence[Item], turns: int, size: int
) -> dict[str, float]:
    """The same for sides that take long: a turn over all items is cut into turns of `size` items."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        whole: Counter[str] = Counter()
        for first in range(0, len(items), size):
            for name, side in sides.items():
                whole[name] += cpu_seconds(partial(side, items[first : first + size]))
        for name in sides:
            spent[name].append(whole[name])
    return {name: statistics.median(seconds) for name, seconds in spent.items()}
