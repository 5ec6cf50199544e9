"""Word lists and spellings: well-formed, and evidence for a language where its words stand."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from filters.language import evidence as language_evidence
from filters.language.evidence import digest, evidence, lexicon, patterns_of, words_of
from filters.language.windows import sample_windows
from shards.errors import InputError

FOLDER = Path(language_evidence.__file__).parent / "lexicon"
LISTS = sorted(file for file in FOLDER.glob("*.txt") if file.stem != "patterns")


def log_odds(text: str) -> dict[str, float]:
    windows = sample_windows(pa.array([text], pa.large_string()), 1, 1000)
    return dict(zip(lexicon().languages, evidence(windows)[0].tolist(), strict=True))


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.stem)
def test_every_listed_word_can_be_found_in_a_text(file):
    words = list(words_of(file))
    assert {"1", "2", "3"} == set(words_of(file).values())
    windows = sample_windows(pa.array([f"{word} x" for word in words], pa.large_string()), 1, 100)
    read = [windows.text(at).removesuffix("x").rstrip() for at in range(len(windows))]
    unread = [word for word, found in zip(words, read, strict=True) if found not in (word, word.removesuffix("'"))]
    assert not unread
    assert not [word for word in words if re.search(r"[\s-]", word)]  # a hyphen parts words


def test_listed_words_speak_for_their_language():
    for file in LISTS:
        found = log_odds(" ".join(list(words_of(file))[:12]))
        assert found[file.stem] == pytest.approx(max(found.values()))
        assert found[file.stem] > 0


def test_an_elided_word_is_known_with_its_apostrophe():
    assert log_odds("qu'")["fr"] < log_odds("qu'on")["fr"]
    assert log_odds("l'acqua")["it"] > log_odds("acqua")["it"]


def test_an_unknown_word_speaks_against_every_listed_language():
    assert {round(value, 4) for value in log_odds("vrxnq").values()} == {round(language_evidence._UNLISTED, 4)}


def test_spelling_speaks_where_a_word_is_not_listed():
    gained = {code for code, value in log_odds("fabulación").items() if value > language_evidence._UNLISTED}
    assert {"es", "gl"} <= gained and not {"it", "fr"} & gained
    assert log_odds("fabulação")["pt"] > log_odds("fabulação")["es"]
    assert log_odds("tranquil·litzant")["ca"] == max(log_odds("tranquil·litzant").values())


def test_evidence_of_a_window_does_not_depend_on_the_others():
    texts = ["el paciente y la mujer", "", "o paciente e a muller", "qu'il l'a dit"]
    together = evidence(sample_windows(pa.array(texts, pa.large_string()), 1, 100))
    alone = [evidence(sample_windows(pa.array([text], pa.large_string()), 1, 100)) for text in texts]
    assert np.array_equal(together, np.concatenate(alone))


def test_the_patterns_name_listed_languages_only():
    homes = patterns_of(FOLDER / "patterns.txt")
    assert {code for codes in homes.values() for code in codes} <= {file.stem for file in LISTS}
    assert all(len(set(codes)) == len(codes) for codes in homes.values())


def test_a_list_that_is_none_is_refused(tmp_path):
    file = tmp_path / "xx.txt"
    for content, message in (("de la", "before the first band"), ("[1]\nde de", "twice"), ("[4]\nde", "band '4'")):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=message):
            words_of(file)
    for content in ("-ción", "-ción: es\n-ción: gl", ": es"):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match="pattern"):
            patterns_of(file)


def test_the_digest_is_of_all_lists():
    assert re.fullmatch(r"[0-9a-f]{64}", digest())
