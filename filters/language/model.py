"""The language of a window: fastText's probabilities times the evidence of words and spellings, as one posterior.

fastText (lid.176) tells 176 languages apart by n-grams and is weak between neighbours. The word lists know 48 of them
and four that fastText never saw (Ladino, Friulian, Ligurian, Franco-Provençal), and are blind elsewhere. Their
log-odds add up; a language without a list has evidence 0, more than any list gives to a text in another language.
"""

import dataclasses
from functools import cache

import numpy as np

from filters.language.evidence import evidence, lexicon
from filters.language.fasttext import FastText, read_fasttext
from filters.language.windows import Windows
from filters.models import check_digest
from shards.errors import InputError

# Tuned on the first half of every file of NTREX-128 and of the UDHR; bench/language.py reports the second halves.
_FLOOR = -5.0  # log-probability below which fastText's no to a listed language is not believed
_DOUBT = 1e-4  # the least doubt that fastText is granted


@dataclasses.dataclass(frozen=True)
class LanguageModel:
    """A fastText classifier and the word lists. `languages`: fastText's labels, then those that only the lists know."""

    fasttext: FastText
    languages: tuple[str, ...] = dataclasses.field(repr=False)

    def log_scores(self, windows: Windows) -> np.ndarray:
        """(windows, languages) float32, natural logarithms, not normalised."""
        known = self.fasttext.log_probabilities(windows.data, windows.offsets)
        listed = [self.languages.index(language) for language in lexicon().languages]
        scores = np.full((len(windows), len(self.languages)), _FLOOR, np.float32)
        scores[:, : known.shape[1]] = known
        of_listed = np.maximum(scores[:, listed], _FLOOR) + evidence(windows)
        # Log-odds where there is no list: a certain yes outweighs the few words that look like a listed language's.
        scores -= np.log(np.maximum(1 - np.exp(scores), _DOUBT))
        scores[:, listed] = of_listed
        return scores

    def posteriors(self, windows: Windows) -> np.ndarray:
        """(windows, languages) float32 probabilities that sum to 1 over the languages."""
        scores = self.log_scores(windows)
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores


@cache
def load_model(path: str, sha256: str) -> LanguageModel:
    """The model, loaded once a process; `CorruptionError` when the file is not the one the step names."""
    if not path:
        raise InputError("the language step has no model_path; make it with language_filter()")
    check_digest(path, sha256)
    fasttext = read_fasttext(path)
    only_listed = [language for language in lexicon().languages if language not in fasttext.labels]
    return LanguageModel(fasttext, (*fasttext.labels, *only_listed))
