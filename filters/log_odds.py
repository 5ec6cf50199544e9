"""Command line: how much each entry of a lexicon tells of medicine, on marked documents: python -m filters.log_odds.

For each entry, the log-odds that a document which holds it is medical, over those of any document; counts are of
documents, with half a document added to each (Jeffreys). `shrunk` pulls the figure towards 0 by its standard error, so
that an entry seen twice says little. The shipped weights are classes of it, checked by hand: marked corpora are small.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer

from catalog.versions import Catalog
from filters import training_recipe, training_texts
from filters.folding import fold
from filters.terms import LANGUAGES, Lexicon, lexicons
from filters.training_texts import Text
from filters.words import find_words
from shards import commands
from shards.errors import InputError

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry with its shipped weight, the documents of each class that hold it, and its log-odds."""

    entry: str
    weight: float
    medical: int
    other: int
    log_odds: float
    shrunk: float


@app.command()
def measure(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A training recipe (TOML) that marks the sources.")],
    language: Annotated[str, typer.Option(help="en, fr, it or es.")],
    contrary: Annotated[bool, typer.Option("--contrary", help="Only entries whose weight has the wrong sign.")] = False,
    root: Annotated[str | None, typer.Option(envvar="MEDCORPUS_ROOT", help="Store, for versions.")] = None,
) -> None:
    """Print every entry that the documents hold: entry, weight, medical, other, log-odds, shrunk (tab-separated).

    Example: python -m filters.log_odds recipes/domain_model.toml --language fr --contrary
    """
    if language not in LANGUAGES:
        raise InputError(f"--language {language}: give one of {', '.join(LANGUAGES)}")
    texts = training_texts.read(training_recipe.load(recipe), Catalog(root) if root else None)
    lexicon = lexicons()[LANGUAGES.index(language)]
    print("entry\tweight\tmedical\tother\tlog_odds\tshrunk")
    for each in measured(lexicon, [text for text in texts if text.language == language and text.split != "test"]):
        if not contrary or each.weight * each.shrunk < 0:
            print(f"{each.entry}\t{each.weight}\t{each.medical}\t{each.other}\t{each.log_odds:.2f}\t{each.shrunk:.2f}")


def measured(lexicon: Lexicon, texts: Iterable[Text]) -> list[Entry]:
    """The entries that occur, the strongest first. Both classes need a document."""
    totals, held = Counter(), {True: Counter(), False: Counter()}
    weights: dict[str, float] = {}
    for text in texts:
        totals[text.medical] += 1
        found = entries_of(lexicon, text.text)
        held[text.medical].update(found.keys())
        weights |= found
    if not (totals[True] and totals[False]):
        raise InputError(f"{totals[True]} medical and {totals[False]} other documents; both classes are needed")
    rows = []
    for entry, weight in weights.items():
        medical, other = held[True][entry], held[False][entry]
        odds = np.log((medical + 0.5) / (totals[True] - medical + 0.5))
        odds -= np.log((other + 0.5) / (totals[False] - other + 0.5))
        counts = (medical, totals[True] - medical, other, totals[False] - other)
        error = np.sqrt(sum(1 / (count + 0.5) for count in counts))
        shrunk = np.sign(odds) * max(0.0, abs(odds) - error)
        rows.append(Entry(entry, weight, medical, other, float(odds), float(shrunk)))
    return sorted(rows, key=lambda row: (-row.shrunk, row.entry))


def entries_of(lexicon: Lexicon, text: str) -> dict[str, float]:
    """The entries that match in a text, as the lexicon's file spells them (folded), with their weights."""
    words = find_words(pa.array([text], pa.large_string()))
    folded = [fold(words.word(at)) for at in range(len(words.hashes))]
    found = {entry: lexicon.weight(word) for word in set(folded) if (entry := lexicon.entry(word))}
    for at in range(len(folded)):
        for length in (2, 3):
            if (phrase := tuple(folded[at : at + length])) in lexicon.phrases:
                found[" ".join(phrase)] = lexicon.phrases[phrase]
    return found


if __name__ == "__main__":
    commands.run(app)
