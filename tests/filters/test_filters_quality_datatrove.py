"""The quality columns and presets beside datatrove's own filters, where that is installed."""

import numpy as np
import pyarrow as pa
import pytest
from quality_documents import BAD, GOOD

pytest.importorskip("datatrove", reason="the peer is not installed: pip install .[bench]")

from datatrove.pipeline.filters.c4_filters import POLICY_SUBSTRINGS
from datatrove.pipeline.filters.gopher_quality_filter import STOP_WORDS
from datatrove.utils.text import PUNCTUATION_SET, TERMINAL_PUNCTUATION

from bench.peers.datatrove_quality import SameRules, filters, verdicts
from bench.quality import bounds_by_filter
from filters.quality.characters import SYMBOL, TERMINAL, character_table
from filters.quality.phrases import POLICY, automaton
from filters.quality.presets import broken
from filters.quality.step import Quality
from filters.quality.stop_words import GOPHER


def test_marks_stop_words_and_phrases_are_those_of_the_peer():
    table = character_table()
    assert {chr(point) for point in np.flatnonzero(table & SYMBOL)} == PUNCTUATION_SET
    assert {chr(point) for point in np.flatnonzero(table & TERMINAL)} == TERMINAL_PUNCTUATION
    assert GOPHER["en"].split() == STOP_WORDS
    moves, ends = automaton()
    for phrase in POLICY_SUBSTRINGS:
        state = 0
        for byte in phrase.encode():
            state = int(moves[state, byte])
        assert ends[state] & POLICY, phrase


@pytest.mark.parametrize("language", GOOD)
def test_verdicts_are_those_of_the_peer(language):
    texts = [*GOOD[language].values(), *BAD[language].values()]
    # Longer and mixed documents too, so that other rules decide than those on short ones.
    texts += ["\n\n".join(texts), "\n".join(list(GOOD[language].values()) * 3), " ".join(texts[:3] * 2)]
    table = pa.table({"doc_id": [str(row) for row in range(len(texts))], "text": pa.array(texts, pa.string())})
    scores = Quality().run(table)["scores"]
    for name, reasons in verdicts(texts, filters(SameRules(), GOPHER[language].split())).items():
        ours = broken(scores, bounds_by_filter(language)[name])
        assert [column != "" for column in ours] == [reason != "" for reason in reasons], name
