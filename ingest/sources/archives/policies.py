"""What hosts prefer about their pages as a whole: tdmrep.json (W3C TDMRep) and Content-Usage rules of robots.txt."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from ingest.crawl.robots import matches, normal_pattern
from ingest.extract.opt_outs import content_usage
from ingest.urls import origin_of
from shards.errors import CorruptionError

_USAGE_RULE = re.compile(r"(/\S*)\s+(.*)")


@dataclasses.dataclass(frozen=True)
class HostPolicy:
    """Rules of one origin: `reservations` are (pattern, reserved) in order, `usages` (pattern, refused usages)."""

    reservations: tuple[tuple[str, bool], ...] = ()
    usages: tuple[tuple[str, frozenset[str]], ...] = ()


@dataclasses.dataclass(frozen=True)
class Policies:
    """Policies by origin (`scheme://host[:port]`)."""

    hosts: dict[str, HostPolicy]

    def opt_outs(self, url: str) -> tuple[str, ...]:
        """Opt-outs for a canonical URL, sorted: `robots:content-usage:train-ai=n`, `tdmrep:reservation:1`.

        Of TDMRep rules the first that matches counts, of Content-Usage rules those with the longest pattern.
        """
        origin = origin_of(url)
        policy = self.hosts.get(origin)
        if policy is None:
            return ()
        target = (url[len(origin) :] or "/").replace("*", "%2A").replace("$", "%24")
        found = set()
        if next((reserved for pattern, reserved in policy.reservations if matches(pattern, target)), False):
            found.add("tdmrep:reservation:1")
        fitting = [(len(pattern), refused) for pattern, refused in policy.usages if matches(pattern, target)]
        longest = max((length for length, _ in fitting), default=0)
        for length, refused in fitting:
            found |= {f"robots:content-usage:{usage}" for usage in refused if length == longest}
        return tuple(sorted(found))


def read_policies(path: Path) -> Policies:
    """The policies in a crawl's `hosts.json`; raises CorruptionError when it is no such file."""
    try:
        hosts = json.loads(path.read_bytes())
        return Policies({origin: _policy(entry) for origin, entry in hosts.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorruptionError(f"{path}: not the hosts.json of a crawl ({error!r}); crawl again") from error


def _policy(entry: dict[str, Any]) -> HostPolicy:
    stated = entry["tdmrep"]  # whatever the server sent as JSON; the standard asks for a list of rules
    rules = stated if isinstance(stated, list) else [stated]
    return HostPolicy(
        tuple(_reservation(rule) for rule in rules if isinstance(rule, dict) and "tdm-reservation" in rule),
        tuple(map(_usage, entry["content_usage"])),
    )


def _reservation(rule: dict[str, Any]) -> tuple[str, bool]:
    """A rule's pattern and whether it reserves; a rule without a location is about the whole host."""
    location = rule.get("location")
    pattern = normal_pattern(location) if isinstance(location, str) and location else "/"
    return pattern, str(rule["tdm-reservation"]).strip() == "1"


def _usage(value: str) -> tuple[str, frozenset[str]]:
    """A Content-Usage rule: an optional path pattern, then preferences (draft-ietf-aipref-attach)."""
    match = _USAGE_RULE.fullmatch(value.strip())
    path, preferences = (match[1], match[2]) if match else ("/", value)
    return normal_pattern(path), frozenset(content_usage(preferences))
