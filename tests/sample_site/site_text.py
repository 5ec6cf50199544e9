"""What the tests read out of the sample site's files: main text, shingles, links, numbers."""

import re
import tomllib
from urllib.parse import urldefrag, urljoin

from lxml import html

from recipes.sample_site.make_site import load_site
from recipes.sample_site.render import HERE

PAGES = HERE / "pages"
MAIN = "//main | //article | //div[@id='content']"


def fates() -> dict[str, dict]:
    """The committed fates by path."""
    rows = tomllib.loads((HERE / "fates.toml").read_text(encoding="utf-8"))["page"]
    return {row["path"]: row for row in rows}


def main_text(page) -> str:
    """The text of a page's main element, as committed."""
    tree = html.fromstring((PAGES / page.file).read_bytes().decode(page.encoding))
    (main,) = tree.xpath(MAIN)
    return " ".join(" ".join(main.itertext()).split())


def texts() -> dict[str, str]:
    """The main text of every written page by path."""
    return {page.path: main_text(page) for page in load_site().pages}


def shingles(text: str) -> set[tuple[str, ...]]:
    """The text's runs of five words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def jaccard(one: set, other: set) -> float:
    """Shared part of the union of two sets."""
    return len(one & other) / len(one | other)


def doses(text: str) -> list[str]:
    """Every amount in milligrams, or milligrams per kilogram, in order."""
    return re.findall(r"(\d+(?:[.,]\d+)?) mg(?:/kg)?", text)


def links(path: str, source: bytes) -> set[str]:
    """The site-local paths that a page links."""
    hrefs = html.fromstring(source).xpath("//a/@href")
    found = {urldefrag(urljoin(path, href)).url for href in hrefs if not href.startswith("#")}
    return {link for link in found if link.startswith("/")}
