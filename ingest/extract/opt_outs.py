"""Words by which a server or a page refuses use by machines, read alike in headers, `meta` elements and robots.txt."""

import re

AI_DIRECTIVES = frozenset({"noai", "noimageai"})
# Directives of robots metadata (Google, Bing, DeviantArt): a value made of these alone is meant for robots.
_DIRECTIVES = AI_DIRECTIVES | {
    "all", "none", "index", "noindex", "follow", "nofollow", "archive", "noarchive", "cache", "nocache", "snippet",
    "nosnippet", "noodp", "noydir", "notranslate", "noimageindex", "indexifembedded",
}  # fmt: skip
_PARAMETERS = ("max-snippet", "max-image-preview", "max-video-preview")
_USAGES = frozenset({"train-ai", "ai-train", "ai", "train-genai", "genai", "tdm", "bots"})
_BREAK = re.compile(r"[\s,;]+")


def robots_directives(value: str) -> set[str]:
    """noai and noimageai among the directives of a robots value, for any agent; separators as pages really use them."""
    return _tokens(value) & AI_DIRECTIVES


def only_directives(value: str) -> bool:
    """Whether a value holds robots directives and nothing else: "noindex, noai", not "How, noai, works"."""
    tokens = {token for token in _BREAK.split(value.lower()) if not token.startswith(_PARAMETERS)} - {""}
    return bool(tokens) and tokens <= _DIRECTIVES


def content_usage(value: str) -> set[str]:
    """Refused usages of a Content-Usage value (draft-ietf-aipref-attach), as `train-ai=n`; parameters are ignored."""
    found = set()
    for item in value.lower().split(","):
        name, _, choice = (part.strip() for part in item.partition("="))
        if name in _USAGES and choice.split(";")[0].strip(' "') == "n":
            found.add(f"{name}=n")
    return found


def reserved(value: str) -> bool:
    """Whether a tdm-reservation value reserves text and data mining (W3C TDMRep)."""
    return value.split(";")[0].strip() == "1"


def _tokens(value: str) -> set[str]:
    """The directives of a value, without the `agent:` in front of some."""
    return {token.rpartition(":")[2] for token in _BREAK.split(value.lower())} - {""}
