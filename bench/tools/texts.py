"""Real texts in four languages: those of ../shared/data, and where that is absent the repository's sample pages."""

import json
import re
from collections.abc import Iterator

from resiliparse.extract.html2text import extract_plain_text

from bench.tools.pages import DATA, pages

_CASES = {"en": "English", "fr": "French", "it": "Italian", "es": "Spanish"}
_NEWS = {"en": "src.eng", "fr": "ref.fra", "it": "ref.ita", "es": "ref.spa"}


def texts() -> Iterator[tuple[str, str, str]]:
    """(origin, language, text): "medical" (E3C: cases, leaflets, questions), "news" (NTREX), and "web", whole pages.

    Pages are with their menus and footers, so that there is something to drop; their language is taken for English.
    """
    for language, folder in _CASES.items():
        for file in sorted((DATA / "text-medical" / "e3c_layer3" / folder).glob("*.json")):
            yield "medical", language, json.loads(file.read_text(encoding="utf-8"))["text"]
    news = DATA / "text-general" / "ntrex"
    if news.exists():
        names = (news / "DOCUMENT_IDS.tsv").read_text(encoding="utf-8").split()
        for language, suffix in _NEWS.items():
            lines = (news / f"newstest2019-{suffix}.txt").read_text(encoding="utf-8").splitlines()
            documents: dict[str, list[str]] = {}
            for name, line in zip(names, lines, strict=False):
                documents.setdefault(name, []).append(line)
            yield from (("news", language, "\n".join(lines)) for lines in documents.values())
    for page in pages():
        text = extract_plain_text(page.html.decode("utf-8", errors="replace"), main_content=False, links=False)
        if text.strip():
            yield "web", "en", text


def pieces(text: str, words: int) -> list[str]:
    """The text cut into pieces of that many words between white space; what is left at the end is a shorter one."""
    return re.findall(rf"(?:\S+\s*){{1,{words}}}", text)
