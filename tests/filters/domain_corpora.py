"""Medical and general documents of ../shared/data in four languages, for tests of the domain filter."""

import bz2
import json
import re
import zlib
from pathlib import Path

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_FOLDERS = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
_NTREX = {"en": "src.eng", "fr": "ref.fra", "it": "ref.ita", "es": "ref.spa"}
_UD = {"fr": "fr_gsd-ud-test.conllu", "it": "it_isdt-ud-test.conllu", "es": "es_gsd-ud-test.conllu"}
_WIKI = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_SENTENCES = 12  # Universal Dependencies gives sentences: this many make a document


def medical(language: str) -> list[str]:
    """Case reports, leaflets and examination questions (E3C, layer 3)."""
    files = sorted((DATA / "text-medical" / "e3c_layer3" / _FOLDERS[language]).glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8"))["text"] for file in files]


def general(language: str) -> list[str]:
    """News (NTREX), web and encyclopedia sentences (UD), and, in English, Wikipedia articles."""
    return _news(language) + _treebank(language) + (_wikipedia() if language == "en" else [])


def is_held_out(text: str) -> bool:
    """Half of all documents, by content: the lexicons and coefficients were tuned on the other half."""
    return zlib.crc32(text.encode()) % 2 == 0


def _news(language: str) -> list[str]:
    folder = DATA / "text-general" / "ntrex"
    ids = (folder / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").split()
    lines = (folder / f"newstest2019-{_NTREX[language]}.txt").read_text(encoding="utf-8").splitlines()
    documents: dict[str, list[str]] = {}
    for name, line in zip(ids, lines, strict=False):
        documents.setdefault(name, []).append(line)
    return ["\n".join(lines) for lines in documents.values()]


def _treebank(language: str) -> list[str]:
    if language not in _UD:
        return []
    text = (DATA / "text-general" / "ud" / _UD[language]).read_text(encoding="utf-8")
    sentences = re.findall(r"^# text = (.*)$", text, re.MULTILINE)
    return [" ".join(sentences[start : start + _SENTENCES]) for start in range(0, len(sentences), _SENTENCES)]


def _wikipedia() -> list[str]:
    xml = bz2.decompress((DATA / "text-general" / "wiki_dump" / _WIKI).read_bytes()).decode()
    pages = re.findall(r"<text[^>]*>(.*?)</text>", xml, re.DOTALL)
    plain = [re.sub(r"\{\{[^{}]*\}\}|\[\[|\]\]|''+|&\w+;|<[^>]*>", " ", page) for page in pages]
    return [page[:8000] for page in plain if len(page) > 500]
