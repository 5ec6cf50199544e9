"""Decontamination: documents per core-second, recall of planted copies, false removals, against two peers.

Benchmarks: all of `../shared/data/bench` (AbstRCT, E3C layer 1, casiMedicos, NCBI-Disease, BC5CDR, DIANN). Documents:
the distinct ones of E3C layer 3, PMC, French leaflets, news in four languages and Wikipedia; each side judges the same
ones, and the same planted copies: items in natural spelling, put into the middle of such a document as they are
(`verbatim`), as IOB files cut them (`tokens`), in lower case, broken at 60 columns, without accents, and all together.
`recall_edited_*`: one word in 14 is another, ours with 8-grams and with 13-grams. Speed: process CPU time of judging
the documents that are not planted, medians of three turns after a warm one; indexing apart. Memory: the index as
judging holds it, a distinct n-gram (peers) or an occurrence (ours); and the peak of a process that indexes and judges,
less that of one that only reads the same files. `found_in_text_medical`: real documents that ours removes; all have
been looked at (`bench/tools/decontaminate.py`). `held_out_*`: the texts of each benchmark as documents against the
other benchmarks, on which no bound was chosen. `residual_*`: the proof over what ours keeps of everything, and how many
plants that method finds where nothing is removed. Peers: datatrove's filter (12-grams, words by regular expression) and
13-grams as Python strings, as GPT-3 and the evaluation harness do it; their verdict is one shared n-gram. The plants
are whole items: how much of a paraphrase is found is not shown.
"""

import subprocess
import sys

from bench.frame import Benchmark, run
from bench.tools.decontaminate import (
    DATA,
    FORMS,
    KNOWN,
    SIDES,
    Ours,
    as_table,
    edited,
    held_out,
    item_texts,
    medical,
    planted,
    plants,
    unrelated,
)
from bench.tools.process import ROOT
from bench.tools.turns import cpu_seconds, in_turns
from filters.decontaminate.residual import Residual, Windows
from shards.errors import InputError

_PLANTS, _QUICK_PLANTS = 300, 60  # a form


def measure(quick: bool) -> Benchmark:
    """Each side indexes, judges the unrelated documents and the planted ones."""
    if not DATA.is_dir():
        raise InputError(f"{DATA} does not exist: this benchmark needs real files")
    others, items = unrelated(), item_texts()
    hosts = list(others.values())
    chosen = plants(items, [host for host in hosts if 1000 < len(host) < 20_000], _QUICK_PLANTS if quick else _PLANTS)
    copies = {form: [planted(change(item), host) for item, host in chosen] for form, change in FORMS.items()}
    checks: dict[str, float | bool] = {
        "unrelated_documents": len(others), "planted_documents": sum(map(len, copies.values())), "items": len(items)
    }  # fmt: skip
    judges = {name: side() for name, side in SIDES.items()}
    for name, judge in judges.items():
        checks[f"{name}_index_cpu_s"] = cpu_seconds(lambda judge=judge: judge.index(items))
        recalls = {form: _share(judge.contaminated(texts)) for form, texts in copies.items()}
        checks |= {f"{name}_recall_{form}": recall for form, recall in recalls.items()}
        checks[f"{name}_removed_of_unrelated"] = sum(judge.contaminated(hosts))
        checks[f"{name}_index_bytes_per_ngram"] = judge.bytes_per_ngram()
        if isinstance(judge, Ours):
            recall_ours = min(recalls.values())
            checks |= _of_ours(judge, hosts, copies)
    ways = {name: lambda judge=judge: judge.contaminated(hosts) for name, judge in judges.items()}
    speeds = {name: len(hosts) / seconds for name, seconds in in_turns(ways, 1 if quick else 3).items()}
    revised = [planted(edited(item), host) for item, host in chosen]
    for n in (8, 13):
        judge = Ours(n)
        judge.index()
        checks[f"recall_edited_{n}grams"] = _share(judge.contaminated(revised))
    if not quick:
        checks |= _held_out() | _memory()
    checks["recall_is_0.99_in_every_form"] = recall_ours >= 0.99
    checks["no_false_removal"] = checks["ours_removed_of_unrelated"] == 0
    return Benchmark("decontaminate", "docs/core-s", speeds.pop("ours"), speeds, checks)


def _of_ours(judge: Ours, hosts: list[str], copies: dict[str, list[str]]) -> dict[str, float | bool]:
    """The size of the index, the largest chance overlap, what is found in real documents, and the proof."""
    ngrams, items = judge.tables["ngrams"], judge.tables["items"]
    touched = judge.score(hosts)["touched"]
    real = medical()
    removed = [key for key, gone in zip(real, judge.contaminated(list(real.values())), strict=True) if gone]
    everything = [*hosts, *(text for texts in copies.values() for text in texts)]
    kept = [text for text, gone in zip(everything, judge.contaminated(everything), strict=True) if not gone]
    bare = copies["all"]  # searched, too, as if nothing had been removed
    overlaps = Residual().run(as_table([*kept, *bare]), Windows().run(items)["windows"])["overlaps"]
    left = {int(row) for row in overlaps.filter(overlaps["left"])["doc_id"].to_pylist()}
    return {
        "ngrams": ngrams.num_rows,
        "unrelated_touching_an_item": len(set(touched["row"].to_pylist())),
        "unrelated_largest_overlap_words": max(touched["words"].to_pylist(), default=0),
        "found_in_text_medical": len(removed),
        "found_are_those_looked_at": set(removed) == set(KNOWN),
        "residual_documents": len(kept),
        "residual_overlaps": sum(row < len(kept) for row in left),
        "residual_method_finds_plants": sum(row >= len(kept) for row in left) / len(bare),
    }


def _held_out() -> dict[str, float | bool]:
    """Each benchmark's texts as documents against all the others: nothing there has been tuned on."""
    documents = removed = largest = 0
    for others, texts in held_out():
        judge = Ours(of=others)
        judge.index()
        documents += len(texts)
        removed += sum(judge.contaminated(texts))
        largest = max([largest, *judge.score(texts)["touched"]["words"].to_pylist()])
    return {
        "held_out_documents": documents, "held_out_removed": removed, "held_out_largest_overlap_words": largest
    }  # fmt: skip


def _memory() -> dict[str, float | bool]:
    """Peak memory of each side in a process of its own, in MB above one that only reads."""
    peaks = {}
    for side in ("none", *SIDES):
        command = [sys.executable, "-m", "bench.tools.decontaminate", side]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks[side] = int(done.stdout.split()[-1])
    return {f"{side}_peak_mb_over_reading": (peaks[side] - peaks["none"]) / 1e6 for side in SIDES}


def _share(found: list[bool]) -> float:
    return sum(found) / len(found)


if __name__ == "__main__":
    run(measure, __doc__)
