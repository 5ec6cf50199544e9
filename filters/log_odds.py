"""Command line: how much each entry of a lexicon tells of medicine, on marked documents: python -m filters.log_odds.

Documents are cut into pieces of equal length, so that a long one holds no more entries than a short one. For each
entry, the log-odds that a medical piece holds it, over those of another piece, with an informative Dirichlet prior:
`_PRIOR` pieces are added to each class that hold the entry as often as all pieces do. So an entry seen twice says
little, and one that no other document holds says no more than its number. Source: Monroe, Colaresi and Quinn 2008,
"Fightin' Words", section 3.3, with pieces in place of words: a document repeats its words.

The weight set by hand is the second witness: it knows the uses of a word that these corpora do not hold. What weighs is
the posterior mean of both, as a class: `weight_class`. An entry counts as measured when at least `FEWEST` documents
hold it; `filters/domain/lexicon/weights.tsv` is such a table, of the development half of the domain corpora
(`python -m bench.tools.domain_weights`). Entries that the lexicon gives 0 or less are left alone: they stand for
neighbouring fields and everyday words, which news and encyclopedias hold too seldom.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from catalog.versions import Catalog
from filters.domain.terms import LANGUAGES, Lexicon, hand_set
from filters.domain.training import recipe as training_recipe
from filters.domain.training import texts as training_texts
from filters.domain.training.texts import Text
from filters.folding import fold
from filters.words import find_words
from shards import commands
from shards.errors import InputError

FEWEST = 20  # documents of both classes that hold an entry, for its weight to be measured
COLUMNS = "language\tentry\tweight\tmedical\tother\tlog_odds"
_WORDS = 200  # words a piece
_PRIOR = 10.0  # pieces
# Weight classes by the least log-odds; 1.0: of the pieces with the entry 95 in 100 are medical, were half of all so.
_CLASSES = ((2.95, 1.0), (2.2, 0.8), (1.7, 0.7), (0.7, 0.4))
_CENTRES = ((0.4, 0.7, 0.8, 1.0), (1.2, 1.95, 2.6, 3.5))  # weights set by hand, and the log-odds they stand for
_BY_HAND, _REGISTER = 1.0, 1.0  # standard deviations: of such a weight, and of log-odds from one corpus to another
app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry with its weight in the lexicon, the documents of each class that hold it, and its log-odds."""

    entry: str
    weight: float
    medical: int
    other: int
    log_odds: float
    error: float  # standard error of the log-odds

    @property
    def is_measured(self) -> bool:
        """Whether the log-odds, and not the lexicon, say what the entry weighs."""
        return self.weight > 0 and self.medical + self.other >= FEWEST

    @property
    def measured_weight(self) -> float:
        """The class of the posterior log-odds. A phrase weighs something at least: it stands beside its words."""
        least = _CLASSES[-1][1] if " " in self.entry else 0.0
        return max(weight_class(posterior(self.weight, self.log_odds, self.error)), least)


@app.command()
def measure(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A training recipe (TOML) that marks the sources.")],
    language: Annotated[str, typer.Option(help="en, fr, it or es.")],
    contrary: Annotated[bool, typer.Option("--contrary", help="Only entries whose weight has the wrong sign.")] = False,
    root: Annotated[str | None, typer.Option(envvar="MEDCORPUS_ROOT", help="Store, for versions.")] = None,
) -> None:
    """Print every entry that the documents hold: entry, weight set by hand, medical, other, log-odds (tab-separated).

    Example: python -m filters.log_odds recipes/domain_model.toml --language fr --contrary
    """
    if language not in LANGUAGES:
        raise InputError(f"--language {language}: give one of {', '.join(LANGUAGES)}")
    texts = training_texts.read(training_recipe.load(recipe), Catalog(root) if root else None)
    print(COLUMNS)
    for each in measured(hand_set(language), [t for t in texts if t.language == language and t.split != "test"]):
        if not contrary or each.weight * each.log_odds < 0:
            print(f"{language}\t{each.entry}\t{each.weight}\t{each.medical}\t{each.other}\t{each.log_odds:.2f}")


def weight_class(log_odds: float) -> float:
    """The class that log-odds earn: it never falls as they rise."""
    return next((weight for least, weight in _CLASSES if log_odds >= least), 0.0)


def posterior(weight: float, log_odds: float, error: float) -> float:
    """Posterior mean of normal log-odds, from a weight set by hand and from a measurement with its standard error."""
    by_hand, by_count = 1 / _BY_HAND**2, 1 / (_REGISTER**2 + error**2)
    return (by_hand * float(np.interp(weight, *_CENTRES)) + by_count * log_odds) / (by_hand + by_count)


def measured(lexicon: Lexicon, texts: Iterable[Text]) -> list[Entry]:
    """The entries that occur, the strongest first. Both classes need a document."""
    pieces, documents = Counter(), Counter()
    in_pieces, in_documents = {True: Counter(), False: Counter()}, {True: Counter(), False: Counter()}
    weights: dict[str, float] = {}
    for text in texts:
        found = entries_of(lexicon, text.text)
        documents[text.medical] += 1
        pieces[text.medical] += len(found)
        weights |= {entry: weight for piece in found for entry, weight in piece.items()}
        in_pieces[text.medical].update(entry for piece in found for entry in piece)
        in_documents[text.medical].update({entry for piece in found for entry in piece})
    if not (documents[True] and documents[False]):
        raise InputError(f"{documents[True]} medical and {documents[False]} other documents; both classes are needed")
    rows = []
    for entry, weight in weights.items():
        counted = log_odds(in_pieces[True][entry], pieces[True], in_pieces[False][entry], pieces[False])
        rows.append(Entry(entry, weight, in_documents[True][entry], in_documents[False][entry], *counted))
    return sorted(rows, key=lambda row: (-row.log_odds, row.entry))


def log_odds(medical: int, medical_pieces: int, other: int, other_pieces: int) -> tuple[float, float]:
    """(log-odds ratio of the pieces that hold an entry, its standard error), under the prior.

    The classes are unlike in size, so the rate of "all pieces" is the mean of the classes' rates; equal rates give 0.
    """
    rate = (medical / medical_pieces + other / other_pieces) / 2
    counts = np.array([medical, medical_pieces - medical, other, other_pieces - other], np.float64)
    counts += _PRIOR * np.array([rate, 1 - rate, rate, 1 - rate])
    logs = np.log(counts)
    return float(logs[0] - logs[1] - logs[2] + logs[3]), float(np.sqrt((1 / counts).sum()))


def entries_of(lexicon: Lexicon, text: str) -> list[dict[str, float]]:
    """Of each piece of a text, the entries that match, as the lexicon's file spells them (folded), with weights."""
    words = find_words(pa.array([text], pa.large_string()))
    folded = [fold(words.word(at)) for at in range(len(words.hashes))]
    count = max(1, round(len(folded) / _WORDS))
    bounds = [round(at * len(folded) / count) for at in range(count + 1)]
    matched = {word: lexicon.entry(word) for word in set(folded)}
    pieces = []
    for start, end in pairwise(bounds):
        piece = folded[start:end]
        found = {entry: lexicon.weight(word) for word in set(piece) if (entry := matched[word])}
        for at in range(len(piece)):
            for length in (2, 3):
                if (phrase := tuple(piece[at : at + length])) in lexicon.phrases:
                    found[" ".join(phrase)] = lexicon.phrases[phrase]
        pieces.append(found)
    return pieces


if __name__ == "__main__":
    commands.run(app)
