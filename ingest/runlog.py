"""One line a run, for `python -m ingest status`: when, where, how it ended. Nothing that is built depends on it."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@contextmanager
def record(state: Path, recipe: str) -> Iterator[dict[str, Any]]:
    """Append a line at the start ("running": what a killed run leaves) and one at the end with outcome and error."""
    path = _path(state, recipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {"started": datetime.now(UTC).isoformat(timespec="seconds"), "host": socket.gethostname()}
    started = time.monotonic()
    _append(path, entry | {"outcome": "running or killed", "seconds": 0})
    try:
        yield entry
    except BaseException as error:
        entry |= {"outcome": "failed", "error": f"{type(error).__name__}: {error}"}
        raise
    else:
        entry["outcome"] = "committed"
    finally:
        _append(path, entry | {"seconds": round(time.monotonic() - started, 1)})


def last(state: Path, recipe: str) -> dict[str, Any] | None:
    """The last complete line, or None when there was no run."""
    path = _path(state, recipe)
    if not path.exists():
        return None
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):
        try:
            return json.loads(line)
        except ValueError:  # a kill tore the line; the one before it is whole
            continue
    return None


def _path(state: Path, recipe: str) -> Path:
    return state / "runs" / f"{recipe}.jsonl"


def _append(path: Path, entry: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
