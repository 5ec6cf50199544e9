"""The end of a crawl: its captures and failures under digests, in `pin.json`."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from ingest.crawl import robots
from ingest.crawl.frontier import Frontier
from ingest.digests import digest_file
from shards.errors import CorruptionError, InputError

PIN = "pin.json"
FORMAT = 1


@dataclasses.dataclass(frozen=True)
class Pin:
    """What a finished crawl is.

    `warcs`: name, sha256, bytes, records (responses) of each file. `failures`, `hosts`: name, sha256, bytes, rows.
    `counts`: fetched, redirected, robots, queued, failed by reason, and links not followed by reason.
    """

    warcs: tuple[dict[str, Any], ...]
    failures: dict[str, Any]
    hosts: dict[str, Any]
    counts: dict[str, Any]
    config: dict[str, Any]


def load_pin(directory: Path) -> Pin | None:
    """The pin of a finished crawl, or None; CorruptionError if it cannot be read."""
    path = directory / PIN
    try:
        plain = json.loads(path.read_bytes())
        return Pin(tuple(plain["warcs"]), plain["failures"], plain["hosts"], plain["counts"], plain["config"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptionError(f"{path}: not a crawl's pin ({error}); delete it and finish the crawl again") from error


def pinned_files(directory: Path) -> set[str]:
    """Names of the WARC files that earlier pins of this crawl name: their bytes must not change any more."""
    names: set[str] = set()
    for path in directory.glob("pin-*.json"):
        names |= {entry["name"] for entry in json.loads(path.read_bytes())["warcs"]}
    return names


def finish(directory: Path, shards: int = 1) -> Pin:
    """End a crawl: write `failures.jsonl`, `hosts.json` and, last and atomically, `pin.json`.

    A finished crawl is returned as it is. Pages left in the queue (by max_pages) are counted as queued.
    """
    pin = load_pin(directory)
    if pin is not None:
        return pin
    with ExitStack() as stack:
        frontiers = []
        for shard in range(shards):
            if not (directory / f"shard-{shard:03d}.sqlite").exists():
                raise InputError(f"{directory}: shard {shard} of {shards} was never crawled; crawl it before finishing")
            frontiers.append(stack.enter_context(closing(Frontier(directory, shard))))
        found = _failures(frontiers)
        failures = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        hosts = _hosts(frontiers)
        pin = Pin(
            tuple(_warcs(directory, frontiers)),
            _write(directory / "failures.jsonl", failures, len(found)),
            _write(directory / "hosts.json", json.dumps(hosts, indent=1, ensure_ascii=False), len(hosts)),
            _counts(frontiers, found),
            frontiers[0].remember("config", {}) | {"shards": shards},
        )
        plain = {"format": FORMAT} | dataclasses.asdict(pin)
        _write(directory / PIN, json.dumps(plain, indent=1, ensure_ascii=False), 1)
        return pin


def cycles(targets: Mapping[str, str]) -> set[str]:
    """URLs that redirects lead back to themselves; `targets` maps each redirecting URL to where it points."""
    inside: set[str] = set()
    seen: set[str] = set()
    for start in targets:
        path: dict[str, None] = {}
        url = start
        while url in targets and url not in seen:
            seen.add(url)
            path[url] = None
            url = targets[url]
        if url in path:
            walk = list(path)
            inside.update(walk[walk.index(url) :])
    return inside


def _failures(frontiers: list[Frontier]) -> list[dict[str, Any]]:
    """One row for each URL that was asked for in vain, sorted by URL; links of a redirect loop among them."""
    rows: list[dict[str, Any]] = []
    moved: dict[str, dict[str, Any]] = {}
    for frontier in frontiers:
        query = "SELECT url, reason, message, attempts, time, target, state FROM page WHERE kind = 'page' AND state = ?"
        rows += frontier.rows(query, "failed")
        moved |= {row["url"]: row for row in frontier.rows(query, "redirected")}
    for url in cycles({url: row["target"] for url, row in moved.items()}):
        message = f"redirects lead back here, by way of {moved[url]['target']}"
        rows.append(moved[url] | {"reason": "redirect-loop", "message": message})
    fields = ("url", "reason", "message", "attempts", "sha256", "time")
    return [{name: row.get(name) for name in fields} for row in sorted(rows, key=lambda row: row["url"])]


def _hosts(frontiers: list[Frontier]) -> dict[str, Any]:
    """For each origin: what robots.txt answered and prefers, and its tdmrep.json (null if absent or not JSON)."""
    found: dict[str, Any] = {}
    for frontier in frontiers:
        product = frontier.remember("config", {})["user_agent"].split("/")[0].lower()
        for row in frontier.rows("SELECT * FROM origin"):
            rules = robots.decide(row["status"], row["robots"], product)
            found[row["name"]] = {
                "robots_status": row["status"],
                "robots_reason": row["reason"],
                "crawl_delay": rules.crawl_delay,
                "content_usage": list(rules.content_usage),
                "tdmrep_status": row["tdmrep_status"],
                "tdmrep": _json(row["tdmrep"]),
            }
    return dict(sorted(found.items()))


def _json(body: bytes | None) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):  # a page of HTML under that name, as many servers send
        return None


def _counts(frontiers: list[Frontier], failures: list[dict[str, Any]]) -> dict[str, Any]:
    totals = {"captured": 0, "redirected": 0, "robots": 0, "queued": 0}
    refused: dict[str, int] = {}
    for frontier in frontiers:
        for (state, _), number in frontier.counts().items():
            if state in totals:
                totals[state] += number
        for reason, number in frontier.counters().items():
            refused[reason] = refused.get(reason, 0) + number
    failed: dict[str, int] = {}
    for row in failures:
        failed[row["reason"]] = failed.get(row["reason"], 0) + 1
    return {
        "fetched": totals["captured"],
        "redirected": totals["redirected"] - failed.get("redirect-loop", 0),
        "robots": totals["robots"],
        "queued": totals["queued"],
        "failed": dict(sorted(failed.items())),
        "out_of_scope": refused.pop("out-of-scope", 0),
        "not_followed": dict(sorted(refused.items())),
    }


def _warcs(directory: Path, frontiers: list[Frontier]) -> list[dict[str, Any]]:
    found = []
    for frontier in frontiers:
        for name, (size, records) in frontier.warcs().items():
            path = directory / name
            if not path.exists() or path.stat().st_size < size:
                raise CorruptionError(f"{path}: shorter than the {size} bytes committed; the crawl must be repeated")
            os.truncate(path, size)  # what a killed process wrote but never committed
            found.append({"name": name, "sha256": digest_file(path), "bytes": size, "records": records})
    return found


def _write(path: Path, text: str, rows: int) -> dict[str, Any]:
    """Write a file that appears complete or not at all; returns its entry in the pin."""
    data = text.encode()
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return {"name": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": rows}
