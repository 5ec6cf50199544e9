"""Windows on texts: stretches spread evenly over each, cleaned for a language model, as one array of bytes.

Clean means: lower case (headings in capitals mislead models); words with their inner apostrophes, hyphens and middle
dots (l'eau, covid-positive, col·legi) and single spaces between them. Numbers, punctuation and what carries no
language are gone: URLs and addresses, targets of Markdown links, HTML tags and entities.
"""

import dataclasses
import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa

from shards.kernels import njit
from shards.texts import decode, utf8

_SLACK = 3  # raw bytes read at most for each clean character wanted, except in a text without other letters
_LONGEST_TAG, _LONGEST_TARGET = 200, 2000
_APOSTROPHES = "'’ʼ‘"
_SPACE, _APOSTROPHE, _HYPHEN, _MIDDLE_DOT = 1, 2, 3, 4  # what a code point is, in `char_table`; above: its lower case


@dataclasses.dataclass(frozen=True)
class Windows:
    """Cleaned windows of a batch: window w is the UTF-8 `data[offsets[w]:offsets[w + 1]]`, of text `owners[w]`.

    `letters`: letters in each. Every window has at least one; a text without letters has no window.
    """

    data: np.ndarray
    offsets: np.ndarray
    owners: np.ndarray
    letters: np.ndarray

    def __len__(self) -> int:
        return len(self.owners)

    def text(self, index: int) -> str:
        """The window as a string."""
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes().decode()


def sample_windows(texts: pa.LargeStringArray, windows: int, chars: int) -> Windows:
    """At most `windows` a text, of at most `chars` clean characters; all of a text that is no longer than they are."""
    data, limits = utf8(texts)
    return Windows(*_sample(data, limits, windows, chars, char_table()))


@cache
def char_table() -> np.ndarray:
    """What each code point of the Basic Multilingual Plane is in a window: 0 for none, the marks above, or a letter.

    Letters are their lower-case code point; combining marks their own, negated: they count after a letter only, not
    after an emoji. Beyond the plane are emoji and scripts without a model.
    """
    table = np.zeros(1 << 16, np.int32)
    for point in range(1 << 16):
        char = chr(point)
        if unicodedata.category(char)[0] == "L":
            table[point] = ord(char.lower()[0])
        elif unicodedata.category(char)[0] == "M":
            table[point] = -point
        elif char.isspace():
            table[point] = _SPACE
    for char in _APOSTROPHES:
        table[ord(char)] = _APOSTROPHE
    table[ord("-")] = table[ord("\u2010")] = table[ord("\u2011")] = _HYPHEN
    table[ord("·")] = _MIDDLE_DOT
    return table


@njit(cache=True)
def _sample(data, limits, windows, chars, table):
    texts = len(limits) - 1
    total = 0
    for text in range(texts):
        total += min(windows, 1 + (limits[text + 1] - limits[text]) // chars)
    offsets, owners, letters = np.zeros(total + 1, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    clean = np.empty(3 * chars + 16, np.uint8)
    room = 1 << 16
    found = np.empty(room, np.uint8)
    made, written = 0, 0
    for text in range(texts):
        begin, end = limits[text], limits[text + 1]
        size = end - begin
        count = max(1, min(windows, (size + chars - 1) // chars))
        for index in range(count):
            start, limit = begin, end
            if count > 1:
                start = begin + size * index // count
                limit = min(end, start + _SLACK * chars, begin + size * (index + 1) // count)
                while start > begin and start < limit and table[data[start]] != _SPACE:
                    start += 1
            length, seen = _clean(data, start, limit, chars, table, clean)
            if seen == 0 and index == count - 1 and (made == 0 or owners[made - 1] != text):
                # The windows of a page of tables may hold no letter at all: then read all of it.
                length, seen = _clean(data, begin, end, chars, table, clean)
            if seen:
                if written + length > room:
                    room = 2 * (written + length)
                    more = np.empty(room, np.uint8)
                    more[:written] = found[:written]
                    found = more
                found[written : written + length] = clean[:length]
                written += length
                offsets[made + 1], owners[made], letters[made] = written, text, seen
                made += 1
    return found[:written], offsets[: made + 1], owners[:made], letters[:made]


@njit(cache=True)
def _clean(data, at, limit, chars, table, out):
    """(bytes written to `out`, letters) of the first `chars` clean characters of `data[at:limit]`."""
    length = token = 0  # token: where, in `out`, the run of characters between white space began
    count = letters = 0
    token_count = token_letters = 0
    last = 0  # code point before, if it was a letter
    joint = 0  # an apostrophe, hyphen or dot that waits for the letter after it
    while at < limit and count < chars:
        point, size = decode(data, at)
        kind = table[point] if point < 0x10000 else 0
        if kind < 0:
            if last:
                length += _encode(-kind, out, length)
                count += 1
            at += size
            continue
        if kind > _MIDDLE_DOT:
            if last == 0 and length > 0:
                out[length] = 32
                length += 1
                count += 1
            elif joint:
                length += _encode(joint, out, length)
                count += 1
            length += _encode(kind, out, length)
            count += 1
            letters += 1
            last, joint = kind, 0
            at += size
            continue
        if kind > _SPACE and last and joint == 0:
            joint = 39 if kind == _APOSTROPHE else (45 if kind == _HYPHEN else 0xB7)
            at += size
            continue
        after = _markup_end(data, at, limit, point, length - token)
        if after and (point == 64 or point == 58 or point == 46):  # of an address: the whole run goes, not only its end
            length, count, letters = token, token_count, token_letters
        at = after if after else at + size
        last = joint = 0
        if kind == _SPACE or after:
            token, token_count, token_letters = length, count, letters
    return length, letters


@njit(cache=True)
def _markup_end(data, at, limit, point, run):
    """Where the markup that starts at `at`, an ASCII sign, ends; 0 if none does. `run`: bytes of the run before it."""
    if point == 60:  # <tag>
        for end in range(at + 1, min(limit, at + 2 + _LONGEST_TAG)):
            if data[end] == 62 and end > at + 1:
                return end + 1
            if data[end] == 60:
                return 0
    elif point == 38:  # &entity;
        for end in range(at + 1, min(limit, at + 10)):
            if data[end] == 59:
                return end + 1 if end > at + 1 else 0
            if not (48 <= data[end] <= 57 or 65 <= data[end] <= 90 or 97 <= data[end] <= 122 or data[end] == 35):
                return 0
    elif point == 93 and at + 1 < limit and data[at + 1] == 40:  # ](target)
        for end in range(at + 2, min(limit, at + 2 + _LONGEST_TARGET)):
            if data[end] == 41:
                return end + 1
            if data[end] <= 32:
                return 0
    elif run > 0 and (
        (point == 58 and at + 2 < limit and data[at + 1] == 47 and data[at + 2] == 47)  # ://
        or (point == 64 and at + 1 < limit and data[at + 1] > 32)  # name@
        or (point == 46 and at >= 3 and data[at - 1] | 32 == data[at - 2] | 32 == data[at - 3] | 32 == 119)  # www.
    ):
        end = at
        while end < limit and data[end] > 32:
            end += 1
        return end
    return 0


@njit(cache=True)
def _encode(point, out, at):
    if point < 0x80:
        out[at] = point
        return 1
    if point < 0x800:
        out[at], out[at + 1] = 0xC0 | point >> 6, 0x80 | point & 0x3F
        return 2
    out[at], out[at + 1], out[at + 2] = 0xE0 | point >> 12, 0x80 | point >> 6 & 0x3F, 0x80 | point & 0x3F
    return 3
