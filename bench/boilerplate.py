"""Boilerplate: pages per core-second of finding and removing what repeats, beside datatrove's sentence deduplication.

The pages are real case reports inside site templates that are known line for line (`bench/tools/templates.py`), 30 a
site, in four partitions. Ours: `CountUnits`, `Repeated`, `Trim` with the recipe's defaults. datatrove: its three stages
(`SentDedupSignature`, `FindDedups`, `Filter`) over lines, spans of one line, without folding of numbers and case, which
is faster and loses less; it removes every line but its first copy, wherever it repeats. Ours also counts words and
characters and hashes the content of what it changed, most of its time. Process CPU time, medians of 15 turns after a
warm run. `*_template_removed`: share of the planted lines that are gone. `*_content_lost`: share of the others that are
gone. `leaflet_words_lost`: share of the words of 178 real leaflets of one template that would go if the recipe asked
for it (by default it does not), with `leaflet_amounts_kept`: whether every "N mg" is still there.
"""

import contextlib
import io
import logging
import re
import statistics
import tempfile
import time

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
from bench.tools.templates import Page, leaflets, lost, seeded_pages
from bench.tools.turns import in_turns
from filters.boilerplate.repeats import CountUnits, Repeated
from filters.boilerplate.trim import Trim
from ingest.recipe.extraction import BoilerplateRules
from shards import schema

_PARTITIONS = 4
_AMOUNT = re.compile(r"\d\s?mg\b")
_AS_WRITTEN = TextNormConfig(
    lowercase=False, norm_whitespace=False, remove_punctuation=False, norm_unicode_diacritics=False,
    norm_numbers=False, norm_weekdays=False, norm_monthnames=False,
)  # fmt: skip
_LINES = SentDedupConfig(
    n_sentences=1, split_sentences=False, min_doc_words=0, min_num_sentences=0, norm_config=_AS_WRITTEN
)


def measure(quick: bool) -> Benchmark:
    """Both sides on the same pages, in turns."""
    pages = seeded_pages(60 if quick else None)
    tables = [documents(pages[at::_PARTITIONS]) for at in range(_PARTITIONS)]
    by_partition = [page for at in range(_PARTITIONS) for page in pages[at::_PARTITIONS]]
    repeats = 3 if quick else 15
    texts = {"ours": ours(tables, {}), "datatrove": datatrove(by_partition)}
    stages: dict[str, list[float]] = {}
    ways = {"ours": lambda: ours(tables, stages), "datatrove": lambda: datatrove(by_partition)}
    speed = {name: len(pages) / seconds for name, seconds in in_turns(ways, repeats).items()}
    size = sum(len(page.text.encode()) for page in pages)
    checks: dict[str, float | bool] = {"pages": len(pages), "mb": size / 1e6}
    checks |= {f"{step}_pages_per_core_s": len(pages) / statistics.median(seconds) for step, seconds in stages.items()}
    checks["mb_per_core_s"] = size / 1e6 * speed["ours"] / len(pages)
    for name, found in texts.items():
        checks |= {f"{name}_{what}": share for what, share in judged(by_partition, found).items()}
    checks |= on_leaflets()
    return Benchmark("boilerplate", "pages per core-second", speed.pop("ours"), speed, checks)


def ours(tables: list[pa.Table], stages: dict[str, list[float]]) -> list[str]:
    """The texts after our steps, with the recipe's defaults; CPU seconds of each step are added to `stages`."""
    rules = BoilerplateRules()
    count, trim = CountUnits(rules.by), Trim(rules.by, rules.max_removed, rules.numbers)
    begun = time.process_time()
    counts = [count.run(table) for table in tables]
    counted = time.process_time()
    found = Repeated(rules.min_documents, rules.min_share).run(
        [pa.Table.from_batches(part["counts"]) for part in counts], [part["groups"] for part in counts]
    )
    summed = time.process_time()
    texts = [text for table in tables for text in trim.run(table, [found["repeated"]])["documents"]["text"].to_pylist()]
    ended = time.process_time()
    for step, seconds in (("count", counted - begun), ("sum", summed - counted), ("trim", ended - summed)):
        stages.setdefault(step, []).append(seconds)
    return texts


def datatrove(pages: list[Page]) -> list[str]:
    """The texts after its three stages; a document that is lost as a whole is an empty text."""
    logger.remove()
    logging.disable()
    given = [Document(text=page.text, id=str(at)) for at, page in enumerate(pages)]
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()):
        SentenceDedupSignature(f"{place}/signatures", config=_LINES).run(iter(given))
        SentenceFindDedups(f"{place}/signatures", f"{place}/found", config=_LINES).run()
        kept = SentenceDedupFilter(f"{place}/found", config=_LINES).run(iter(given))
        texts = {document.id: document.text for document in kept}
    logging.disable(logging.NOTSET)
    return [texts.get(str(at), "") for at in range(len(pages))]


def judged(pages: list[Page], texts: list[str]) -> dict[str, float]:
    """Shares of the template's lines and of the others that are gone."""
    gone, whole = {True: 0, False: 0}, {True: 0, False: 0}
    for page, text in zip(pages, texts, strict=True):
        lines = [line for line, _ in page.lines]
        for is_gone, (_, planted) in zip(lost(lines, text), page.lines, strict=True):
            gone[planted] += is_gone
            whole[planted] += 1
    return {"template_removed": gone[True] / whole[True], "content_lost": gone[False] / whole[False]}


def on_leaflets() -> dict[str, float | bool]:
    """What removal would do to leaflets of one template."""
    before = leaflets()
    pages = [Page(f"https://leaflets.example/{at}", text, []) for at, text in enumerate(before)]
    after = ours([documents(pages)], {})
    words = [sum(len(text.split()) for text in texts) for texts in (before, after)]
    amounts = [[len(_AMOUNT.findall(text)) for text in texts] for texts in (before, after)]
    return {"leaflet_words_lost": 1 - words[1] / words[0], "leaflet_amounts_kept": amounts[0] == amounts[1]}


def documents(pages: list[Page]) -> pa.Table:
    """The pages as the extract step would write them."""
    rows = [
        {
            "doc_id": schema.doc_id("web", page.url), "text": page.text, "source": "web", "source_id": page.url,
            "url": page.url, "mime": "text/html", "opt_out": [], "extractor": "bench",
            "content_hash": schema.content_hash(page.text), "words": len(page.text.split()), "chars": len(page.text),
            "raw_file": "pages",
        }
        for page in pages
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema.DOCUMENT)


if __name__ == "__main__":
    run(measure, __doc__)
