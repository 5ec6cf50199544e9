"""Medical and other documents of ../shared/data in four languages, by source, for tests and benchmarks of the domain.

Sources: case reports, leaflets and examination questions by publisher (E3C, layer 3); news (NTREX); encyclopedia, web,
legal and news sentences (Universal Dependencies); Wikipedia (English); web pages (the two HTML sets); and the hard
negatives that this repository ships. Long general texts are cut into documents of about `_WORDS` words.
"""

import bz2
import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import trafilatura

from filters.training_texts import Text, host_of
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


def check() -> None:
    """Raise `InputError` where the corpora are not."""
    if not (DATA / "text-medical").is_dir():
        raise InputError(f"{DATA} is not here: this needs text-medical, text-general and html of ../shared/data")


@cache
def documents(language: str) -> tuple[Text, ...]:
    """Every document of a language with its source and host, without the hard negatives; in a fixed order."""
    return (
        *_case_reports(language), *_news(language), *_treebank(language), *_wikipedia(language), *_pages(language),
    )  # fmt: skip


@cache
def hard_negatives(language: str) -> tuple[Text, ...]:
    """Biology, veterinary, cosmetics, insurance and wellness: sources "hard-<register>", not medical."""
    blocks = re.split(r"^== (\w+)\n", (HARD / f"{language}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    pairs = zip(blocks[::2], blocks[1::2], strict=True)
    return tuple(Text(text.strip(), language, False, f"hard-{register}") for register, text in pairs)


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
        source = re.sub(r"\W+", "-", entry["source"].lower()).strip("-")
        yield Text(entry["text"], language, True, f"e3c-{source}", host_of(entry.get("url")))


def _news(language: str) -> Iterator[Text]:
    folder = DATA / "text-general" / "ntrex"
    ids = (folder / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").split()
    lines = (folder / f"newstest2019-{_NTREX[language]}.txt").read_text(encoding="utf-8").splitlines()
    news: dict[str, list[str]] = {}
    for name, line in zip(ids, lines, strict=False):
        news.setdefault(name, []).append(line)
    for name, parts in news.items():
        for piece in pieces("\n".join(parts)) if name not in _DOUBTFUL_NEWS else ():
            yield Text(piece, language, False, "news")


def _treebank(language: str) -> Iterator[Text]:
    if language in _UD:
        text = (DATA / "text-general" / "ud" / _UD[language]).read_text(encoding="utf-8")
        for piece in pieces(" ".join(re.findall(r"^# text = (.*)$", text, re.MULTILINE))):
            yield Text(piece, language, False, "treebank")


def _wikipedia(language: str) -> Iterator[Text]:
    if language != "en":
        return
    xml = bz2.decompress((DATA / "text-general" / "wiki_dump" / _WIKI).read_bytes()).decode()
    for title, page in re.findall(r"<title>(.*?)</title>.*?<text[^>]*>(.*?)</text>", xml, re.DOTALL):
        plain = re.sub(r"\{\{[^{}]*\}\}|\[\[|\]\]|''+|&\w+;|<[^>]*>|https?://\S+", " ", page)
        if title not in _DOUBTFUL_ARTICLES:
            for piece in pieces(plain)[::3]:  # a third: the others tell the same, and training takes time
                yield Text(piece, language, False, "wikipedia")


def _pages(language: str) -> Iterator[Text]:
    for url, found, html in pages():
        if found == language and host_of(url) not in _DOUBTFUL_HOSTS:
            text = trafilatura.extract(html) or ""
            if len(text.split()) >= _FEWEST:
                yield Text(text, language, host_of(url) in _MEDICAL_HOSTS, "html", host_of(url))


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


# Labels, by reading. Medical: pages on a disease, its treatment or care. Doubtful, and left out: news of medicine,
# nutrition, health policy and technology. Everything else on the pages, and all else in the corpora, is not medical.
_MEDICAL_HOSTS = frozenset(
    (
        "springer.com",
        "acpjournals.org",
        "fda.gov",
        "cdc.gov",
        "kneibdentistry.com",
        "westbelldentalcare.com",
        "halomentalhealth.com",
        "kff.org",
        "hrsa.gov",
        "southcarolinablues.com",
        "nih.gov",
        "alsforums.com",
        "denverhealth.org",
        "jmir.org",
        "talkspace.com",
        "betterhelp.com",
        "o7therapy.com",
    )
)
_DOUBTFUL_HOSTS = frozenset(
    (
        "jobsnhire.com",
        "japantimes.co.jp",
        "theintercept.com",
        "thelist.com",
        "appen.com",
        "bbc.com",
        "instyle.com",
        "tastewise.io",
        "linkedin.com",
        "prevention.com",
        "today.com",
        "harvard.edu",
        "topgrowthmarketing.com",
        "optimantra.com",
        "nutritionfacts.org",
        "universityhealth.com",
        "wellmeright.com",
        "greenroads.com",
        "7cups.com",
        "npr.org",
        "aidoc.com",
        "oracle.com",
        "eufic.org",
        "scripps.org",
        "healthyforlifemeals.com",
        "nationalgeographic.com",
        "georgetown.edu",
        "parkview.com",
        "healthline.com",
        "afpafitness.com",
        "sciencesetavenir.fr",
        "lopinion.fr",
    )
)
_DOUBTFUL_NEWS = frozenset(("dailymail.co.uk.298630", "bbc.381669"))  # a vaccine against cancer; HIV in China
_DOUBTFUL_ARTICLES = frozenset(("Autism", "Abortion", "Anatomy", "Assistive technology"))
