"""Records captures: first the bytes to disk, then the outcome to the frontier. Waiting outcomes share one commit."""

import asyncio
import hashlib
import time
from pathlib import Path

from ingest.crawl import warc
from ingest.crawl.config import CrawlConfig
from ingest.crawl.fetch import Answer
from ingest.crawl.frontier import Capture, Frontier, Outcome
from ingest.crawl.pin import pinned_files

_Entry = tuple[Outcome, bytes, str, asyncio.Future]


class Recorder:
    """Writes the WARC files `shard-NNN-MMMMM.warc.gz` of one shard, and knows how many records they hold."""

    def __init__(self, config: CrawlConfig, directory: Path, frontier: Frontier):
        self._config, self._directory, self._frontier = config, directory, frontier
        self._waiting: list[_Entry] = []
        files = frontier.warcs()
        warc.cut_back(directory, f"{frontier.prefix}-", {name: size for name, (size, _) in files.items()})
        self.captured = sum(records for _, records in files.values())
        self._files = len(files)
        self._name, (self._size, self._records) = next(reversed(files.items()), ("", (0, 0)))
        if self._name in pinned_files(directory):  # a reopened crawl goes on in a new file
            self._name, self._size, self._records = "", 0, 0

    async def record(self, outcome: Outcome, answer: Answer | None = None) -> list[str]:
        """Make an outcome durable, with its response record if it is a capture; returns hosts that got new pages."""
        data, digest = b"", ""
        if answer is not None and outcome.state == "captured":
            data = await asyncio.to_thread(warc.response_record, answer)
            digest = hashlib.sha256(answer.body).hexdigest()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[list[str]] = loop.create_future()
        self._waiting.append((outcome, data, digest, done))
        if len(self._waiting) == 1:
            loop.call_soon(self._flush)
        return await done

    def _flush(self) -> None:
        entries, self._waiting = self._waiting, []
        try:
            hosts = self._write(entries)
        except Exception as error:  # it is every waiting page's error: each worker raises it
            for *_, done in entries:
                if not done.cancelled():
                    done.set_exception(error)
            return
        for *_, done in entries:
            if not done.cancelled():
                done.set_result(hosts)

    def _write(self, entries: list[_Entry]) -> list[str]:
        new = [entry for entry in entries if entry[1]]
        name, start, records = self._name, self._size, self._records
        pieces = [entry[1] for entry in new]
        if new and (not name or start >= self._config.warc_bytes):
            name, start, records = f"{self._frontier.prefix}-{self._files:05d}.warc.gz", 0, 0
            pieces.insert(0, warc.info_record(self._config, name))
        position = start + sum(map(len, pieces)) - sum(len(entry[1]) for entry in new)
        captures: dict[str, Capture] = {}
        for outcome, data, digest, _ in new:
            captures[outcome.page.url] = Capture(name, position, len(data), digest)
            position += len(data)
        state = None
        if new:
            state = (name, warc.append(self._directory / name, start, b"".join(pieces)), records + len(new))
        settled = [(outcome, captures.get(outcome.page.url)) for outcome, *_ in entries]
        hosts = self._frontier.commit(settled, state, time.time())
        if state:
            self._files += name != self._name
            self._name, self._size, self._records = state
            self.captured += len(new)
        return hosts
