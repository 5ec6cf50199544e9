"""Real leaflets of the French medicines base, with the exact Jaccard of all their pairs (E3C, CC BY-NC; not committed).

The reference counts 5-word shingles over all pairs. What a leaflet is about stands in its first line, before the first
comma: "KRONALIS 10 mg, comprimé pelliculé ...". Its numbers with units are the strength, the words left are the name,
and two leaflets are about one product if both agree. A quarter of the leaflets are there twice, word by word, as the
corpus holds them under two languages.
"""

import csv
import dataclasses
import json
import random
import re

from bench.tools.pages import DATA
from shards.errors import InputError

LEAFLETS = DATA / "neardup" / "fr_leaflets"
_STRENGTH = re.compile(
    r"\d+(?:[.,]\d+)*\s*(?:%|(?:microgrammes|mg|g|ml|l|mui|ui|u\.i\.|mmol|pour cent)(?!\w))"
    r"(?:\s*/\s*(?:gramme|ml|l|g)\b)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|(?= · )")


@dataclasses.dataclass(frozen=True)
class RealLeaflet:
    """A leaflet's text, and what it is about."""

    text: str
    name: str
    strength: str


def real_leaflets() -> tuple[list[RealLeaflet], dict[tuple[int, int], float]]:
    """The leaflets, and the exact Jaccard of the pairs that have one of note, by their places, the smaller first."""
    if not LEAFLETS.exists():
        raise InputError(f"no leaflets in {LEAFLETS}: this needs the real data beside the checkout")
    rows = [json.loads(line) for line in (LEAFLETS / "docs.jsonl").read_text(encoding="utf-8").splitlines()]
    place = {row["id"]: at for at, row in enumerate(rows)}
    exact = {}
    with (LEAFLETS / "pairs_exact_jaccard.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            a, b = sorted((place[row["id_a"]], place[row["id_b"]]))
            exact[a, b] = float(row["jaccard5"])
    return [_read(row["text"]) for row in rows], exact


def edited(text: str, others: list[str], share: float, draw: random.Random) -> str:
    """An edition of the text: this share of its sentences replaced by some of the others'; its head stays."""
    sentences = _SENTENCE.split(text)
    for at in draw.sample(range(5, len(sentences)), max(1, round(share * len(sentences)))):
        sentences[at] = draw.choice(_SENTENCE.split(draw.choice(others))[5:])
    return " ".join(sentences)


def _read(text: str) -> RealLeaflet:
    title = re.split(r"\s*,\s", text, maxsplit=1)[0].lower()
    strengths = [re.sub(r"\s", "", found) for found in _STRENGTH.findall(title)]
    return RealLeaflet(text, " ".join(_STRENGTH.sub(" ", title).split()), " ".join(strengths))
