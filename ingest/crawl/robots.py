"""robots.txt: parsing, matching, and what an answer means (RFC 9309).

Why not a library: Protego 0.7 joins groups across unknown lines, keeps a byte order mark, matches product tokens by
prefix, and needs seconds for a file of 20 000 wildcards; groups must be cut here in any case, and matching is short.
"""

import dataclasses
import re

from ingest.urls import escape, origin_of

MAX_BYTES = 512 * 1024  # RFC 9309, 2.5 asks for at least 500 KiB
MAX_REDIRECTS = 5
_AGENT = re.compile(r"[A-Za-z_-]+|\*")
_SLACK = re.compile(r"\*\*+")


@dataclasses.dataclass(frozen=True)
class Rules:
    """The rules of one origin for one product token; `rules` are (pattern, allowed), the longest pattern first."""

    rules: tuple[tuple[str, bool], ...] = ()
    crawl_delay: float | None = None  # seconds
    sitemaps: tuple[str, ...] = ()
    content_usage: tuple[str, ...] = ()  # AIPREF preferences (draft-ietf-aipref-attach), as written

    def allows(self, url: str) -> bool:
        """Whether a canonical URL may be fetched: the longest match decides, and Allow wins a tie (RFC 9309, 2.2.2)."""
        target = url[len(origin_of(url)) :].replace("*", "%2A").replace("$", "%24")
        if target == "/robots.txt":
            return True
        return next((allowed for pattern, allowed in self.rules if matches(pattern, target)), True)


ALLOW_ALL = Rules()
DISALLOW_ALL = Rules((("/", False),))


def matches(pattern: str, target: str) -> bool:
    """Whether a rule's pattern ("*": anything, "$" at the end: the end) matches a path; no back-tracking, linear."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    if not rest:
        return not anchored or target == first
    last = rest.pop() if anchored else ""
    if not target.endswith(last):
        return False
    position, end = len(first), len(target) - len(last)
    for piece in rest:
        found = target.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return position <= end


def parse(body: bytes, product: str) -> Rules:
    """The rules for `product` (lower case) in a robots.txt; nothing in the file can make this fail (RFC 9309, 2.2)."""
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    usage: dict[str, list[str]] = {}
    sitemaps: list[str] = []
    known = {product, "*"}  # groups for others are read over: a file may name tens of thousands
    agents: set[str] | None = None  # of the group that is read; None before the first
    open_group = False  # whether the next user-agent line adds to `agents`
    for line in re.split(r"\r\n|\r|\n", text):
        field, colon, value = (part.strip() for part in line.split("#")[0].partition(":"))
        field = field.lower() if colon else ""
        if field == "user-agent":
            token = _AGENT.match(value)
            agents = (agents if open_group and agents else set()) | ({token[0].lower()} & known if token else set())
            open_group = True
            for agent in agents:
                groups.setdefault(agent, [])
        elif field in ("allow", "disallow"):
            open_group = False
            if value:
                for agent in agents or ():
                    groups[agent].append((normal_pattern(value), field == "allow"))
        elif field == "crawl-delay":
            open_group = False
            if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
                delays |= {agent: float(value) for agent in agents or ()}
        elif field == "content-usage":
            open_group = False
            for agent in ["*"] if agents is None else agents:
                usage.setdefault(agent, []).append(value)
        elif field == "sitemap":  # belongs to no group and ends none
            sitemaps.append(value)
    chosen = product if product in groups else "*"
    rules = sorted(set(groups.get(chosen, [])), key=lambda rule: (-len(rule[0]), not rule[1], rule[0]))
    return Rules(tuple(rules), delays.get(chosen), tuple(dict.fromkeys(sitemaps)), tuple(usage.get(chosen, ())))


def decide(status: int | None, body: bytes, product: str) -> Rules:
    """What an answer means: 2xx is read, 4xx allows all, 429, 5xx and no answer (None) forbid all (RFC 9309, 2.3.1).

    Too many redirects arrive here as 3xx and count as "unavailable" (2.3.1.2), which allows all. 429 forbids, although
    the RFC's letter would permit: a server that says "too many requests" does not invite more.
    """
    if status is None or status >= 500 or status == 429:
        return DISALLOW_ALL
    return parse(body, product) if 200 <= status < 300 else ALLOW_ALL


def normal_pattern(value: str) -> str:
    """A rule's pattern in the spelling of canonical URLs; "*" and a closing "$" keep their meaning."""
    anchored = value.endswith("$")
    path = escape(value.removesuffix("$")).replace("$", "%24")
    path = _SLACK.sub("*", path if path.startswith(("/", "*")) else "/" + path)
    return path + ("$" if anchored else "")
