"""How the two sets of annotated pages score an extractor, by their own rules.

trafilatura (its tests/eval_common.py): snippets that must and must not be in the text, white space folded; precision,
recall and F1 over all snippets of all pages. WCXB (its README, "Quick Start"): F1 of the words of each page's text and
of its whole main content, lower case, mean over pages.

All outputs are made plain first, so that nobody gains or loses by Markdown, by superscripts or by escapes.
"""

import dataclasses
import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

Extractor = Callable[[bytes, str | None], str]  # (page, address) -> text, empty when there is none

_LINE_MARKS = re.compile(r"^[ \t]*(?:(?:#{1,6}|>|[-*+•]|\d{1,3}\.)[ \t]+)+", re.M)
_RULES = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*$", re.M)
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_ESCAPES = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])")
_WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True)
class Page:
    """An annotated page: its bytes as served, and what must (`present`), must not (`absent`) be in its text."""

    name: str
    url: str | None
    data: bytes
    present: tuple[str, ...]
    absent: tuple[str, ...]
    text: str = ""  # the whole main content, of the WCXB set


def trafilatura_pages(folder: Path) -> list[Page]:
    """The pages of trafilatura's evaluation below `folder`."""
    facts = json.loads((folder / "evaldata.subset.json").read_text(encoding="utf-8"))
    pages = []
    for url, item in sorted(facts.items()):
        path = folder / "pages" / f"{item['file']}.gz"
        if path.exists():
            data = gzip.decompress(path.read_bytes())
            pages.append(Page(item["file"], url, data, tuple(item["with"]), tuple(item["without"])))
    return pages


def wcxb_pages(folder: Path) -> list[Page]:
    """The pages of the WCXB benchmark below `folder`."""
    pages = []
    for path in sorted((folder / "ground-truth").glob("*.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        gold = facts["ground_truth"]
        data = gzip.decompress((folder / "html" / f"{path.stem}.html.gz").read_bytes())
        present, absent = tuple(gold.get("with") or ()), tuple(gold.get("without") or ())
        pages.append(Page(path.stem, facts["url"], data, present, absent, gold["main_content"] or ""))
    return pages


def plain(text: str) -> str:
    """The text without Markdown, with compatibility characters (superscripts among them) as plain ones."""
    text = _LINE_MARKS.sub("", _RULES.sub("", text))
    text = _MARKS.sub("", _ESCAPES.sub(r"\1", text).replace("|", " "))
    return unicodedata.normalize("NFKC", text)


def folded(text: str) -> str:
    """White space folded."""
    return " ".join(text.split())


def snippet_score(pages: Sequence[Page], texts: Sequence[str]) -> tuple[float, float, float]:
    """(precision, recall, F1) over the snippets of all pages, as trafilatura's own evaluation counts."""
    hit = wrong = missed = 0
    for page, text in zip(pages, texts, strict=True):
        found = folded(plain(text))
        hits = sum(folded(plain(snippet)) in found for snippet in page.present)
        hit, missed = hit + hits, missed + len(page.present) - hits
        wrong += sum(folded(plain(snippet)) in found for snippet in page.absent)
    precision, recall = hit / max(1, hit + wrong), hit / max(1, hit + missed)
    return precision, recall, 2 * hit / max(1, 2 * hit + wrong + missed)


def word_score(pages: Sequence[Page], texts: Sequence[str]) -> float:
    """Mean F1 of words against the main content, as WCXB counts."""
    return sum(word_f1(plain(text), plain(page.text)) for page, text in zip(pages, texts, strict=True)) / len(pages)


def word_f1(found: str, gold: str) -> float:
    """F1 of the bags of words of two texts."""
    ours, theirs = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(gold.lower()))
    if not ours or not theirs:
        return float(not ours and not theirs)
    overlap = (ours & theirs).total()
    precision, recall = overlap / ours.total(), overlap / theirs.total()
    return 2 * precision * recall / (precision + recall) if overlap else 0.0
