"""Paragraphs: documents per core-second of finding and removing those that better documents keep, beside datatrove.

Real documents (clinical cases, leaflets, news, web pages) of which every fiftieth long paragraph was planted in one to
four others, half of the copies with another case or other blanks (`bench/tools/shared_paragraphs.py`), in four
partitions. Ours: the steps of a build with the recipe's defaults, inputs read from a store and outputs written to it;
it looks at paragraphs of 20 words and 100 characters, leaves a document whole that would lose more than half, and
counts and hashes again what it changed. datatrove: its three stages (`SentDedupSignature`, `FindDedups`, `Filter`) over
lines, spans of one line, case and white space folded, numbers kept; it removes every line but its first copy, of any
length. Its documents are in memory, before and after. Process CPU time, median of five runs after a warm one.
`without_store_*`: of ours, less reading and writing. `*_planted_removed`: share of the copies to be removed that are
gone (all but one of each paragraph); of ours also without those in documents that were left whole. `*_paragraphs_lost`:
share of the corpus's distinct lines that stand nowhere any more. `*_short_lines_lost`: share of the lines under 20
words (headings, labels, items) that are gone. `*_largest_loss`: of a document's words. `leaflet_words_lost`: what 178
leaflets of one template would lose if the recipe asked for it.
"""

import contextlib
import io
import logging
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pyarrow as pa
from datatrove.data import Document
from datatrove.pipeline.dedup.sentence_dedup import (
    SentDedupConfig,
    SentenceDedupFilter,
    SentenceDedupSignature,
    SentenceFindDedups,
)
from datatrove.utils.logging import logger
from datatrove.utils.text import TextNormConfig

from bench.frame import Benchmark, run
from bench.tools.shared_paragraphs import Corpus, folded, is_long, plant
from bench.tools.templates import leaflets
from dedup.paragraphs.hashes import HashParagraphs
from dedup.paragraphs.match import MatchParagraphs
from dedup.paragraphs.trim import TrimParagraphs
from ingest.recipe.dedup import EVERY, ParagraphRules
from shards import schema
from shards.errors import InputError
from shards.store import Store

_PARTITIONS = 4
_FOLDED = TextNormConfig(
    lowercase=True, norm_whitespace=True, remove_punctuation=False, norm_unicode_diacritics=False, norm_numbers=False,
    norm_weekdays=False, norm_monthnames=False,
)  # fmt: skip
_LINES = SentDedupConfig(
    n_sentences=1, split_sentences=False, min_doc_words=0, min_num_sentences=0, norm_config=_FOLDED
)


def measure(quick: bool) -> Benchmark:
    """Both sides on the same documents, in turns."""
    corpus = plant(300 if quick else None)
    stages: list[Counter[str]] = []
    after, capped, _ = ours(corpus.texts)
    found = {"ours": after, "datatrove": datatrove(corpus.texts)}
    spent: dict[str, list[float]] = {"ours": [], "datatrove": []}
    for _ in range(1 if quick else 5):
        *_, seconds = ours(corpus.texts)
        stages.append(seconds)
        spent["ours"].append(seconds.total())
        begun = time.process_time()
        datatrove(corpus.texts)
        spent["datatrove"].append(time.process_time() - begun)
    speed = {name: len(corpus.texts) / statistics.median(seconds) for name, seconds in spent.items()}
    size = sum(len(text.encode()) for text in corpus.texts) / 1e6
    long = sum(is_long(line) for text in corpus.texts for line in text.split("\n"))
    checks: dict[str, float | bool] = {
        "documents": len(corpus.texts), "mb": size, "long_paragraphs": long, "planted_copies": _copies(corpus),
        "mb_per_core_s": size / statistics.median(spent["ours"]),
        "paragraphs_per_core_s": long / statistics.median(spent["ours"]),
    }  # fmt: skip
    checks |= {f"{step}_share_of_time": sum(run[step] for run in stages) / sum(spent["ours"]) for step in stages[0]}
    alone = statistics.median(run.total() - run["store"] for run in stages)
    checks["without_store_documents_per_core_s"] = len(corpus.texts) / alone
    checks["ours_documents_capped"] = len(capped)
    for name, texts in found.items():
        checks |= {f"{name}_{what}": share for what, share in judged(corpus, texts).items()}
    checks["ours_planted_removed_uncapped"] = planted_removed(corpus, after, capped)
    with contextlib.suppress(InputError):  # where the real data are absent
        before = leaflets()
        words = [sum(len(text.split()) for text in texts) for texts in (before, ours(before)[0])]
        checks["leaflet_words_lost"] = 1 - words[1] / words[0]
    return Benchmark("paragraphs", "documents per core-second", speed.pop("ours"), speed, checks)


def ours(texts: list[str]) -> tuple[list[str], set[int], Counter[str]]:
    """(texts after our steps, rows of the documents left whole, CPU seconds of each step and of the store)."""
    seconds: Counter[str] = Counter()

    def timed(what: str, action: Callable[[], Any]) -> Any:
        begun = time.process_time()
        result = action()
        seconds[what] += time.process_time() - begun
        return result

    rules = ParagraphRules(sources=(EVERY,))
    hashing = HashParagraphs(rules.blocks, rules.min_words, rules.min_chars, rules.tasks)
    trim = TrimParagraphs(rules.blocks, rules.min_words, rules.min_chars, rules.max_removed)
    with tempfile.TemporaryDirectory() as place:
        store = Store(place)
        parts = [_documents(texts[at::_PARTITIONS], at) for at in range(_PARTITIONS)]
        blobs = [store.put_table(documents) for documents, _, _ in parts]
        hashes, seen = [], []
        for blob, (_, verdicts, ranks) in zip(blobs, parts, strict=True):
            documents = timed("store", partial(store.get_table, blob, ("doc_id", "text")))
            tables = timed("hash", partial(hashing.run, documents, verdicts, ranks))
            hashes.append(timed("store", partial(store.put_table, tables["paragraphs"])))
            seen.append(timed("store", partial(store.put_table, tables["seen"])))
        tables = timed("store", lambda: [store.get_table(blob, batch=0) for blob in hashes])
        matched = timed("match", partial(MatchParagraphs(((_PARTITIONS, True),)).run, tables))["removals"]
        removals = timed("store", partial(store.put_table, matched))
        outputs = []
        for at, (_, verdicts, _) in enumerate(parts):
            read = timed("store", lambda at=at: (store.get_table(blobs[at]), store.get_table(seen[at]),
                                                 store.get_table(removals, batch=at)))  # fmt: skip
            found = timed("trim", partial(trim.run, read[0], verdicts, read[1], [read[2]]))
            outputs.append({name: timed("store", partial(store.put_table, table)) for name, table in found.items()})
        after, capped = list(texts), set()
        for at, found in enumerate(outputs):
            losing = set(store.get_table(removals, batch=at)["document"].to_pylist())
            table = store.get_table(found["documents"], ("doc_id", "text"))
            for number, row in enumerate(table.to_pylist()):
                place = at + number * _PARTITIONS
                after[place] = row["text"]
                if row["text"] == texts[place] and int(row["doc_id"][:16], 16) in losing:
                    capped.add(place)
        return after, capped, seconds


def datatrove(texts: list[str]) -> list[str]:
    """The texts after its three stages; a document that is lost as a whole is an empty text."""
    logger.remove()
    logging.disable()
    given = [Document(text=text, id=str(at)) for at, text in enumerate(texts)]
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()):
        SentenceDedupSignature(f"{place}/signatures", config=_LINES).run(iter(given))
        SentenceFindDedups(f"{place}/signatures", f"{place}/found", config=_LINES).run()
        kept = list(SentenceDedupFilter(f"{place}/found", config=_LINES).run(iter(given)))
    found = {document.id: document.text for document in kept}
    logging.disable(logging.NOTSET)
    return [found.get(str(at), "") for at in range(len(texts))]


def judged(corpus: Corpus, after: list[str]) -> dict[str, float]:
    """What a side removed of what was planted, and of what was not to go."""
    before, left = ([Counter(map(folded, filter(str.strip, text.split("\n")))) for text in texts]
                    for texts in (corpus.texts, after))  # fmt: skip
    distinct, stays = ({line for lines in found for line in lines} for found in (before, left))
    short = [Counter({line: n for line, n in lines.items() if len(line.split()) < 20}) for lines in before]
    gone = sum((lines - kept).total() for lines, kept in zip(short, left, strict=True))
    words = [(len(old.split()), len(new.split())) for old, new in zip(corpus.texts, after, strict=True)]
    return {
        "planted_removed": planted_removed(corpus, after, set()),
        "paragraphs_lost": len(distinct - stays) / len(distinct),
        "short_lines_lost": gone / sum(lines.total() for lines in short),
        "largest_loss": max(1 - new / old for old, new in words if old),
        "documents_emptied": sum(old > 0 and new == 0 for old, new in words),
    }


def planted_removed(corpus: Corpus, after: list[str], but: set[int]) -> float:
    """Share of the planted paragraphs' copies beyond the first that are gone; copies in rows `but` do not count."""
    lines = [set(map(folded, text.split("\n"))) for text in after]
    due = gone = 0
    for line, rows in corpus.planted.items():
        copies = [row for row in rows if row not in but]
        due += max(0, len(copies) - 1)
        gone += min(max(0, len(copies) - 1), sum(line not in lines[row] for row in copies))
    return gone / due


def _copies(corpus: Corpus) -> int:
    return sum(len(rows) - 1 for rows in corpus.planted.values())


def _documents(texts: list[str], at: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """A partition's documents, verdicts and ranks."""
    rows = len(texts)
    keys = [f"{at} {row}" for row in range(rows)]
    given = {
        "doc_id": [schema.doc_id("bench", key) for key in keys], "text": texts, "source": ["bench"] * rows,
        "source_id": keys, "mime": ["text/plain"] * rows, "opt_out": [[]] * rows, "extractor": ["bench"] * rows,
        "raw_file": ["texts"] * rows,
    } | schema.measure(texts)  # fmt: skip
    columns = [pa.array(given.get(field.name, [None] * rows), field.type) for field in schema.DOCUMENT]
    verdicts = pa.table({"verdict": [schema.KEEP] * rows, "language": ["en"] * rows})
    ranks = pa.table({"priority": pa.array([0] * rows, pa.int32()), "quality": [0.5] * rows})
    return pa.table(columns, schema=schema.DOCUMENT), verdicts, ranks


if __name__ == "__main__":
    run(measure, __doc__)
