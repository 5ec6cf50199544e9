"""What the decontamination benchmark needs: real benchmarks, documents, planted copies, and its sides as one program.

`python -m bench.tools.decontaminate SIDE` indexes the benchmarks, judges the documents and prints its peak memory in
bytes (Linux); side "none" only reads them.
"""

import json
import random
import re
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from nltk.tokenize import TreebankWordTokenizer

from bench.peers.decontamination import Datatrove, PythonStrings
from filters.decontaminate.benchmark import Benchmark, pin
from filters.decontaminate.coverage import make_sieve
from filters.decontaminate.index import BenchmarkIndex
from filters.decontaminate.readers import read
from filters.decontaminate.scores import Decontaminate
from ingest.sources.base import Record
from ingest.sources.catalogue import KINDS

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MAX_ITEM_SHARE, MAX_DOCUMENT_SHARE = 0.4, 0.3  # the recipe's defaults
# Found by eye among the real documents: the Spanish original of a Basque case of E3C's layer 1 (laboratory values).
KNOWN = {"ES101837": "layer1/Basque/test.txt#16600"}

_TOKENS = TreebankWordTokenizer()
_NO_BLANK_BEFORE = re.compile(r"\s+([.,;:!?)\]%’'/-])")
_NO_BLANK_AFTER = re.compile(r"([(\[’'/-])\s+")


def benchmarks() -> tuple[Benchmark, ...]:
    """All of ../shared/data/bench: IOB files in folders, IOB files in an archive, notes in archives."""
    root = DATA / "bench"
    return (
        pin("abstrct", str(root / "abstrct"), "iob", lenient=True),  # one of its French files is damaged
        pin("e3c", str(root / "e3c_layer1" / "clinical_entities"), "iob"),
        pin("casimedicos", str(root / "casimedicos"), "iob", marker="QUESTION TYPE:"),
        pin("mtl_bio", str(root / "mtl_bio"), "iob"),
        pin("diann", str(root / "diann" / "DIANN_CORPUS"), "txt", only="*/Raw/*"),
    )


def medical() -> dict[str, str]:
    """doc_id -> text of text-medical: E3C's layer 3 and PMC articles."""
    return _records("e3c", "e3c_layer3", "*.json") | _records("jats", "pubmed_xml", "*.nxml")


def _records(kind: str, folder: str, pattern: str) -> dict[str, str]:
    source = KINDS[kind](kind, str(DATA / "text-medical" / folder), patterns=(f"**/{pattern}",))
    found = {}
    for unit in source.partitions():
        for record in source.read(unit):
            if isinstance(record, Record) and record.text is not None:
                found[record.key.rpartition(":")[2]] = record.text
    return found


def general() -> dict[str, str]:
    """doc_id -> text: news in four languages, French leaflets, Wikipedia."""
    found = {}
    news = DATA / "text-general" / "ntrex"
    owners = (news / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").splitlines()
    for path in sorted(news.glob("newstest2019-*.txt")):
        for owner, sentence in zip(owners, path.read_text(encoding="utf-8").splitlines(), strict=True):
            key = f"{path.stem}/{owner}"
            found[key] = f"{found[key]}\n{sentence}" if key in found else sentence
    for line in (DATA / "neardup" / "fr_leaflets" / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[f"leaflet/{row['id']}"] = row["text"]
    wiki = KINDS["mediawiki"]("wiki", str(DATA / "text-general" / "wiki_dump"), patterns=("enwiki-latest*",))
    for unit in wiki.partitions():
        found |= {f"wiki/{r.key}": r.text for r in wiki.read(unit) if isinstance(r, Record) and r.text}
    return found


def unrelated() -> dict[str, str]:
    """Documents that hold no item: all distinct ones but those of `KNOWN`."""
    distinct: dict[str, str] = {}
    for key, text in (medical() | general()).items():
        if key not in KNOWN:
            distinct.setdefault(text, key)
    return {key: text for text, key in distinct.items()}


def natural(text: str) -> str:
    """An item as its article prints it: the blanks that tokenisers put around punctuation are gone."""
    return _NO_BLANK_AFTER.sub(r"\1", _NO_BLANK_BEFORE.sub(r"\1", text))


def tokens(text: str) -> str:
    """A token, a blank: as IOB files are made."""
    return " ".join(_TOKENS.tokenize(text))


def without_accents(text: str) -> str:
    """Accents gone, everything else as it was."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def lines(text: str) -> str:
    """Broken at 60 columns."""
    return textwrap.fill(text, 60)


def edited(text: str) -> str:
    """One word in 14 is another: what a light revision does."""
    words = text.split()
    words[7::14] = ["alterato"] * len(words[7::14])
    return " ".join(words)


FORMS: dict[str, Callable[[str], str]] = {
    "verbatim": lambda text: text,
    "tokens": tokens,
    "lower": str.lower,
    "lines": lines,
    "no_accents": without_accents,
    "tokens_lower_no_accents": lambda text: without_accents(tokens(text).lower()),
    "all": lambda text: lines(without_accents(tokens(text).lower())),
}


def plants(items: list[str], hosts: list[str], count: int, seed: int = 1) -> list[tuple[str, str]]:
    """(item in natural form, host document) pairs, `count` of them, drawn once for all forms."""
    draw = random.Random(seed)
    return [(natural(item), draw.choice(hosts)) for item in draw.sample(items, count)]


def planted(item: str, host: str) -> str:
    """The host with the item as a paragraph of its own in the middle."""
    middle = host.find(" ", len(host) // 2)
    return f"{host[:middle]}\n\n{item}\n\n{host[middle:]}"


def as_table(texts: list[str]) -> pa.Table:
    """Documents as the step takes them."""
    ids = pa.array([str(row) for row in range(len(texts))], pa.string())
    return pa.table({"doc_id": ids, "text": pa.array(texts, pa.large_string())})


class Ours:
    """The two steps with a recipe's rule; `n` words an n-gram, against all benchmarks or those given."""

    def __init__(self, n: int = 8, of: Sequence[Benchmark] = ()):
        self._step, self._of = Decontaminate(ngram=n), tuple(of)
        self.tables: dict[str, pa.Table] = {}

    def index(self, items: list[str] | None = None) -> None:
        """Ours reads the benchmarks itself."""
        self.tables = BenchmarkIndex(self._of or benchmarks(), ngram=self._step.ngram).run()

    def score(self, texts: list[str]) -> dict[str, pa.Table]:
        """The step's tables."""
        return self._step.run(as_table(texts), **self.tables)

    def contaminated(self, texts: list[str]) -> list[bool]:
        """Whether each document breaks the rule."""
        scores = self.score(texts)["scores"]
        shares = zip(scores["item_share"].to_pylist(), scores["document_share"].to_pylist(), strict=True)
        return [item > MAX_ITEM_SHARE or document > MAX_DOCUMENT_SHARE for item, document in shares]

    def bytes_per_ngram(self) -> float:
        """Of the index's table and its sieve."""
        ngrams = self.tables["ngrams"]
        return (ngrams.nbytes + make_sieve(ngrams["hash"].to_numpy()).nbytes) / ngrams.num_rows


SIDES = {"ours": Ours, "datatrove": Datatrove, "python_13grams": PythonStrings}


def held_out() -> Iterator[tuple[tuple[Benchmark, ...], list[str]]]:
    """(the other benchmarks, documents of one): abstracts, cases and questions that have nothing to do with them."""
    for own in benchmarks():
        others = tuple(benchmark for benchmark in benchmarks() if benchmark.name != own.name)
        whole = replace(own, unit="document") if own.marker else replace(own, item_words=200)
        yield others, [item.text for item in read(whole)]


def item_texts() -> list[str]:
    """The texts of all items, as ours reads them."""
    return [item.text for benchmark in benchmarks() for item in read(benchmark)]


def main(side: str) -> None:
    """Index and judge, or only read; print the peak memory."""
    texts, items = list(unrelated().values()), [] if side == "ours" else item_texts()
    if side != "none":
        judge = SIDES[side]()
        judge.index(items)
        judge.contaminated(texts)
    # Not ru_maxrss: that begins with the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(1024 * int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]))


if __name__ == "__main__":
    main(sys.argv[1])
