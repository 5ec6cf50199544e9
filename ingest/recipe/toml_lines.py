"""On which line of a TOML file a key stands, so that an error can point at it."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def line_of(text: str, location: tuple[str | int, ...]) -> int:
    """1-based line of the key at `location`, e.g. ("sources", 1, "kind"); the nearest enclosing one when it is absent.

    Knows headers, arrays of tables and dotted keys; keys inside inline tables and arrays count as their line's key.
    """
    wanted = tuple(part for part in location if not (isinstance(part, str) and part.startswith("function-")))
    best, best_length = 1, 0
    seen: dict[tuple, int] = {}
    prefix: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            prefix = _parts(header[2])
            if header[1] == "[[":
                seen[prefix] = seen.get(prefix, -1) + 1
                prefix = (*prefix, seen[prefix])
            path = prefix
        elif key:
            path = (*prefix, *_parts(key[1]))
        else:
            continue
        common = 0
        for ours, theirs in zip(path, wanted, strict=False):
            if ours != theirs:
                break
            common += 1
        if common == len(path) and common > best_length:
            best, best_length = number, common
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
