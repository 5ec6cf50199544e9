"""Quality filter: documents of 300 words per core-second with all rules, beside datatrove's filters on the same texts.

Ours counts every quantity of Gopher's quality and repetition rules, C4's rules on lines and paragraphs and FineWeb's,
and those of the medical preset, in one step. datatrove runs its five filters, once with a tokenizer that finds our
words and sentences by regular expressions, once with its own (spaCy, where installed). It is called as its pipelines
call it, `filter` for each document, without reading and writing; words found for one filter are remembered for the
next. CPU time of the process, medians of three runs in turns after a warm one; spaCy's is one run on a part.

`same_*`: share of documents, whole and in pieces, for which the verdict is equal with the same word rule; `spacy_*`:
with spaCy's words, on a part of them. Most of those that differ do so by one rule, the share of words with a letter (at
least 0.8), which many medical documents meet or miss by a hair: `spacy_gopher_quality_but_letters` leaves it out. spaCy
parts hyphenated words in English, joins ratios and units otherwise (mg/ml, 5%), and knows abbreviations; n-grams of
longer tokens are longer, which moves some documents over the bounds on repetition. `drop_*`: what each preset drops of
the medical texts (E3C's cases, leaflets and exam questions), whole; the medical preset's bounds were set with these
texts at hand. Not shown: whether what is dropped ought to be; nobody has judged it.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pyarrow as pa

from bench.frame import Benchmark, run
from bench.peers.datatrove_quality import FILTERS, SameRules, filters, forget, verdicts
from bench.tools.texts import pieces, texts
from bench.tools.turns import in_turns
from filters.quality.presets import PRESETS, Bounds, broken
from filters.quality.step import Quality
from filters.quality.stop_words import GOPHER, LANGUAGES

WORDS = 300
_QUALITY = 7  # of Gopher's bounds are on quality, the others on repetition
_LETTERS = "gopher_letter_word_share"


def measure(quick: bool) -> Benchmark:
    """Speed on pieces of 300 words; verdicts on these and on whole documents."""
    whole = list(texts())[:: 8 if quick else 1]
    cut = [(language, piece) for _, language, text in whole for piece in pieces(text, WORDS)]
    full = [(language, piece) for language, piece in cut if len(piece.split()) == WORDS]
    rules = SameRules()
    sides: dict[str, Callable[[list[tuple[str, str]]], object]] = {
        "ours": lambda documents: _scores(documents),
        "datatrove, same words": lambda documents: _peer(documents, rules),
    }
    speeds = _speeds(sides, full, 1 if quick else 3)
    checks: dict[str, float | bool] = {
        "documents": len(whole) + len(cut),
        "MB_per_core_second": speeds["ours"] * sum(len(text.encode()) for _, text in full) / len(full) / 1e6,
        "sidecar_bytes_per_document": _sidecar_bytes(full),
    }
    everything = [(language, text) for _, language, text in whole] + cut
    checks |= _agreement("same", everything, _peer(everything, rules))
    if find_spec("spacy"):
        few = full[:: max(1, len(full) // 400)]
        speeds |= _speeds({"datatrove, spaCy's words": lambda documents: _peer(documents, None)}, few, 1)
        part = everything[:: 1 if quick else 3]
        checks |= {"spacy_documents": len(part)} | _agreement("spacy", part, _peer(part, None))
    medical = [(language, text) for origin, language, text in whole if origin == "medical"]
    if medical:
        checks |= {f"drop_{name}": _dropped(medical, name) for name in PRESETS}
    return Benchmark("quality", "documents of 300 words per core-second", speeds.pop("ours"), speeds, checks)


def _scores(documents: list[tuple[str, str]]) -> pa.Table:
    names = pa.array(map(str, range(len(documents))))
    table = pa.table({"doc_id": names, "text": pa.array([text for _, text in documents], pa.large_string())})
    return Quality().run(table)["scores"]


def _peer(documents: list[tuple[str, str]], rules: SameRules | None) -> dict[str, np.ndarray]:
    """For each filter whether it drops each document; `rules` None: with the tokenizer of the document's language."""
    forget()
    dropped = {name: np.zeros(len(documents), bool) for name in (*FILTERS, "gopher quality but letters")}
    for language in LANGUAGES:
        made = filters(rules or language, GOPHER[language].split(), but_letters=rules is None)
        rows = [row for row, (spoken, _) in enumerate(documents) if spoken == language]
        for name, reasons in verdicts([documents[row][1] for row in rows], made).items():
            dropped[name][rows] = [reason != "" for reason in reasons]
    return dropped


def _speeds(sides: dict[str, Callable], documents: list[tuple[str, str]], repeats: int) -> dict[str, float]:
    """Documents per second of CPU time of each side, after a warm run on a few documents."""
    for side in sides.values():
        side(documents[:20])
    ways = {name: lambda side=side: side(documents) for name, side in sides.items()}
    return {name: len(documents) / seconds for name, seconds in in_turns(ways, repeats).items()}


def bounds_by_filter(language: str) -> dict[str, Bounds]:
    """Our bounds by datatrove's filter."""
    gopher = PRESETS["gopher"].of(language)
    first, stops = list(gopher)[:_QUALITY], f"gopher_stop_words_{language}"
    quality = {column: gopher[column] for column in (*first, stops)}
    return {
        "gopher quality": quality,
        "gopher repetition": {column: bound for column, bound in gopher.items() if column not in quality},
        "c4": PRESETS["c4"].of(language),
        "c4 paragraph": {"c4_third_line_chars": (200, None)},
        "fineweb": PRESETS["fineweb"].of(language),
        "gopher quality but letters": {column: bound for column, bound in quality.items() if column != _LETTERS},
    }


def _agreement(prefix: str, documents: list[tuple[str, str]], theirs: dict[str, np.ndarray]) -> dict[str, float]:
    """Share of documents with equal verdicts, for each filter and for all five."""
    scores = _scores(documents)
    languages = np.array([language for language, _ in documents])
    shares, all_equal = {}, np.ones(len(documents), bool)
    names = FILTERS if prefix == "same" else theirs
    for name in names:
        ours = np.zeros(len(documents), bool)
        for language in LANGUAGES:
            mine = broken(scores, bounds_by_filter(language)[name]) != ""
            ours[languages == language] = mine[languages == language]
        equal = ours == theirs[name]
        shares[f"{prefix}_{name.replace(' ', '_')}"] = float(equal.mean())
        if name in FILTERS:
            all_equal &= equal
    return {f"{prefix}_all": float(all_equal.mean())} | shares


def _dropped(documents: list[tuple[str, str]], name: str) -> float:
    scores = _scores(documents)
    lost = [broken(scores.slice(row, 1), PRESETS[name].of(language))[0] for row, (language, _) in enumerate(documents)]
    return sum(map(bool, lost)) / len(documents)


def _sidecar_bytes(documents: list[tuple[str, str]]) -> float:
    """Bytes a document of the sidecar as the store writes it (Arrow IPC, zstd), names of documents included."""
    table, sink = _scores(documents), pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue().size / len(documents)


if __name__ == "__main__":
    run(measure, __doc__)
