"""datatrove's quality filters over texts in memory, with its own tokenizers or with one that has our rules.

Their verdicts come from `filter`, the method that its pipelines call for each document; nothing else of them is used.
"""

import re
import unicodedata
from collections.abc import Callable

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4ParagraphFilter,
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters.base_filter import BaseFilter, get_filter_result
from datatrove.utils.text import split_into_parts
from datatrove.utils.word_tokenizers import WordTokenizer

FILTERS = ("gopher quality", "gopher repetition", "c4", "c4 paragraph", "fineweb")


def _set(members: Callable[[str], bool]) -> str:
    """A regular expression's set of the characters below U+40000 for which `members` holds, as ranges."""
    points = [point for point in range(0x40000) if members(chr(point))]
    ranges, first = [], None
    for at, point in enumerate(points):
        first = point if first is None else first
        if at + 1 == len(points) or points[at + 1] != point + 1:
            ranges.append(f"\\U{first:08x}-\\U{point:08x}")
            first = None
    return "".join(ranges)


class SameRules(WordTokenizer):
    """Our words and sentences, written anew as regular expressions."""

    def __init__(self):
        super().__init__()
        word = _set(lambda char: char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M")
        upper = _set(str.isupper)
        self._word = re.compile(
            rf"[{word}]+(?:(?:(?<=\d)[.,:/](?=\d)|-(?=[{word}]))[{word}]+)*(?:['’](?=[{word}]))?|([^{word}\s])\1*"
        )
        self._end = re.compile(rf"(?:[!?…]|(?<!(?<![{word}])[{upper}])\.)[.!?…\"'”’»)\]]*\s+(?=\S)")

    def word_tokenize(self, text: str) -> list[str]:
        """The words of a text."""
        return [match.group() for match in self._word.finditer(text)]

    def sent_tokenize(self, text: str) -> list[str]:
        """The sentences of a text."""
        return [text[start:end] for start, end in self.span_tokenize(text)]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Where they start and end."""
        ends = [match.end() for match in self._end.finditer(text)]
        return list(zip([0, *ends], [*ends, len(text)], strict=True))


def filters(tokenizer: str | WordTokenizer, stop_words: list[str], but_letters: bool = False) -> dict[str, BaseFilter]:
    """The five filters at their defaults, but for tokenizer (or language) and stop words.

    `but_letters`: and Gopher's quality filter once more, without its rule on the share of words with a letter.
    """
    made = (
        GopherQualityFilter(stop_words=stop_words, language=tokenizer),
        GopherRepetitionFilter(language=tokenizer),
        C4QualityFilter(language=tokenizer),
        C4ParagraphFilter(),
        FineWebQualityFilter(language=tokenizer),
    )
    named: dict[str, BaseFilter] = dict(zip(FILTERS, made, strict=True))
    if but_letters:
        named["gopher quality but letters"] = GopherQualityFilter(
            stop_words=stop_words, language=tokenizer, max_non_alpha_words_ratio=None
        )
    return named


def verdicts(texts: list[str], made: dict[str, BaseFilter]) -> dict[str, list[str]]:
    """For each filter the reason for which it drops each text, "" where it keeps it.

    A text goes through all filters before the next, as in a pipeline, so that the words of one are found once (they
    remember the last few texts). C4's filter changes its document, so each gets the text anew.
    """
    reasons: dict[str, list[str]] = {name: [] for name in made}
    for text in texts:
        for name, one in made.items():
            kept, reason = get_filter_result(one.filter(Document(text=text, id="")))
            reasons[name].append("" if kept else reason or name)
    return reasons


def forget() -> None:
    """Empty the memory of texts already split, so that a second run does the same work as the first."""
    split_into_parts.cache_clear()
