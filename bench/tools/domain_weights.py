"""Fits what the medical score rests on to the development half of the domain corpora: weights, then constants.

    python -m bench.tools.domain_weights

writes filters/domain/lexicon/weights.tsv and prints the constants of filters/domain/score.py that follow from it. Needs
../shared/data. The table holds entries of the lexicons and figures, nothing of the corpora's texts.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.tools import domain_corpora as corpora
from filters.domain import terms
from filters.domain.step import lexicon_evidence
from filters.domain.training.logistic import balanced, fit
from filters.domain.training.texts import Text
from filters.log_odds import COLUMNS, measured

FILE = Path(terms.__file__).parent / "lexicon" / terms.TABLE
_BY_HAND, _SPREAD = np.array([-5.7, 120.0, 0.7]), np.array([3.0, 60.0, 0.5])  # constants before, and how sure they were


def rows(language: str) -> list[str]:
    """The lines of a language, sorted by entry. Hard negatives take no part: they are this repository's own words."""
    entries = sorted(measured(terms.hand_set(language), _development(language)), key=lambda each: each.entry)
    return [
        f"{language}\t{each.entry}\t{each.measured_weight}\t{each.medical}\t{each.other}\t{each.log_odds:.2f}"
        for each in entries
        if each.is_measured
    ]


def constants() -> np.ndarray:
    """INTERCEPT, PER_DENSITY and PER_LOG_WEIGHT fitted with the shipped weights, both classes weighing the same.

    In the corpora medical documents are long and others short, which the score must not learn. So each long medical
    document counts once more with its middle 200 words alone, and Wikipedia's articles once more in full.
    """
    texts = [text for language in terms.LANGUAGES for text in _development(language)]
    middles = [dataclasses.replace(text, text=_middle(text.text)) for text in texts if text.medical]
    long = [text for text in middles if text.text] + [text for text in corpora.encyclopedia() if text.split == "train"]
    evidence = lexicon_evidence(pa.array([text.text for text in (*texts, *long)], pa.large_string()))
    labels = np.array([text.medical for text in (*texts, *long)], np.float64)
    logs = np.log1p(np.maximum(evidence.weighted, 0))
    features = np.stack([np.ones(len(logs)), evidence.density, logs], axis=1)
    return fit(features, labels, _BY_HAND, _SPREAD, balanced(labels))


def _development(language: str) -> list[Text]:
    return [text for text in corpora.documents(language) if text.split == "train"]


def _middle(text: str) -> str:
    """The piece in the middle of a text; empty for a text of a piece or less."""
    pieces = corpora.pieces(text)
    return pieces[len(pieces) // 2] if len(pieces) > 1 else ""


if __name__ == "__main__":
    corpora.check()
    lines = [COLUMNS, *(row for language in terms.LANGUAGES for row in rows(language))]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{FILE}: {len(lines) - 1} entries")
    print("INTERCEPT, PER_DENSITY, PER_LOG_WEIGHT =", *np.round(constants(), 2))
