"""Medical and other documents of ../shared/data in four languages, by source, for tests and benchmarks of the domain.

Sources: case reports, leaflets and examination questions by publisher (E3C, layer 3, and more of its French leaflets);
clinical articles (PMC, English); news (NTREX); encyclopedia, web, legal and news sentences (Universal Dependencies);
Wikipedia (English); web pages (the two HTML sets); and the hard negatives that this repository ships. Long
general texts are cut into documents of about `_WORDS` words.

Every document is of one half: `split` is "train" for the development half, which weights and constants are fitted to,
and "test" for the blind one. The half follows from a hash of the whole text that a document was cut from, of the host
of a web page, and of the first word of a leaflet, its product: leaflets of one product are near copies.
"""

import bz2
import dataclasses
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import trafilatura

from bench.tools import domain_labels as labels
from filters.domain.training.recipe import Split
from filters.domain.training.texts import Text, host_of
from ingest.sources.jats.article import Jats
from shards.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
HARD = ROOT / "bench" / "hard_negatives"
REGISTERS = ("biology", "veterinary", "cosmetics", "insurance", "wellness")
_FOLDERS = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
_NTREX = {"en": "src.eng", "fr": "ref.fra", "it": "ref.ita", "es": "ref.spa"}
_UD = {"fr": "fr_gsd-ud-test.conllu", "it": "it_isdt-ud-test.conllu", "es": "es_gsd-ud-test.conllu"}
_WIKI = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_WORDS, _FEWEST = 200, 60
_SENTENCES = 12  # Universal Dependencies gives sentences: this many make a document


def check() -> None:
    """Raise `InputError` where the corpora are not."""
    if not (DATA / "text-medical").is_dir():
        raise InputError(f"{DATA} is not here: this needs text-medical, text-general and html of ../shared/data")


@cache
def documents(language: str) -> tuple[Text, ...]:
    """Every document of a language with its source and host, without the hard negatives; in a fixed order."""
    return (
        *_case_reports(language), *_leaflets(language), *_articles(language),
        *_news(language), *_treebank(language), *_wikipedia(language), *_pages(language),
    )  # fmt: skip


def half(origin: str) -> Split:
    """The half of what was cut from a text, "train" or "test": by the text alone."""
    return "train" if zlib.crc32(origin.encode()) % 2 else "test"


@cache
def hard_negatives(language: str) -> tuple[Text, ...]:
    """Biology, veterinary, cosmetics, insurance and wellness: sources "hard-<register>", not medical."""
    blocks = re.split(r"^== (\w+)\n", (HARD / f"{language}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    return tuple(
        Text(text.strip(), language, False, f"hard-{register}", split=half(text.strip())) for register, text in pairs
    )


def pieces(text: str) -> list[str]:
    """A long text cut at white space into documents of about `_WORDS` words; a short rest is left out."""
    words = text.split()
    count = max(1, round(len(words) / _WORDS))
    bounds = [round(at * len(words) / count) for at in range(count + 1)]
    cut = [" ".join(words[start:end]) for start, end in pairwise(bounds)]
    return [piece for piece in cut if piece.count(" ") + 1 >= _FEWEST]


def _case_reports(language: str) -> Iterator[Text]:
    for file in sorted((DATA / "text-medical" / "e3c_layer3" / _FOLDERS[language]).glob("*.json")):
        entry = json.loads(file.read_text(encoding="utf-8"))
        source, text = re.sub(r"\W+", "-", entry["source"].lower()).strip("-"), entry["text"]
        origin = _product(text) if "leaflets" in entry["description"] else text
        yield Text(text, language, True, f"e3c-{source}", host_of(entry.get("url")), half(origin))


def _product(leaflet: str) -> str:
    """First word of a leaflet's title; Italian ones begin with a heading."""
    return leaflet.removeprefix("Confezioni").split()[0].lower()


def _leaflets(language: str) -> Iterator[Text]:
    """French leaflets of the near-duplicates that are not among the case reports; one a product."""
    if language != "fr":
        return
    products = {_product(text.text) for text in _case_reports(language)}
    file = DATA / "neardup" / "fr_leaflets" / "docs.jsonl"
    for entry in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if (product := _product(entry["text"])) not in products:
            products.add(product)
            yield Text(entry["text"], language, True, "leaflets", host_of(entry["url"]), half(product))


def _articles(language: str) -> Iterator[Text]:
    if language != "en":
        return
    reader = Jats("pmc", str(DATA / "text-medical" / "pubmed_xml"))
    for record in (record for part in reader.partitions() for record in reader.read(part)):
        if Path(record.raw_file).name in labels.MEDICAL_ARTICLES:
            yield Text(record.text, language, True, "pmc", split=half(record.text))


def _news(language: str) -> Iterator[Text]:
    folder = DATA / "text-general" / "ntrex"
    ids = (folder / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").split()
    lines = (folder / f"newstest2019-{_NTREX[language]}.txt").read_text(encoding="utf-8").splitlines()
    news: dict[str, list[str]] = {}
    for name, line in zip(ids, lines, strict=False):
        news.setdefault(name, []).append(line)
    for name, parts in news.items():
        for piece in pieces("\n".join(parts)) if name not in labels.DOUBTFUL_NEWS else ():
            yield Text(piece, language, False, "news", split=half("\n".join(parts)))


def _treebank(language: str) -> Iterator[Text]:
    if language in _UD:
        text = (DATA / "text-general" / "ud" / _UD[language]).read_text(encoding="utf-8")
        sentences = re.findall(r"^# text = (.*)$", text, re.MULTILINE)
        for start in range(0, len(sentences), _SENTENCES):
            piece = " ".join(sentences[start : start + _SENTENCES])
            yield Text(piece, language, False, "treebank", split=half(piece))


def _wikipedia(language: str) -> Iterator[Text]:
    for article in encyclopedia() if language == "en" else ():
        for piece in pieces(article.text)[::3]:  # a third: the others tell the same
            yield dataclasses.replace(article, text=piece)


@cache
def encyclopedia() -> tuple[Text, ...]:
    """The English Wikipedia's articles as they are, some of many thousand words; `documents` holds pieces of them."""
    xml = bz2.decompress((DATA / "text-general" / "wiki_dump" / _WIKI).read_bytes()).decode()
    articles = []
    for title, page in re.findall(r"<title>(.*?)</title>.*?<text[^>]*>(.*?)</text>", xml, re.DOTALL):
        plain = re.sub(r"\{\{[^{}]*\}\}|\[\[|\]\]|''+|&\w+;|<[^>]*>", " ", page)
        text = re.sub(r"https?://\S+", " ", plain)
        if title not in labels.DOUBTFUL_ARTICLES and len(text.split()) >= _FEWEST:
            articles.append(Text(text, "en", False, "wikipedia", split=half(plain[:8000])))
    return tuple(articles)


def _pages(language: str) -> Iterator[Text]:
    for url, found, html in pages():
        if found == language and (host := host_of(url)) not in labels.DOUBTFUL_HOSTS:
            text = trafilatura.extract(html) or ""
            if len(text.split()) >= _FEWEST:
                yield Text(text, language, host in labels.MEDICAL_HOSTS, "html", host, half(host))


@cache
def pages() -> tuple[tuple[str, str, bytes], ...]:
    """(URL, stated language, HTML) of every page of the two HTML sets."""
    found = []
    folder = DATA / "html" / "trafilatura"
    for url, entry in json.loads((folder / "evaldata.subset.json").read_text(encoding="utf-8")).items():
        file = folder / "pages" / f"{entry['file']}.gz"
        found.append((url, entry["lang"], gzip.decompress(file.read_bytes())))
    folder = DATA / "html" / "wcxb"
    for name, entry in json.loads((folder / "metadata.json").read_text(encoding="utf-8")).items():
        file = folder / "html" / f"{name}.html.gz"
        found.append((f"https://{entry['domain']}/{name}", entry["lang"], gzip.decompress(file.read_bytes())))
    return tuple(found)
