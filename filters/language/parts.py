"""A document in several languages as its parts: runs of paragraphs in one language each, by a smoothed path.

Every line is a paragraph here. Its prose speaks for each candidate language, and a change of language costs more than
a short line can pay. So headings, numbers and Latin names stay with their neighbours. Tables and lists of references
(foreign titles among names and years) do not speak at all.
"""

import dataclasses
import itertools
import math
import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from filters.language.model import LanguageModel
from filters.language.step import identify
from filters.language.windows import sample_windows

_SWITCH, _LOUDEST = 8.0, 12.0  # nats: what a change of language costs, and what one paragraph pays at most
_SHORTEST = 200  # letters of prose in a part; shorter runs go to a neighbour
_SURE = 0.9  # probability of a language in the paragraphs that make it a candidate
_FULL_VOICE = 100  # letters from which a paragraph speaks without restraint
_WINDOWS, _CHARS = 4, 300  # read of each paragraph
_LINES = 2000  # scored at a time: bounds the memory
_WHOLE = 16  # windows read of a document that stays whole, as the language step does
_NEVER_A_PART = frozenset({"la"})  # names of plants, bones and bacteria
_WORD = re.compile(r"[^\W\d_]+|\d+")
_REFERENCE = re.compile(r"\b(?:1[89]|20)\d\d\b|\bet al\b|\bdoi\b", re.IGNORECASE)
_MARKED, _MARKED_REFERENCE = 0.45, 0.22  # share of capitalised words and numbers: in tables and names; in references
_FEWEST = 4  # words of a line that speaks
_HEADING = re.compile(r"[^\d|]{1,80}")
_HEADINGS = 3  # lines above a part's first paragraph that may be its headings
_WHISPER = 2.0  # nats that a silent line says at most of where it belongs


@dataclasses.dataclass(frozen=True)
class _Run:
    """Adjacent paragraphs in one language: how many, and how many letters they hold."""

    state: int
    paragraphs: int
    letters: int


def language_parts(text: str, model: LanguageModel) -> list[tuple[str, str]]:
    """(ISO code, text) of the parts, in order; adjacent parts differ in language.

    An unmixed document is one part with exactly its own text, in the language of its prose, whatever its references
    are in. The parts of a mixed one hold all its lines that are not blank, in order; only line feeds between two parts
    are left out. `model`: what `filters.language.step.load_model` returns.
    """
    lines = text.split("\n")
    prose = [row for row, line in enumerate(lines) if speaks(line)]
    candidates = _candidates([lines[row] for row in prose], model)
    if len(candidates) == 0:
        return [(identify(model, text, _WHOLE, _CHARS)[0], text)]
    if len(candidates) == 1:
        return [(model.languages[candidates[0]], text)]
    scores, letters = (np.concatenate(part) for part in zip(*_scores(lines, model, candidates), strict=True))
    spoken = np.array(prose)
    path = best_path(_emissions(scores[spoken], letters[spoken]), _SWITCH)
    path = without_short_runs(path, letters[spoken].tolist(), _SHORTEST)
    firsts = [at for at in range(1, len(path)) if path[at] != path[at - 1]]
    if not firsts:
        return [(model.languages[candidates[path[0]]], text)]
    states = [path[at] for at in (0, *firsts)]
    cuts = [0, *(
        _cut(lines, scores[:, before] - scores[:, after], int(spoken[first - 1]) + 1, int(spoken[first]))
        for first, (before, after) in zip(firsts, itertools.pairwise(states), strict=True)
    ), len(lines)]  # fmt: skip
    return [
        (model.languages[candidates[state]], "\n".join(lines[start:end]).strip("\n"))
        for state, (start, end) in zip(states, itertools.pairwise(cuts), strict=True)
    ]


def speaks(line: str) -> bool:
    """Whether a line is prose: enough words, and not mostly names and numbers, as in tables and references."""
    words = _WORD.findall(line)
    if len(words) < _FEWEST:
        return False
    marked = sum(not word[0].islower() for word in words) / len(words)
    return marked < (_MARKED_REFERENCE if _REFERENCE.search(line) else _MARKED) or not _has_case(line)


def best_path(emissions: np.ndarray, switch: float) -> list[int]:
    """The states, one a row, that maximise the sum of `emissions` (rows, states; one or more) less `switch` a change.

    Source: Viterbi 1967, "Error bounds for convolutional codes".
    """
    total = emissions[0].copy()
    came_from = np.zeros(emissions.shape, np.int64)
    for row in range(1, len(emissions)):
        best = int(total.argmax())
        stays = total >= total[best] - switch
        came_from[row] = np.where(stays, np.arange(len(total)), best)
        total = np.maximum(total, total[best] - switch) + emissions[row]
    path = [int(total.argmax())]
    for row in range(len(emissions) - 1, 0, -1):
        path.append(int(came_from[row, path[-1]]))
    return path[::-1]


def without_short_runs(path: list[int], letters: list[int], shortest: int) -> list[int]:
    """The path with each run of fewer than `shortest` letters given to its longer neighbour, shortest first."""
    runs = _joined([_Run(state, 1, count) for state, count in zip(path, letters, strict=True)])
    before = 0
    while len(runs) > 1 and len(runs) != before:
        before, kept = len(runs), []
        for at, run in enumerate(runs):
            left = kept[-1].letters if kept else math.inf
            right = runs[at + 1].letters if at + 1 < len(runs) else math.inf
            if run.letters >= shortest or run.letters > min(left, right):
                kept.append(run)
            elif left != math.inf and (left >= right or right == math.inf):
                kept[-1] = _Run(kept[-1].state, kept[-1].paragraphs + run.paragraphs, kept[-1].letters + run.letters)
            else:
                kept.append(dataclasses.replace(run, state=runs[at + 1].state))
        runs = _joined(kept)
    return [run.state for run in runs for _ in range(run.paragraphs)]


def _joined(runs: list[_Run]) -> list[_Run]:
    groups = [(state, list(group)) for state, group in itertools.groupby(runs, key=lambda run: run.state)]
    return [_Run(state, sum(r.paragraphs for r in group), sum(r.letters for r in group)) for state, group in groups]


def _scores(lines: list[str], model: LanguageModel, columns: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of some lines at a time: log scores (lines, `columns` of the model's languages), and the letters read."""
    for start in range(0, len(lines), _LINES):
        some = lines[start : start + _LINES]
        windows = sample_windows(pa.array(some, pa.large_string()), _WINDOWS, _CHARS)
        scores = np.zeros((len(some), len(columns)), np.float32)
        np.add.at(scores, windows.owners, model.log_scores(windows)[:, columns])
        yield scores, np.bincount(windows.owners, windows.letters, len(some)).astype(np.int64)


def _candidates(prose: list[str], model: LanguageModel) -> np.ndarray:
    """Which of the model's languages are surely those of enough paragraphs."""
    won = np.zeros(len(model.languages))
    never = [at for at, language in enumerate(model.languages) if language in _NEVER_A_PART]
    for scores, letters in _scores(prose, model, np.arange(len(model.languages))):
        scores[:, never] = -np.inf
        sure = np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1) <= 1 / _SURE
        won += np.bincount(scores.argmax(axis=1), letters * sure, len(won))
    return np.flatnonzero(won >= _SHORTEST)


def _emissions(scores: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """What each paragraph says against each candidate: from -_LOUDEST to 0, and the less the shorter it is."""
    against = scores - scores.max(axis=1, keepdims=True)
    return np.maximum(against * np.minimum(1, letters / _FULL_VOICE)[:, None], -_LOUDEST)


def _cut(lines: list[str], leaning: np.ndarray, start: int, end: int) -> int:
    """Where between two parts, at a line from `start` to `end`, the silent lines are cut.

    There, most of them stand on the side of their own language (`leaning` above 0: towards the part before); where they
    do not say, headings right above the second part go to it, and all else to the first.
    """
    headings = above = end
    for _ in range(_HEADINGS):
        while above > start and not lines[above - 1].strip():
            above -= 1
        if above == start or not _HEADING.fullmatch(lines[above - 1]):
            break
        above -= 1
        headings = above
    heard = np.clip(leaning[start:end], -_WHISPER, _WHISPER)
    sums = np.concatenate([[0.0], np.cumsum(heard)])
    sums[headings - start] += 1  # nat: more than a line of names leans by chance
    return start + int(sums.argmax())


def _has_case(line: str) -> bool:
    return line.lower() != line.upper()
