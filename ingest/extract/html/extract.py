"""HTML pages: main text as light Markdown, in a cascade that is cheap for what is not wanted and careful for the rest.

1. Type and size, before anything is parsed. 2. One fast parse (lexbor, by resiliparse) gives the page's whole text: if
the recipe asks for it, pages of another language or topic end here. 3. The rest is parsed into a tree, repaired
(formulas, superscripts), cut into blocks; trafilatura's text says which blocks are the main content. 4. A gate compares
with the fast extraction; where trafilatura found much less, readability or the fast extraction takes its place.
5. What was lost inside the chosen content (rows, items, headings, doses) is put back, and the blocks are written.
6. A text that lacks most of the doses of the fast extraction is chosen anew with its help, or ends in quarantine.
"""

import re
from functools import cached_property

import trafilatura
from lxml import html
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura.external import try_readability

from ingest.extract.charset import decode
from ingest.extract.html import metadata
from ingest.extract.html.blocks import blocks_of, markdown
from ingest.extract.html.select import doses_in, letters, repair, select
from ingest.extract.html.tree import parse
from ingest.extract.html.unhide import has_panels, unhide
from ingest.extract.options import HtmlOptions
from ingest.extract.result import Extracted, ExtractError, RejectedError, Rejection
from ingest.extract.scripts import flatten_math, flatten_scripts
from shards.step import library_version

_DEFAULTS = HtmlOptions()
_LEAST_OF_FAST = 0.6  # share of the fast extraction's words that trafilatura must have found to be believed
_LEAST_OF_PAGE = 0.2  # and of the page's
_MORE = 1.2  # times as many words another extraction must have to take its place
_DOSES, _LOST = 6, 0.5  # distinct doses, and the share of them without which a text is not believed
_COVERED = 0.8  # share of the extractor's text that must be found in the tree's blocks
_NOT_HTML = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_MOST_CONTROL = 0.08  # share of such characters from which the bytes are no page; real pages have 0.001 at most
_LOOKED_AT = 20_000  # characters
_LARGEST = 20 << 20  # bytes; the longest page of text seen in the wild has 5 MB


def extract_html(payload: bytes, charset: str | None, url: str | None, options: HtmlOptions = _DEFAULTS) -> Extracted:
    """Text and metadata of a page; `charset` as declared by HTTP.

    Raises `ExtractError` (not-html, too-large, malformed, empty, doses-lost) and, where `options` ask for it,
    `RejectedError`.
    """
    _check(payload)
    text, _ = decode(payload, charset)
    if len(_CONTROL.findall(text, 0, _LOOKED_AT)) > _MOST_CONTROL * min(len(text), _LOOKED_AT):
        raise ExtractError("malformed", f"more than {_MOST_CONTROL:.0%} of the characters are none of a text's")
    fast = FastParse(text)
    if options.glances:
        _glance(fast.all_text, options)
    root = parse(text)
    meta, linked = metadata.meta_fields(root), metadata.json_ld(root)
    license_, evidence = metadata.license_of(root, meta, linked)
    facts = {
        "title": metadata.title(root, meta, linked),
        "author": metadata.author(meta, linked),
        "site": metadata.site(meta, linked),
        "language": metadata.language(root, meta, linked),
        "published": metadata.published(root, meta, linked),
        "license": license_,
        "license_evidence": evidence,
        "opt_out": metadata.opt_outs(meta),
    }
    if "math" in text:
        flatten_math(root)
    flatten_scripts(root)
    if has_panels(text):
        unhide(root)
    body, extractor = main_text(root, fast, url)
    if not body.strip():
        raise ExtractError("empty", "no main text found on the page")
    return Extracted(text=body, extractor=extractor, **facts)


class FastParse:
    """A page as lexbor parses it, when something of it is asked for. Raises `ExtractError` when it cannot."""

    def __init__(self, page: str):
        self.page = page

    @cached_property
    def tree(self) -> HTMLTree:
        """The page's tree."""
        try:
            return HTMLTree.parse(self.page)
        except (ValueError, RuntimeError) as error:
            raise ExtractError("malformed", f"not an HTML page: {error}") from error

    @cached_property
    def all_text(self) -> str:
        """All visible text, menus and all."""
        return extract_plain_text(self.tree, main_content=False, alt_texts=False)

    @cached_property
    def main_text(self) -> str:
        """What resiliparse takes for the main content, a line a block."""
        return extract_plain_text(self.tree, main_content=True, alt_texts=False, preserve_formatting=True)


def main_text(root: html.HtmlElement, fast: FastParse, url: str | None) -> tuple[str, str]:
    """(Markdown, name of the extractor that chose it) of the main content of a repaired tree, compared with `fast`."""
    blocks = blocks_of(root)
    keys = [letters(block.text) for block in blocks]
    words = sum(block.text.count(" ") + 1 for block in blocks)
    found = trafilatura.extract(
        root, url=url, fast=True, include_comments=False, include_tables=True, include_formatting=False,
        include_links=False, include_images=False, with_metadata=False, deduplicate=False,
    ) or ""  # fmt: skip
    name, chosen = "trafilatura", found
    had = _words(found)
    # What is most of the page is most of its main content: the fast extraction need not be asked.
    expected = _words(fast.main_text) if had < _LEAST_OF_FAST * words else 0
    if had < _LEAST_OF_FAST * expected or had < _LEAST_OF_PAGE * words:
        other = _readability(fast.page)
        if _words(other) >= max(_LEAST_OF_FAST * expected, _MORE * had):
            name, chosen = "readability", other
        elif expected > _MORE * had:
            name, chosen = "resiliparse", fast.main_text
    selection = select(blocks, keys, chosen)
    library = "resiliparse" if name == "resiliparse" else "trafilatura"  # which ships the readability that is used
    extractor = f"{name}/{library_version(library)}"
    if selection.coverage < _COVERED:  # text that is not in the tree's blocks: from JSON-LD, say
        return chosen, f"{extractor}+text"
    text = markdown(blocks[at] for at in repair(blocks, keys, selection, lambda: fast.main_text))
    if _loses(text, "\n".join(block.text for block in blocks if not block.linked)) and _loses(text, fast.main_text):
        wider = select(blocks, keys, f"{chosen}\n{fast.main_text}")
        text = markdown(blocks[at] for at in repair(blocks, keys, wider, lambda: fast.main_text))
        if _loses(text, fast.main_text):
            raise ExtractError("doses-lost", f"{extractor} kept under half of the doses that the fast extraction has")
        extractor += "+resiliparse"
    return text, extractor


def _loses(text: str, other: str) -> bool:
    """Whether another text of the page has many doses, most of which `text` lacks."""
    wanted = doses_in(other)
    return len(wanted) >= _DOSES and len(wanted - doses_in(text)) > _LOST * len(wanted)


def _check(payload: bytes) -> None:
    if not payload.strip():
        raise ExtractError("empty", "the page has no bytes")
    if payload.startswith(_NOT_HTML):
        raise ExtractError("not-html", f"begins with {payload[:4]!r}: an image, an archive or a sound")
    if len(payload) > _LARGEST:
        raise ExtractError("too-large", f"{len(payload)} bytes of HTML, the limit is {_LARGEST}")


def _glance(text: str, options: HtmlOptions) -> None:
    """Raise `RejectedError` for a page that the recipe turns away: by its language first, which is cheaper."""
    from filters.glance import language_at_a_glance, medical_at_a_glance  # only where a recipe asks for it

    language = None
    if options.other_language is not None:
        language, confidence = language_at_a_glance(text, options.model_path, options.model_sha256)
        if language not in options.languages and confidence >= options.other_language:
            raise RejectedError(Rejection("other-language", confidence, options.other_language, language))
    if options.off_topic is not None and (score := medical_at_a_glance(text)) < options.off_topic:
        raise RejectedError(Rejection("off-topic", score, options.off_topic, language))


def _readability(text: str) -> str:
    """The text of the node that readability takes for the article, a line a block."""
    body = try_readability(parse(text))
    return "\n".join(block.text for block in blocks_of(body)) if body is not None else ""


def _words(text: str) -> int:
    return len(text.split())
