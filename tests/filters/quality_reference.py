"""The columns gopher_*, c4_* and fineweb_* of the quality filter in plain Python, as datatrove's filters count them."""

import heapq
import re
import unicodedata
from collections import Counter

from filters.quality.characters import POINTS, SYMBOL, TERMINAL, character_table
from filters.quality.stop_words import GOPHER

_PHRASES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")
_CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")


def _is_word(char: str) -> bool:
    return ord(char) < POINTS and (char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M")


def tokens(text: str) -> list[str]:
    """The tokens of a text, character by character."""
    found, at = [], 0
    while at < len(text):
        start = at
        if text[at].isspace():
            at += 1
            continue
        if not _is_word(text[at]):
            while at < len(text) and text[at] == text[start]:
                at += 1
        else:
            while at < len(text):
                after = text[at + 1 : at + 2]
                if (
                    _is_word(text[at])
                    or (text[at] in ".,:/" and text[at - 1].isdecimal() and after.isdecimal())
                    or (text[at] == "-" and after and _is_word(after))
                ):
                    at += 1
                elif text[at] in "'’" and after and _is_word(after):
                    at += 1
                    break
                else:
                    break
        found.append(text[start:at])
    return found


def sentences(line: str) -> int:
    """Sentences of a line: each end is a run of marks and closing marks before white space and something more."""
    count = 1
    for end in re.finditer(r"[.!?…][.!?…\"'”’»)\]]*(?=\s+\S)", line):
        before = line[: end.start()]
        initial = before[-1:].isupper() and not (before[-2:-1] and _is_word(before[-2:-1]))
        # Behind an initial's own point a further mark still ends a sentence: J.!
        marks = [mark for mark in end.group()[1:] if mark in ".!?…"]
        count += not (initial and end.group()[0] == "." and not marks)
    return count


def duplicates(pieces: list[str]) -> tuple[int, int]:
    """(pieces, characters) that repeat an earlier piece."""
    seen: set[str] = set()
    again = [piece for piece in pieces if piece in seen or seen.add(piece)]
    return len(again), sum(map(len, again))


def repeated_ngrams(words: list[str], n: int) -> int:
    """Characters in repeated n-grams; behind a repeated one the search goes on."""
    seen, chars, at = set(), 0, 0
    while at + n <= len(words):
        gram = "".join(words[at : at + n])
        if gram in seen:
            chars, at = chars + len(gram), at + n
        else:
            seen.add(gram)
            at += 1
    return chars


def top_ngram(words: list[str], n: int) -> int:
    """Characters in all occurrences of the most frequent n-gram, the first of equals."""
    grams = Counter(" ".join(words[at : at + n]) for at in range(len(words) - n + 1))
    return len(grams.most_common(1)[0][0]) * grams.most_common(1)[0][1] if grams else 0


def reference(text: str) -> dict[str, float]:
    """The columns of one text."""
    table, words = character_table(), tokens(text)
    proper = [word for word in words if any(ord(c) >= POINTS or not table[ord(c)] & SYMBOL for c in word)]
    found: dict[str, float] = {
        "gopher_words": len(proper),
        "gopher_mean_word_length": sum(map(len, proper)) / max(1, len(proper)),
        "gopher_hash_word_ratio": text.count("#") / max(1, len(words)),
        "gopher_ellipsis_word_ratio": (text.count("...") + text.count("…")) / max(1, len(words)),
        "gopher_letter_word_share": sum(any(map(str.isalpha, word)) for word in words) / max(1, len(words)),
    }
    for language, stops in GOPHER.items():
        found[f"gopher_stop_words_{language}"] = len(set(stops.split()) & set(words))
    whole = max(1, len(text))
    for name, pieces in (
        ("paragraph", re.split(r"\n{2,}", text.strip())),
        ("line", re.split(r"\n+", text)),
    ):
        again, chars = duplicates(pieces)
        found[f"gopher_duplicate_{name}_share"] = again / len(pieces)
        found[f"gopher_duplicate_{name}_chars"] = chars / whole
    found |= {f"gopher_top_{n}gram_chars": top_ngram(words, n) / whole for n in range(2, 5)}
    found |= {f"gopher_duplicate_{n}gram_chars": repeated_ngrams(words, n) / whole for n in range(5, 11)}

    lines = [line for line in text.split("\n") if line.strip()]
    closed = [line for line in lines if ord(line[-1]) < POINTS and table[ord(line[-1])] & TERMINAL]
    found |= {
        "fineweb_closed_line_share": len(closed) / max(1, len(lines)),
        "fineweb_short_line_share": sum(len(line) <= 30 for line in lines) / max(1, len(lines)),
        "fineweb_duplicate_line_chars": duplicates(lines)[1] / max(1, len(text.replace("\n", ""))),
        "fineweb_line_feed_word_ratio": text.count("\n") / max(1, len(words)),
        "c4_third_line_chars": ([*heapq.nlargest(3, map(len, text.split("\n"))), 0, 0])[2],
    }
    return found | _c4(text)


def _c4(text: str) -> dict[str, float]:
    split = [line.strip() for line in text.splitlines()]
    lines = [line for line in split if line]
    fates: dict[str, list[str]] = {
        name: [] for name in ("kept", "long_word", "no_end", "few_words", "javascript", "policy")
    }
    found: dict[str, float] = {
        "gopher_bullet_line_share": sum(line.startswith(("•", "-")) for line in split) / max(1, len(split)),
        "gopher_ellipsis_line_share": sum(line.endswith(("...", "…")) for line in split) / max(1, len(split)),
        "c4_sentences": 0,
        "c4_lorem_ipsum": 0,
        "c4_curly_bracket": 0,
    }
    for line in lines:
        clean = _CITATION.sub("", line)
        # A to Z only: two letters of other alphabets are lower-cased into ASCII (İ and the sign for kelvin).
        low = re.sub("[A-Z]", lambda match: match[0].lower(), clean)
        if any(len(word) > 1000 for word in line.split()):
            fate = "long_word"
        elif not clean.endswith((".", "?", "!", '"', "'")) or clean.endswith("..."):
            fate = "no_end"
        elif len(line.split()) < 3:
            fate = "few_words"
        else:
            found["c4_lorem_ipsum"] += "lorem ipsum" in low
            fate = "javascript" if "javascript" in low else "policy" if any(p in low for p in _PHRASES) else "kept"
            found["c4_curly_bracket"] += fate != "javascript" and "{" in clean
            found["c4_sentences"] += sentences(clean) if fate == "kept" else 0
        fates[fate].append(line)
    whole = max(1, sum(map(len, lines)))
    for fate, own in fates.items():
        found[f"c4_{fate}_line_share"] = len(own) / max(1, len(lines))
        found[f"c4_{fate}_chars"] = sum(map(len, own)) / whole
    return found
