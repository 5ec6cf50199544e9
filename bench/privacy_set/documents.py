"""The documents: real medical text with seeded identifiers and decoys, and leaflets and trial records with decoys only.

`seeded`: windows of real case reports, leaflets and examination questions (E3C layer 3, one language each; French
leaflets besides), each with three invented identifiers and four decoys set between its sentences.
`decoys_only`: half of each document is a real window, half is written by templates: a leaflet or a trial record.
"""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.privacy_set.carriers import BARE, CARRIERS, CELLS
from bench.privacy_set.decoys import decoy
from bench.privacy_set.identifiers import SEEDED, make
from bench.privacy_set.sections import LEAFLET, TRIAL
from shards.errors import InputError

LANGUAGES = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
_IDENTIFIERS, _DECOYS = 3, 4  # in a seeded document
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")


@dataclasses.dataclass(frozen=True)
class Seed:
    """An identifier in a document: bytes `start` to `end` of its UTF-8; `context`: words say what it is."""

    kind: str
    start: int
    end: int
    context: bool


@dataclasses.dataclass(frozen=True)
class Document:
    """A text in a language, what was set into it, and the byte ranges (`real`) that are real text."""

    language: str
    text: str
    seeds: tuple[Seed, ...] = ()
    real: tuple[tuple[int, int], ...] = ()


def real_texts(data: Path) -> dict[str, list[str]]:
    """Real medical texts by language; `InputError` where the data folder is missing."""
    texts: dict[str, list[str]] = {}
    for language, name in LANGUAGES.items():
        files = sorted((data / "text-medical" / "e3c_layer3" / name).glob("*.json"))
        texts[language] = [json.loads(file.read_text(encoding="utf-8"))["text"] for file in files]
    leaflets = data / "neardup" / "fr_leaflets" / "docs.jsonl"
    if not leaflets.exists() or not all(texts.values()):
        raise InputError(f"no E3C documents or leaflets under {data}; the privacy benchmark needs them")
    texts["fr"] += [json.loads(line)["text"] for line in leaflets.read_text(encoding="utf-8").splitlines()]
    return texts


def seeded(texts: dict[str, list[str]], each: int, seed: int) -> Iterator[Document]:
    """Documents that hold `each` identifiers of every kind in every language, in random company."""
    rng = Random(seed)
    for language, own in texts.items():
        kinds = [kind for kind in SEEDED for _ in range(each)]
        rng.shuffle(kinds)
        for at in range(0, len(kinds), _IDENTIFIERS):
            pieces = [_carried(kind, language, rng) for kind in kinds[at : at + _IDENTIFIERS]]
            pieces += [(f" {decoy(language, rng)} ", None) for _ in range(_DECOYS)]
            rng.shuffle(pieces)
            yield _set_between(language, _window(own, rng, 12), pieces, rng)


def decoys_only(texts: dict[str, list[str]], each: int, seed: int) -> Iterator[Document]:
    """`each` leaflets and trial records a language, in turns, without any identifier in their written half."""
    rng = Random(seed)
    for language, own in texts.items():
        for number in range(each):
            sections = (LEAFLET if number % 2 == 0 else TRIAL)[language]
            written = " ".join(_section(sections, language, rng) for _ in range(10))
            window = " ".join(_window(own, rng, 8))
            text = f"{written}\n\n{window}"
            end = len(text.encode())
            yield Document(language, text, (), ((end - len(window.encode()), end),))


def _section(sections: tuple[str, ...], language: str, rng: Random) -> str:
    return re.sub(r"\{\}", lambda _: decoy(language, rng), rng.choice(sections))


def _window(texts: list[str], rng: Random, sentences: int) -> list[str]:
    """Consecutive sentences of a random text."""
    parts = _SENTENCE_END.split(rng.choice(texts))
    start = rng.randrange(max(1, len(parts) - sentences))
    return parts[start : start + sentences]


def _carried(kind: str, language: str, rng: Random) -> tuple[str, tuple[str, str, bool]]:
    """(the sentence, (identifier, kind, whether words say what it is))."""
    written, tells_itself = make(kind, language, rng)
    author = kind.startswith("author_")
    if tells_itself and not author and rng.random() < 0.5:
        return rng.choice(BARE).format(written), (written, kind, False)
    carrier = rng.choice(CARRIERS[kind][language])
    label = carrier.split("{}")[0].rstrip(" :(.")
    if ":" in carrier and rng.random() < 0.2:
        carrier = rng.choice(CELLS).format(label=label, value="{}")
    return carrier.format(written), (written, kind, True)


def _set_between(language: str, sentences: list[str], pieces: list, rng: Random) -> Document:
    """The sentences with the pieces between them."""
    places = sorted(rng.choices(range(len(sentences) + 1), k=len(pieces)))
    text, seeds, real, placed = "", [], [], 0
    for at in range(len(sentences) + 1):
        while placed < len(pieces) and places[placed] == at:
            piece, identifier = pieces[placed]
            placed += 1
            text += rng.choice((" ", "\n")) if text else ""
            if identifier:
                written, kind, context = identifier
                start, end = _secret(written) if kind == "url_token" else (0, len(written))
                start += piece.index(written)
                end += piece.index(written)
                before = len(text.encode())
                seeds.append(
                    Seed(kind, before + len(piece[:start].encode()), before + len(piece[:end].encode()), context)
                )
            text += piece
        if at < len(sentences):
            text += " " if text else ""
            start = len(text.encode())
            text += sentences[at]
            real.append((start, len(text.encode())))
    return Document(language, text, tuple(seeds), tuple(real))


def _secret(url: str) -> tuple[int, int]:
    """Where the secret stands in one of the seeded URLs."""
    match = re.search(r"(?:token|jsessionid|Signature|password|apikey)=(\w+)", url)
    return match.span(1)
