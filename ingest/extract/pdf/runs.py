"""From the characters of a page to runs: stretches of one line without a column's gap, scripts marked.

A run ends where the next character stands on another line, in another cell of a ruled table, or further away than a
space of justified text. Raised and lowered characters stay in the run of what they belong to.
"""

import unicodedata

import numpy as np

from shards.kernels import njit

_SAME_LINE = 0.15  # of the size: distance of baselines below which nothing is raised or lowered
_LOWERED = 0.06  # ... below it, for smaller characters
_SMALLER = 0.87  # of the size of the line: scripts are smaller than that
_FARTHEST = 0.75  # of the size: baselines further apart belong to other lines
_BACK = 0.9  # of the size: a character that stands further back begins a run
_WIDE, _WIDE_INSIDE = 1.3, 0.8  # of the size: gaps that end a run, after a space and inside a word
_MARK = 6  # characters: longest raised mark in front of a run
_SPACE = 0.33  # of the size: a gap that is a space even where pdfium infers none

# Spacing accents (TeX sets them over letters as characters of their own) and what combines with the letter instead.
_ACCENTS = {0x60: 0x300, 0xB4: 0x301, 0x5E: 0x302, 0x2C6: 0x302, 0x2DC: 0x303, 0xAF: 0x304, 0xA8: 0x308, 0x2DA: 0x30A,
            0x2DD: 0x30B, 0x2C7: 0x30C, 0xB8: 0x327, 0x2D8: 0x306, 0x2D9: 0x307, 0x2DB: 0x328}  # fmt: skip
_PLACED = np.uint32(0xFFFFFFFF)
_FAR = 100  # characters between an accent and its letter
_ACCENT_CODES = np.array(sorted(_ACCENTS), np.uint32)
_COMBINING = np.array([_ACCENTS[code] for code in sorted(_ACCENTS)], np.uint32)
_LETTERS = np.zeros(0x250, np.bool_)
_LETTERS[:] = [unicodedata.category(chr(code))[0] == "L" for code in range(0x250)]


@njit(cache=True)
def _combining(code):
    place = np.searchsorted(_ACCENT_CODES, code)
    return _COMBINING[place] if place < len(_ACCENT_CODES) and _ACCENT_CODES[place] == code else np.uint32(0)


@njit(cache=True)
def _accents(codes, places, generated):
    """What combines with each character, `_PLACED` for the accents that do; they come before or after their letter."""
    found = np.zeros(len(codes), np.uint32)
    for at in range(len(codes)):
        mark = _combining(codes[at])
        if mark == 0 or generated[at]:
            continue
        middle = (places[at, 0] + places[at, 2]) / 2
        for letter in range(min(at + 3, len(codes) - 1), max(at - _FAR, -1), -1):
            if codes[letter] >= 0x250 or not _LETTERS[codes[letter]] or generated[letter]:
                continue
            near = abs(places[at, 5] - places[letter, 5]) < places[letter, 6]
            if near and places[letter, 0] < middle < places[letter, 2] and not found[letter]:
                found[letter], found[at] = mark, _PLACED
                break
    return found


@njit(
    "Tuple((uint32[::1], int8[::1], int64[:,::1], float64[:,::1]))"
    "(uint32[::1], float64[:,::1], int8[::1], int8[::1], int8[::1], int32[::1])",
    cache=True,
)
def split_runs(codes, places, generated, chosen, bold, cells):
    """(code points, scripts, runs, boxes) of the characters that are `chosen`, in content order.

    `places` as `read_chars` gives them. `scripts` by code point: 1 raised, -1 lowered. A run is (first code point, end,
    cell, how many of its characters are bold); its box (left, right, baseline, size).
    """
    count = len(codes)
    out, scripts = np.zeros(3 * count + 2, np.uint32), np.zeros(3 * count + 2, np.int8)
    runs, boxes = np.zeros((count + 1, 4), np.int64), np.zeros((count + 1, 4))
    used, found = 0, 0
    space, inferred, newline = False, False, True
    combining = _accents(codes, places, generated)
    left, right, base, size, total, plain = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    last = -1  # the character before
    for at in range(count):
        code = codes[at]
        if code == 10 or code == 13:
            newline = True
            continue
        if code == 32 or code == 9 or code == 160 or 0x2000 <= code <= 0x200B or code == 0x202F or code == 0x3000:
            space, inferred = True, bool(generated[at]) and (inferred or not space)
            continue
        if generated[at] or not chosen[at] or (code < 32 and code != 2) or code == 0xFFFE or code == 0xFEFF:
            continue
        if combining[at] == _PLACED:
            continue
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            code = np.uint32(0xFFFD)
        own = places[at, 6]
        if own <= 0:
            own = max(places[at, 3] - places[at, 1], 1.0)
        rise, gap = places[at, 5] - base, places[at, 0] - right
        script, rebased = 0, False
        joined = last >= 0 and cells[at] == cells[last]
        if joined:
            larger = max(own, size)
            close = -_BACK * larger < gap < (_WIDE if space or newline else _WIDE_INSIDE) * larger
            if newline and (gap > 0.6 * larger or gap < -0.5 * larger):
                close = False
            joined = close
            small = own < _SMALLER * size
            few = used - runs[found - 1, 0] <= _MARK
            if few and own > size / _SMALLER and _SAME_LINE * own < abs(rise) < _FARTHEST * own and gap < 0.5 * own:
                rebased = joined  # the run began with a raised mark
            elif small and abs(rise) < _FARTHEST * size:
                script = 1 if rise > _SAME_LINE * size else (-1 if rise < -_LOWERED * size else 0)
            elif abs(rise) > _SAME_LINE * larger:
                # Raised at full size: typists' exponents. On another line otherwise.
                digit = 48 <= code <= 57 or code == 43 or code == 45 or code == 0x2212 or code == 0x2013
                if digit and not newline and not space and 0.2 * size < rise < 0.6 * size and gap < 0.3 * size:
                    script = 1
                else:
                    joined = False
        if not joined:
            if found and runs[found - 1, 1] == 0:
                runs[found - 1, 1] = used
                boxes[found - 1, 0], boxes[found - 1, 1] = left, right
                boxes[found - 1, 2], boxes[found - 1, 3] = base, total / max(plain, 1)
            runs[found, 0], runs[found, 2] = used, cells[at]
            found += 1
            left, right, base, size, total, plain = places[at, 0], places[at, 2], places[at, 5], own, 0.0, 0
            script = 0
        else:
            if rebased:
                raised = 1 if base - places[at, 5] > _SAME_LINE * own else 0
                for earlier in range(runs[found - 1, 0], used):
                    scripts[earlier] = raised
                base, size, total, plain = places[at, 5], own, 0.0, 0
            wide = _SPACE if not newline else 0.15
            least = 0.05 if inferred else -0.5  # pdfium infers spaces around accents that stand over other letters
            if (space and gap > least * size) or gap > wide * max(own, size):
                out[used], scripts[used] = 32, 0
                used += 1
        if script == 0:
            base, total, plain = places[at, 5], total + own, plain + 1
            size = own if own > _SMALLER * size else size
        out[used], scripts[used] = code, script
        runs[found - 1, 3] += bold[at]
        used += 1
        if combining[at]:
            out[used - 1] = 105 if code == 0x131 else code  # a dotless i under an accent
            out[used], scripts[used] = combining[at], script
            used += 1
        left, right = min(left, places[at, 0]), max(right, places[at, 2])
        space, inferred, newline, last = False, False, False, at
    if found:
        runs[found - 1, 1] = used
        boxes[found - 1, 0], boxes[found - 1, 1] = left, right
        boxes[found - 1, 2], boxes[found - 1, 3] = base, total / max(plain, 1)
    return out[:used].copy(), scripts[:used].copy(), runs[:found].copy(), boxes[:found].copy()
