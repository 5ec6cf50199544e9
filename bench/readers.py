"""Readers: documents per CPU-second of each kind of source, and PubMed beside pubmed_parser.

The figure is that of PubMed citations with abstracts of 220 words from one gzip file. Ours cuts it at its records, so
that a broken one costs itself only, and turns scripts, formulas, dates and licences into text and fields; pubmed_parser
(parse_medline_xml, its defaults but for whole dates) reads the file in one pass into dictionaries with more
bibliographic fields; it is measured where it is installed (`bench/peers/pubmed.py` says how). `same_documents`: both
find as many with an abstract. `docs_s_*` are all our other readers on files that `bench/tools/source_files.py` writes
in their publishers' formats: documents per second of process CPU time, medians of three turns after a warm run. Real
files hold more that is not read: expect less. Payloads are handed on, not extracted: HTML (bdpm, crawl, folder, warc,
wikihtml) and PDF (aifa, epar).
"""

import tempfile
from functools import partial
from pathlib import Path

from bench.frame import Benchmark, run
from bench.peers import pubmed
from bench.tools.source_files import MAKERS
from bench.tools.turns import in_turns
from ingest.sources.archives.crawl import Crawled
from ingest.sources.base import Record
from ingest.sources.catalogue import KINDS

_RECORDS = {"pubmed": 4000, "table": 8000, "huggingface": 8000, "text": 8000, "clinicaltrials": 3000, "oai": 3000}
_FEWER = 500  # of the kinds with long records


def measure(quick: bool) -> Benchmark:
    """Each reader alone; PubMed in turns with its peer."""
    checks: dict[str, float | bool] = {}
    repeats = 1 if quick else 3
    with tempfile.TemporaryDirectory() as place:
        folders = {kind: Path(place) / kind for kind in MAKERS}
        for kind, make in MAKERS.items():
            folders[kind].mkdir()
            make(folders[kind], _RECORDS.get(kind, _FEWER) // (4 if quick else 1))
        file = folders["pubmed"] / "pubmed26n0001.xml.gz"
        sides = {"ours": lambda: _read("pubmed", folders["pubmed"])}
        if pubmed.installed():
            sides["pubmed_parser"] = lambda: pubmed.parse(file)
        counts = {name: side() for name, side in sides.items()}
        speeds = {name: counts[name] / seconds for name, seconds in in_turns(sides, repeats).items()}
        for kind, folder in folders.items():
            if kind != "pubmed":
                way = partial(_read, kind, folder)
                checks[f"docs_s_{kind}"] = way() / in_turns({kind: way}, repeats)[kind]
    checks["same_documents"] = len(set(counts.values())) == 1
    return Benchmark("readers", "PubMed documents per CPU-second", speeds.pop("ours"), speeds, checks)


def _read(kind: str, folder: Path) -> int:
    reader = Crawled if kind == "crawl" else KINDS[kind]
    source = reader(kind, str(folder))
    return sum(isinstance(item, Record) for unit in source.partitions() for item in source.read(unit))


if __name__ == "__main__":
    run(measure, __doc__)
