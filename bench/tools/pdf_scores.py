"""How extractors of PDF text score: against publishers' XML, and on single facts about single pages.

Gold of an article: title, abstract and body of its XML (JATS as `ingest.sources.jats` renders it, BioMed Central's old
format by its paragraphs), without Markdown and references. Word F1 is that of the bags of words; order recall is the
share of the gold's word 5-grams that the text has. Facts are olmOCR-bench's (present, absent, order), with its
tolerance: a text counts as found when the best partial match differs in no more than `max_diffs` of its characters.
All texts are folded alike (NFKC, white space, hyphens and quotes), so that nobody gains or loses by ligatures.
"""

import dataclasses
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from lxml import etree
from rapidfuzz import fuzz

from bench.tools.html_scores import plain, word_f1
from ingest.sources.base import batch_files
from ingest.sources.jats.article import Jats

PdfExtractor = Callable[[bytes], str]  # a file's bytes -> text, empty when there is none
_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


@dataclasses.dataclass(frozen=True)
class Article:
    """A PDF and the text its publisher's XML gives."""

    name: str
    data: bytes
    gold: str


@dataclasses.dataclass(frozen=True)
class Fact:
    """One fact about a one-page PDF."""

    name: str
    data: bytes
    type: str  # present, absent or order
    text: str  # of an order: the text that comes first
    after: str = ""
    max_diffs: int = 0


def articles(folder: Path) -> list[Article]:
    """The paired articles below `folder`."""
    found = []
    for path in sorted(folder.glob("*/fulltext.pdf")):
        gold = folded(plain(_publisher_text(path.with_suffix(".xml"))))
        found.append(Article(path.parent.name, path.read_bytes(), gold))
    return found


def _publisher_text(path: Path) -> str:
    root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    if root.tag == "art":
        parts = root.iterfind("fm/bibl/title//p"), root.iterfind("fm/abs//p"), root.iterfind("bdy//p")
        return "\n".join("".join(element.itertext()) for part in parts for element in part)
    [partition] = batch_files(path.parent, [path.name], 1)
    [record] = Jats("articles", str(path.parent)).read(partition)
    return record.text


def facts(folder: Path) -> list[Fact]:
    """The facts of olmOCR-bench's sample below `folder` that are about text (formulas and tables have other scores)."""
    files = {path.name: path.read_bytes() for path in folder.rglob("*.pdf")}
    found = []
    for line in (folder / "dataset.jsonl").read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        entry = json.loads(line)
        data = files.get(Path(entry["pdf"]).name)
        if data is not None and entry["type"] in ("present", "absent", "order"):
            text, after = (entry["before"], entry["after"]) if entry["type"] == "order" else (entry["text"], "")
            diffs = entry.get("max_diffs", 0)
            found.append(Fact(entry["id"], data, entry["type"], folded(text), folded(after), diffs))
    return found


def folded(text: str) -> str:
    """Compatibility forms, quotes and white space folded."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).split())


def article_scores(found: Sequence[Article], texts: Sequence[str]) -> tuple[float, float]:
    """(mean word F1, mean 5-gram order recall)."""
    pairs = [(folded(plain(text)), article.gold) for article, text in zip(found, texts, strict=True)]
    scores = [(word_f1(text, gold), order_recall(text, gold)) for text, gold in pairs]
    return sum(f1 for f1, _ in scores) / len(scores), sum(order for _, order in scores) / len(scores)


def order_recall(text: str, gold: str, length: int = 5) -> float:
    """Share of the gold's word n-grams that stand in the text, counted with repetition."""
    ours, theirs = (_ngrams(_WORD.findall(one.lower()), length) for one in (text, gold))
    return (ours & theirs).total() / max(1, theirs.total())


def pass_rate(found: Sequence[Fact], texts: Sequence[str]) -> float:
    """Share of the facts that hold in the texts of their pages."""
    return sum(holds(fact, folded(plain(text))) for fact, text in zip(found, texts, strict=True)) / len(found)


def holds(fact: Fact, text: str) -> bool:
    """Whether a fact is true of a folded text."""
    if fact.type == "order":
        before, after = _place(fact.text, text, fact.max_diffs), _place(fact.after, text, fact.max_diffs)
        return before is not None and after is not None and before < after
    return (_place(fact.text, text, fact.max_diffs) is not None) == (fact.type == "present")


def _place(wanted: str, text: str, diffs: int) -> int | None:
    """Where the best match of `wanted` begins, None when it differs in more than `diffs` characters."""
    if wanted in text:
        return text.index(wanted)
    if not text or not wanted:
        return None
    match = fuzz.partial_ratio_alignment(wanted, text)
    return match.dest_start if match.score / 100 >= 1 - diffs / len(wanted) else None


def _ngrams(words: list[str], length: int) -> Counter:
    return Counter(zip(*(words[at:] for at in range(length)), strict=False))
