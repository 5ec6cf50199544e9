"""A document in several languages as its parts: runs of paragraphs in one language each, by a smoothed path.

Every line is a paragraph here. Its prose speaks for each candidate language, and a change of language costs more than
a short line can pay. So headings, numbers and Latin names stay with their neighbours. Tables and lists of references
(foreign titles among names and years) do not speak at all.
"""

import dataclasses
import itertools
import re

import numpy as np
import pyarrow as pa

from filters.language import UNDETERMINED, identify
from filters.language_model import LanguageModel
from filters.language_windows import sample_windows

_SWITCH, _LOUDEST = 8.0, 12.0  # nats: what a change of language costs, and what one paragraph pays at most
_SHORTEST = 200  # letters of prose in a part; shorter runs go to a neighbour
_SURE = 0.9  # probability of a language in the paragraphs that make it a candidate
_FULL_VOICE = 100  # letters from which a paragraph speaks without restraint
_WINDOWS, _CHARS = 4, 300  # read of each paragraph
_WHOLE = 16  # windows read of a document that stays whole, as the language step does
_NEVER_A_PART = frozenset({"la"})  # names of plants, bones and bacteria
_WORD = re.compile(r"[^\W\d_]+|\d+")
_REFERENCE = re.compile(r"\b(?:1[89]|20)\d\d\b|\bet al\b|\bdoi\b", re.IGNORECASE)
_MARKED, _MARKED_REFERENCE = 0.45, 0.22  # share of capitalised words and numbers: in tables and names; in references
_FEWEST = 4  # words of a line that speaks
_HEADING = re.compile(r"[^\d|]{1,80}")
_HEADINGS = 3  # lines above a part's first paragraph that may be its headings


@dataclasses.dataclass(frozen=True)
class _Run:
    """Adjacent paragraphs in one language: how many, and how many letters they hold."""

    state: int
    paragraphs: int
    letters: int


def language_parts(text: str, model: LanguageModel) -> list[tuple[str, str]]:
    """(ISO code, text) of the parts, in order; adjacent parts differ in language.

    An unmixed document is one part with exactly its own text. The parts of a mixed one hold all its lines that are not
    blank, in order; only line feeds between two parts are left out. `model`: what `filters.language.load_model` returns.
    """
    lines = text.split("\n")
    spoken = [row for row, line in enumerate(lines) if speaks(line)]
    languages, emissions, letters = _voices([lines[row] for row in spoken], model)
    path = without_short_runs(best_path(emissions, _SWITCH), letters, _SHORTEST)
    firsts = [at for at in range(len(path)) if at == 0 or path[at] != path[at - 1]]
    if len(firsts) < 2:
        return [(identify(model, text, _WHOLE, _CHARS)[0], text)]
    silent = set(range(len(lines))) - set(spoken)
    starts = [0, *(_with_headings(lines, spoken[first], silent) for first in firsts[1:])]
    return [
        (languages[path[first]], "\n".join(lines[start:end]).strip("\n"))
        for first, (start, end) in zip(firsts, itertools.pairwise([*starts, len(lines)]), strict=True)
    ]


def speaks(line: str) -> bool:
    """Whether a line is prose: enough words, and not mostly names and numbers, as in tables and references."""
    words = _WORD.findall(line)
    if len(words) < _FEWEST:
        return False
    marked = sum(not word[0].islower() for word in words) / len(words)
    return marked < (_MARKED_REFERENCE if _REFERENCE.search(line) else _MARKED) or not _has_case(line)


def best_path(emissions: np.ndarray, switch: float) -> list[int]:
    """The states, one a row, that maximise the sum of `emissions` (rows, states) less `switch` for each change.

    Source: Viterbi 1967, "Error bounds for convolutional codes".
    """
    if emissions.size == 0:
        return []
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
    while len(runs) > 1:
        at = min(range(len(runs)), key=lambda index: runs[index].letters)
        if runs[at].letters >= shortest:
            break
        heir = max((index for index in (at - 1, at + 1) if 0 <= index < len(runs)), key=lambda index: runs[index].letters)
        runs[at] = dataclasses.replace(runs[at], state=runs[heir].state)
        runs = _joined(runs)
    return [run.state for run in runs for _ in range(run.paragraphs)]


def _joined(runs: list[_Run]) -> list[_Run]:
    groups = [(state, list(group)) for state, group in itertools.groupby(runs, key=lambda run: run.state)]
    return [_Run(state, sum(r.paragraphs for r in group), sum(r.letters for r in group)) for state, group in groups]


def _voices(paragraphs: list[str], model: LanguageModel) -> tuple[list[str], np.ndarray, list[int]]:
    """(candidate languages, emissions (paragraphs, languages) from -_LOUDEST to 0, letters of each paragraph)."""
    windows = sample_windows(pa.array(paragraphs, pa.large_string()), _WINDOWS, _CHARS)
    scores = np.zeros((len(paragraphs), len(model.languages)), np.float32)
    np.add.at(scores, windows.owners, model.log_scores(windows))
    letters = np.bincount(windows.owners, windows.letters, len(paragraphs)).astype(np.int64)
    scores[:, [at for at, language in enumerate(model.languages) if language in _NEVER_A_PART]] = -np.inf
    best = scores.max(axis=1, keepdims=True)
    sure = np.exp(scores - best).sum(axis=1) <= 1 / _SURE
    won = np.bincount(scores.argmax(axis=1), letters * sure, len(model.languages))
    candidates = np.flatnonzero(won >= _SHORTEST)
    if len(candidates) == 0:
        return [UNDETERMINED], np.zeros((len(paragraphs), 1)), letters.tolist()
    emissions = scores[:, candidates] - scores[:, candidates].max(axis=1, keepdims=True)
    emissions = np.maximum(emissions * np.minimum(1, letters / _FULL_VOICE)[:, None], -_LOUDEST)
    return [model.languages[at] for at in candidates], emissions, letters.tolist()


def _with_headings(lines: list[str], first: int, silent: set[int]) -> int:
    """The line that begins the part whose first paragraph is `first`: its headings, short silent lines above it."""
    start, above = first, first - 1
    for _ in range(_HEADINGS):
        while above in silent and not lines[above].strip():
            above -= 1
        if above not in silent or not _HEADING.fullmatch(lines[above]):
            break
        start, above = above, above - 1
    return start


def _has_case(line: str) -> bool:
    return line.lower() != line.upper()
