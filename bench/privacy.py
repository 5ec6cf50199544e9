"""Privacy: identifiers found, false hits, and documents per core-second, beside datatrove and Presidio.

The figure is documents of 300 words per second of process CPU time on real medical text in four languages (E3C, French
leaflets), medians of three turns after a warm run; datatrove's on every fourth of them, Presidio's on every 40th. Peers
look for fewer kinds: datatrove for e-mail and IP, Presidio (pattern recognisers, no language model) for eleven; recalls
are of those kinds. Each is asked where identifiers are; texts are not rewritten.

Seeded set: windows of real text with invented identifiers (valid check digits, four languages, several written forms)
and decoys between the sentences. Forms that do not tell themselves (an NHS or RPPS number, any ten or eleven digits)
are seeded with the words that people write before them. These sentences and the filter's words have one author, so the
recall of kinds that need words is an upper bound; the check digits of the seeds are worked out apart. `recall_worst_*`
is the worst kind in the worst language. False hits: leaflets and trial records, 10,000 a language, half of each real
text, half written by templates out of decoys (EU and AIC numbers, lots, NCT, EudraCT, DOI, PMID, CAS ...):
`false_hits_worst` is the most of any kind in any language among the written halves, `hits_in_real_halves` what was
found in the real ones (all of them telephone numbers and an address, by eye). Needs `../shared/data`.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from bench.frame import Benchmark, run
from bench.privacy_set.documents import Document, decoys_only, real_texts, seeded
from bench.privacy_set.identifiers import CHECKED, SEEDED
from bench.privacy_set.score import Hit, Score, score
from bench.tools.privacy_peers import DATATROVE_KINDS, PRESIDIO_KINDS, datatrove, presidio
from bench.tools.turns import in_turns
from filters.privacy import Privacy

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
_SEED_IDENTIFIERS, _SEED_DECOYS = 7, 11
_WORDS = 300
_PEER_SHARE = {"datatrove": 4, "presidio": 40}  # every so many documents

Find = Callable[[list[str]], list[list[Hit]]]


def measure(quick: bool) -> Benchmark:
    """Recall and false hits first, then speed."""
    texts = real_texts(DATA)
    documents = list(seeded(texts, each=10 if quick else 70, seed=_SEED_IDENTIFIERS))
    ours = score(documents, find_ours([document.text for document in documents]))
    checks: dict[str, float | bool] = {
        "identifiers": ours.seeded.total(),
        "recall_worst_checked": ours.worst_recall(CHECKED),
        "recall_worst_any": ours.worst_recall(SEEDED),
        "false_hits_among_identifiers": ours.false_hits.total(),
    }
    checks |= {f"recall_{kind}": ours.recall([kind]) for kind in SEEDED}
    checks["author_contacts_told_apart"] = _told_apart(ours)

    decoys = decoys_only(texts, each=500 if quick else 10_000, seed=_SEED_DECOYS)
    checks |= _false_hits(decoys)

    pieces = [piece for own in texts.values() for text in own for piece in _pieces(text)]
    sides: dict[str, tuple[Find, tuple[str, ...]]] = {"datatrove": (_each(datatrove()), DATATROVE_KINDS)}
    if (peer := presidio()) is not None:
        sides["presidio"] = (_each(peer), PRESIDIO_KINDS)
    sample = list(decoys_only(texts, each=100 if quick else 250, seed=_SEED_DECOYS))
    for name, (find, kinds) in sides.items():
        theirs = score(documents, find([document.text for document in documents]))
        checks[f"recall_{name}"] = theirs.recall(kinds)
        checks[f"recall_ours_same_kinds_{name}"] = ours.recall(kinds)
        for who, side in (("ours", find_ours), (name, find)):
            hits = score(sample, side([document.text for document in sample])).false_hits
            checks[f"false_hits_{who}_in_{len(sample)}_{name}"] = sum(hits[cell] for cell in hits if cell[0] in kinds)
    jobs = {"ours": (find_ours, pieces)}
    jobs |= {name: (find, pieces[:: _PEER_SHARE[name]]) for name, (find, _) in sides.items()}
    jobs["decoys"] = (find_ours, [document.text for document in sample])
    speeds = _speeds(jobs, 1 if quick else 3)
    checks["docs_s_full_of_decoys"], speed = speeds.pop("decoys"), speeds.pop("ours")
    checks["mb_per_core_second"] = speed * sum(len(piece.encode()) for piece in pieces) / len(pieces) / 1e6
    return Benchmark("privacy", "documents per core-second", speed, speeds, checks)


def find_ours(texts: list[str]) -> list[list[Hit]]:
    """Hits of our filter in each text."""
    ids = pa.array([str(row) for row in range(len(texts))])
    scores = Privacy().run(pa.table({"doc_id": ids, "text": pa.array(texts, pa.string())}))["scores"]
    return [[(span["start"], span["end"], span["kind"]) for span in own] for own in scores["spans"].to_pylist()]


def _each(find: Callable[[str], list[Hit]]) -> Find:
    return lambda texts: [find(text) for text in texts]


def _told_apart(ours: Score) -> float:
    authors = [cell for cell in ours.seeded if cell[0].startswith("author_")]
    return sum(ours.typed[cell] for cell in authors) / sum(ours.seeded[cell] for cell in authors)


def _false_hits(decoys: Iterator[Document]) -> dict[str, float]:
    documents, every = 0, Score()
    while batch := list(islice(decoys, 2000)):
        found = score(batch, find_ours([document.text for document in batch]))
        every.false_hits.update(found.false_hits)
        every.real_hits.update(found.real_hits)
        documents += len(batch)
    return {
        "decoy_documents": documents,
        "false_hits": every.false_hits.total(),
        "false_hits_worst": max(every.false_hits.values(), default=0),
        "hits_in_real_halves": every.real_hits.total(),
    }


def _pieces(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[at : at + _WORDS]) for at in range(0, len(words) - _WORDS // 2, _WORDS)]


def _speeds(jobs: dict[str, tuple[Find, list[str]]], turns: int) -> dict[str, float]:
    """Documents per CPU-second of each job (what finds, and where), in turns after a warm run."""
    for find, texts in jobs.values():
        find(texts[:50])
    ways = {name: lambda find=find, texts=texts: find(texts) for name, (find, texts) in jobs.items()}
    return {name: len(jobs[name][1]) / seconds for name, seconds in in_turns(ways, turns).items()}


if __name__ == "__main__":
    run(measure, __doc__)
