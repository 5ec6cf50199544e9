"""Fetch what a recipe's sources need, one source after the other, each folder by one process at a time."""

import dataclasses
import fcntl
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests

from ingest.fetch.base import Fetched, Fetcher, Missed
from ingest.fetch.client import Client, FetchError
from shards.errors import InputError

JOURNAL, _LOCK = ".fetched.jsonl", ".fetch.lock"
_PROBE_SECONDS = 5.0


@dataclasses.dataclass
class Tally:
    """What became of a source's files."""

    new: int = 0
    there: int = 0
    missed: int = 0
    bytes: int = 0


def bring(
    fetcher: Fetcher,
    root: Path,
    contact: str,
    limit: int | None,
    on_outcome: Callable[[Fetched | Missed], None],
    on_bytes: Callable[[str, int, int | None], None],
) -> Tally:
    """Fill `root`; each new file is noted with address and time in its journal. An error of the whole is a `Missed`."""
    tally = Tally()
    with _alone(root):
        client = Client(contact, fetcher.interval, on_bytes=on_bytes)
        for outcome in _outcomes(fetcher, client, root, limit):
            if isinstance(outcome, Missed):
                tally.missed += 1
            else:
                tally.new += outcome.new
                tally.there += not outcome.new
                tally.bytes += outcome.bytes if outcome.new else 0
                if outcome.new:
                    _note(root, outcome)
            on_outcome(outcome)
    return tally


def _outcomes(fetcher: Fetcher, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
    try:
        yield from fetcher.run(client, root, limit)
    except FetchError as error:  # what the rest hangs on, a listing say; what came before it is there
        yield Missed(error.url, str(error))


def _note(root: Path, fetched: Fetched) -> None:
    line = {"name": fetched.name, "url": fetched.url, "bytes": fetched.bytes}
    with (root / JOURNAL).open("a") as journal:
        journal.write(json.dumps(line | {"fetched": datetime.now(UTC).isoformat(timespec="seconds")}) + "\n")


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another process is fetching into {root}; wait for it, or stop it") from None
        yield


def reachable(addresses: dict[str, str], contact: str) -> dict[str, str]:
    """What each address answers to one HEAD request: "yes", or why not. `addresses`: name -> address."""

    def ask(address: str) -> str:
        headers = {"User-Agent": f"medcorpus (+{contact})"}
        begun = time.monotonic()
        try:
            answer = requests.head(address, headers=headers, timeout=_PROBE_SECONDS, allow_redirects=True)
        except requests.RequestException as error:
            return f"no: {type(error).__name__}"
        if answer.status_code in (403, 405, 501):  # it is there, it only does not like the question
            return f"yes ({answer.status_code} to HEAD)"
        return f"yes, {time.monotonic() - begun:.1f} s" if answer.ok else f"no: status {answer.status_code}"

    with ThreadPoolExecutor(16) as pool:
        return dict(zip(addresses, pool.map(ask, addresses.values()), strict=True))
