"""Which blocks of a page are its main content: as an extractor's text says, and what it lost repaired."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from ingest.extract.html.blocks import CAPTION, HEADING, ROW, Block

_LONG = 40  # letters and digits that make a block unmistakable: it is found wherever it stands
_CONTAINED = 12  # ... that may be looked for inside a longer line
_ENDS = 30  # ... at a long block's beginning or end by which it is known when the rest was cut
_REACH = 6  # blocks from the content so far within which a short one counts
_LINKED = 0.5  # share of characters in links above which a list or table is navigation
_SHARE = 0.3  # share of a list that must have been kept for the rest of it to come back
_OFTEN = 3  # blocks of the same words on a page: labels of a template ("Joined", "Reply")
_DOSE = re.compile(r"\d\s?(?:mg|µg|μg|mcg|g|kg|ml|mL|l|UI|IU|mmol|mEq|%|°C|mm|cm|Gy|mSv)\b")
_AMOUNT = re.compile(r"\d[\d.,]*\s?(?:mg|µg|μg|mcg|g|kg|ml|mL|UI|IU|mmol|mEq)\b")
_FORMULA = re.compile(r"[=<>≤≥±×÷]\s*\(?[\d.]|\d\)?\s*[=<>≤≥±×÷]")


@dataclasses.dataclass(frozen=True)
class Selection:
    """Indices of the chosen blocks, in order, and the share of the extractor's text that they cover."""

    kept: list[int]
    coverage: float


def letters(text: str) -> str:
    """Letters and digits only, case folded: what two renderings of one text have in common."""
    return "".join(filter(str.isalnum, text)).casefold()


def doses_in(text: str) -> set[str]:
    """The distinct numbers with a unit, without white space."""
    return {"".join(found.split()) for found in _AMOUNT.findall(text)}


def select(blocks: list[Block], keys: list[str], text: str) -> Selection:
    """The blocks whose text (`keys`: their `letters`) an extractor's `text` holds.

    Long ones count wherever they stand, short ones only near long ones: a menu's "Dosage" is not the section's. Each
    line of the text is used once, so that a teaser above the article does not double it.
    """
    lines = Counter(filter(None, map(letters, text.splitlines())))
    whole = letters(text)
    found = [_is_in(key, lines, whole) or _by_lines(block, lines) for block, key in zip(blocks, keys, strict=True)]
    unmistakable = [at for at, key in enumerate(keys) if found[at] and len(key) >= _LONG]
    first, last = _reach(found, unmistakable) if unmistakable else (0, len(blocks) - 1)
    kept, covered = [], 0
    for at in range(first, last + 1):
        if not found[at]:
            continue
        if keys[at] in lines:
            if lines[keys[at]] == 0:
                continue
            lines[keys[at]] -= 1
        kept.append(at)
        covered += len(keys[at])
    return Selection(kept, covered / len(whole) if whole else 0.0)


def _reach(found: list[bool], unmistakable: list[int]) -> tuple[int, int]:
    """First and last block of the stretch in which short blocks count: it grows as long as the next one is near."""
    first, last = unmistakable[0], unmistakable[-1]
    for at in range(first - 1, -1, -1):
        if first - at > _REACH:
            break
        first = at if found[at] else first
    for at in range(last + 1, len(found)):
        if at - last > _REACH:
            break
        last = at if found[at] else last
    return first, last


def _is_in(key: str, lines: Counter, whole: str) -> bool:
    if key in lines:
        return True
    if len(key) < _CONTAINED:
        return False
    return key in whole or (len(key) > 2 * _ENDS and (key[:_ENDS] in whole or key[-_ENDS:] in whole))


def _by_lines(block: Block, lines: Counter) -> bool:
    return "\n" in block.text and all(letters(line) in lines for line in block.text.split("\n"))


def repair(blocks: list[Block], keys: list[str], selection: Selection, quick: Callable[[], str]) -> list[int]:
    """The selection with the parts of tables and lists, the headings, doses and formulas that were lost inside it.

    Extractors drop rows, items and headings in the midst of what they keep. A table or list comes back whole when a
    part of it was kept, or when it follows kept text directly and kept text or the fast extraction (`quick`) says that
    the content goes on there; a heading, when what follows it is kept. What is made of links, or of labels that the
    page repeats, stays out.
    """
    if not selection.kept:
        return selection.kept
    kept = set(selection.kept)
    times = Counter(keys)
    also = cache(lambda: set(map(letters, quick().splitlines())))  # asked for by few pages
    for members in _groups(blocks):
        if _belongs(blocks, keys, times, members, kept, also):
            kept.update(members)
    first, last = min(kept), max(kept)
    for at in range(last, max(-1, first - 3), -1):
        block = blocks[at]
        if at in kept or block.group or block.linked > _LINKED * len(block.text) or times[keys[at]] >= _OFTEN:
            continue
        beside = at + 1 in kept if block.kind == HEADING else at + 1 in kept and at - 1 in kept
        if beside and (block.kind == HEADING or _DOSE.search(block.text) or _FORMULA.search(block.text)):
            kept.add(at)
    return sorted(kept)


def _groups(blocks: list[Block]) -> list[list[int]]:
    """Indices of the blocks of each table and list, in order."""
    groups: dict[int, list[int]] = {}
    for at, block in enumerate(blocks):
        if block.group:
            groups.setdefault(block.group, []).append(at)
    return list(groups.values())


def _belongs(
    blocks: list[Block],
    keys: list[str],
    times: Counter,
    members: list[int],
    kept: set[int],
    also: Callable[[], set[str]],
) -> bool:
    """Whether a table or list belongs to the main content as a whole."""
    size = sum(len(blocks[at].text) for at in members)
    if sum(blocks[at].linked for at in members) > _LINKED * size:
        return False
    had = sum(len(keys[at]) for at in members if at in kept)
    if had:
        return had >= _SHARE * sum(len(keys[at]) for at in members) or blocks[members[0]].kind in (ROW, CAPTION)
    if sum(times[keys[at]] >= _OFTEN for at in members) > len(members) / 2:
        return False
    before = members[0] - 1
    while before >= 0 and before not in kept and blocks[before].kind == HEADING:
        before -= 1
    if before not in kept:
        return False
    if any(at in kept for at in range(members[-1] + 1, members[-1] + 4)):
        return True
    return sum(keys[at] in also() for at in members) > len(members) / 2
