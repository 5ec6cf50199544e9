"""What every fetcher shares."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol

from ingest.fetch.client import Client


@dataclasses.dataclass(frozen=True)
class Fetched:
    """A file that is there now. `name` is relative to the source's root; `new`: this run brought it."""

    name: str
    url: str
    bytes: int
    new: bool


@dataclasses.dataclass(frozen=True)
class Missed:
    """A file that could not be had; the others are, and the command ends with exit status 1.

    `status`: what the server answered, if it did.
    """

    url: str
    reason: str
    status: int | None = None


class Fetcher(Protocol):
    """How a source's files come from its publisher: the `fetch` table of a source in a recipe, a frozen dataclass."""

    interval: ClassVar[float]  # seconds between two requests to one host: the publisher's etiquette

    def probe(self) -> str:
        """Address whose answer shows that the source can be reached."""

    def run(self, client: Client, root: Path, limit: int | None) -> Iterator[Fetched | Missed]:
        """Bring what is not there yet, at most `limit` files of it; after a kill, the same call goes on."""
