"""Language: documents per CPU-second, and precision and recall beside fastText alone, py3langid and lingua.

Texts: NTREX-128 (news, 16 varieties) and the UDHR (36 translations), 25 languages in all, from ../shared/data/lid. The
model's constants were tuned, and some words of the lists chosen, on the first half of every file; all figures here are
of the second halves. A document is five consecutive lines; a line has at least 20 letters.

The figure is documents per second of process CPU time in one process, medians of three turns after a warm run. Each
system answers with its best label, without a threshold: lid.176.ftz alone in one call for all texts, py3langid with its
97 languages, lingua with all of its 75 in its accurate mode, a text a call. Ours is
that fastText model in compiled code of our own, with lists of words. `..._sure` are ours at the recipes' minimum
confidence. Precision and recall of peers are the worst of en, fr, it, es; `lines_right_*` is the share of a near
language's lines named as that language, `lines_taken_*` the share named as one of the four. The files called Occitan in
the UDHR are Franco-Provençal (frp) by their own tags; there is no Occitan among the texts. Not shown: web pages, texts
of a few words, texts in two languages.
"""

from collections.abc import Callable

import numpy as np
import py3langid
import pyarrow as pa
from fasttext.FastText import _FastText
from lingua import LanguageDetectorBuilder

from bench.frame import Benchmark, run
from bench.tools.lid_texts import Sample, documents, lines
from bench.tools.turns import in_turns
from filters.language.step import Language, language_filter

FOUR = ("en", "fr", "it", "es")
NEAR = ("gl", "ca", "pt", "ro", "ast", "co", "lad", "frp")
OTHER_ROMANCE = ("fur", "lij", "rm", "vec", "wa")
MIN_CONFIDENCE = 0.6  # the recipes' default
_LONG = 12  # lines in a document of some 300 words

Labels = Callable[[list[str]], list[str]]


def measure(quick: bool) -> Benchmark:
    """Speed and accuracy of each system on the same held-out documents and lines."""
    step = language_filter()
    held_out = [sample for sample in documents() if sample.half == 1]
    short = [sample for sample in lines() if sample.half == 1]
    long = [sample for sample in documents(_LONG) if sample.half == 1]
    if quick:
        held_out, short, long = held_out[::5], short[::10], long[::3]
    systems: dict[str, Labels] = {
        "fasttext": _fasttext(step.model_path), "py3langid": _py3langid, "lingua": _lingua(),
    }  # fmt: skip
    texts = [sample.text for sample in held_out]
    speeds = _speeds(step, systems, held_out, 1 if quick else 3)
    checks: dict[str, float | bool] = {}
    of_long = in_turns({"ours": lambda: _named(step, long)}, 1 if quick else 3)
    checks["docs_s_of_300_words"] = len(long) / of_long["ours"]
    for size, samples in (("documents", held_out), ("lines", short)):
        names, confidence = _named(step, samples)
        sure = np.where(confidence >= MIN_CONFIDENCE, names, "")
        for language in FOUR:
            precision, recall = _precision_recall(names, samples, language)
            checks[f"{size}_precision_{language}"], checks[f"{size}_recall_{language}"] = precision, recall
            precision, recall = _precision_recall(sure, samples, language)
            checks[f"{size}_precision_{language}_sure"], checks[f"{size}_recall_{language}_sure"] = precision, recall
        if size == "lines":
            checks |= _near(names, samples, "")
    for name, label in systems.items():
        of_documents = np.array(label(texts), object)
        of_lines = np.array(label([sample.text for sample in short]), object)
        for size, names, samples in (("documents", of_documents, held_out), ("lines", of_lines, short)):
            worst = np.min([_precision_recall(names, samples, language) for language in FOUR], axis=0)
            checks[f"{name}_{size}_precision"], checks[f"{name}_{size}_recall"] = float(worst[0]), float(worst[1])
        checks |= _near(of_lines, short, f"{name}_")
    return Benchmark("language", "5-line documents per CPU-second", speeds.pop("ours"), speeds, checks)


def _named(step: Language, samples: list[Sample]) -> tuple[np.ndarray, np.ndarray]:
    table = pa.table({"doc_id": [""] * len(samples), "text": [sample.text for sample in samples]})
    scores = step.run(table)["scores"]
    return scores["language"].to_numpy(), scores["confidence"].to_numpy()


def _fasttext(path: str) -> Labels:
    model = _FastText(model_path=path)

    def label(texts: list[str]) -> list[str]:
        found, _ = model.f.multilinePredict([text.replace("\n", " ") + "\n" for text in texts], 1, 0.0, "strict")
        return [names[0].removeprefix("__label__") for names in found]

    return label


def _py3langid(texts: list[str]) -> list[str]:
    return [py3langid.classify(text)[0] for text in texts]


def _lingua() -> Labels:
    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def label(texts: list[str]) -> list[str]:
        found = [detector.detect_language_of(text) for text in texts]
        return [language.iso_code_639_1.name.lower() if language else "" for language in found]

    return label


def _precision_recall(names: np.ndarray, samples: list[Sample], language: str) -> tuple[float, float]:
    truth = np.array([sample.language for sample in samples], object)
    right = np.sum((names == language) & (truth == language))
    return float(right / max(1, np.sum(names == language))), float(right / np.sum(truth == language))


def _near(names: np.ndarray, samples: list[Sample], prefix: str) -> dict[str, float]:
    """Share of each near language's lines that are named right, and that are taken for one of the four."""
    truth = np.array([sample.language for sample in samples], object)
    taken = np.isin(names.astype(str), FOUR)
    found = {}
    for language in NEAR:
        found[f"{prefix}lines_right_{language}"] = float(np.mean(names[truth == language] == language))
        found[f"{prefix}lines_taken_{language}"] = float(np.mean(taken[truth == language]))
    rest = np.isin(truth.astype(str), OTHER_ROMANCE)
    found[f"{prefix}lines_taken_other_romance"] = float(np.mean(taken[rest]))
    return found


def _speeds(step: Language, systems: dict[str, Labels], samples: list[Sample], turns: int) -> dict[str, float]:
    """Documents per CPU-second of every system on the same documents, in turns after a warm run."""
    texts = [sample.text for sample in samples]
    sides: dict[str, Callable[[], object]] = {"ours": lambda: _named(step, samples)}
    sides |= {name: lambda label=label: label(texts) for name, label in systems.items()}
    _named(step, samples[:50])  # compiles
    for label in systems.values():
        label(texts[:50])
    return {name: len(texts) / seconds for name, seconds in in_turns(sides, turns).items()}


if __name__ == "__main__":
    run(measure, __doc__)
