"""Patterns of context over the words before (or just after) a number, in the form of `window.plain`."""

import re
from collections.abc import Iterable

from filters.privacy import context_words as words


def _any(phrases: Iterable[str]) -> str:
    return "|".join(phrases)


def _of_all(by_language: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(phrase for own in by_language.values() for phrase in own)


_PHRASES = {kind: _of_all(by_language) for kind, by_language in words.ANNOUNCED.items()}
_CALLS = _of_all(words.CALLS)

# By kind: the words that must stand near.
CONTEXT = {kind: re.compile(f" (?:{_any(phrases)}) ") for kind, phrases in _PHRASES.items()}
# The first words of these phrases: where none of them stands, no context does, and this is quicker to find out.
HINTS = {kind: frozenset(phrase.split()[0] for phrase in phrases) for kind, phrases in _PHRASES.items()}

# Between a word for a telephone and the number: words, or other numbers with small words between them.
PHONE = re.compile(f" (?:{_any(_PHRASES['phone'])})(?:(?: [a-z]+)*|(?: [a-z]{{1,3}}| [0-9]+)*) $")
CALL = re.compile(f" (?:{_any(_CALLS)})(?: (?:{_any(words.CALL_LINKS)}))* $")
DIALLED = HINTS["phone"] | frozenset(_CALLS)
THING = re.compile(f" (?:{_any(words.THINGS)})(?: (?:{_any(words.THING_LINKS)}))* $")
NUMBERING = re.compile(f" (?:{_any(words.NUMBERINGS)})(?: (?:no|n|number|numero))* $")
AUTHOR = re.compile(f" (?:{_any(_of_all(words.AUTHORS))}) ")
AFFILIATION = re.compile(f" (?:{_any(_of_all(words.AFFILIATIONS))}) ")
