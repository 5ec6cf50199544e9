"""Lexicons of medical terms: the format, the digest, and what a word weighs in each language.

Format of `lexicon/<language>.txt` (UTF-8): `#` starts a comment line; `[name weight]` starts a section and
gives its entries their weight, -1 to 1; entries are separated by commas or line ends. `cardio*` matches words that
begin so, `*itis` words that end so; several words are a phrase of two or three whole words, with at most punctuation
between them. Case and accents do not matter. A whole word beats an affix, a longer affix a shorter one; weight 0 takes
out the everyday words that an affix would catch (trophy, by *trophy). An entry stands once in a file.

The sections' weights are set by hand, in classes: 1 says medicine and little else, 0.4 is at home elsewhere too. Below
0 are words of the neighbours, veterinary, cosmetics, insurance, wellness and biology: they speak against the medical
terms around them. A phrase below 0 takes the weight of its words (health insurance).

`weights.tsv` has the last word on the entries above 0 that marked documents hold often enough: there the class follows
from log-odds (`filters.log_odds`). Its columns: language, entry, weight, and the evidence.
"""

import dataclasses
import hashlib
import re
from functools import cache, lru_cache
from importlib import resources

from filters.folding import fold
from shards.errors import InputError

LANGUAGES = ("en", "fr", "it", "es")
LONGEST_PHRASE = 3
TABLE = "weights.tsv"
_SECTION = re.compile(r"\[(?P<name>[^\]]+?)\s+(?P<weight>-?\d(?:\.\d+)?)\]")
_WORD = re.compile(r"[\w']+")
SHORTEST_AFFIX = 3


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """Terms of one language with weights: whole words, prefixes, suffixes, and phrases as tuples of folded words."""

    words: dict[str, float]
    prefixes: dict[str, float]
    suffixes: dict[str, float]
    phrases: dict[tuple[str, ...], float]

    def __len__(self) -> int:
        return len(self.words) + len(self.prefixes) + len(self.suffixes) + len(self.phrases)

    def weight(self, word: str) -> float:
        """Weight of a folded word, 0 when it is not a term."""
        return self._match(word)[1]

    def entry(self, word: str) -> str:
        """The entry that a folded word matches, as a file spells it (cardio*, *itis); empty for none."""
        return self._match(word)[0]

    def reweighed(self, weights: dict[str, float], where: str) -> "Lexicon":
        """The lexicon with other weights for some entries, which are spelt as `entry` spells them, phrases with spaces.

        Raises `InputError` for an entry that it lacks; `where` names the table.
        """
        new = Lexicon(dict(self.words), dict(self.prefixes), dict(self.suffixes), dict(self.phrases))
        for entry, weight in weights.items():
            kind, term = new._place(entry)
            if term not in kind:
                raise InputError(f"{where}: {entry!r} is not in the lexicon; make the table anew")
            kind[term] = weight
        return new

    def _place(self, entry: str) -> tuple[dict, str | tuple[str, ...]]:
        if " " in entry:
            return self.phrases, tuple(entry.split())
        if entry.endswith("*"):
            return self.prefixes, entry[:-1]
        return (self.suffixes, entry[1:]) if entry.startswith("*") else (self.words, entry)

    def _match(self, word: str) -> tuple[str, float]:
        if word in self.words:
            return word, self.words[word]
        longest, entry, found = 0, "", 0.0
        for length in range(SHORTEST_AFFIX, len(word) + 1):
            prefix, suffix = word[:length], word[-length:]
            for affixes, part, spelt in ((self.prefixes, prefix, f"{prefix}*"), (self.suffixes, suffix, f"*{suffix}")):
                if part in affixes and (length > longest or affixes[part] > found):
                    longest, entry, found = length, spelt, affixes[part]
        return entry, found


def parse(text: str, where: str) -> Lexicon:
    """A lexicon file's text as a lexicon; `InputError` names the line that breaks the format."""
    lexicon, weight = Lexicon({}, {}, {}, {}), None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            section = _SECTION.fullmatch(line.strip())
            if section is None or not -1 <= (weight := float(section["weight"])) <= 1:
                raise InputError(f"{where}, line {number}: {line!r} must be [name weight] with a weight from -1 to 1")
            continue
        if weight is None:
            raise InputError(f"{where}, line {number}: terms before the first [name weight]")
        for entry in filter(None, map(str.strip, line.split(","))):
            _add(lexicon, entry, weight, f"{where}, line {number}")
    return lexicon


def _add(lexicon: Lexicon, entry: str, weight: float, where: str) -> None:
    words = tuple(_WORD.findall(fold(entry).replace("'", " ")))
    stars = entry.count("*")
    if stars and (len(words) != 1 or stars > 1 or entry.strip("*") != entry.replace("*", "")):
        raise InputError(f"{where}: {entry!r}: one star, at the start or the end of one word")
    if not 1 <= len(words) <= LONGEST_PHRASE:
        raise InputError(f"{where}: {entry!r} has {len(words)} words; a term has one to {LONGEST_PHRASE}")
    if stars and len(words[0]) < SHORTEST_AFFIX:
        raise InputError(f"{where}: {entry!r} is too short an affix; at least {SHORTEST_AFFIX} letters")
    if len(words) > 1:
        kind, term = lexicon.phrases, words
    else:
        kind = lexicon.words if not stars else lexicon.prefixes if entry.endswith("*") else lexicon.suffixes
        term = words[0]
    if term in kind:
        raise InputError(f"{where}: {entry!r} is there already; leave one of the two out")
    kind[term] = weight


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """The shipped lexicons with their measured weights, in the order of `LANGUAGES`; read once a process."""
    weights = measured_weights()
    return tuple(hand_set(language).reweighed(weights[language], TABLE) for language in LANGUAGES)


def hand_set(language: str) -> Lexicon:
    """A shipped lexicon with the weights of its sections alone."""
    return parse(_read(f"{language}.txt"), f"filters/domain/lexicon/{language}.txt")


def measured_weights() -> dict[str, dict[str, float]]:
    """Of each language, the weights of the entries in `weights.tsv`."""
    found: dict[str, dict[str, float]] = {language: {} for language in LANGUAGES}
    for line in _read(TABLE).splitlines()[1:]:
        language, entry, weight = line.split("\t")[:3]
        found[language][entry] = float(weight)
    return found


@cache
def digest() -> str:
    """SHA-256 of the shipped lexicon files and weights, 64 hex digits: it is part of every key that they shape."""
    files = [*(f"{language}.txt" for language in LANGUAGES), TABLE]
    return hashlib.sha256("\x00".join(map(_read, files)).encode()).hexdigest()


@lru_cache(maxsize=1 << 18)  # bounded to some 50 MB
def word_weights(word: str) -> tuple[float, ...] | None:
    """Weights of a word, as a text spells it, in each of `LANGUAGES`; None when it is a term in none of them."""
    folded = fold(word)
    words, affixes, longest = _all_terms()
    lengths = range(SHORTEST_AFFIX, min(longest, len(folded)) + 1)
    if folded in words or any(folded[:n] in affixes or folded[-n:] in affixes for n in lengths):
        weights = tuple(lexicon.weight(folded) for lexicon in lexicons())
        return weights if any(weights) else None
    return None


@cache
def _all_terms() -> tuple[set[str], set[str], int]:
    """Words and affixes of all languages, and the longest affix: most words are turned away at once."""
    words = set().union(*(lexicon.words for lexicon in lexicons()))
    affixes = set().union(*(affixes for lexicon in lexicons() for affixes in (lexicon.prefixes, lexicon.suffixes)))
    return words, affixes, max(map(len, affixes))


def _read(name: str) -> str:
    return resources.files("filters.domain").joinpath("lexicon", name).read_text(encoding="utf-8")
