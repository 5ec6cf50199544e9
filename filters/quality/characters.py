"""What each character is to the quality rules: one table of flags for all of Unicode, and UTF-8 read by it.

White space, letters and digits are those of Python's `str`; the marks are datatrove's, so that its rules can be counted
exactly: its PUNCTUATION_SET, and its TERMINAL_PUNCTUATION, which is Unicode's property Sentence_Terminal.
"""

import unicodedata
from functools import cache

import numpy as np

from shards.kernels import njit

(SPACE, LETTER, DIGIT, UPPER, WORD, BREAK, SYMBOL, TERMINAL, ENDING, BULLET, CLOSER, FULL_STOP, ELLIPSIS, HASH) = (
    1 << bit for bit in range(14)
)
POINTS = 0x40000  # letters and marks end here; what lies beyond is taken for a symbol

_SYMBOLS = "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"
_BREAKS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"  # of str.splitlines
_ENDINGS = ".!?…\"'”’»"  # ours: a sentence may end in a quotation
_CLOSERS = "\"'”’»)]"  # may stand between a sentence's mark and the space after it
_BULLETS = "•‣▪●○◦·■–—-*"
_TERMINALS = (
    "21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E 1735-1736 17D4-17D6 "
    "17D9-17DA 1803 1809 1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1B7D-1B7E 1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049 "
    "2E2E 2E3C 2E53-2E54 3002 A4FF A60E-A60F A6F3 A6F7 A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB "
    "FE52 FE56-FE57 FF01 FF0E FF1F FF61 10A56-10A57 10F55-10F59 10F86-10F89 11047-11048 110BE-110C1 11141-11143 "
    "111C5-111C6 111CD 111DE-111DF 11238-11239 1123B-1123C 112A9 1144B-1144C 115C2-115C3 115C9-115D7 11641-11642 "
    "1173C-1173E 11944 11946 11A42-11A43 11A9B-11A9C 11C41-11C42 11EF7-11EF8 11F43-11F44 16A6E-16A6F 16AF5 "
    "16B37-16B38 16B44 16E98 1BC9F 1DA88"
)

_MEMBERS = {SYMBOL: _SYMBOLS, BREAK: _BREAKS, ENDING: _ENDINGS, CLOSER: _CLOSERS, BULLET: _BULLETS,
            FULL_STOP: ".", ELLIPSIS: "…", HASH: "#", WORD: "_"}  # fmt: skip


@cache
def character_table() -> np.ndarray:
    """Flags of each code point below `POINTS`, uint16; built in a tenth of a second, once a process."""
    characters = [chr(point) for point in range(POINTS)]

    def flag(bit: int, members) -> np.ndarray:
        return np.fromiter(members, bool, POINTS).astype(np.uint16) * np.uint16(bit)

    table = flag(SPACE, map(str.isspace, characters)) | flag(LETTER, map(str.isalpha, characters))
    table |= flag(DIGIT, map(str.isdecimal, characters)) | flag(UPPER, map(str.isupper, characters))
    marks = (name[0] == "M" for name in map(unicodedata.category, characters))
    table |= flag(WORD, map(str.isalnum, characters)) | flag(WORD, marks)
    for bit, members in _MEMBERS.items():
        table[[ord(member) for member in members]] |= bit
    table[[*range(9), *range(11, 32), *range(127, 160)]] |= SYMBOL  # control characters
    for stretch in _TERMINALS.split():
        first, _, last = stretch.partition("-")
        table[int(first, 16) : int(last or first, 16) + 1] |= TERMINAL | SYMBOL
    return table


@njit(cache=True)
def read(data: np.ndarray, at: int) -> tuple[int, int]:
    """(code point, bytes) of the UTF-8 character at `at`; the text is valid UTF-8, as Arrow strings are."""
    lead = np.int64(data[at])
    if lead < 0x80:
        return lead, 1
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F), 2
    point = np.int64(data[at + 1] & 0x3F) << 6 | np.int64(data[at + 2] & 0x3F)
    if lead < 0xF0:
        return (lead & 0x0F) << 12 | point, 3
    return (lead & 0x07) << 18 | point << 6 | np.int64(data[at + 3] & 0x3F), 4


@njit(cache=True)
def flags_of(table: np.ndarray, point: int) -> int:
    """Flags of a code point."""
    return np.int64(table[point]) if point < POINTS else np.int64(0)


@njit(cache=True)
def strip(data: np.ndarray, start: int, end: int, table: np.ndarray) -> tuple[int, int]:
    """The bytes from `start` to `end` without white space at their ends, as `str.strip`; empty when none is left."""
    while start < end:
        point, size = read(data, start)
        if not flags_of(table, point) & SPACE:
            break
        start += size
    while end > start:
        last = end - 1
        while data[last] & 0xC0 == 0x80:  # continuation bytes
            last -= 1
        point, _ = read(data, last)
        if not flags_of(table, point) & SPACE:
            break
        end = last
    return start, end
