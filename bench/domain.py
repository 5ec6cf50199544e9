"""Medical domain: what is kept and at what precision, per language, on documents that nothing was fitted to.

Every figure is of the blind half (`bench.tools.domain_corpora`); weights of the lexicons and constants of the score
were fitted to the other. Classifiers train in two folds a language: sources are dealt out to two sides, and a side is
tested with the model of the other side, which saw neither its sources nor its hosts. `recall_L`, `precision_L` (at a
prevalence of 1.5 %, with 95 % intervals `_low`, `_high`) are those at the product's thresholds; `precision_at_90_L` is
that of the highest threshold with recall 0.9; `auc_L` the area under the ROC curve. Without a prefix: the lexicon
alone, the product's default. `combined_`: lexicon and classifier (`filters.train_domain`). Peers: `keywords_`, the
MMedC rule (five distinct terms and 4 % of the words, on our terms); `fasttext_`, the classifier alone. `hard_` is the
share of hard negatives that passes (half of them trains classifiers). A side has one to three kinds of source, too few
for a classifier to learn medicine and not the source: read `fasttext_` as that, not as what fastText can do. Not blind:
which entries the lexicons have, some of them chosen after a look at leaflets and pages of both halves; their words of
neighbouring fields, written knowing the hard negatives; the threshold 0.98 and the list of doubtful pages, chosen after
a look at the scores. For the lexicon and `keywords_`, which uses the same terms, both halves come of the same
publishers: other publishers will give less. Of the negatives 0 errors prove only a rate below 3 / `negatives_L`. The
figure is the French and Spanish documents per second of process CPU time, medians of three turns after a warm run;
`lexicon and classifier` is ours, too.
"""

import dataclasses
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.frame import Benchmark, run
from bench.tools import domain_corpora as corpora
from bench.tools.turns import in_turns
from filters.domain.model import classifier_text, log_odds
from filters.domain.step import THRESHOLD, lexicon_evidence
from filters.domain.terms import LANGUAGES
from filters.domain.training.card import roc_plot
from filters.domain.training.classifier import combine, train_classifier
from filters.domain.training.prevalence import WEB, at_recall, at_threshold, auc, bootstrap
from filters.domain.training.recipe import ClassifierSettings
from filters.domain.training.texts import Text, disjoint

LEXICON_THRESHOLD = 0.98  # what the documentation advises for a crawl; 0.5 is for sources that are medical by nature
_SYSTEMS = ("lexicon", "combined", "keywords", "fasttext")
_SETTINGS = ClassifierSettings()


@dataclasses.dataclass(frozen=True)
class Scored:
    """Test documents of one language, of the blind half but for hard negatives, with the score of each system."""

    texts: list[Text]
    scores: dict[str, np.ndarray]

    def classes(self, system: str) -> tuple[np.ndarray, np.ndarray]:
        """Scores of (medical, other) documents, without the hard negatives."""
        hard = np.array([text.source.startswith("hard-") for text in self.texts])
        medical = np.array([text.medical for text in self.texts])
        return self.scores[system][medical & ~hard], self.scores[system][~medical & ~hard]

    def passing(self, system: str, threshold: float, register: str) -> float:
        """Share of the hard negatives of a register that reach the threshold."""
        rows = [row for row, text in enumerate(self.texts) if text.source == f"hard-{register}"]
        return float(np.mean(self.scores[system][rows] >= threshold))


def measure(quick: bool) -> Benchmark:
    """All languages; `quick`: Spanish and Italian only."""
    corpora.check()
    checks: dict[str, float | bool] = {}
    for language in LANGUAGES if not quick else ("it", "es"):
        checks |= _figures(language, score(language))
    speeds = _speeds()
    return Benchmark("medical domain", "documents per CPU-second", speeds.pop("lexicon"), speeds, checks)


def score(language: str) -> Scored:
    """The test documents of a language, scored by models that saw neither their source nor their host."""
    texts = [*corpora.documents(language), *corpora.hard_negatives(language)]
    side = np.array(_sides(texts))
    evidence = lexicon_evidence(pa.array([text.text for text in texts], pa.large_string()))
    scores = {"lexicon": evidence.score.copy(), "keywords": np.where(evidence.terms >= 5, evidence.density, 0.0)}
    scores |= {system: np.zeros(len(texts)) for system in ("combined", "fasttext")}
    for tested in (0, 1):
        rows = np.flatnonzero(side == tested)
        seen = disjoint(
            [dataclasses.replace(text, split="test" if at == tested else "train")
             for text, at in zip(texts, side, strict=True)]
        )  # fmt: skip
        train = [text for text in seen if text.split == "train"]
        fitted = np.array([_is_fitted(text) for text in train])
        medical = np.array([text.medical for text in train])
        words = [text.text for text in train]
        classifier, _ = train_classifier(_pick(words, fitted), medical[fitted], _SETTINGS, seed=1)
        combination = combine(classifier, "", _pick(words, ~fitted), medical[~fitted], WEB, 0.9)
        odds = np.zeros(len(texts))
        odds[rows] = log_odds(classifier, [classifier_text(texts[row].text) for row in rows])
        scores["combined"][rows] = combination.score(evidence.features(odds)[rows])
        scores["fasttext"][rows] = 1 / (1 + np.exp(-odds[rows]))
    blind = [row for row, text in enumerate(texts) if text.split == "test" or text.source.startswith("hard-")]
    return Scored([texts[row] for row in blind], {system: score[blind] for system, score in scores.items()})


def _sides(texts: list[Text]) -> list[int]:
    """Side 0 or 1 of each document: whole sources, largest first, to the lighter side of their class; pages by host,
    hard negatives in turns, and a class with one source by halves."""
    sizes: dict[tuple[bool, str], int] = {}
    for text in texts:
        sizes[_group(text)] = sizes.get(_group(text), 0) + 1
    load, at = {}, {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        kind = (group[0], group[1].startswith("html"))
        loads = load.setdefault(kind, [0, 0])
        at[group] = int(loads[1] < loads[0])
        loads[at[group]] += sizes[group]
    turns: dict[str, int] = {}
    sides = []
    for text in texts:
        if text.source.startswith("hard-"):
            turns[text.source] = turns.get(text.source, 0) + 1
            sides.append(turns[text.source] % 2)
        else:
            sides.append(at[_group(text)])
    return sides


def _group(text: Text) -> tuple[bool, str]:
    name = f"html-{text.host}" if text.source == "html" else text.source
    return text.medical, name


def _is_fitted(text: Text) -> bool:
    """Whether a document of the training side trains the classifier; the others fit the combination."""
    return hash_of(text.text) % 3 != 0


def hash_of(text: str) -> int:
    """A number that depends on the text alone."""
    return zlib.crc32(text.encode())


def _pick(words: list[str], mask: np.ndarray) -> list[str]:
    return [words[row] for row in np.flatnonzero(mask)]


def _figures(language: str, scored: Scored) -> dict[str, float]:
    thresholds = {"lexicon": LEXICON_THRESHOLD, "combined": THRESHOLD, "keywords": 0.04, "fasttext": THRESHOLD}
    figures: dict[str, float] = {}
    for system in _SYSTEMS:
        positive, negative = scored.classes(system)
        prefix = "" if system == "lexicon" else f"{system}_"
        point = at_threshold(positive, negative, thresholds[system])
        figures[f"{prefix}auc_{language}"] = auc(positive, negative)
        figures[f"{prefix}recall_{language}"] = point.recall
        figures[f"{prefix}precision_{language}"] = point.precision
        if system in ("lexicon", "combined"):
            precise, _ = bootstrap(positive, negative, thresholds[system])
            figures[f"{prefix}precision_{language}_low"] = precise.low
            figures[f"{prefix}precision_{language}_high"] = precise.high
            for register in corpora.REGISTERS:
                passing = scored.passing(system, thresholds[system], register)
                figures[f"{prefix}hard_{register}_{language}"] = passing
        figures[f"{prefix}precision_at_90_{language}"] = at_recall(positive, negative, 0.9).precision
    positive, negative = scored.classes("lexicon")
    return figures | {f"positives_{language}": len(positive), f"negatives_{language}": len(negative)}


def _speeds() -> dict[str, float]:
    """Documents per CPU-second of each system on the French and Spanish documents."""
    texts = [*corpora.documents("fr"), *corpora.documents("es")]
    batch = pa.array([text.text for text in texts], pa.large_string())
    fitted = [*corpora.documents("es"), *corpora.hard_negatives("es")]
    marks = np.array([text.medical for text in fitted])
    classifier, _ = train_classifier([text.text for text in fitted], marks, _SETTINGS, seed=1)

    def classify() -> np.ndarray:
        return log_odds(classifier, [classifier_text(text.as_py()) for text in batch])

    ways: dict[str, Callable[[], object]] = {
        "lexicon": lambda: lexicon_evidence(batch),
        "lexicon and classifier": lambda: lexicon_evidence(batch).features(classify()),
        "plain fastText": classify,
    }
    for way in ways.values():
        way()
    return {name: len(texts) / seconds for name, seconds in in_turns(ways, 3).items()}


def plot(folder: Path) -> list[Path]:
    """ROC curves of every system as PNG, one file a language; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for language in LANGUAGES:
        scored = score(language)
        paths.append(folder / f"domain_roc_{language}.png")
        paths[-1].write_bytes(roc_plot({system: scored.classes(system) for system in _SYSTEMS}, f"ROC, {language}"))
    return paths


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--plot":  # python -m bench.domain --plot work/plots
        print("\n".join(map(str, plot(Path(sys.argv[2])))))
    else:
        run(measure, __doc__)
