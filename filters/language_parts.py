"""A document in several languages as its parts: runs of paragraphs in one language each, by a smoothed path.

Every line is a paragraph here. Its text speaks for each candidate language, in proportion to how much prose it holds;
a change of language costs more than any short line can pay. So headings, tables, numbers and Latin names stay with
their neighbours, and lists of references, foreign titles among names and years, do not speak at all.
"""

import itertools
import math
import re
from collections import defaultdict
from typing import Any

import numpy as np

from filters.language import paragraph_scores

SWITCH = 6.0  # nats that a change of language costs; a paragraph of prose pays at most LOUDEST
LOUDEST = 12.0
SHORTEST = 200  # letters of prose in a part; shorter runs stay with the neighbours
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_MARKED = 0.45  # share of capitals and numbers among the words: names, tables
_MARKED_REFERENCE = 0.25  # the same, where a year stands beside them


def language_parts(text: str, model: Any) -> list[tuple[str, str]]:
    """(ISO 639 code, text) of the parts, in order; adjacent parts differ in language.

    An unmixed document is one part with exactly its own text. Parts of a mixed one hold all its lines, in order,
    without the blank lines between parts. `model`: what `filters.language.load_model` returns.
    """
    lines = text.split("\n")
    speaking = [row for row, line in enumerate(lines) if _is_prose(line)]
    scores = paragraph_scores(model, [lines[row] for row in speaking])
    letters = [sum(map(len, _LETTERS.findall(lines[row]))) for row in speaking]
    languages, emissions = _emissions(scores)
    path = best_path(emissions, SWITCH)
    path = without_short_runs(path, letters, SHORTEST)
    runs = [(state, [at for at, _ in run]) for state, run in itertools.groupby(enumerate(path), key=lambda it: it[1])]
    if len(runs) < 2:
        whole = languages[runs[0][0]] if runs else _best_of_all(paragraph_scores(model, [text]))
        return [(whole, text)]
    # A silent line belongs to the part before it; the first lines to the first part.
    starts = [0, *(speaking[run[0]] for _, run in runs[1:])]
    starts = [_with_its_headings(lines, start, speaking) for start in starts]
    ends = [*starts[1:], len(lines)]
    return [
        (languages[state], "\n".join(lines[start:end]).strip("\n"))
        for (state, _), start, end in zip(runs, starts, ends, strict=True)
    ]


def best_path(emissions: np.ndarray, switch: float) -> list[int]:
    """The states (one a row) that maximise the summed emissions (rows, states) less `switch` a change (Viterbi 1967)."""
    if len(emissions) == 0:
        return []
    rows, states = emissions.shape
    total, came_from = emissions[0].copy(), np.zeros((rows, states), np.int64)
    for row in range(1, rows):
        best = int(total.argmax())
        stays = total >= total[best] - switch
        came_from[row] = np.where(stays, np.arange(states), best)
        total = np.where(stays, total, total[best] - switch) + emissions[row]
    path = [int(total.argmax())]
    for row in range(rows - 1, 0, -1):
        path.append(int(came_from[row, path[-1]]))
    return path[::-1]


def without_short_runs(path: list[int], weights: list[int], shortest: int) -> list[int]:
    """The path with its runs of less than `shortest` summed weight given to their heavier neighbour, lightest first."""
    runs = [
        [state, sum(weights[at] for at, _ in run), len(run)]
        for state, members in itertools.groupby(enumerate(path), key=lambda item: item[1])
        if (run := list(members))
    ]
    while len(runs) > 1:
        lightest = min(range(len(runs)), key=lambda at: runs[at][1])
        if runs[lightest][1] >= shortest:
            break
        neighbours = [at for at in (lightest - 1, lightest + 1) if 0 <= at < len(runs)]
        runs[lightest][0] = runs[max(neighbours, key=lambda at: runs[at][1])][0]
        merged = []
        for state, members in itertools.groupby(runs, key=lambda run: run[0]):
            group = list(members)
            merged.append([state, sum(run[1] for run in group), sum(run[2] for run in group)])
        runs = merged
    return [state for state, _, length in runs for _ in range(length)]


def _is_prose(line: str) -> bool:
    words = _WORD.findall(line)
    if len(words) < 4:
        return False
    marked = sum(not word[0].islower() for word in words) / len(words)
    return marked < (_MARKED_REFERENCE if _YEAR.search(line) else _MARKED)


def _emissions(scores: list[dict[str, float]]) -> tuple[list[str], np.ndarray]:
    """(languages, array of (paragraphs, languages)): how much each paragraph speaks for each, from 0 down to -LOUDEST."""
    languages = sorted({max(row, key=lambda name: (row[name], name)) for row in scores if row})
    table = np.zeros((len(scores), len(languages)))
    for at, row in enumerate(scores):
        best = max(row.values(), default=0.0)
        table[at] = [max(row.get(name, -math.inf) - best, -LOUDEST) for name in languages] if row else 0.0
    return languages, table


def _best_of_all(scores: list[dict[str, float]]) -> str:
    total: dict[str, float] = defaultdict(float)
    for row in scores:
        for name, value in row.items():
            total[name] += value
    return max(sorted(total), key=total.__getitem__) if total else "und"


def _with_its_headings(lines: list[str], start: int, speaking: list[int]) -> int:
    """The first line of the block that `start` is in: a heading right above a paragraph belongs to it."""
    spoken = set(speaking)
    while start > 0 and start - 1 not in spoken and lines[start - 1].strip():
        start -= 1
    return start
