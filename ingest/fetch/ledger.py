"""What is known of a publisher's documents: which version is here, and which it does not have."""

import json
from pathlib import Path

from ingest.fetch.base import Fetched, Missed
from ingest.fetch.client import Client
from ingest.fetch.files import bring_file

_FILE = ".ledger.jsonl"  # a line a change; the last one on a document counts
_GONE = (404, 410)


class Ledger:
    """The documents of a folder. What the publisher said it has not is not asked for again in that version.

    Delete the file `.ledger.jsonl` in the folder to ask for all that is missing.
    """

    def __init__(self, root: Path):
        self._root, self._path = root, root / _FILE
        self._known: dict[str, tuple[str, bool]] = {}  # name -> (version, whether there is one)
        lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True) if self._path.exists() else []
        for line in lines:
            if line.endswith("\n"):  # a killed writer leaves half a line
                entry = json.loads(line)
                self._known[entry["name"]] = (entry["version"], entry["here"])
        if lines and not lines[-1].endswith("\n"):
            self._path.write_text("".join(lines[:-1]), encoding="utf-8")

    def bring(
        self, client: Client, url: str, name: str, version: str = "", begins: bytes = b""
    ) -> Fetched | Missed | None:
        """The document, anew when another `version` of it is here; None when the publisher is known to have none.

        That it has none is told once, as `Missed`.
        """
        known, here = self._known.get(name, (version, True))
        if known == version and not here:
            return None
        outcome = bring_file(client, url, self._root, name, begins=begins, anew=here and known != version)
        if isinstance(outcome, Fetched) and (outcome.new or name not in self._known):
            self._note(name, version, here=True)
        elif isinstance(outcome, Missed) and outcome.status in _GONE and not (self._root / name).exists():
            self._note(name, version, here=False)
        return outcome

    def _note(self, name: str, version: str, *, here: bool) -> None:
        self._known[name] = (version, here)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "version": version, "here": here}) + "\n")
